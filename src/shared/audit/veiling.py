"""The veil over the audit: what is sealed or exempt is taken out of stories, differences and entries too."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.http.reading import Reading

WITHHELD = "withheld"


async def withheld_of(
    reading: Reading, asked: Sequence[tuple[UUID, Iterable[str]]]
) -> list[dict[str, str]]:
    """Return what is on the way to these fields of these things and may not be seen, with its mark."""
    probes: list[dict[str, Any]] = [
        {"stream_id": thing, "fields": {name: "" for path in paths for name in path.split(".")}}
        for thing, paths in asked
    ]
    await reading.veiled(probes)
    return [_marks(probe) for probe in probes]


async def veil_changes(
    reading: Reading, changed: Sequence[tuple[UUID, Sequence[dict[str, Any]]]]
) -> list[dict[str, str]]:
    """Take out of changes of things what their reader may not see; return what that was."""
    asked = [(thing, [change["field"] for change in changes]) for thing, changes in changed]
    withheld = await withheld_of(reading, asked)
    for (_, changes), marks in zip(changed, withheld, strict=True):
        for change in changes:
            for name in change["field"].split("."):
                if (mark := marks.get(name)) is not None:
                    change.update(before=mark, after=mark)
    return withheld


async def veil_decisions(reading: Reading, thing: UUID, items: Sequence[dict[str, Any]]) -> None:
    """Take out of decisions on a thing what their reader may not see: words, and what they changed."""
    for item in items:
        item["stream_id"] = thing
    await reading.veiled(items)
    withheld = await veil_changes(reading, [(thing, item["changes"]) for item in items])
    for item, marks in zip(items, withheld, strict=True):
        if marks:
            item[WITHHELD] = {**marks, **_marks(item)}


async def veiled_entries(
    veil: Callable[[Sequence[dict[str, Any]]], Awaitable[None]], items: Sequence[dict[str, Any]]
) -> dict[int, str]:
    """Return the positions of entries that hold something their reader may not see, and why."""
    await veil(items)
    return {
        item["position"]: ", ".join(sorted(set(marks.values())))
        for item in items
        if (marks := _marks(item))
    }


def _marks(item: Mapping[str, Any]) -> dict[str, str]:
    marks: dict[str, str] = item.get(WITHHELD, {})
    return marks
