"""The days of contracts as a calendar (RFC 5545) that other programs read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from rfp_service.contracts.domain.contract import HowEnded, LedgerDate
from rfp_service.contracts.views.register import contracts
from shared.kernel.fields import ASKED
from shared.web.decisions.commands import may
from shared.web.reads.answers import NOT_MODIFIED, READS_MANY
from shared.web.reads.pages import not_modified
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import StrictRoute

if TYPE_CHECKING:
    from icalendar import Event

ICALENDAR = "text/calendar"
ENTRIES_LIMIT = 20_000
FIELDS = (
    "id",
    "version",
    "changed_at",
    "reference",
    "title",
    "is_open",
    "how_ended",
    "last_safe",
    "notice_by",
    "current_end",
    "ended_on",
    "review_on",
    "notice_sent_on",
    "unconfirmed_dates",
)

# The entries of a contract: each one's words, the first of these days that there is, and what that rests on.
ENTRIES = {
    "last-safe": ("Last safe date", ("notice_by", "last_safe"), LedgerDate.LAST_SAFE),
    "end": ("Ends", ("ended_on", "current_end"), LedgerDate.INITIAL_END),
    "review": ("Review", ("review_on",), LedgerDate.REVIEW),
}

router = APIRouter(prefix="/v1/contracts", tags=["contracts"], route_class=StrictRoute)


@router.get(
    "/calendar.ics",
    summary="See the contracts' days as a calendar",
    dependencies=[may("read-contracts")],
    response_class=Response,
    responses={
        200: {
            "description": "A calendar of last safe dates, ends and reviews",
            "content": {ICALENDAR: {"schema": {"type": "string"}}},
        },
        **NOT_MODIFIED,
        **READS_MANY,
    },
)
async def see_calendar(
    request: Request,
    reading: Read,
    owner: Annotated[
        str | None, Query(max_length=40, pattern=ASKED, description="Only this person's.")
    ] = None,
) -> Response:
    """Show each day as an entry of its own; one that no longer counts stays, as cancelled.

    An entry keeps its UID for ever, and its SEQUENCE is the contract's version: the same record gives the
    same calendar, byte by byte.
    """
    return await answer_calendar(request, reading, owner)


async def answer_calendar(request: Request, reading: Reading, owner: str | None) -> Response:
    """Answer with the calendar of one owner's contracts, or of all that the reader may see."""
    headers = {"ETag": reading.tag, "Vary": "Authorization"}
    if not_modified(request, reading.tag):
        return Response(status_code=304, headers=headers)
    where = [reading.valid(contracts), reading.found_by(contracts, {"owner": owner})]
    statement = (
        select(*(contracts.c[name] for name in FIELDS))
        .where(*where)
        .order_by(contracts.c.first_position)
        .limit(ENTRIES_LIMIT)
    )
    items = [dict(row) for row in await reading.rows(statement)]
    for name, (_, columns, _) in ENTRIES.items():
        dropped = {row["id"]: dict(row) for row in await reading.rows(_dropped(reading, columns, where))}
        for item in items:
            item[name] = dropped.get(item["id"], {})
    await reading.redacted(items, sealed=False)
    return Response(calendar_of(items), media_type=ICALENDAR, headers=headers)


def calendar_of(items: list[dict[str, Any]]) -> bytes:
    """Return the calendar of some contracts."""
    from icalendar import Calendar  # slow to load, and for this alone

    calendar = Calendar()
    calendar.add("prodid", "-//rfp-service//contracts//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Contracts")
    for item in items:
        for entry in _entries(item):
            calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _dropped(
    reading: Reading, columns: Sequence[str], where: "Sequence[ColumnElement[bool]]"
) -> "Select[Any]":
    """Return the statement of the last days that contracts have had, of those that have none now."""
    past = contracts.alias("past")
    without = select(contracts.c.id).where(*where, *(contracts.c[name].is_(None) for name in columns))
    return (
        select(past.c.id, *(past.c[name] for name in columns))
        .ext(distinct_on(past.c.id))
        .where(past.c.id.in_(without), past.c.valid_from <= reading.position)
        .where(or_(*(past.c[name].is_not(None) for name in columns)))
        .order_by(past.c.id, past.c.valid_from.desc())
    )


def _entries(item: Mapping[str, Any]) -> "Iterator[Event]":
    """Yield the entries of a contract: its last safe date, its end and its review.

    One whose day there is no longer keeps the last that it had, cancelled.
    """
    over = not item["is_open"]
    cancelled = {
        "last-safe": over or item["notice_sent_on"] is not None,
        "end": item["how_ended"] == HowEnded.TAKEN_OFF,
        "review": over,
    }
    for name, (words, columns, rests_on) in ENTRIES.items():
        doubt = " (not confirmed)" if rests_on in (item["unconfirmed_dates"] or ()) else ""
        day = _first(item, columns)
        kept = day or _first(item[name], columns)
        if kept is not None:
            yield _entry(item, name, f"{words}{doubt}", kept, cancelled=cancelled[name] or day is None)


def _first(said: Mapping[str, Any], columns: Sequence[str]) -> date | None:
    return next((day for column in columns if (day := said.get(column)) is not None), None)


def _entry(item: Mapping[str, Any], name: str, words: str, day: date, *, cancelled: bool) -> "Event":
    from icalendar import Event

    entry = Event()
    entry.add("uid", f"{item['id']}.{name}@contracts.rfp-service")
    entry.add("sequence", item["version"])
    entry.add("dtstamp", item["changed_at"])
    entry.add("dtstart", day)
    entry.add("summary", f"{words}: {item['reference'] or ''} {item['title'] or ''}".strip())
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("transp", "TRANSPARENT")
    return entry
