"""Private addresses of the contracts' calendar, for programs that can't sign in."""

from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement

from rfp_service.contracts.api.feed import answer_calendar
from rfp_service.contracts.commands.calendar_feeds import MANAGERS, OpenContractFeed, RevokeContractFeed
from rfp_service.contracts.domain.calendar_feeds import CalendarFeed, feed_id
from rfp_service.contracts.views.calendar_feeds import CalendarFeedRow, contract_feeds
from shared.kernel.errors import NotFound
from shared.kernel.fields import Flag
from shared.kernel.messages import Receipt
from shared.kernel.person import Person
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.lists.filters import ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

TOKEN_BYTES = 32
TOKEN_LENGTH = 43
NOBODY = Person("calendar-feed", ())

router = APIRouter(
    prefix="/v1/contract-feeds", tags=["contracts"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)
open_router = APIRouter(prefix="/v1/contract-feeds")


class FeedFilters(BaseModel):
    """What a list of private addresses can be narrowed to."""

    revoked: Annotated[Flag | None, Field(description="Only those that are revoked, or still hold.")] = None


def _ones_own(moment: ListMoment) -> "list[ColumnElement[bool]]":
    """Return the condition on the addresses that one has opened; who may revoke all sees all."""
    person = moment.reading.person
    return [] if MANAGERS & {*person.roles} else [contract_feeds.c.opened_by.in_(person.ids)]


FEED_LIST = ListOf(
    name="contract-feeds", row=CalendarFeedRow, table=contract_feeds, filters=FeedFilters, within=_ones_own
)


@router.get(
    "",
    summary="List private calendar addresses",
    dependencies=[may("read-contract-feeds")],
    responses=FEED_LIST.responses,
)
async def list_contract_feeds(query: Annotated[ListQuery, FEED_LIST.asked]) -> Response:
    """List the addresses that you have opened, or, as who manages contracts, everybody's; newest first.

    What opens one is in no list: it was shown once.
    """
    return await FEED_LIST.answer(query)


class OpenedFeed(Receipt):
    """The receipt, and the address: it is shown this once, and of a repeated request no more."""

    address: str | None = Field(description="A path of this service, which is as good as a password.")


@router.post("", status_code=201, summary="Open a private calendar address", responses=CREATES)
async def open_contract_feed(
    command: Annotated[OpenContractFeed, strict(OpenContractFeed), Body()], handler: OpeningCommands
) -> OpenedFeed:
    """Open an address by which a calendar program reads the days of contracts, until it is revoked.

    Only a hash of the token in it is kept. It shows what is open to everybody, in your service areas.
    """
    token = token_urlsafe(TOKEN_BYTES)
    areas = handler.areas(OpenContractFeed)
    receipt = await handler.create(
        command,
        blank=CalendarFeed(),
        under=feed_id(token),
        token_sha256=sha256(token.encode()).hexdigest(),
        areas=None if areas is None else [*sorted(areas)],
    )
    mine = receipt.id == feed_id(token)
    address = f"{router.prefix}/{token}/calendar.ics" if mine else None
    return OpenedFeed(**receipt.model_dump(), address=address)


@router.post("/{feed_id:uuid}/decisions", summary="Revoke a private calendar address", responses=DECIDES)
async def revoke_contract_feed(
    feed_id: Annotated[UUID, Path(description="The address's id, as its receipt says it.")],
    command: Annotated[RevokeContractFeed, strict(RevokeContractFeed), Body()],
    handler: Commands,
) -> Receipt:
    """Revoke it: from the next request on nothing is found there."""
    return await handler.handle(feed_id, command, blank=CalendarFeed())


@open_router.get("/{token}/calendar.ics", summary="See a private calendar", include_in_schema=False)
async def see_private_calendar(
    request: Request, token: Annotated[str, Path(min_length=TOKEN_LENGTH, max_length=TOKEN_LENGTH)]
) -> Response:
    """Show the calendar to whoever has the address; the record itself says whether it still holds."""
    service = core_service(request)
    feed: CalendarFeed = (await service.store.load(feed_id(token), CalendarFeed())).state
    if not feed.is_opened_by(token):
        raise NotFound
    position = service.visibility.position
    areas = None if feed.areas is None else frozenset(feed.areas)
    reading = Reading(
        service.pool,
        service.record,
        position,
        position,
        datetime.now(UTC),
        past=False,
        person=NOBODY,
        redact=service.redact,
        areas=areas,
    )
    answer = await answer_calendar(request, reading, feed.owner or None)
    answer.headers["Cache-Control"] = "private"
    return answer
