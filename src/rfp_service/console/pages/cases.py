"""What pages of one thing share, of whatever kind: its decisions, history, documents and comments; lists."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from fastapi import Request

from rfp_service.console.available_decisions import offers
from rfp_service.console.changed_values import with_changes
from rfp_service.console.decided_thing import DecidedThing
from rfp_service.console.links import chosen
from rfp_service.console.pages.documents_and_comments import documents_and_comments
from rfp_service.console.visits import Visit
from rfp_service.console.words import label

DONE = {
    "comment": "Said.",
    "document": "The document is added.",
    "undo": "It is undone.",
    "created": "It is there.",
}
PAGE_LENGTH = 25


async def case_page(
    visit: Visit, thing: DecidedThing, thing_id: str, done: str, **query: str
) -> dict[str, Any]:
    """Return what the page of one thing shows beside what is its own."""
    seen = await thing.seen(visit, thing_id, **query)
    history: list[dict[str, Any]] = []
    if thing.has_history:
        history = with_changes((await visit.get(f"{thing.api(thing_id)}/history", **query))["items"])[::-1]
    return {
        "seen": seen,
        "thing": thing,
        "offers": offers(seen["next"], thing),
        "history": history,
        "done_said": done_words(thing, done),
        "key": str(uuid4()),
        **await documents_and_comments(visit, thing_id),
    }


def done_words(thing: DecidedThing, done: str) -> str:
    """Return what a page says of what was done a moment ago; nothing if it knows of no such thing."""
    return DONE.get(done) or (f"{label(done, thing.path)}: recorded." if done in thing.forms else "")


async def list_page(
    request: Request, visit: Visit, path: str, names: Sequence[str], **more: Any
) -> dict[str, Any]:
    """Return a page of a list as its address narrows it, and what it can be narrowed to."""
    asked = chosen(request.query_params, names)
    cursor = request.query_params.get("cursor", "")
    seen = await visit.get(path, limit=PAGE_LENGTH, cursor=cursor, count=True, **more, **asked)
    return {
        "items": seen["items"],
        "total": seen["total"],
        "next": seen["next"],
        "query": asked,
        "is_first": not cursor,
    }


async def choices(visit: Visit, path: str, *columns: str) -> Mapping[str, list[str]]:
    """Return which values a list has in some columns, to choose among."""
    found = {}
    for column in columns:
        seen = await visit.get(path, limit=1, count_by=column)
        found[column] = sorted(str(each["value"]) for each in seen["counts"] if each["value"])
    return found
