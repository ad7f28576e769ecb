"""Whose turn it is: whoever must act next for the RFP to move, and a clock only while nobody could act."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypedDict, TypeVar

from rfp_service.rfps.commands.rules import next_clock, rules_of
from rfp_service.rfps.domain.approval import KeyDecision
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import WAITS_ON, Party, Stage
from shared.kernel.calendar import end_of
from shared.kernel.messages import Stamp
from shared.kernel.rules import Rules

E = TypeVar("E", bound=RfpEvent)


class NoticeClock(TypedDict):
    """The clock of a key decision's notice, where one runs."""

    clock: int
    ends_at: datetime | None


GOES_ON_CONFIRMED = (Stage.AWARD_NOTICE, Stage.CONTRACTING)  # no further, unless it is confirmed
NO_CLOCK = NoticeClock(clock=0, ends_at=None)


def turn(rfp: Rfp, at: datetime) -> Party:
    """Return the party that must act next on an RFP that is not on hold."""
    if rfp.advice_from:
        return Party.ADVISORY_BODY
    if rfp.rework_by is not Party.NOBODY:
        return rfp.rework_by
    if rfp.is_to_be_confirmed and rfp.stage in GOES_ON_CONFIRMED:
        return Party.STATUTORY_CLOCK if _runs(rfp, at) else _decider(rfp)
    told = BY_HOW_IT_STANDS.get(rfp.stage)
    party = WAITS_ON[rfp.stage] if told is None else told(rfp, _runs(rfp, at))
    return _decider(rfp) if party is Party.APPROVER else party


def _decider(rfp: Rfp) -> Party:
    """Return who decides for the tier whose turn it is: members of the council on an elected post."""
    return Party.MEMBER if rfp.waits_for_members else Party.APPROVER


def _runs(rfp: Rfp, at: datetime) -> bool:
    return rfp.clock.ends_at is not None and at < rfp.clock.ends_at


def _before_a_key_decision(rfp: Rfp, runs: bool) -> Party:  # noqa: FBT001  # one of a table
    if rfp.key.urgent:
        return Party.APPROVER
    if runs:
        return Party.STATUTORY_CLOCK
    announced = rfp.key.notice_on is not None or rfp.key.exception_on is not None
    return Party.APPROVER if announced else Party.PROCUREMENT


def _while_open(rfp: Rfp) -> Party:
    if rfp.tender.kept_open:
        return Party.PROCUREMENT
    return Party.OUTGOING_SUPPLIER if rfp.route is Route.EXISTING_CONTRACT else Party.MARKET


# Where it is not always the same party's turn; each is told whether the RFP's clock runs.
BY_HOW_IT_STANDS: Mapping[Stage, Callable[[Rfp, bool], Party]] = {
    Stage.KEY_DECISION: _before_a_key_decision,
    Stage.CALL_IN: lambda rfp, _: Party.PROCUREMENT if rfp.clock.ends_at is None else Party.STATUTORY_CLOCK,
    Stage.OPEN: lambda rfp, _: _while_open(rfp),
    Stage.EVALUATION: lambda rfp, _: Party.PROCUREMENT if rfp.tender.is_measured() else Party.EVALUATORS,
    Stage.AWARD_APPROVAL: lambda rfp, _: Party.APPROVER if rfp.award.approval.tiers else Party.PROCUREMENT,
    Stage.CONTRACTING: lambda _, runs: Party.STATUTORY_CLOCK if runs else Party.LEGAL,
}


def in_turn(event: E, rfp: Rfp, stamp: Stamp) -> E:
    """Return an event that says whose turn it is once it has happened; a hold stays charged."""
    after = event.apply(rfp)
    if after.on_hold:
        return event
    return event.model_copy(update={"waiting_on": turn(after, stamp.at)})


def notice_clock(rfp: Rfp, key: KeyDecision, stamp: Stamp) -> NoticeClock:
    """Return the clock until a key decision may be taken: none without a notice, or once it is enough."""
    ends = None if key.urgent else can_be_taken_from(key, rules_of(stamp))
    if ends is None or ends <= stamp.at:
        return NO_CLOCK
    return NoticeClock(clock=next_clock(rfp), ends_at=ends)


def can_be_taken_from(key: KeyDecision, rules: Rules) -> datetime | None:
    """Return the first instant at which one of the notices is enough; nothing if there is none.

    Clear days lie between the day of the notice and the day of the decision.
    """
    notices = (
        (key.notice_on, rules.forward_plan_clear_days),
        (key.exception_on, rules.general_exception_clear_days),
    )
    return min(
        (end_of(day + timedelta(days=clear)) for day, clear in notices if day is not None), default=None
    )
