"""What has changed over HTTP: by asking again, by waiting for an answer, or as server-sent events."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from rfp_service.changes.feed import Feed, FeedItem, FeedPage
from shared.kernel.errors import TooMany
from shared.web.core_service import core_service
from shared.web.decisions.commands import Caller, may
from shared.web.reads.answers import problems
from shared.web.reads.media_types import JSON, wanted
from shared.web.reads.pages import json_of
from shared.web.reads.readings import POSITION_DIGITS, BeyondTheRecord
from shared.web.requests.bodies import EVENT_STREAM, StrictRoute

PAGE_LIMIT, PAGE_USUAL = 1_000, 200
WAIT_LIMIT_SECONDS = 30
BEAT_SECONDS = 15.0  # a line that is silent for longer may be cut on the way
STREAM_SECONDS = 300.0  # then whoever follows comes again, with a token that counts
STREAMS_LIMIT = 16  # of one person at once, in one process
RETRY = b"retry: 1000\n\n"

router = APIRouter(prefix="/v1/changes", tags=["changes"], route_class=StrictRoute)


class TooManyStreams(TooMany):
    """You follow the changes in too many streams at once: end one of them."""


class ChangeSeen(BaseModel):
    """That something was decided on a thing: of which kind, and its id."""

    position: int
    kind: str = Field(examples=["rfp"])
    id: UUID


class ChangePage(BaseModel):
    """Changes in order; `next` is what to ask with as `after` to miss nothing, and be told nothing twice."""

    items: list[ChangeSeen]
    next: int
    more: bool = Field(description="Whether more is available at once.")


After = Annotated[
    int | None,
    Query(
        ge=0,
        lt=10**POSITION_DIGITS,
        description="The position after which changes are told: `next` of the answer before. Without it,"
        " only where the changes stand is told.",
    ),
]
Wait = Annotated[
    int,
    Query(ge=0, le=WAIT_LIMIT_SECONDS, description="Seconds to wait for a change where there is none yet."),
]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="How many at most.")]
LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        pattern=f"^[0-9]{{1,{POSITION_DIGITS}}}$",
        description="Where a stream of events goes on: it goes before `after`.",
    ),
]

RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Changes; as server-sent events each has its position as its id",
        "model": ChangePage,
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    },
    **problems(406),
}


@router.get("", summary="Follow what changes", dependencies=[may("read-changes")], responses=RESPONSES)
async def list_changes(
    request: Request,
    person: Caller,
    after: After = None,
    wait: Wait = 0,
    limit: Limit = PAGE_USUAL,
    last_event_id: LastEventId = None,
) -> Response:
    """Return what has changed since a position among the things that you may see: ids and kinds only.

    With `wait` the answer comes with the first change. With `Accept: text/event-stream` it goes on for
    some minutes; whoever comes again then with `Last-Event-ID` misses nothing.
    """
    form = wanted(request.headers.get("accept", ""), (JSON, EVENT_STREAM))
    service = core_service(request)
    feed = Feed(
        service.pool, service.record, service.visibility, service.permissions, service.seen_with, person
    )
    begin = int(last_event_id) if last_event_id is not None else after
    if begin is not None and begin > service.visibility.position and begin > await service.record.head():
        raise BeyondTheRecord(position=begin)
    start = service.visibility.position if begin is None else begin
    if form == EVENT_STREAM:
        must_have_room(person.id)
        headers = {"X-Accel-Buffering": "no", "Vary": "Authorization, Accept"}
        return StreamingResponse(told(feed, start, limit), media_type=EVENT_STREAM, headers=headers)
    page = await feed.waited(start, limit, 0 if begin is None else wait)
    return Response(json_of(_shown(page)), media_type=JSON, headers={"Vary": "Authorization, Accept"})


def _shown(page: FeedPage) -> dict[str, Any]:
    items = [change._asdict() for change in page.items]
    return {"items": items, "next": page.following, "more": not page.whole}


_open: Counter[str] = Counter()


def must_have_room(person: str) -> None:
    """Refuse one stream too many; a stream is counted from when it begins to be sent."""
    if _open[person] >= STREAMS_LIMIT:
        raise TooManyStreams(at_once=STREAMS_LIMIT)


@contextmanager
def _counted(person: str) -> Iterator[None]:
    _open[person] += 1
    try:
        yield
    finally:
        _open[person] -= 1
        if not _open[person]:
            del _open[person]


async def told(
    feed: Feed, after: int, limit: int, beat: float = BEAT_SECONDS, seconds: float = STREAM_SECONDS
) -> AsyncIterator[bytes]:
    """Yield changes as server-sent events, and a sign of life where there are none.

    What is sent is asked for only once what was sent before has been taken: a slow reader is waited for.
    """
    until = time.monotonic() + seconds
    with _counted(feed.person.id):
        yield RETRY
        while time.monotonic() < until:
            page = await feed.waited(after, limit, beat)
            after = page.following
            yield b"".join(map(_event, page.items)) + b"id: %d\n: here\n\n" % after


def _event(change: FeedItem) -> bytes:
    return b"id: %d\nevent: change\ndata: %s\n\n" % (change.position, orjson.dumps(change._asdict()))
