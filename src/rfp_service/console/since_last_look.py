"""What of a thing that waits has changed since somebody last looked at it, in a sentence."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rfp_service.console.changed_values import with_changes
from rfp_service.console.decided_thing import DecidedThing
from rfp_service.console.visits import Visit
from rfp_service.console.words import event_words
from shared.kernel.wording import in_sentence

TOLD_LIMIT, THINGS_LIMIT = 3, 10


async def tell_changes(
    visit: Visit, items: Sequence[dict[str, Any]], things: Mapping[str, DecidedThing]
) -> None:
    """Say of each thing in the inbox what others have done with it since; of those that are due first."""
    changed = [each for each in items if each["changes"] and each["thing"] in things]
    told = await asyncio.gather(*(_told(visit, each, things) for each in changed[:THINGS_LIMIT]))
    for item, sentence in zip(changed, told, strict=False):
        item["changed_said"] = sentence


async def _told(visit: Visit, item: Mapping[str, Any], things: Mapping[str, DecidedThing]) -> str:
    thing = things[item["thing"]]
    if not thing.has_history:
        return ""
    history = await visit.maybe(f"{thing.api(item['id'])}/history")
    return (
        changes_said(with_changes(history["items"]), item["looked_until"], visit.who.person)
        if history
        else ""
    )


def changes_said(history: Iterable[Mapping[str, Any]], looked_until: int, reader: str) -> str:
    """Return what others did after a position: a value that took another's place, or what was decided."""
    later = [each for each in history if each["position"] > looked_until and each["by"] != reader]
    said = [part for each in later for part in _parts(each)]
    left = len(said) - TOLD_LIMIT
    more = [f"and {left} more"] if left > 0 else []
    return "; ".join([*said[:TOLD_LIMIT], *more])


def _parts(entry: Mapping[str, Any]) -> list[str]:
    if entry["changes"]:
        return [f"{in_sentence(name)} was {was}, is {now}" for name, was, now in entry["changes"]]
    return [in_sentence(event_words(entry["decision"]))]


def lead_of_looks(items: Iterable[Mapping[str, Any]]) -> str:
    """Return how many things are new and how many have changed; nothing if none was looked at yet."""
    rows = list(items)
    if all(each["looked_until"] is None for each in rows):
        return ""
    changed = sum(each["changes"] > 0 for each in rows)
    new = sum(each["unread"] and not each["changes"] for each in rows)
    parts = [f"{new} {'is' if new == 1 else 'are'} new"] if new else []
    parts += [f"{changed} {'has' if changed == 1 else 'have'} changed"] if changed else []
    return f"Since you last looked, {' and '.join(parts)}." if parts else ""
