"""The inbox over HTTP: what waits for you, or for whom you stand in, the earliest day first."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from rfp_service.inbox.inbox_service import InboxService, inbox_service
from rfp_service.inbox.marks import keep_marks, marks_of
from shared.governance.delegations.waiting_things import waiter_of
from shared.kernel.fields import WHOLE, Flag
from shared.record.projecting.row_models import COUNTED, SEARCHED
from shared.web.decisions.commands import Caller, may
from shared.web.lists.filters import AT_MOST, AskedCode
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.reads.answers import problems
from shared.web.reads.readings import POSITION_DIGITS, BeyondTheRecord, Reading
from shared.web.reads.waiting_things import WaitingThings, waiting
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

MARKS_LIMIT = 500
PLACES = 10**11  # positions below each day, so that day and position make one number
NO_DAY = date(9999, 12, 31)

router = APIRouter(
    prefix="/v1/inbox", tags=["inbox"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class InboxRow(BaseModel):
    """Something that waits for you: which thing, why, since when, and until when it should be done."""

    thing: Annotated[str, COUNTED, Field(description="What kind of thing it is.", examples=["rfp"])]
    id: UUID
    kind: Annotated[str, COUNTED, Field(description="What is waited for.", examples=["approval"])]
    reference: Annotated[str | None, SEARCHED]
    title: Annotated[str, SEARCHED]
    service_area: Annotated[str | None, SEARCHED, COUNTED]
    stage: Annotated[str, COUNTED]
    why: str
    acting_for: Annotated[
        str | None, COUNTED, Field(description="Whom you would stand in for; null for yourself.")
    ]
    since: datetime
    position: int = Field(description="Where the record says that it waits since; what a mark names.")
    due_on: date | None
    overdue: bool
    unread: bool
    looked_until: int | None = Field(
        description="How far in the record you have looked at the thing; null where you never have."
    )
    changes: int = Field(
        description="How often others have decided on it since; none where you never looked at it."
    )
    raised_by: str | None


class InboxFilters(BaseModel):
    """What the inbox can be narrowed to."""

    kind: Annotated[
        list[AskedCode] | None, AT_MOST, Field(description="Only this kind of wait, such as `approval`.")
    ] = None
    thing: Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only this kind of thing.")] = None
    unread: Annotated[Flag | None, Field(description="Only what you have, or have not, read yet.")] = None
    overdue: Annotated[Flag | None, Field(description="Only what should, or need not, be done by now.")] = (
        None
    )


class InboxMark(BaseModel):
    """That you have read of something that it waits, or looked at it, up to a position of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    kind: AskedCode = Field(examples=["approval"])
    position: Annotated[int, Field(ge=1, lt=10**POSITION_DIGITS), WHOLE]


class InboxMarks(BaseModel):
    """What you have read, as the inbox named it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: list[InboxMark] = Field(min_length=1, max_length=MARKS_LIMIT)


class InboxMarked(BaseModel):
    """How many marks were kept."""

    marked: int


INBOX_LIST = ShortList(name="inbox", row=InboxRow, filters=InboxFilters, tagged=False)


@router.get(
    "", summary="List what waits for you", dependencies=[may("read-inbox")], responses=INBOX_LIST.responses
)
async def list_inbox(request: Request, query: Annotated[ListQuery, INBOX_LIST.asked]) -> Response:
    """List what waits for you, or for whom you stand in, of every kind, the earliest day first."""
    service, reading = inbox_service(request), await INBOX_LIST.reading(query)
    waiter = await waiter_of(service, reading)
    items: list[dict[str, Any]] = []
    for things in service.waiting:
        if service.permissions.allows(reading.person, things.action):
            items += await waiting(things, service, _sighted(service, reading, things), waiter)
    marks = await marks_of(service.pool, reading.person, {item["id"] for item in items})
    looked: dict[UUID, int] = {}
    for (thing, _), position in marks.items():
        looked[thing] = max(position, looked.get(thing, 0))
    for item in items:
        item["unread"] = marks.get((item["id"], item["kind"]), 0) < item["position"]
        until, by_others = looked.get(item["id"]), item.pop("by_others")
        item["looked_until"] = until
        item["changes"] = 0 if until is None else sum(position > until for position in by_others)
        item["overdue"] = item["due_on"] is not None and item["due_on"] < waiter.today
    return await INBOX_LIST.answer(query, reading, items, place)


@router.post(
    "/marks",
    summary="Mark as read",
    dependencies=[may("read-inbox")],
    responses={200: {"model": InboxMarked}, **problems(413, 415)},
)
async def mark_as_read(
    request: Request, marks: Annotated[InboxMarks, strict(InboxMarks), Body()], person: Caller
) -> InboxMarked:
    """Record that you have read that some things wait: this is no decision, and nobody else sees it."""
    service = inbox_service(request)
    last = max(mark.position for mark in marks.items)
    if last > await service.record.head():
        raise BeyondTheRecord(position=last)
    await keep_marks(service.pool, person, ((mark.id, mark.kind, mark.position) for mark in marks.items))
    return InboxMarked(marked=len(marks.items))


def place(item: dict[str, Any]) -> int:
    """Return where something stands in the list: by its day, then by since when it waits."""
    return (item["due_on"] or NO_DAY).toordinal() * PLACES + int(item["position"])


def _sighted(service: InboxService, reading: Reading, things: WaitingThings) -> Reading:
    """Return the reading with the areas to which its reader is limited at these things."""
    return replace(reading, areas=service.permissions.areas(reading.person, things.action))
