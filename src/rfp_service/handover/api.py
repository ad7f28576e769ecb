"""Hand-overs over HTTP: all of somebody's work to somebody else at once, and what became of each thing."""

from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field

from rfp_service.handover.commands import HandWorkOver, fingerprint, must_be_two_people
from rfp_service.handover.domain import Handed, HandOver, Left
from rfp_service.handover.work_in_hand import gathered
from shared.governance.people.facts import known_among
from shared.kernel.errors import KeyUsedOtherwise, OutOfDate, ViewsBehind
from shared.kernel.messages import IdempotencyKey, Receipt, Stream
from shared.kernel.named_people import NoSuchPerson
from shared.kernel.personal import PersonalShown
from shared.record.eventstore.store import ATTEMPTS
from shared.web.core_service import core_service
from shared.web.decisions.commands import CommandHandler, OpeningCommands, may
from shared.web.reads.answers import CREATES, one, seen
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

router = APIRouter(
    prefix="/v1/hand-overs", tags=["hand-overs"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class HandOverShown(BaseModel):
    """What changed hands, and what could not, by the rule that says no."""

    id: UUID
    version: int
    leaver: str
    successor: str
    reason: PersonalShown
    handed: list[Handed]
    left: list[Left]
    waiting: list[UUID] = Field(description="What of it waits for a second person to confirm it.")


@router.post("", status_code=201, summary="Hand somebody's work over", responses=CREATES)
async def hand_over(
    request: Request,
    response: Response,
    command: Annotated[HandWorkOver, strict(HandWorkOver), Body()],
    handler: OpeningCommands,
) -> Receipt:
    """Hand over everything that somebody has in hand: open RFPs, places in tiers, and delegations.

    Tiers and delegations go to the successor once a second person confirms them, as any that are given.
    """
    await _views_must_be_current(request)
    receipt = await handed_over(handler, command)
    response.headers["ETag"] = f'"{receipt.version}"'
    return receipt


async def handed_over(handler: CommandHandler, command: HandWorkOver) -> Receipt:
    """Decide on every thing by its own rules, and append it all together, or none of it."""
    key = handler.conditions.key
    name = uuid5(NAMESPACE_URL, f"{key.caller} {key.key}") if key else uuid4()
    stamp = await handler.stamp_for(HandWorkOver, [command.leaver, command.successor])
    facts = await handler.facts[HandWorkOver](handler.store, command)
    known = stamp.known.model_copy(update={"facts": facts})
    stamp = stamp.model_copy(update={"causation": f"hand-over {name}", "known": known})
    if not await known_among(handler.store, [command.successor]):
        raise NoSuchPerson(person=command.successor)
    must_be_two_people(command, stamp)
    for _ in range(ATTEMPTS):  # somebody may be faster on any of the things: look again
        before = await handler.store.load(name, HandOver())
        if before.version:
            return _as_the_first_time(before, key)
        plan = await gathered(handler.store, command, stamp)
        results = enumerate(plan.results(key), start=1)
        told = [(name, version, result, stamp, None, 0) for version, result in results]
        if receipt := await handler.store.append_together([*plan.events, *told]):
            return receipt
    raise OutOfDate


def _as_the_first_time(before: Stream[HandOver], key: IdempotencyKey | None) -> Receipt:
    """Return the receipt of a hand-over that was asked for before, under the same key."""
    if before.state.asked != fingerprint(key):
        raise KeyUsedOtherwise
    return Receipt(id=before.id, version=before.version, position=before.position)


@router.get(
    "/{hand_over_id}",
    summary="See a hand-over",
    dependencies=[may("read-hand-overs")],
    responses=one(HandOverShown),
)
async def see_hand_over(
    request: Request, hand_over_id: Annotated[UUID, Path(description="The hand-over's id.")], reading: Read
) -> Response:
    """Show what changed hands, and what could not."""
    stream = await thing_as_of(request, reading, hand_over_id, HandOver())
    told = stream.state
    shown = HandOverShown(
        id=stream.id,
        version=stream.version,
        leaver=told.leaver,
        successor=told.successor,
        reason=PersonalShown(about=told.leaver, text=told.reason.clear),
        handed=list(told.handed),
        left=list(told.left),
        waiting=list(told.waiting),
    )
    kept = {} if told.reason.clear else {"reason": told.reason.model_dump()}
    return await seen(request, reading, shown, f'"{stream.version}"', personal=kept)


async def _views_must_be_current(request: Request) -> None:
    """Refuse to look for somebody's work in views that are behind."""
    service = core_service(request)
    head = await service.record.head()
    if not await service.visibility.reaches(head):
        raise ViewsBehind(position=head, visible=service.visibility.position)
