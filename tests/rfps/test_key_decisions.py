"""Key decisions: announced, taken, published, called in; no day too early, no penny too much."""

from datetime import date, timedelta

import pytest

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.call_ins import (
    CallIn,
    ExpireCallIn,
    LapseCallIn,
    ReferToCouncil,
    ReleaseCallIn,
    UpholdCallIn,
)
from rfp_service.rfps.commands.key_decisions import (
    AgreeSpecialUrgency,
    DeclareKeyDecision,
    PublishForwardPlanNotice,
    PublishSpecialUrgency,
    UseGeneralException,
)
from rfp_service.rfps.domain.approval import Approval, Basis, KeyDecision, KeyGround
from rfp_service.rfps.domain.key_decision_events import CallInPeriodExpired, CallInUpheld
from rfp_service.rfps.domain.refusals import (
    AlreadyPublished,
    AlreadyReferred,
    KeyAlready,
    NoPartInIt,
    NoticeInTheFuture,
    NoticeTooShort,
    NotPublished,
    NotUrgent,
    OwnRfp,
    PeriodOver,
)
from rfp_service.rfps.domain.stages import Party, Stage
from shared.governance.scheme.tiers import NoScheme, NotYourTier
from tests.rfps import way
from tests.rfps.examples import ABSENT, IN_APPROVAL, IN_BUSINESS_CASE, ONE_TIER
from tests.rfps.way import (
    CALL_IN_ENDS,
    CALLED_IN,
    CLOCK,
    DIRECTOR,
    HEAD,
    KEY_DECISION,
    NOTIFIED,
    OFFICER,
    PUBLISH,
    PUBLISHED,
    SCRUTINY,
    TAKE,
    TAKEN,
    after,
)
from tests.support.specs import KEY_DECISION_PENCE, NOW, RULES, given

URGENT = AgreeSpecialUrgency(reason="The licence ends on Friday.")
EXCEPTION = UseGeneralException(reference="GE-1", published_on=date(2026, 2, 24), reason="Known too late.")
CALL = CallIn(reason="Too dear.")


@pytest.mark.parametrize(
    ("value", "stage"),
    [
        (KEY_DECISION_PENCE - 1, Stage.READY_TO_ISSUE),
        (KEY_DECISION_PENCE, Stage.READY_TO_ISSUE),
        (KEY_DECISION_PENCE + 1, Stage.KEY_DECISION),
    ],
)
def test_what_is_a_penny_above_the_limit_is_a_key_decision(value: int, stage: Stage) -> None:
    worth = ONE_TIER.model_copy(update={"tiers": ("director",), "value_pence": value})
    given(ABSENT, *IN_BUSINESS_CASE, worth).when(way.APPROVE, **DIRECTOR).leads_to(stage=stage)


def test_without_a_limit_nothing_is_a_key_decision() -> None:
    none = RULES.model_copy(update={"key_decision_pence": None})
    given(ABSENT, *way.KEY_APPROVAL).when(way.APPROVE, rules=none, **DIRECTOR).leads_to(
        stage=Stage.READY_TO_ISSUE
    )
    given(ABSENT, *way.KEY_APPROVAL).when(way.APPROVE, rules=None, **DIRECTOR).refused(NoScheme)


@pytest.mark.parametrize(("days", "allowed"), [(27, False), (28, False), (29, True), (60, True)])
def test_28_clear_days_lie_between_notice_and_decision(days: int, *, allowed: bool) -> None:
    notice = PublishForwardPlanNotice(reference="FP-1", published_on=NOW.date() - timedelta(days=days))
    taking = given(ABSENT, *after(KEY_DECISION, notice, **OFFICER)).when(TAKE, **DIRECTOR)
    if allowed:
        taking.leads_to(
            stage=Stage.CALL_IN,
            key=KeyDecision(onward=Stage.READY_TO_ISSUE, used=(notice.published_on, None)),
        )
    else:
        taking.refused(NoticeTooShort, clear_days=28)


@pytest.mark.parametrize(("days", "allowed"), [(5, False), (6, True)])
def test_5_clear_days_do_by_general_exception(days: int, *, allowed: bool) -> None:
    exception = EXCEPTION.model_copy(update={"published_on": NOW.date() - timedelta(days=days)})
    taking = given(ABSENT, *after(KEY_DECISION, exception, **OFFICER)).when(TAKE, **DIRECTOR)
    if allowed:
        [taken] = taking.events()
        assert taken.basis is Basis.GENERAL_EXCEPTION  # type: ignore[attr-defined]
    else:
        taking.refused(NoticeTooShort, exception_clear_days=5)


def test_without_any_notice_no_key_decision_is_taken() -> None:
    given(ABSENT, *KEY_DECISION).when(TAKE, **DIRECTOR).refused(NoticeTooShort, notice_on=None)


