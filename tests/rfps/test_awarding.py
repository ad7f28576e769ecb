"""Awards: approved by the tiers of their own value, told, not signed too early, and taken back when wrong."""

from datetime import date, datetime, time, timedelta

import pytest

from rfp_service.rfps.commands.awards import PublishAwardNotice, PublishTransparencyNotice, RefuseAward
from rfp_service.rfps.commands.conclusion import FulfilInHouse
from rfp_service.rfps.commands.evaluation import CorrectScore
from rfp_service.rfps.commands.procurement import ReturnForRework, TerminateProcurement, WithdrawRfp
from rfp_service.rfps.commands.standstill import ResolveChallenge, RevokeAward, standstill_ends
from rfp_service.rfps.domain.award_events import ChallengeOutcome, TerminationReason
from rfp_service.rfps.domain.evaluation_refusals import ScoresMissing
from rfp_service.rfps.domain.reasons import ReworkReason
from rfp_service.rfps.domain.refusals import (
    AlreadyRecommended,
    DetailsNoticeMissing,
    DoneInHouse,
    EndsBeforeItStarts,
    NotDirect,
    NotOutToMarket,
    NotRecommended,
    OutToMarket,
    OwnRfp,
    SignedInTheFuture,
    StandstillRunning,
    SummariesFirst,
    TooFewKpis,
    TransparencyNoticeFirst,
)
from rfp_service.rfps.domain.routes import Regime
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import Award
from shared.governance.scheme.tiers import NotYourTier
from shared.kernel.rules import Counting, Kpis, Standstill
from tests.rfps import way
from tests.rfps.examples import ABSENT, ROUTED
from tests.rfps.way import (
    APPROVE_AWARD,
    CONCLUDE,
    CONTRACTING,
    DIRECTOR,
    EVE,
    HEAD,
    LEGAL,
    OFFICER,
    RECOMMEND,
    SCORED,
    STANDSTILL_ENDS,
    after,
)
from tests.shared.flow.oracle import BANK_HOLIDAYS, LONDON
from tests.support.specs import RULES, given

DIRECT = RECOMMEND.model_copy(update={"bid": None})
REWORK = ReturnForRework(reason_code=ReworkReason.UNCLEAR, reason="How many?")
CORRECT = CorrectScore(bid="A", criterion="Price", score=80, comment="Misread.")
REVOKE = RevokeAward(reason="A sum was wrong.")
TERMINATE = TerminateProcurement(reason_code=TerminationReason.PRICES_TOO_HIGH, reason="Too dear.")


@pytest.mark.parametrize(
    ("value", "tiers"), [(2_499_999, ("head",)), (2_500_000, ("head",)), (2_500_001, ("head", "director"))]
)
def test_an_award_climbs_to_the_tier_of_its_own_value(value: int, tiers: tuple[str, ...]) -> None:
    put_forward = RECOMMEND.model_copy(update={"value_pence": value})
    [recommended] = given(ABSENT, *SCORED).when(put_forward, **OFFICER).events()
    assert recommended.tiers == tiers  # type: ignore[attr-defined]
    assert recommended.above_estimate_pence == value - 2_000_000  # type: ignore[attr-defined]


def test_each_tier_approves_the_award_in_its_turn() -> None:
    dear = after(SCORED, RECOMMEND.model_copy(update={"value_pence": 9_000_000}), **OFFICER)
    given(ABSENT, *dear).when(APPROVE_AWARD, **DIRECTOR).refused(NotYourTier, waiting_for="head")
    once = after(dear, APPROVE_AWARD, **HEAD)
    given(ABSENT, *once).when(APPROVE_AWARD, **HEAD).refused(NotYourTier, waiting_for="director")
    given(ABSENT, *once).when(APPROVE_AWARD, **DIRECTOR).leads_to(stage=Stage.AWARD_NOTICE)


@pytest.mark.parametrize("by", ["ann", "priya", "eve"])
def test_nobody_with_a_part_in_it_decides_on_the_award(by: str) -> None:
    for command in (APPROVE_AWARD, RefuseAward(reason="No.")):
        given(ABSENT, *way.RECOMMENDED).when(command, by=by, own_tiers=["head"]).refused(OwnRfp)


def test_rework_takes_the_recommendation_back_and_keeps_the_scores() -> None:
    back = after(way.RECOMMENDED, REWORK, **HEAD)
    given(ABSENT, *back).when(RECOMMEND, **OFFICER).leads_to(stage=Stage.AWARD_APPROVAL)


