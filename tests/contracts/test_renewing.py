"""A renewal from its review to what was decided, by the scheme's tiers; notices, novations, and time."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from rfp_service.approval_turns import NO_TURN, turn_of_contract
from rfp_service.contracts.commands.execution import (
    AcknowledgeContractNotice,
    ExecuteExtension,
    RenewContract,
    SendContractNotice,
    StartReprocurement,
    TerminateContract,
)
from rfp_service.contracts.commands.novation import (
    AgreeNovation,
    AskNovation,
    CompleteNovation,
    RefuseNovation,
    SignNovation,
)
from rfp_service.contracts.commands.passed_dates import EndContract, PassNoticeDay
from rfp_service.contracts.commands.registration import AmendContract, CorrectTerms
from rfp_service.contracts.commands.reviews import (
    AlertReview,
    ApproveRenewal,
    RecommendRenewal,
    RefuseRenewal,
    StartReview,
)
from rfp_service.contracts.domain.contract import Contract, ContractStage, HowEnded
from rfp_service.contracts.domain.exposure import exposure_pence
from rfp_service.contracts.domain.refusals import (
    ContractOver,
    DateNotYetCome,
    NoNoticeSent,
    NoOptionLeft,
    NoSuchRfpToOpen,
    NoticeAlreadySent,
    NotRecommendedSo,
    NovationNotSoFar,
    OptionDatePassed,
    OwnRecommendation,
    PublishBeforeTheChange,
    WrongContractStage,
)
from rfp_service.contracts.domain.renewal import NovationStage, RenewalOutcome
from rfp_service.contracts.domain.renewal_events import (
    ContractExpired,
    ContractLapsed,
    ContractRolledOver,
    NoticeDayPassed,
    NoticeDeadlineMissed,
    ReviewFallsDue,
)
from shared.governance.scheme.tiers import AboveEveryTier, NotYourTier
from tests.contracts.examples import (
    APPROVED,
    DIRECTOR,
    HEAD,
    NONE,
    REGISTERED,
    REVIEWED,
    ROLLING_OVER,
    TACIT,
    TERMS,
    decided,
    happened,
    recommended,
    register,
)
from tests.support.specs import given

RFP = UUID("4f000000-0000-4000-8000-000000000001")
O = RenewalOutcome  # noqa: E741  # named in every line
OLD = happened(register(procurement_begun_on="2024-03-01"))  # under the earlier regime: no duties
OLD_TACIT = happened(register(TACIT, procurement_begun_on="2023-03-01"))


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=UTC)


def state(*events: Any) -> Contract:
    contract = NONE
    for event in events:
        contract = event.apply(contract)
    return contract


def clock(kind: Any, number: int, due: datetime) -> Any:
    return kind(number=number, due_at=due)


def recommend(outcome: RenewalOutcome, value: int = 1_000_000) -> RecommendRenewal:
    return RecommendRenewal(outcome=outcome, value_pence=value, reason="It works.")


def test_a_review_falls_due_on_the_day_that_the_scheme_says_and_arms_the_next_alert() -> None:
    alert = clock(AlertReview, 1, at(2026, 7, 2))
    [due] = given(NONE, *REGISTERED).when(alert, at=at(2026, 7, 2)).events()
    assert isinstance(due, ReviewFallsDue)
    assert (due.stage, due.last_safe) == (ContractStage.REVIEW_DUE, date(2026, 12, 29))
    assert (due.clock.number, due.clock.alert_on) == (2, date(2026, 9, 30))
    later = (*REGISTERED, due)
    assert given(NONE, *later).when(alert, at=at(2026, 7, 3)).events() == []
    assert given(NONE, *REGISTERED).when(alert, at=at(2026, 7, 1)).events() == []


def test_a_changed_date_leaves_the_old_alert_without_effect_and_arms_a_new_one() -> None:
    alert = clock(AlertReview, 1, at(2026, 7, 2))
    due = given(NONE, *REGISTERED).when(alert, at=at(2026, 7, 2)).events()
    change = CorrectTerms.model_validate({"terms": {**TERMS, "term_months": 48}, "reason": "Clause 2."})
    changed = happened(change, *REGISTERED, *due, at=at(2026, 7, 3))
    assert state(*changed).clock.alert_on == date(2027, 7, 2)
    second = clock(AlertReview, 3, at(2027, 7, 2))
    [again] = given(NONE, *changed).when(second, at=at(2027, 7, 2)).events()
    assert again.last_safe == date(2027, 12, 29)  # type: ignore[attr-defined]


def test_a_changed_review_date_is_an_alert_of_its_own() -> None:
    amended = happened(AmendContract(review_on=date(2026, 5, 1), reason="Sooner."), *REGISTERED)
    assert state(*amended).clock.alert_on == date(2026, 5, 1)


def test_a_recommendation_names_the_tiers_that_its_value_needs() -> None:
    before = (*REGISTERED, REVIEWED)
    given(NONE, *REGISTERED).when(StartReview()).leads_to(stage=ContractStage.IN_REVIEW)
    [small] = given(NONE, *before).when(recommend(O.RENEW)).events()
    [large] = given(NONE, *before).when(recommend(O.RENEW, 2_500_001)).events()
    assert small.tiers == (HEAD,)  # type: ignore[attr-defined]
    assert large.tiers == (HEAD, DIRECTOR)  # type: ignore[attr-defined]
    given(NONE, *before).when(recommend(O.RENEW, 10**12)).refused(AboveEveryTier)


def test_an_extension_counts_at_least_its_part_of_the_value() -> None:
    [event] = given(NONE, *REGISTERED, REVIEWED).when(recommend(O.EXTEND, 1)).events()
    assert (event.value_pence, event.months) == (1_200_000, 12)  # type: ignore[attr-defined]


def test_nothing_is_recommended_before_the_review() -> None:
    given(NONE, *REGISTERED).when(recommend(O.RENEW)).refused(WrongContractStage)
    given(NONE, *REGISTERED, REVIEWED).when(StartReview()).refused(WrongContractStage)


def test_nobody_approves_what_they_recommended_themselves_by_whichever_account() -> None:
    before, approve = (*REGISTERED, REVIEWED, recommended(O.RENEW)), ApproveRenewal(reason="Yes.")
    given(NONE, *before).when(approve, by="cora", own_tiers=[HEAD]).refused(OwnRecommendation)
    given(NONE, *before).when(approve, by="cora-2", own_tiers=[HEAD], same=[("cora", "cora-2")]).refused(
        OwnRecommendation
    )
    refuse = RefuseRenewal(reason="No.")
    given(NONE, *before).when(refuse, by="cora", own_tiers=[HEAD]).refused(OwnRecommendation)


def test_whoever_recommended_in_this_review_approves_nobody_s_recommendation_in_it() -> None:
    first = (*REGISTERED, REVIEWED, recommended(O.RENEW))
    no = given(NONE, *first).when(RefuseRenewal(reason="No."), by="hana", own_tiers=[HEAD]).events()
    again = given(NONE, *first, *no).when(recommend(O.RENEW), by="ben").events()
    spec, approve = given(NONE, *first, *no, *again), ApproveRenewal(reason="Yes.")
    spec.when(approve, by="cora", own_tiers=[HEAD]).refused(OwnRecommendation, recommended_by="cora")
    assert spec.when(approve, by="hana", own_tiers=[HEAD]).events()
    anew = given(NONE, *REGISTERED, REVIEWED, *again)
    assert anew.when(approve, by="cora", own_tiers=[HEAD]).events()


def test_each_tier_approves_in_its_turn_and_the_last_one_decides() -> None:
    before = (*OLD, REVIEWED, recommended(O.RENEW, HEAD, DIRECTOR))
    approve = ApproveRenewal(reason="Yes.")
    given(NONE, *before).when(approve, by="dev", own_tiers=[DIRECTOR]).refused(NotYourTier, waiting_for=HEAD)
    first = given(NONE, *before).when(approve, by="hana", own_tiers=[HEAD]).events()
    assert state(*before, *first).stage is ContractStage.RECOMMENDED
    second = given(NONE, *before, *first).when(approve, by="dev", own_tiers=[DIRECTOR]).events()
    assert state(*before, *first, *second).stage is ContractStage.APPROVED


def test_a_refused_recommendation_goes_back_into_review() -> None:
    before = (*REGISTERED, REVIEWED, recommended(O.RENEW))
    given(NONE, *before).when(RefuseRenewal(reason="No."), by="hana", own_tiers=[HEAD]).leads_to(
        stage=ContractStage.IN_REVIEW
    )


def test_an_extension_sets_the_next_dates_at_once_and_keeps_the_earlier_cycle() -> None:
    extended = state(*happened(ExecuteExtension(), *decided(O.EXTEND, OLD)))
    assert (extended.stage, extended.terms.exercised) == (ContractStage.IN_FORCE, 1)
    assert extended.clock.ends_on == date(2028, 3, 31)
    [cycle] = extended.cycles
    assert (cycle.outcome, cycle.last_day) == (O.EXTEND, date(2027, 3, 31))


def test_a_review_date_of_an_earlier_cycle_makes_no_review_fall_due_in_the_next() -> None:
    reviewed = register(review_on="2026-02-15", procurement_begun_on="2024-03-01")
    assert state(*happened(reviewed)).clock.alert_on == date(2026, 3, 2)
    extended = happened(ExecuteExtension(), *decided(O.EXTEND, happened(reviewed)))
    assert state(*extended).clock.alert_on == date(2027, 7, 2)  # 180 days before 29 December
    named = AmendContract(owner="olga", reason="Hers.")
    assert state(*happened(named, *extended)).clock.alert_on == date(2027, 7, 2)
    sooner = AmendContract(review_on=date(2027, 1, 15), reason="Sooner.")
    assert state(*happened(sooner, *extended)).clock.alert_on == date(2027, 1, 15)


def test_a_contract_that_rolled_over_is_not_reviewed_by_a_date_that_had_passed() -> None:
    reviewed = register(TACIT, review_on="2026-02-15", procurement_begun_on="2023-03-01")
    rolling = happened(reviewed)
    passed = passing(state(*rolling), at(2026, 3, 31))
    [missed] = given(NONE, *rolling).when(passed, at=at(2026, 3, 31)).events()
    assert state(*rolling, missed).clock.alert_on == date(2026, 10, 1)  # 180 days before 30 March


def test_only_what_was_approved_is_done() -> None:
    given(NONE, *decided(O.RENEW)).when(ExecuteExtension()).refused(NotRecommendedSo, approved=O.RENEW)
    given(NONE, *REGISTERED).when(ExecuteExtension()).refused(WrongContractStage)


def test_an_option_is_exercised_in_time_and_where_there_is_one() -> None:
    given(NONE, *decided(O.EXTEND, OLD)).when(ExecuteExtension(), at=at(2026, 12, 30)).refused(
        OptionDatePassed, exercise_by=date(2026, 12, 29)
    )
    none = happened(register({**TERMS, "options": []}))
    given(NONE, *none, REVIEWED).when(recommend(O.EXTEND)).refused(NoOptionLeft)
    given(NONE, *decided(O.EXTEND, none)).when(ExecuteExtension()).refused(NoOptionLeft)


def test_a_renewal_begins_a_new_cycle_within_the_approved_value() -> None:
    terms = {**TERMS, "start": "2027-04-01"}
    renew = RenewContract.model_validate({"terms": terms, "value_pence": 1_200_000})
    renewed = state(*happened(renew, *decided(O.RENEW, OLD)))
    assert renewed.clock.ends_on == date(2030, 3, 31)
    assert renewed.cycles[0].value_pence == 3_600_000
    dearer = RenewContract.model_validate({"terms": terms, "value_pence": 1_200_001})
    given(NONE, *decided(O.RENEW, OLD)).when(dearer).refused(NotRecommendedSo, approved_pence=1_200_000)


def test_a_change_waits_for_its_notice_where_the_law_wants_one_first() -> None:
    new = happened(register(procurement_begun_on="2025-03-01"))
    before = (*new, REVIEWED, recommended(O.EXTEND))
    approved = happened(ApproveRenewal(reason="Yes."), *before, by="hana", own_tiers=[HEAD])
    given(NONE, *approved).when(ExecuteExtension()).refused(PublishBeforeTheChange)


def test_a_reprocurement_names_an_rfp_that_there_is() -> None:
    before, start = decided(O.REPROCURE), StartReprocurement(rfp_id=RFP)
    given(NONE, *before).when(start).refused(NoSuchRfpToOpen)
    given(NONE, *before).when(start, rfp=True).leads_to(stage=ContractStage.APPROVED)


SEND = SendContractNotice(sent_on=date(2026, 3, 2), evidence="Recorded delivery")
ACKNOWLEDGE = AcknowledgeContractNotice(acknowledged_on=date(2026, 3, 2), evidence="E-mail")


def test_notice_in_time_ends_a_tacit_contract_at_its_end() -> None:
    sent = happened(SEND, *decided(O.LET_LAPSE, OLD_TACIT))
    contract = state(*sent)
    assert (contract.clock.ends_on, contract.clock.notice_by) == (date(2026, 6, 30), None)
    end = clock(EndContract, contract.clock.number, at(2026, 7, 1))
    [lapsed] = given(NONE, *sent).when(end, at=at(2026, 7, 1)).events()
    assert isinstance(lapsed, ContractLapsed)
    assert state(*sent, lapsed).how_ended is HowEnded.LAPSED


def test_notice_ends_a_rolling_contract_after_its_period() -> None:
    rolling = happened(register({**TERMS, "continuation": "rolling", "term_months": None, "options": []}))
    sent = happened(SEND, *decided(O.TERMINATE, rolling))
    contract = state(*sent)
    last_day = date(2026, 6, 4)  # three months after the second working day behind that of the notice
    assert contract.clock.ends_on == last_day
    end = clock(EndContract, contract.clock.number, at(2026, 6, 5))
    assert given(NONE, *sent).when(end, at=at(2026, 6, 4)).events() == []
    expired, *_notices = given(NONE, *sent).when(end, at=at(2026, 6, 5)).events()
    assert (type(expired), expired.ended_on) == (ContractExpired, last_day)


def test_notice_is_sent_once_after_its_approval_and_then_acknowledged_once() -> None:
    before = decided(O.TERMINATE, OLD_TACIT)
    sent = happened(SEND, *before)
    given(NONE, *OLD_TACIT).when(SEND).refused(WrongContractStage)
    given(NONE, *decided(O.RENEW, OLD_TACIT)).when(SEND).refused(NotRecommendedSo)
    given(NONE, *sent).when(SEND).refused(NoticeAlreadySent)
    given(NONE, *before).when(ACKNOWLEDGE).refused(NoNoticeSent)
    known = happened(ACKNOWLEDGE, *sent)
    assert state(*known).notice.acknowledged_evidence == "E-mail"
    given(NONE, *known).when(ACKNOWLEDGE).refused(NoticeAlreadySent)
    tomorrow = SendContractNotice(sent_on=date(2026, 3, 3), evidence="Recorded delivery")
    given(NONE, *before).when(tomorrow).refused(DateNotYetCome)


def test_a_contract_is_terminated_as_approved_and_then_over() -> None:
    ended = happened(
        TerminateContract(ended_on=date(2026, 3, 1), reason="Breach."), *decided(O.TERMINATE, OLD)
    )
    assert state(*ended).how_ended is HowEnded.TERMINATED
    given(NONE, *ended).when(StartReview()).refused(ContractOver)


def passing(contract: Contract, moment: datetime) -> Any:
    return clock(PassNoticeDay, contract.clock.number, moment)


def test_a_missed_notice_says_what_it_commits_and_the_contract_rolls_over() -> None:
    passed = passing(state(*OLD_TACIT), at(2026, 3, 31))
    [missed] = given(NONE, *OLD_TACIT).when(passed, at=at(2026, 3, 31)).events()
    assert isinstance(missed, NoticeDeadlineMissed)
    assert (missed.last_safe, missed.new_end) == (date(2026, 3, 30), date(2027, 6, 30))
    assert (missed.exposure_pence, missed.confidence) == (1_200_000, "unconfirmed")
    after = state(*OLD_TACIT, missed)
    assert after.missed == ((date(2026, 3, 30), 1_200_000),)
    assert after.cycles[0].last_day == date(2026, 6, 30)
    assert after.clock.notice_by == date(2027, 3, 30)


@pytest.mark.parametrize(
    ("maximum", "new_end", "exposure"),
    [(48, date(2027, 6, 30), 1_200_000), (42, date(2026, 12, 31), 600_000)],
)
def test_a_roll_over_commits_no_more_than_its_maximum_term_leaves_and_is_the_last(
    maximum: int, new_end: date, exposure: int
) -> None:
    rolling = happened(register({**TACIT, "maximum_months": maximum}, procurement_begun_on="2023-03-01"))
    passed = passing(state(*rolling), at(2026, 3, 31))
    [missed] = given(NONE, *rolling).when(passed, at=at(2026, 3, 31)).events()
    assert isinstance(missed, NoticeDeadlineMissed)
    assert (missed.new_end, missed.exposure_pence) == (new_end, exposure)
    after = state(*rolling, missed)
    assert (after.clock.ends_on, after.clock.notice_by, exposure_pence(after)) == (new_end, None, 0)
    over = at(new_end.year + new_end.month // 12, new_end.month % 12 + 1, 1)
    [expired] = given(NONE, *rolling, missed).when(clock(EndContract, 2, over), at=over).events()
    assert isinstance(expired, ContractExpired)


def test_no_notice_is_missed_of_a_tacit_contract_that_has_reached_its_maximum_term() -> None:
    [begun, *flags] = happened(register({**TACIT, "maximum_months": 36}, procurement_begun_on="2023-03-01"))
    assert (begun.clock.notice_by, begun.clock.ends_on) == (None, date(2026, 6, 30))
    waited_for = begun.clock.model_copy(update={"notice_by": date(2026, 3, 30)})  # as it once was
    earlier = (begun.model_copy(update={"clock": waited_for}), *flags)
    passed = passing(state(*earlier), at(2026, 3, 31))
    assert given(NONE, *earlier).when(passed, at=at(2026, 3, 31)).events() == []


def test_a_notice_is_missed_once_and_late_after_downtime() -> None:
    passed = passing(state(*OLD_TACIT), at(2026, 3, 31))
    [missed] = given(NONE, *OLD_TACIT).when(passed, at=at(2026, 4, 7)).events()
    assert missed.late  # type: ignore[attr-defined]
    assert given(NONE, *OLD_TACIT, missed).when(passed, at=at(2026, 4, 7)).events() == []
    assert given(NONE, *OLD_TACIT).when(passed, at=at(2026, 3, 30)).events() == []


def test_after_long_downtime_every_roll_over_since_is_in_the_new_end() -> None:
    passed = passing(state(*OLD_TACIT), at(2026, 3, 31))
    [missed] = given(NONE, *OLD_TACIT).when(passed, at=at(2027, 4, 7)).events()
    assert missed.new_end == date(2028, 6, 30)  # type: ignore[attr-defined]


def test_a_day_that_went_by_unnoticed_is_still_missed_whatever_is_decided_before() -> None:
    amend = AmendContract(title="Networks", reason="Its name.")
    amended = happened(amend, *OLD_TACIT, at=at(2026, 4, 7))
    contract = state(*amended)
    assert contract.clock.notice_by == date(2026, 3, 30)
    passed = passing(contract, at(2026, 3, 31))
    [missed] = given(NONE, *amended).when(passed, at=at(2026, 4, 7)).events()
    assert missed.last_safe == date(2026, 3, 30)  # type: ignore[attr-defined]


def test_a_notice_sent_too_late_leaves_the_miss_and_ends_the_roll_over_after() -> None:
    sent = happened(
        SendContractNotice(sent_on=date(2026, 4, 7), evidence="Recorded delivery"),
        *decided(O.TERMINATE, OLD_TACIT),
        at=at(2026, 4, 7),
    )
    clock_now = state(*sent).clock
    assert (clock_now.notice_by, clock_now.ends_on) == (date(2026, 3, 30), date(2027, 6, 30))
    passed = passing(state(*sent), at(2026, 3, 31))
    [missed] = given(NONE, *sent).when(passed, at=at(2026, 4, 7)).events()
    after = state(*sent, missed)
    assert (after.clock.notice_by, after.clock.ends_on) == (None, date(2027, 6, 30))


def test_a_changed_date_moves_the_miss_with_it() -> None:
    passed = passing(state(*OLD_TACIT), at(2026, 3, 31))
    terms = {"terms": {**TACIT, "start": "2023-08-01"}, "reason": "Clause 1."}
    changed = happened(CorrectTerms.model_validate(terms), *OLD_TACIT)
    assert given(NONE, *changed).when(passed, at=at(2026, 3, 31)).events() == []
    again = passing(state(*changed), at(2026, 5, 1))
    [missed] = given(NONE, *changed).when(again, at=at(2026, 5, 1)).events()
    assert missed.last_safe == date(2026, 4, 30)  # type: ignore[attr-defined]


def test_where_going_on_was_approved_it_rolls_over_and_nothing_is_missed() -> None:
    before = decided(O.RENEW, OLD_TACIT)
    passed = passing(state(*before), at(2026, 3, 31))
    [rolled] = given(NONE, *before).when(passed, at=at(2026, 3, 31)).events()
    assert isinstance(rolled, ContractRolledOver)
    assert state(*before, rolled).missed == ()


def test_that_it_was_novated_is_no_answer_once_its_review_falls_due() -> None:
    long = happened(register({**TACIT, "term_months": 60}, procurement_begun_on="2023-03-01"))
    novated = decided(O.NOVATE, long)
    for step in (AskNovation, AgreeNovation, SignNovation, CompleteNovation):
        novated = happened(step(on=date(2026, 3, 2), note="By letter."), *novated)
    before = state(*novated)
    assert (before.renewal.is_approved, before.clock.alert_on) == (True, date(2027, 10, 2))
    alert = clock(AlertReview, before.clock.number, at(2027, 10, 2))
    due = (*novated, *given(NONE, *novated).when(alert, at=at(2027, 10, 2)).events())
    assert (state(*due).stage, state(*due).renewal.is_approved) == (ContractStage.REVIEW_DUE, False)
    passed = passing(state(*due), at(2028, 3, 31))
    [missed] = given(NONE, *due).when(passed, at=at(2028, 3, 31)).events()
    assert isinstance(missed, NoticeDeadlineMissed)


def test_a_lost_option_is_missed_and_nothing_rolls() -> None:
    passed = passing(state(*OLD), at(2026, 12, 30))
    [missed] = given(NONE, *OLD).when(passed, at=at(2026, 12, 30)).events()
    assert (missed.rolls, missed.exposure_pence) == (False, 0)  # type: ignore[attr-defined]
    assert state(*OLD, missed).clock.ends_on == date(2027, 3, 31)


@pytest.mark.parametrize("outcome", [O.LET_LAPSE, O.REPROCURE, O.TERMINATE])
def test_where_an_end_was_approved_an_option_left_unused_is_not_missed(outcome: RenewalOutcome) -> None:
    before = decided(outcome, OLD)
    passed = passing(state(*before), at(2026, 12, 30))
    [gone_by] = given(NONE, *before).when(passed, at=at(2026, 12, 30)).events()
    assert isinstance(gone_by, NoticeDayPassed)
    after = state(*before, gone_by)
    assert (after.missed, after.cycles, after.stage) == ((), (), ContractStage.APPROVED)
    assert (after.renewal.outcome, after.clock.ends_on) == (outcome, date(2027, 3, 31))
    end = clock(EndContract, after.clock.number, at(2027, 4, 1))
    [over] = given(NONE, *before, gone_by).when(end, at=at(2027, 4, 1)).events()
    assert isinstance(over, ContractLapsed if outcome is O.LET_LAPSE else ContractExpired)


@pytest.mark.parametrize("outcome", [O.EXTEND, O.NOVATE])
def test_where_going_on_was_approved_an_option_left_unused_is_missed(outcome: RenewalOutcome) -> None:
    before = decided(outcome, OLD)
    passed = passing(state(*before), at(2026, 12, 30))
    [missed] = given(NONE, *before).when(passed, at=at(2026, 12, 30)).events()
    assert isinstance(missed, NoticeDeadlineMissed)


def test_an_express_contract_expires_by_itself_on_the_day_after_its_last() -> None:
    end = clock(EndContract, 1, at(2027, 4, 1))
    assert given(NONE, *OLD).when(end, at=at(2027, 3, 31)).events() == []
    [expired] = given(NONE, *OLD).when(end, at=at(2027, 4, 1)).events()
    assert isinstance(expired, ContractExpired)
    assert (expired.ended_on, expired.clock.notice_by) == (date(2027, 3, 31), None)
    assert given(NONE, *OLD, expired).when(end, at=at(2027, 4, 2)).events() == []


def test_what_was_recommended_waits_for_no_tier_once_the_contract_has_ended_or_rolled_over() -> None:
    asked = (REVIEWED, recommended(O.RENEW))
    before = (*OLD, *asked)
    assert turn_of_contract(state(*before)) == ("renewal", HEAD)
    lost = passing(state(*before), at(2026, 12, 30))
    [missed] = given(NONE, *before).when(lost, at=at(2026, 12, 30)).events()
    assert (missed.asked_tier, turn_of_contract(state(*before, missed))) == ("", ("renewal", HEAD))  # type: ignore[attr-defined]
    end = clock(EndContract, state(*before, missed).clock.number, at(2027, 4, 1))
    [expired] = given(NONE, *before, missed).when(end, at=at(2027, 4, 1)).events()
    over = state(*before, missed, expired)
    assert (expired.asked_tier, turn_of_contract(over), over.asked_tier) == (HEAD, NO_TURN, "")  # type: ignore[attr-defined]
    tacit = (*OLD_TACIT, *asked)
    [rolled] = given(NONE, *tacit).when(passing(state(*tacit), at(2026, 3, 31)), at=at(2026, 3, 31)).events()
    assert (rolled.asked_tier, turn_of_contract(state(*tacit, rolled))) == (HEAD, NO_TURN)  # type: ignore[attr-defined]


def test_a_tacit_contract_never_expires_by_itself() -> None:
    end = clock(EndContract, 1, at(2026, 7, 1))
    assert given(NONE, *OLD_TACIT).when(end, at=at(2026, 7, 1)).events() == []


def step(kind: Any, day: int) -> Any:
    return kind(on=date(2026, 2, day), note="Letter")


def test_a_novation_is_asked_agreed_signed_and_effective_in_this_order() -> None:
    held = happened(register(held_by_outgoing_supplier=True, procurement_begun_on="2024-03-01"))
    asked = happened(step(AskNovation, 1), *decided(O.NOVATE, held))
    given(NONE, *asked).when(step(SignNovation, 2)).refused(NovationNotSoFar)
    agreed = happened(step(AgreeNovation, 2), *asked)
    signed = happened(step(SignNovation, 3), *agreed)
    given(NONE, *agreed).when(step(SignNovation, 1)).refused(NovationNotSoFar)
    moved = state(*happened(step(CompleteNovation, 4), *signed))
    assert (moved.novation.stage, moved.stage) == (NovationStage.EFFECTIVE, ContractStage.IN_FORCE)
    assert not moved.about.held_by_outgoing_supplier


def test_a_refused_novation_sends_the_contract_back_into_review() -> None:
    asked = happened(step(AskNovation, 1), *decided(O.NOVATE, OLD))
    refused = state(*happened(step(RefuseNovation, 2), *asked))
    assert (refused.novation.stage, refused.stage) == (NovationStage.REFUSED, ContractStage.IN_REVIEW)
    given(NONE, *OLD).when(step(RefuseNovation, 2)).refused(NovationNotSoFar)


@pytest.mark.parametrize("kind", [SignNovation, CompleteNovation])
def test_a_novation_that_nobody_approved_is_not_signed(kind: Any) -> None:
    asked = happened(step(AskNovation, 1), *OLD)
    agreed = happened(step(AgreeNovation, 2), *asked)
    refusal = NotRecommendedSo if kind is SignNovation else NovationNotSoFar
    given(NONE, *agreed).when(step(kind, 3)).refused(refusal)


def test_the_last_approval_is_what_the_examples_say() -> None:
    before = (*OLD, REVIEWED, recommended(O.RENEW))
    approve = ApproveRenewal(reason="Yes.")
    [event] = given(NONE, *before).when(approve, by="hana", own_tiers=[HEAD]).events()
    assert event == APPROVED
    assert ROLLING_OVER
