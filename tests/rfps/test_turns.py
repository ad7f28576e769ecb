"""Whom an RFP waits on: whoever must act next for it to move, and a clock only while nobody could act."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from rfp_service.rfps.commands.evaluation import CorrectScore, ModerateScores
from rfp_service.rfps.commands.holds import EndHold, StartHold
from rfp_service.rfps.commands.key_decisions import (
    AgreeSpecialUrgency,
    ExpireNoticePeriod,
    PublishForwardPlanNotice,
    UseGeneralException,
)
from rfp_service.rfps.commands.participants import AppointEvaluator, RemoveEvaluator
from rfp_service.rfps.commands.procurement import ReturnForRework
from rfp_service.rfps.commands.set_asides import SetBidAside
from rfp_service.rfps.commands.standstill import ResolveChallenge, RevokeAward
from rfp_service.rfps.domain.award_events import ChallengeOutcome, StandstillExpired
from rfp_service.rfps.domain.key_decision_events import ForwardPlanNoticePublished
from rfp_service.rfps.domain.reasons import ReworkReason
from rfp_service.rfps.domain.refusals import NotTheirsToRework
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import SetAsideGround
from rfp_service.rfps.reactions import set_deadlines
from shared.kernel.messages import Recorded
from tests.rfps import way
from tests.rfps.examples import ABSENT, CHECK, IN_APPROVAL
from tests.rfps.way import CLOCK, DIRECTOR, EVAN, EVE, HEAD, LEGAL, OFFICER, SCRUTINY, after
from tests.support.specs import NOW, given, stamp

TODAY = NOW.date()
YESTERDAY = PublishForwardPlanNotice(reference="FP-1", published_on=TODAY - timedelta(days=1))
ENOUGH_AT = datetime(2026, 3, 29, 23, 0, tzinfo=UTC)  # 30 March: 28 clear days after the 1st
EXCEPTION = UseGeneralException(reference="GE-1", published_on=TODAY, reason="Known too late.")
EXCEPTION_ENOUGH_AT = datetime(2026, 3, 8, 0, 0, tzinfo=UTC)  # 5 clear days after 2 March
URGENT = AgreeSpecialUrgency(reason="The licence ends on Friday.")
REWORK = ReturnForRework(reason_code=ReworkReason.UNCLEAR, reason="How many?")
RESOLVE = ResolveChallenge(outcome=ChallengeOutcome.AWARD_STANDS, reason="As advised.")
RUNNING = after(way.KEY_DECISION, YESTERDAY, **OFFICER)
HOLD = StartHold(waiting_on=Party.FINANCE, reason="Budget check.")


def waits(history: Any, on: Party, until: datetime | None = None) -> None:
    rfp = ABSENT
    for event in history:
        rfp = event.apply(rfp)
    assert (rfp.waiting_on, rfp.clock.ends_at) == (on, until)


def test_a_key_decision_waits_on_procurement_until_a_notice_is_published() -> None:
    waits(way.KEY_DECISION, Party.PROCUREMENT)


def test_while_a_notices_days_run_it_waits_on_the_clock_whose_end_is_known() -> None:
    waits(RUNNING, Party.STATUTORY_CLOCK, ENOUGH_AT)


def test_a_notice_published_before_runs_on_while_a_key_decision_is_waited_for() -> None:
    announced = after(way.KEY_APPROVAL, YESTERDAY, **OFFICER)
    waits(after(announced, way.APPROVE, **DIRECTOR), Party.STATUTORY_CLOCK, ENOUGH_AT)
    long_ago = after(way.KEY_APPROVAL, way.FORWARD_PLAN, **OFFICER)
    waits(after(long_ago, way.APPROVE, **DIRECTOR), Party.APPROVER)


def test_a_notice_does_not_touch_the_clock_of_another_stage() -> None:
    waits(after(way.OPEN, YESTERDAY, **OFFICER), Party.MARKET, way.RESPONSES_BY)


def test_a_key_decision_whose_notice_has_run_waits_on_the_decision_maker() -> None:
    expire = ExpireNoticePeriod(number=1, due_at=ENOUGH_AT)
    waits(after(RUNNING, expire, at=ENOUGH_AT, **CLOCK), Party.APPROVER)
    waits(way.NOTIFIED, Party.APPROVER)
    taken = after(after(RUNNING, expire, at=ENOUGH_AT, **CLOCK), way.TAKE, at=ENOUGH_AT, **DIRECTOR)
    assert taken[-1].stage is Stage.CALL_IN
    unnoticed = after(RUNNING, way.TAKE, at=ENOUGH_AT, **DIRECTOR)  # before the clock was
    waits(unnoticed, Party.PROCUREMENT)


def test_the_shorter_of_two_notices_is_waited_for() -> None:
    shorter = after(RUNNING, EXCEPTION, **OFFICER)
    waits(shorter, Party.STATUTORY_CLOCK, EXCEPTION_ENOUGH_AT)
    old = ExpireNoticePeriod(number=1, due_at=ENOUGH_AT)
    assert given(ABSENT, *shorter).when(old, at=ENOUGH_AT, **CLOCK).events() == []


def test_an_urgent_key_decision_waits_on_the_decision_maker() -> None:
    waits(after(RUNNING, URGENT, **SCRUTINY), Party.APPROVER)


def test_the_end_of_a_notices_days_says_when_it_was_due_and_sets_a_deadline() -> None:
    late = ExpireNoticePeriod(number=1, due_at=ENOUGH_AT)
    [expired] = given(ABSENT, *RUNNING).when(late, at=ENOUGH_AT + timedelta(days=2), **CLOCK).events()
    assert (expired.due_at, expired.late) == (ENOUGH_AT, True)  # type: ignore[attr-defined]
    published = RUNNING[-1]
    assert isinstance(published, ForwardPlanNoticePublished)
    recorded = Recorded(1, CHECK, 1, published, stamp("priya").model_dump(mode="json"), NOW, NOW)
    [row] = set_deadlines(recorded)
    assert (row["kind"], row["version"], row["due_at"]) == ("key-decision-notice", 1, ENOUGH_AT)


def test_a_notice_that_runs_out_during_a_hold_leaves_it_and_counts_after_it() -> None:
    held = after(RUNNING, HOLD, **OFFICER)
    expire = ExpireNoticePeriod(number=1, due_at=ENOUGH_AT)
    over = after(held, expire, at=ENOUGH_AT, **CLOCK)
    given(ABSENT, *held).when(expire, at=ENOUGH_AT, **CLOCK).leads_to(waiting_on=Party.FINANCE, on_hold=True)
    waits(after(over, EndHold(), at=ENOUGH_AT, **OFFICER), Party.APPROVER)


def test_a_call_in_waits_on_procurement_until_the_decision_is_published() -> None:
    waits(way.TAKEN, Party.PROCUREMENT)
    waits(way.PUBLISHED, Party.STATUTORY_CLOCK, way.CALL_IN_ENDS)


def test_an_evaluation_waits_on_evaluators_until_every_score_counts() -> None:
    waits(way.IN_EVALUATION, Party.EVALUATORS)
    waits(way.SCORED[:-1], Party.EVALUATORS)
    waits(way.SCORED, Party.PROCUREMENT)
    correct = CorrectScore(bid="A", criterion="Price", score=80, comment="Misread.")
    differ = after(way.SCORED, correct, **EVE)
    waits(differ, Party.EVALUATORS)
    moderate = ModerateScores(bid="A", criterion="Price", score=85, reason="Agreed.", highest_bid_pence=1)
    waits(after(differ, moderate, **HEAD), Party.PROCUREMENT)


def test_an_evaluation_waits_on_procurement_where_nobody_is_left_to_score_or_nothing() -> None:
    both = after(way.DECLARED, RemoveEvaluator(evaluator="eve", reason="Ill."), **OFFICER)
    nobody = after(both, RemoveEvaluator(evaluator="evan", reason="Ill."), **OFFICER)
    waits(both, Party.EVALUATORS)
    waits(nobody, Party.PROCUREMENT)
    waits(after(nobody, AppointEvaluator(evaluator="ed"), **OFFICER), Party.EVALUATORS)
    history = way.DECLARED
    for bid in ("A", "B"):
        aside = SetBidAside(bid=bid, ground=SetAsideGround.WITHDRAWN, reason="Withdrawn.")
        history = after(history, aside, **OFFICER)
    waits(history, Party.PROCUREMENT)


def test_a_revoked_award_waits_on_procurement() -> None:
    waits(after(way.AWARDED, RevokeAward(reason="Wrong sum."), **OFFICER), Party.PROCUREMENT)


def test_an_award_sent_back_waits_on_procurement_or_on_whom_the_approver_names() -> None:
    waits(after(way.RECOMMENDED, REWORK, **HEAD), Party.PROCUREMENT)
    named = REWORK.model_copy(update={"waits_on": Party.EVALUATORS})
    back = after(way.RECOMMENDED, named, **HEAD)
    waits(back, Party.EVALUATORS)
    held = after(after(back, HOLD, **OFFICER), EndHold(), **OFFICER)
    waits(held, Party.EVALUATORS)
    correct = CorrectScore(bid="A", criterion="Price", score=80, comment="Misread.")
    waits(after(after(back, correct, **EVE), correct, **EVAN), Party.PROCUREMENT)


def test_a_business_case_sent_back_waits_on_the_requester_or_on_procurement() -> None:
    named = REWORK.model_copy(update={"waits_on": Party.PROCUREMENT})
    waits(after(IN_APPROVAL, REWORK, **HEAD), Party.REQUESTER)
    waits(after(IN_APPROVAL, named, **HEAD), Party.PROCUREMENT)
    legal = REWORK.model_copy(update={"waits_on": Party.LEGAL})
    given(ABSENT, *IN_APPROVAL).when(legal, **HEAD).refused(
        NotTheirsToRework, may_rework=[Party.REQUESTER, Party.PROCUREMENT]
    )


def test_an_award_that_stands_waits_on_the_clock_for_the_rest_of_its_standstill() -> None:
    stands = after(way.CHALLENGED, RESOLVE, **LEGAL)
    waits(stands, Party.STATUTORY_CLOCK, way.STANDSTILL_ENDS)
    expire = way.EXPIRE.model_copy(update={"number": 3})
    waits(after(stands, expire, at=way.STANDSTILL_ENDS, **CLOCK), Party.LEGAL)
    held = after(stands, HOLD, **LEGAL)
    given(ABSENT, *held).when(expire, at=way.STANDSTILL_ENDS, **CLOCK).then(
        StandstillExpired(
            stage=Stage.CONTRACTING, waiting_on=Party.FINANCE, due_at=way.STANDSTILL_ENDS, late=False
        )
    )
    given(ABSENT, *held).when(expire, at=way.STANDSTILL_ENDS, **CLOCK).leads_to(on_hold=True)
    later = after(way.CHALLENGED, RESOLVE, at=way.STANDSTILL_ENDS, **LEGAL)
    waits(later, Party.LEGAL)


def test_what_was_recorded_before_waits_on_whom_it_says() -> None:
    notice = ForwardPlanNoticePublished(
        stage=Stage.KEY_DECISION,
        waiting_on=Party.STATUTORY_CLOCK,
        reference="FP-1",
        published_on=date(2026, 3, 1),
    )
    waits((*way.KEY_DECISION, notice), Party.STATUTORY_CLOCK)