def test_a_direct_award_is_announced_and_put_forward_before_it_is_approved() -> None:
    spec = given(ABSENT, *way.CALL_OFF)
    spec.when(APPROVE_AWARD, **HEAD).refused(NotRecommended)
    spec.when(DIRECT, **OFFICER).refused(TransparencyNoticeFirst)
    put_forward = after(way.ANNOUNCED, DIRECT, **OFFICER)
    given(ABSENT, *put_forward).when(DIRECT, **OFFICER).refused(AlreadyRecommended)
    approved = after(put_forward, APPROVE_AWARD, **HEAD)
    given(ABSENT, *approved).when(PublishAwardNotice(reference="UK6"), **OFFICER).leads_to(
        stage=Stage.CONTRACTING
    )


def test_a_regime_without_transparency_notices_needs_none() -> None:
    below = ROUTED.model_copy(update={"route": "direct_call_off", "regime": Regime.BELOW_THRESHOLD})
    history = (*way.on_route(below.route)[:-1], below, way.ONE_TIER)
    call_off = after(history, way.APPROVE, **HEAD)
    given(ABSENT, *call_off).when(DIRECT, **OFFICER).leads_to(
        stage=Stage.AWARD_APPROVAL, waiting_on=Party.APPROVER
    )


def test_a_tender_has_no_transparency_notice() -> None:
    notice = PublishTransparencyNotice(reference="UK5")
    given(ABSENT, *way.RECOMMENDED).when(notice, **OFFICER).refused(NotDirect)


def test_bidders_are_told_before_the_world() -> None:
    given(ABSENT, *way.AWARDED).when(way.AWARD_NOTICE, **OFFICER).refused(SummariesFirst)


PROCUREMENT_ACT = Standstill(
    regime="procurement_act_2023", routes=["open_tender"], days=8, counting=Counting.WORKING_FROM_NOTICE
)
OLD_RULES = Standstill(
    regime="public_contracts_regulations_2015",
    routes=["open_tender"],
    days=10,
    counting=Counting.CALENDAR_FROM_DAY_AFTER,
)


# gov.uk/bank-holidays: days that are kept somewhere in the United Kingdom besides England's.
ELSEWHERE_AS_PUBLISHED = """
2026-01-02 2026-03-17 2026-06-15 2026-07-13 2026-08-03 2026-11-30
"""
ELSEWHERE = {date.fromisoformat(day) for day in ELSEWHERE_AS_PUBLISHED.split()}
ENGLANDS = RULES.model_copy(
    update={"statutory_days_of_whole_kingdom": False, "statutory_days_leave_out_closed_days": True}
)


@pytest.mark.parametrize(
    ("notice_on", "closed", "ends"),
    [
        (date(2026, 3, 2), [], "2026-03-12T00:00Z"),  # Monday is day 1, Wednesday the 11th day 8
        (date(2026, 3, 6), [], "2026-03-19T00:00Z"),  # over a weekend and Saint Patrick's day
        (date(2026, 3, 7), [], "2026-03-20T00:00Z"),  # on a Saturday: Monday is day 1
        (date(2026, 3, 26), [], "2026-04-08T23:00Z"),  # over Easter and the change of clocks
        (date(2026, 3, 2), [date(2026, 3, 4)], "2026-03-12T00:00Z"),  # a day the council is closed
        (date(2026, 12, 21), [], "2027-01-06T00:00Z"),  # over Christmas and Scotland's New Year
    ],
)
def test_under_the_act_eight_working_days_of_the_whole_kingdom_count_from_the_day_of_the_notice(
    notice_on: date, closed: list[date], ends: str
) -> None:
    expected = datetime.fromisoformat(ends)
    rules = RULES.model_copy(update={"closed_days": tuple(closed)})
    assert standstill_ends(PROCUREMENT_ACT, notice_on, rules) == expected


@pytest.mark.parametrize(
    ("notice_on", "closed", "ends"),
    [
        (date(2026, 3, 6), [], "2026-03-18T00:00Z"),  # Saint Patrick's day is worked in England
        (date(2026, 3, 2), [date(2026, 3, 4)], "2026-03-13T00:00Z"),  # over a closed day
        (date(2026, 12, 21), [], "2027-01-05T00:00Z"),
    ],
)
def test_whose_days_count_is_a_value_of_the_scheme(notice_on: date, closed: list[date], ends: str) -> None:
    rules = ENGLANDS.model_copy(update={"closed_days": tuple(closed)})
    assert standstill_ends(PROCUREMENT_ACT, notice_on, rules) == datetime.fromisoformat(ends)


