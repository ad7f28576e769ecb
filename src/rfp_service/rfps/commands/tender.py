"""Asking the market: criteria fixed, evaluators appointed, and enough time to answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.rules import (
    entering,
    must_be_enough_evaluators,
    must_be_in,
    must_not_be_requester,
    next_clock,
    rules_of,
    runs,
    staying,
)
from rfp_service.rfps.commands.turns import in_turn, turn
from rfp_service.rfps.domain.correction_refusals import QuestionsUnanswered
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.refusals import (
    CriteriaFirst,
    EvaluatorsFirst,
    NotDueYet,
    NotLater,
    OtherWayOfAsking,
    TooLateToExtend,
    TooLittleTime,
    WeightsNotHundred,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import TENDERS, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import WHOLE_WEIGHT, Criterion
from rfp_service.rfps.domain.tender_events import (
    CriteriaFixed,
    DeadlineExtended,
    InvitationIssued,
    NoResponses,
    ResponsesClosed,
    ResponsesKeptOpen,
    TenderNoticePublished,
)
from shared.kernel.calendar import day_in_london, end_of, start_of
from shared.kernel.fields import Code, Instant, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.rules import Rules
from shared.record.deadlines.deadline import DeadlineCommand

CRITERIA_LIMIT = 30

Criteria = Annotated[list[Criterion], Field(min_length=1, max_length=CRITERIA_LIMIT)]


class FixCriteria(Command[Rfp]):
    """Set the criteria by which bids will be scored; the weights add up to a hundred."""

    decision: Literal["fix-criteria"] = "fix-criteria"
    criteria: Criteria

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        published = _published_elsewhere(rfp)
        must_be_in(rfp, Stage.READY_TO_ISSUE, *((Stage.OPEN, Stage.EVALUATION) if published else ()))
        must_not_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> CriteriaFixed:
        """Fix them, until the market is asked again if need be.

        Of an RFP taken over while bids were asked for or measured they are put down once, as they were
        published; whoever does that once bids may be open does not put the winner forward.
        """
        weight = sum(criterion.weight for criterion in self.criteria)
        names = {criterion.name for criterion in self.criteria}
        if weight != WHOLE_WEIGHT or len(names) < len(self.criteria):
            raise WeightsNotHundred(sum=weight, names=len(names), criteria=len(self.criteria))
        settles = rfp.stage is Stage.EVALUATION
        fixed = CriteriaFixed(
            criteria=tuple(self.criteria), decided_by=stamp.by if settles else "", **staying(rfp)
        )
        return in_turn(fixed, rfp, stamp)


class AskTheMarket(Command[Rfp]):
    """Ask for bids by an instant."""

    by_the_rules = True

    reference: Code = Field(examples=["2026/S 000-012345"])
    responses_by: Instant

    def must_give_time(self, rfp: Rfp, stamp: Stamp) -> None:
        """Refuse a time for responses that leaves less than the minimum."""
        assert rfp.route is not None, "only what has a route is ready"
        _must_give_time(rules_of(stamp), rfp.route, self.responses_by, stamp.at)


class PublishTenderNotice(AskTheMarket):
    """Record that the tender notice was published: anybody may bid until its time is up."""

    decision: Literal["publish-tender-notice"] = "publish-tender-notice"

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _must_be_ready(rfp, stamp, tender=True)

    def decide(self, rfp: Rfp, stamp: Stamp) -> TenderNoticePublished:
        """Open an open or restricted tender."""
        self.must_give_time(rfp, stamp)
        return TenderNoticePublished(
            reference=self.reference,
            clock=next_clock(rfp),
            ends_at=self.responses_by,
            asked_at=stamp.at,
            **entering(Stage.OPEN),
        )


class IssueInvitation(AskTheMarket):
    """Record that suppliers were invited; on an existing contract, the outgoing supplier alone."""

    decision: Literal["issue-invitation"] = "issue-invitation"

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _must_be_ready(rfp, stamp, tender=False)

    def decide(self, rfp: Rfp, stamp: Stamp) -> InvitationIssued:
        """Open whatever is not a tender."""
        self.must_give_time(rfp, stamp)
        existing = rfp.route is Route.EXISTING_CONTRACT
        return InvitationIssued(
            reference=self.reference,
            clock=next_clock(rfp),
            ends_at=self.responses_by,
            asked_at=stamp.at,
            stage=Stage.OPEN,
            waiting_on=Party.OUTGOING_SUPPLIER if existing else Party.MARKET,
        )


class ExtendDeadline(Command[Rfp]):
    """Give everybody more time, before the time is up, or while questions keep the bids closed."""

    decision: Literal["extend-deadline"] = "extend-deadline"
    responses_by: Instant
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.OPEN)
        must_not_be_requester(rfp, stamp)
        ends = _end(rfp)
        if stamp.at >= ends and not rfp.tender.kept_open:
            raise TooLateToExtend(ended_at=ends)

    def decide(self, rfp: Rfp, stamp: Stamp) -> DeadlineExtended:
        """Start the clock again, to a later end."""
        ends = _end(rfp)
        if self.responses_by <= max(ends, stamp.at if rfp.tender.kept_open else ends):
            raise NotLater(responses_by=ends)
        extended = DeadlineExtended(
            clock=next_clock(rfp), ends_at=self.responses_by, reason=self.reason, **staying(rfp)
        )
        return in_turn(extended, rfp, stamp)


class CloseResponses(DeadlineCommand[Rfp]):
    """Close the time for responses."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Go on to evaluation, or end where nobody bid in time; nothing if that clock no longer runs."""
        if not runs(rfp, self.number, Stage.OPEN):
            return ()
        if is_stopped(rfp, stamp):
            kept = ResponsesKeptOpen(
                unanswered=rfp.tender.unanswered, due_at=self.due_at, late=self.is_late(stamp), **staying(rfp)
            )
            return [in_turn(kept, rfp, stamp)]
        return [closed(rfp, self.due_at, late=self.is_late(stamp))]


