"""Whose turn it is to approve, of any kind of case, and the clocks that the scheme sets for an answer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from rfp_service.catalogue.domain.orders import Order, OrderRaised, OrderStatus, OrderTierPassedUp
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.renewal_events import RenewalDecisionApproved, RenewalRecommended
from rfp_service.contracts.domain.unreachable_events import RenewalTierPassedUp
from rfp_service.rfps.commands.turns import GOES_ON_CONFIRMED
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import DECIDING, Stage
from shared.governance.notifications.approval_turns import (
    CLOCKS,
    TURN,
    ApprovalEscalated,
    ApprovalNearedDeadline,
    ApprovalPassedDeadline,
    ApprovalTurn,
    ApprovalTurnBegan,
    BeginTurn,
    TurnEvent,
    clocks_of,
    turn_facts,
    turn_id,
)
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.outbox import notification_row
from shared.kernel.messages import Recorded, State
from shared.record.deadlines.deadline import Deadline
from shared.record.deadlines.table import deadline_row
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row
from shared.web.context import Context

NO_TURN = ("", "")
APPROVING = (
    Stage.WAIVER,
    Stage.APPROVAL,
    Stage.AWARD_APPROVAL,
    Stage.KEY_DECISION,
    *GOES_ON_CONFIRMED,  # where what was awarded elsewhere has still to be confirmed
)

# What a turn is: where the case stands, and the tier that can answer; none if nobody of a tier can.
Turn = tuple[str, str]


def turn_of_rfp(rfp: Rfp) -> Turn:
    """Return the tier that can answer now: none on hold, and none while somebody else is waited for."""
    if rfp.on_hold or rfp.waiting_on not in DECIDING:
        return NO_TURN
    tier = rfp.open_approval.waiting_for
    return (rfp.stage.value, tier) if tier else NO_TURN


def turn_of_contract(contract: Contract) -> Turn:
    """Return the tier that a renewal waits for, of a contract that has not ended."""
    tier = contract.asked_tier
    return ("renewal", tier) if tier else NO_TURN


def turn_of_order(order: Order) -> Turn:
    """Return the tier that must approve an order."""
    return ("order", order.tier) if order.status is OrderStatus.WAITS_FOR_APPROVAL else NO_TURN


@dataclass(frozen=True)
class TurnSource:
    """How a turn is seen in cases of one kind."""

    blank: State
    turn: Callable[[Any], Turn]


SOURCES: Mapping[str, TurnSource] = {
    Rfp.kind: TurnSource(Rfp(), turn_of_rfp),
    Contract.kind: TurnSource(Contract(), turn_of_contract),
    Order.kind: TurnSource(Order(), turn_of_order),
}


def begin_turns(recorded: Recorded) -> Iterable[Row]:
    """Return the deadline, due at once, at which a turn begins that may have begun with an event.

    Its number is the position of that event; where no turn began, its command does nothing.
    """
    match recorded.event:
        case RfpEvent(waiting_on=party, stage=stage) if party in DECIDING and stage in APPROVING:
            pass
        case RenewalRecommended(tiers=(_, *_)):
            pass
        case (
            RenewalDecisionApproved(next_tier=tier)
            | RenewalTierPassedUp(next_tier=tier)
            | OrderRaised(tier=tier)
            | OrderTierPassedUp(next_tier=tier)
        ) if tier:
            pass
        case _:
            return ()
    turn = turn_id(recorded.stream_id, recorded.version)
    return (deadline_row(turn, TURN, recorded.position, recorded.happened_at),)


async def begun_turn_facts(store: EventStore, _turn: UUID, position: int) -> dict[str, JsonValue]:
    """Return the turn that began with the event at a position, and whether it still runs."""
    [recorded] = await store.reader.at([position])
    facts, (_, tier) = await _followed(store, recorded.event.kind, recorded.stream_id, recorded.version)
    began_with: dict[str, JsonValue] = {"case_version": recorded.version}
    return facts | began_with | {"tier": tier, "began_at": recorded.happened_at.isoformat()}


async def running_turn_facts(store: EventStore, turn: UUID, _number: int) -> dict[str, JsonValue]:
    """Return how the case of a turn stands, and whether nobody has answered since."""
    state = (await store.load(turn, ApprovalTurn())).state
    assert state.case_id is not None, "its clocks were set when it began"
    return (await _followed(store, state.case_kind, state.case_id, state.case_version))[0]


async def _followed(
    store: EventStore, kind: str, case_id: UUID, version: int
) -> tuple[dict[str, JsonValue], Turn]:
    """Return whether the turn that began with a version has lasted until now, and which one it is."""
    source = SOURCES[kind]
    state: Any = source.blank
    turns = [NO_TURN]
    for recorded in await store.reader.stream(case_id):
        state = recorded.event.apply(state)
        turns.append(source.turn(state))
    began = turns[version]
    since = set(turns[version:])
    runs = began != NO_TURN and turns[version - 1] != began and since == {began}
    return turn_facts(kind, case_id, len(turns) - 1, runs=runs), began


def set_turn_clocks(recorded: Recorded) -> Iterable[Row]:
    """Return the deadlines of a turn that began."""
    if not isinstance(recorded.event, ApprovalTurnBegan):
        return ()
    return [deadline_row(recorded.stream_id, kind, 1, at) for kind, at in clocks_of(recorded.event)]


SAID: Mapping[type[TurnEvent], NotificationType] = {
    ApprovalNearedDeadline: NotificationType.APPROVAL_DUE_SOON,
    ApprovalPassedDeadline: NotificationType.APPROVAL_OVERDUE,
    ApprovalEscalated: NotificationType.APPROVAL_ESCALATED,
}


def tell_of_turns(recorded: Recorded) -> Iterable[Row]:
    """Return what is to be told of the case whose clock has come."""
    event = recorded.event
    if not isinstance(event, ApprovalNearedDeadline | ApprovalPassedDeadline | ApprovalEscalated):
        return ()
    row = notification_row(recorded, SAID[type(event)], event.tier)
    of_case = {"case_kind": event.case_kind, "case_id": event.case_id, "sequence": event.case_version}
    told_tier = event.told_tier if isinstance(event, ApprovalEscalated) else ""
    return ({**row, **of_case, "told_tier": told_tier},)


APPROVAL_TURNS = Context(
    never_told=("approval-turn",),
    reactions=(
        Reaction("begin_turns", "deadlines", begin_turns),
        Reaction("set_turn_clocks", "deadlines", set_turn_clocks),
        Reaction("tell_of_turns", "notifications", tell_of_turns),
    ),
    deadlines=(
        Deadline(TURN, BeginTurn, ApprovalTurn(), begun_turn_facts, begins=True),
        *(Deadline(kind, clock, ApprovalTurn(), running_turn_facts) for kind, clock in CLOCKS.items()),
    ),
)