def test_the_standstills_of_200_days_are_those_counted_by_hand() -> None:
    for n in range(200):
        day = notice_on = date(2026, 1, 5) + timedelta(days=n)
        left = PROCUREMENT_ACT.days
        while True:
            worked = day.weekday() < 5 and day not in BANK_HOLIDAYS | ELSEWHERE
            left -= worked
            if not left:
                break
            day += timedelta(days=1)
        midnight = datetime.combine(day + timedelta(days=1), time(), LONDON)
        assert standstill_ends(PROCUREMENT_ACT, notice_on, RULES) == midnight


@pytest.mark.parametrize(
    ("notice_on", "ends"),
    [
        (date(2026, 3, 2), "2026-03-13T00:00Z"),  # the 12th is the tenth day after the 2nd
        (date(2026, 3, 4), "2026-03-17T00:00Z"),  # the tenth is a Saturday: Monday ends it
        (date(2026, 3, 24), "2026-04-07T23:00Z"),  # Good Friday to Easter Monday: Tuesday ends it
    ],
)
def test_under_the_old_regulations_ten_calendar_days_count_from_the_day_after(
    notice_on: date, ends: str
) -> None:
    assert standstill_ends(OLD_RULES, notice_on, RULES) == datetime.fromisoformat(ends)


def test_where_no_standstill_is_required_the_contract_follows() -> None:
    below = ROUTED.model_copy(update={"regime": Regime.BELOW_THRESHOLD})
    place = way.TOLD.index(ROUTED)
    history = (*way.TOLD[:place], below, *way.TOLD[place + 1 :])
    given(ABSENT, *history).when(way.AWARD_NOTICE, **OFFICER).leads_to(
        stage=Stage.CONTRACTING, waiting_on=Party.LEGAL
    )


def test_no_contract_is_signed_before_the_standstill_is_over() -> None:
    stands = ResolveChallenge(outcome=ChallengeOutcome.AWARD_STANDS, reason="Unfounded.")
    early = after(way.CHALLENGED, stands, **LEGAL)
    spec = given(ABSENT, *early)
    before = STANDSTILL_ENDS - timedelta(microseconds=1)
    spec.when(CONCLUDE, at=before, **LEGAL).refused(StandstillRunning, ends_at=STANDSTILL_ENDS)
    spec.when(CONCLUDE, at=STANDSTILL_ENDS, **LEGAL).leads_to(stage=Stage.CONTRACTED)


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 3, 11)])
def test_a_contract_signed_within_its_standstill_is_refused_after_it_too(day: date) -> None:
    early = CONCLUDE.model_copy(update={"signed_on": day})
    given(ABSENT, *CONTRACTING).when(early, at=way.LONG_AFTER, **LEGAL).refused(
        StandstillRunning, ends_at=STANDSTILL_ENDS, signed_on=day
    )


def test_where_there_was_no_standstill_a_contract_may_have_been_signed_before_today() -> None:
    below = ROUTED.model_copy(update={"regime": Regime.BELOW_THRESHOLD})
    place = way.TOLD.index(ROUTED)
    told = (*way.TOLD[:place], below, *way.TOLD[place + 1 :])
    published = after(told, way.AWARD_NOTICE, **OFFICER)
    early = CONCLUDE.model_copy(update={"signed_on": date(2026, 3, 3)})
    given(ABSENT, *published).when(early, at=way.LONG_AFTER, **LEGAL).leads_to(stage=Stage.CONTRACTED)


def test_a_contract_is_signed_by_now_and_ends_after_it_starts() -> None:
    spec = given(ABSENT, *CONTRACTING)
    ahead = CONCLUDE.model_copy(update={"signed_on": date(2026, 3, 13)})
    spec.when(ahead, at=STANDSTILL_ENDS, **LEGAL).refused(SignedInTheFuture)
    backwards = CONCLUDE.model_copy(update={"ends_on": date(2026, 3, 31)})
    spec.when(backwards, at=STANDSTILL_ENDS, **LEGAL).refused(EndsBeforeItStarts)


def test_the_concluded_contract_says_what_a_register_needs() -> None:
    [concluded] = given(ABSENT, *CONTRACTING).when(CONCLUDE, at=STANDSTILL_ENDS, **LEGAL).events()
    said = concluded.model_dump()
    assert (said["supplier"], said["value_pence"]) == ("Fictional Systems Ltd", 2_000_000)
    assert (said["reference"], said["ends_on"]) == ("C-1", date(2029, 3, 31))