class CloseResponsesByHand(Command[Rfp]):
    """Close the time for responses once it is up, without waiting for the clock to notice."""

    by_the_rules = True

    decision: Literal["close-responses"] = "close-responses"

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.OPEN)
        must_not_be_requester(rfp, stamp)
        ends = _end(rfp)
        if stamp.at < ends:
            raise NotDueYet(ends_at=ends)
        if is_stopped(rfp, stamp):
            raise QuestionsUnanswered(unanswered=list(rfp.tender.unanswered))

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpEvent:
        """Go on to evaluation, or end where nobody bid in time."""
        return closed(rfp, _end(rfp), late=False)


def _published_elsewhere(rfp: Rfp) -> bool:
    """Say whether the market was asked before the RFP was taken over, and by what is not known here yet."""
    return bool(rfp.taken_over.reference) and not rfp.tender.criteria and not rfp.tender.scores


def _end(rfp: Rfp) -> datetime:
    assert rfp.tender.responses_by is not None, "what is open has an end"
    return rfp.tender.responses_by


def is_stopped(rfp: Rfp, stamp: Stamp) -> bool:
    """Say whether a question without an answer stops the closing; the scheme says whether it does."""
    rules = stamp.known.rules
    return bool(rfp.tender.unanswered) and rules is not None and rules.unanswered_stop_closing


def closed(rfp: Rfp, due_at: datetime, *, late: bool) -> RfpEvent:
    """Return what the end of the time for responses means."""
    if not (bids := len(rfp.tender.competing)):
        return NoResponses(due_at=due_at, late=late, **entering(Stage.UNSUCCESSFUL))
    shut = ResponsesClosed(
        bids=bids, due_at=due_at, late=late, unanswered=rfp.tender.unanswered, **entering(Stage.EVALUATION)
    )
    return shut.model_copy(update={"waiting_on": turn(shut.apply(rfp), due_at)})


def _must_be_ready(rfp: Rfp, stamp: Stamp, *, tender: bool) -> None:
    """Refuse to ask the market in the wrong way, or unprepared."""
    must_be_in(rfp, Stage.READY_TO_ISSUE)
    must_not_be_requester(rfp, stamp)
    assert rfp.route is not None, "only what has a route is ready"
    if (rfp.route in TENDERS) is not tender:
        raise OtherWayOfAsking(route=rfp.route)
    if sum(criterion.weight for criterion in rfp.tender.criteria) != WHOLE_WEIGHT:
        raise CriteriaFirst
    if not rfp.tender.evaluators:
        raise EvaluatorsFirst
    must_be_enough_evaluators(rfp, stamp)


def _must_give_time(rules: Rules, route: Route, responses_by: datetime, at: datetime) -> None:
    """Refuse a time for responses that leaves less than the minimum: so many whole days after today.

    A deadline at the first instant of a day leaves nothing of it, and one at noon no whole day.
    """
    days = rules.minimum_days(route)
    last = day_in_london(at) + timedelta(days=days)
    whole = rules.minimum_periods_in_whole_days and days > 0
    earliest = end_of(last) if whole else start_of(last)
    if responses_by <= at or responses_by < earliest:
        raise TooLittleTime(minimum_days=days, earliest=day_in_london(earliest), earliest_at=earliest)
