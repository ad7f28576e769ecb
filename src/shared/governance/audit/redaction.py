"""Redacting the audit: what is sealed or exempt is taken out of stories, differences and entries too."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.web.reads.readings import Reading

WITHHELD = "withheld"


async def redact_changes(
    reading: Reading, changed: Sequence[tuple[UUID, Sequence[dict[str, Any]]]]
) -> list[dict[str, str]]:
    """Take out of changes of things what their reader may not see; return what that was.

    It may be a field on the way to what has changed, or lie within its value: in a list of bids, say.
    """
    probes = [
        _probe(thing, [change["field"] for change in changes])
        | {"values": [{name: change[name] for name in ("before", "after")} for change in changes]}
        for thing, changes in changed
    ]
    await reading.redacted(probes)
    for probe, (_, changes) in zip(probes, changed, strict=True):
        marks = _marks(probe)
        for change, values in zip(changes, probe["values"], strict=True):
            change.update(values)
            for name in change["field"].split("."):
                if (mark := marks.get(name)) is not None:
                    change.update(before=mark, after=mark)
    return [_marks(probe) for probe in probes]


def _probe(thing: UUID, paths: Iterable[str]) -> dict[str, Any]:
    """Return an item that holds every name on these paths, to see which of them are withheld."""
    return {"stream_id": thing, "fields": {name: "" for path in paths for name in path.split(".")}}


async def redact_decisions(reading: Reading, thing: UUID, items: Sequence[dict[str, Any]]) -> None:
    """Take out of decisions on a thing what their reader may not see: words, and what they changed."""
    for item in items:
        item["stream_id"] = thing
    await reading.redacted(items)
    withheld = await redact_changes(reading, [(thing, item["changes"]) for item in items])
    for item, marks in zip(items, withheld, strict=True):
        if marks:
            item[WITHHELD] = {**marks, **_marks(item)}


async def redacted_entries(
    redact: Callable[[Sequence[dict[str, Any]]], Awaitable[None]], items: Sequence[dict[str, Any]]
) -> dict[int, str]:
    """Return the positions of entries that hold something their reader may not see, and why."""
    await redact(items)
    return {
        item["position"]: ", ".join(sorted(set(marks.values()))) for item in items if (marks := _marks(item))
    }


def _marks(item: Mapping[str, Any]) -> dict[str, str]:
    marks: dict[str, str] = item.get(WITHHELD, {})
    return marks