def test_a_contract_carries_what_is_known_of_it_to_the_register() -> None:
    known = CONCLUDE.model_copy(
        update={"supplier_number": "00000000", "small_or_medium": True, "notice_days": 90}
    )
    [concluded] = given(ABSENT, *CONTRACTING).when(known, at=STANDSTILL_ENDS, **LEGAL).events()
    said = concluded.model_dump(mode="json")
    assert (said["title"], said["service_area"], said["route"]) == ("Laptops", "Registrars", "open_tender")
    assert (said["supplier_number"], said["small_or_medium"], said["notice_days"]) == ("00000000", True, 90)
    assert (said["voluntary_or_community"], said["extension_months"]) == (None, None)


def test_a_details_notice_is_named_where_the_regime_wants_one() -> None:
    wanted = RULES.model_copy(update={"details_notice_regimes": ("procurement_act_2023",)})
    other = RULES.model_copy(update={"details_notice_regimes": ("another",)})
    spec, at = given(ABSENT, *CONTRACTING), STANDSTILL_ENDS
    spec.when(CONCLUDE, at=at, rules=wanted, **LEGAL).refused(
        DetailsNoticeMissing, regime="procurement_act_2023"
    )
    spec.when(CONCLUDE, at=at, rules=other, **LEGAL).leads_to(stage=Stage.CONTRACTED)
    named = CONCLUDE.model_copy(update={"details_notice": "UK7-1"})
    spec.when(named, at=at, rules=wanted, **LEGAL).leads_to(stage=Stage.CONTRACTED)


@pytest.mark.parametrize(
    ("above", "count", "enough"),
    [(2_400_000, 0, True), (2_399_999, 0, False), (2_399_999, 2, False), (2_399_999, 3, True)],
)
def test_indicators_are_set_where_the_regime_wants_them_above_a_value_with_vat(
    above: int, count: int, *, enough: bool
) -> None:
    kpis = Kpis(regime="procurement_act_2023", above_pence=above, at_least=3)
    rules = RULES.model_copy(update={"kpis": (kpis,)})
    conclude = CONCLUDE.model_copy(update={"kpis": ["Available", "In time", "Helpful"][:count]})
    signing = given(ABSENT, *CONTRACTING).when(conclude, at=STANDSTILL_ENDS, rules=rules, **LEGAL)
    if enough:
        signing.leads_to(stage=Stage.CONTRACTED)
    else:
        signing.refused(TooFewKpis, at_least=3)


def test_what_is_done_in_house_has_no_contract_and_the_other_way_round() -> None:
    fulfil = FulfilInHouse(reason="Done.")
    given(ABSENT, *way.IN_HOUSE).when(CONCLUDE, at=STANDSTILL_ENDS, **LEGAL).refused(DoneInHouse)
    given(ABSENT, *way.IN_HOUSE).when(REVOKE, **OFFICER).refused(DoneInHouse)
    challenge = way.RecordChallenge(grounds="Unequal treatment.")
    given(ABSENT, *way.IN_HOUSE).when(challenge, **LEGAL).refused(DoneInHouse)
    given(ABSENT, *CONTRACTING).when(fulfil, **OFFICER).refused(DoneInHouse)


def test_a_revoked_award_is_measured_again_from_the_same_scores() -> None:
    given(ABSENT, *CONTRACTING).when(REVOKE, **OFFICER).leads_to(stage=Stage.EVALUATION, award=Award())
    revoked = after(CONTRACTING, REVOKE, **OFFICER)
    corrected = after(revoked, CORRECT, **EVE)
    given(ABSENT, *corrected).when(RECOMMEND, **OFFICER).refused(ScoresMissing, missing=["A: Price"])


def test_until_the_market_is_asked_one_withdraws_and_then_one_terminates() -> None:
    withdraw = WithdrawRfp(reason="Closed.")
    given(ABSENT, *way.READY).when(TERMINATE, **OFFICER).refused(NotOutToMarket)
    for history in (way.OPEN, way.SCORED, way.CALL_OFF, CONTRACTING):
        given(ABSENT, *history).when(withdraw).refused(OutToMarket)
        given(ABSENT, *history).when(TERMINATE, **OFFICER).leads_to(
            stage=Stage.TERMINATED, waiting_on=Party.NOBODY
        )


def test_nobody_terminates_their_own_procurement() -> None:
    given(ABSENT, *way.OPEN).when(TERMINATE, by="ann").refused(OwnRfp)