def test_special_urgency_needs_no_notice_and_spares_the_call_in() -> None:
    urgent = after(KEY_DECISION, URGENT, **SCRUTINY)
    given(ABSENT, *urgent).when(TAKE, **DIRECTOR).leads_to(stage=Stage.READY_TO_ISSUE)


def test_a_notice_is_published_before_it_is_recorded() -> None:
    notice = PublishForwardPlanNotice(reference="FP-1", published_on=NOW.date() + timedelta(days=1))
    given(ABSENT, *IN_BUSINESS_CASE).when(notice, **OFFICER).refused(NoticeInTheFuture)


def test_a_requester_publishes_notices_of_their_own_rfps_only() -> None:
    asks = {"roles": ["requester"]}
    given(ABSENT, *way.KEY_DECISION).when(way.FORWARD_PLAN, by="ben", **asks).refused(NoPartInIt)
    given(ABSENT, *way.KEY_DECISION).when(way.FORWARD_PLAN, by="ann", **asks).leads_to(
        stage=Stage.KEY_DECISION
    )


def test_only_the_last_tier_takes_a_key_decision() -> None:
    given(ABSENT, *NOTIFIED).when(TAKE, **HEAD).refused(NotYourTier, waiting_for="director")


def test_nobody_takes_a_key_decision_on_their_own_rfp() -> None:
    for by in ("ann", "priya"):
        given(ABSENT, *NOTIFIED).when(TAKE, by=by, own_tiers=["director"]).refused(OwnRfp)


def test_a_decision_is_published_once() -> None:
    given(ABSENT, *PUBLISHED).when(PUBLISH, **OFFICER).refused(AlreadyPublished)


def test_the_period_for_calling_in_is_five_working_days_after_publication() -> None:
    [published] = given(ABSENT, *TAKEN).when(PUBLISH, **OFFICER).events()
    assert published.ends_at == CALL_IN_ENDS  # type: ignore[attr-defined]
    closed = RULES.model_copy(update={"closed_days": (date(2026, 3, 4),)})
    [later] = given(ABSENT, *TAKEN).when(PUBLISH, rules=closed, **OFFICER).events()
    assert later.ends_at == CALL_IN_ENDS + timedelta(days=1)  # type: ignore[attr-defined]


def test_a_decision_is_called_in_once_it_is_published_and_until_the_period_ends() -> None:
    given(ABSENT, *TAKEN).when(CALL, **SCRUTINY).refused(NotPublished)
    spec = given(ABSENT, *PUBLISHED)
    spec.when(CALL, at=CALL_IN_ENDS - timedelta(microseconds=1), **SCRUTINY).leads_to(stage=Stage.CALLED_IN)
    spec.when(CALL, at=CALL_IN_ENDS, **SCRUTINY).refused(PeriodOver, ended_at=CALL_IN_ENDS)


def test_nobody_calls_in_an_rfp_that_they_have_a_part_in() -> None:
    given(ABSENT, *PUBLISHED).when(CALL, by="ann").refused(OwnRfp)


def test_what_nobody_calls_in_goes_on_by_itself_and_says_whether_it_was_late() -> None:
    expire = ExpireCallIn(number=1, due_at=CALL_IN_ENDS)
    for minutes, late in ((0, False), (5, False), (6, True)):
        at = CALL_IN_ENDS + timedelta(minutes=minutes)
        given(ABSENT, *PUBLISHED).when(expire, at=at, **CLOCK).then(
            CallInPeriodExpired(
                stage=Stage.READY_TO_ISSUE, waiting_on=Party.PROCUREMENT, due_at=CALL_IN_ENDS, late=late
            )
        )


def test_a_clock_that_no_longer_runs_moves_nothing() -> None:
    for history in (CALLED_IN, TAKEN, KEY_DECISION):
        assert (
            given(ABSENT, *history).when(ExpireCallIn(number=1, due_at=CALL_IN_ENDS), **CLOCK).events() == []
        )
    released = after(CALLED_IN, ReleaseCallIn(reason="Fair."), **SCRUTINY)
    assert given(ABSENT, *released).when(LapseCallIn(number=2, due_at=way.LAPSES), **CLOCK).events() == []


def test_an_upheld_call_in_goes_back_to_whoever_took_the_decision_on_the_same_notice() -> None:
    uphold = UpholdCallIn(reason="Too dear.")
    spec = given(ABSENT, *CALLED_IN)
    spec.when(uphold, **SCRUTINY).leads_to(
        stage=Stage.KEY_DECISION,
        waiting_on=Party.APPROVER,
        key=KeyDecision(notice_on=way.NOTICE_ON, onward=Stage.READY_TO_ISSUE),
        approval=Approval(KEY_DECISION_PENCE + 1, ("director",), 1, ("derek",)),
    )
    [upheld] = spec.when(uphold, **SCRUTINY).events()
    assert (upheld.next_tier, upheld.notice_kept) == ("director", True)  # type: ignore[attr-defined]
    given(ABSENT, *CALLED_IN, upheld).when(TAKE, **HEAD).refused(NotYourTier)
    given(ABSENT, *CALLED_IN, upheld).when(TAKE, **DIRECTOR).leads_to(stage=Stage.CALL_IN)


def test_what_changes_materially_after_a_call_in_needs_a_new_notice() -> None:
    other = UpholdCallIn(reason="Ask for less.", material_change=True)
    given(ABSENT, *CALLED_IN).when(other, **SCRUTINY).leads_to(
        waiting_on=Party.PROCUREMENT, key=KeyDecision(onward=Stage.READY_TO_ISSUE)
    )
    upheld = after(CALLED_IN, other, **SCRUTINY)
    given(ABSENT, *upheld).when(TAKE, **DIRECTOR).refused(NoticeTooShort, notice_on=None)


def test_a_call_in_upheld_before_went_back_to_the_tiers_and_still_folds_so() -> None:
    old = CallInUpheld(
        stage=Stage.APPROVAL, waiting_on=Party.APPROVER, reason="Too dear.", next_tier="director"
    )
    given(ABSENT, *CALLED_IN, old).when(way.APPROVE, **DIRECTOR).leads_to(
        stage=Stage.KEY_DECISION, waiting_on=Party.PROCUREMENT
    )


def test_special_urgency_is_published_once_agreed_and_once() -> None:
    publish = PublishSpecialUrgency(reference="SU-1", published_on=NOW.date())
    urgent = after(KEY_DECISION, URGENT, **SCRUTINY)
    taken = after(urgent, TAKE, **DIRECTOR)
    given(ABSENT, *KEY_DECISION).when(publish, **OFFICER).refused(NotUrgent)
    for history in (urgent, taken):
        given(ABSENT, *history).when(publish, **OFFICER).leads_to(urgency_published=True)
    given(ABSENT, *after(taken, publish, **OFFICER)).when(publish, **OFFICER).refused(AlreadyPublished)
    ahead = publish.model_copy(update={"published_on": NOW.date() + timedelta(days=1)})
    given(ABSENT, *taken).when(ahead, **OFFICER).refused(NoticeInTheFuture)


def test_what_was_referred_to_the_council_does_not_lapse_and_is_referred_once() -> None:
    refer = ReferToCouncil(reason="Beyond us.")
    referred = after(CALLED_IN, refer, **SCRUTINY)
    lapse = LapseCallIn(number=2, due_at=way.LAPSES)
    assert given(ABSENT, *referred).when(lapse, at=way.LAPSES, **CLOCK).events() == []
    given(ABSENT, *referred).when(refer, **SCRUTINY).refused(AlreadyReferred)
    given(ABSENT, *referred).when(ReleaseCallIn(reason="Fair."), **SCRUTINY).leads_to(
        stage=Stage.READY_TO_ISSUE
    )


def test_the_award_of_a_key_decision_is_one_itself() -> None:
    dear = way.RECOMMEND.model_copy(update={"value_pence": KEY_DECISION_PENCE + 1})
    history = after(way.SCORED, dear, **OFFICER)
    history = after(history, way.APPROVE_AWARD, **HEAD)
    given(ABSENT, *history).when(way.APPROVE_AWARD, **DIRECTOR).leads_to(stage=Stage.KEY_DECISION)
    decided = after(history, way.APPROVE_AWARD, **DIRECTOR)
    taken = after(after(decided, way.FORWARD_PLAN, **OFFICER), TAKE, **DIRECTOR)
    published = after(taken, PUBLISH, **OFFICER)
    expire = ExpireCallIn(number=2, due_at=CALL_IN_ENDS)
    given(ABSENT, *published).when(expire, **CLOCK).leads_to(stage=Stage.AWARD_NOTICE)


def test_what_touches_two_divisions_is_a_key_decision_whatever_its_value() -> None:
    declare = DeclareKeyDecision(ground=KeyGround.DIVISIONS, reason="Both libraries close.")
    declared = after(IN_APPROVAL, declare, **OFFICER)
    given(ABSENT, *declared).when(declare, **OFFICER).refused(KeyAlready)
    given(ABSENT, *declared).when(way.APPROVE, **HEAD).leads_to(
        stage=Stage.KEY_DECISION, waiting_on=Party.PROCUREMENT
    )
    given(ABSENT, *IN_APPROVAL).when(declare, by="ben", roles=["requester"]).refused(NoPartInIt)
    recommended = after(way.RECOMMENDED, declare, **OFFICER)
    given(ABSENT, *recommended).when(way.APPROVE_AWARD, **HEAD).leads_to(stage=Stage.KEY_DECISION)
    more = AmendRfp(estimate_pence=1, estimate_with_vat_pence=1, reason="One only.")
    given(ABSENT, *declared).when(more).leads_to(key_declared=False)
