"""What the requester decides, up to submission."""

from datetime import date

import pytest

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.requests import (
    CheckCatalogue,
    ConfirmNoMatch,
    DeclineMatch,
    DivertDemand,
    RaiseRfp,
    ReportDiversionFailed,
    SubmitRfp,
)
from rfp_service.rfps.domain.events import DiversionFailed, RfpAmended
from rfp_service.rfps.domain.reasons import DeclineReason
from rfp_service.rfps.domain.refusals import (
    CheckFirst,
    Incomplete,
    NoSuchCheck,
    NothingAmended,
    NothingShown,
    NotShown,
    NotYourRfp,
    OnHold,
    SomethingShown,
    VatMissing,
    WrongStage,
)
from rfp_service.rfps.domain.rfp import Check
from rfp_service.rfps.domain.stages import Party, Stage
from tests.rfps.examples import (
    ABSENT,
    ANSWERED,
    AT_PROCUREMENT,
    CHECK,
    CHECKED,
    CHECKED_EMPTY,
    COMPLETE_DRAFT,
    DECLINED,
    DIVERTED,
    DRAFT,
    HELD,
    IN_BUSINESS_CASE,
    IN_CHECK,
    LAPTOP,
    NO_MATCH,
    OTHER,
    RAISED,
    SUBMITTED,
)
from tests.support.specs import given

RAISE = RaiseRfp(title="Laptops", description="Forty of them.", service_area="Registrars")
DECLINE = DeclineMatch(reason_code=DeclineReason.TOO_SMALL, reason="Small.")
HAND_IN = CheckCatalogue(check_id=CHECK)
SEEN = {"query": "laptops", "made_by": "ann", "position": 7, "shown": [str(LAPTOP)]}


def test_whoever_raises_an_rfp_is_its_requester() -> None:
    given(ABSENT).when(RAISE, by="ann").then(RAISED)


def test_an_rfp_is_raised_once() -> None:
    given(ABSENT, *DRAFT).when(RAISE).refused(WrongStage, stage=Stage.DRAFT)


def test_the_requester_amends_the_draft() -> None:
    amend = AmendRfp(cost_centre="CC-2")
    given(ABSENT, *DRAFT).when(amend).then(
        RfpAmended(stage=Stage.DRAFT, waiting_on=Party.REQUESTER, cost_centre="CC-2")
    )


def test_amending_keeps_what_it_does_not_name() -> None:
    amend = AmendRfp(needed_by=date(2026, 12, 1))
    amended = given(ABSENT, *COMPLETE_DRAFT, *given(ABSENT, *COMPLETE_DRAFT).when(amend).events())
    assert amended.state.need.needed_by == date(2026, 12, 1)
    assert amended.state.need.cost_centre == "CC-1"


def test_a_business_case_can_be_amended() -> None:
    given(ABSENT, *IN_BUSINESS_CASE).when(AmendRfp(estimate_pence=1)).leads_to(stage=Stage.BUSINESS_CASE)


def test_nothing_is_amended_once_submitted() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(AmendRfp(title="Tablets")).refused(WrongStage)


def test_nobody_amends_somebody_elses_rfp() -> None:
    given(ABSENT, *DRAFT).when(AmendRfp(title="Tablets"), by="ben").refused(NotYourRfp, requester="ann")


def test_an_amendment_amends_something() -> None:
    given(ABSENT, *DRAFT).when(AmendRfp(reason="Hm.")).refused(NothingAmended)


def test_vat_only_adds_to_an_estimate() -> None:
    amend = AmendRfp(estimate_with_vat_pence=1_999_999)
    given(ABSENT, *COMPLETE_DRAFT).when(amend).refused(VatMissing, estimate_pence=2_000_000)


def test_what_is_missing_is_added_while_the_check_is_answered() -> None:
    checked = (RAISED, CHECKED_EMPTY, NO_MATCH)
    given(ABSENT, *checked).when(SubmitRfp()).refused(Incomplete)
    added = AmendRfp(
        cost_centre="CC-1", needed_by=date(2026, 9, 1), estimate_pence=1, estimate_with_vat_pence=1
    )
    completed = [*checked, *given(ABSENT, *checked).when(added).events()]
    given(ABSENT, *completed).when(SubmitRfp()).leads_to(stage=Stage.SUBMITTED)


def test_a_need_put_differently_is_looked_up_anew() -> None:
    for said in ({"title": "Tablets"}, {"description": "Thirty."}, {"service_area": "Highways"}):
        given(ABSENT, *ANSWERED).when(AmendRfp.model_validate(said | {"decision": "amend"})).leads_to(
            stage=Stage.DRAFT
        )


def test_an_rfp_on_hold_is_not_amended() -> None:
    held = HELD.model_copy(update={"stage": Stage.DRAFT})
    given(ABSENT, *DRAFT, held).when(AmendRfp(title="Tablets")).refused(OnHold, waiting_on=Party.FINANCE)


def test_the_requester_hands_in_their_own_catalogue_check() -> None:
    given(ABSENT, *COMPLETE_DRAFT).when(HAND_IN, catalogue_check=SEEN).then(CHECKED)


def test_a_second_look_replaces_the_first() -> None:
    given(ABSENT, *ANSWERED).when(HAND_IN, catalogue_check=SEEN).leads_to(
        check=Check(CHECK, (LAPTOP,), answered=False)
    )


def test_somebody_elses_catalogue_check_is_none() -> None:
    seen = SEEN | {"made_by": "ben"}
    given(ABSENT, *DRAFT).when(HAND_IN, catalogue_check=seen).refused(NoSuchCheck, check_id=str(CHECK))


def test_a_catalogue_check_exists() -> None:
    given(ABSENT, *DRAFT).when(HAND_IN).refused(NoSuchCheck)


def test_the_catalogue_is_checked_before_submission() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(HAND_IN, catalogue_check=SEEN).refused(WrongStage)


def test_only_the_requester_hands_a_check_in() -> None:
    given(ABSENT, *DRAFT).when(HAND_IN, by="ben", catalogue_check=SEEN).refused(NotYourRfp)


def test_what_the_check_showed_can_be_taken_instead() -> None:
    given(ABSENT, *IN_CHECK).when(DivertDemand(item_id=LAPTOP)).then(DIVERTED)


def test_only_what_the_check_showed_can_be_taken() -> None:
    given(ABSENT, *IN_CHECK).when(DivertDemand(item_id=OTHER)).refused(NotShown)


def test_demand_is_diverted_from_a_check() -> None:
    given(ABSENT, *DRAFT).when(DivertDemand(item_id=LAPTOP)).refused(WrongStage)


def test_only_the_requester_diverts() -> None:
    given(ABSENT, *IN_CHECK).when(DivertDemand(item_id=LAPTOP), by="ben").refused(NotYourRfp)


def test_a_failed_diversion_is_a_draft_again_that_must_look_anew() -> None:
    report = ReportDiversionFailed(reason="No port.")
    spec = given(ABSENT, *IN_CHECK, DIVERTED).when(report)
    spec.then(DiversionFailed(stage=Stage.DRAFT, waiting_on=Party.REQUESTER, reason="No port."))
    spec.leads_to(check=Check(), stage=Stage.DRAFT)


def test_a_diversion_fails_only_where_there_was_one() -> None:
    given(ABSENT, *IN_CHECK).when(ReportDiversionFailed(reason="No port.")).refused(WrongStage)


def test_only_the_requester_reports_a_failed_diversion() -> None:
    report = ReportDiversionFailed(reason="No port.")
    given(ABSENT, *IN_CHECK, DIVERTED).when(report, by="ben").refused(NotYourRfp)


def test_declining_a_match_says_why() -> None:
    given(ABSENT, *IN_CHECK).when(DECLINE).then(DECLINED)


def test_nothing_shown_is_nothing_to_decline() -> None:
    given(ABSENT, *COMPLETE_DRAFT, CHECKED_EMPTY).when(DECLINE).refused(NothingShown)


def test_only_the_requester_declines() -> None:
    given(ABSENT, *IN_CHECK).when(DECLINE, by="ben").refused(NotYourRfp)


def test_a_match_is_declined_in_the_check() -> None:
    given(ABSENT, *DRAFT).when(DECLINE).refused(WrongStage)


def test_an_empty_check_is_confirmed() -> None:
    given(ABSENT, *COMPLETE_DRAFT, CHECKED_EMPTY).when(ConfirmNoMatch()).then(NO_MATCH)


def test_what_was_shown_is_not_confirmed_away() -> None:
    given(ABSENT, *IN_CHECK).when(ConfirmNoMatch()).refused(SomethingShown, shown=[str(LAPTOP)])


def test_only_the_requester_confirms() -> None:
    given(ABSENT, *COMPLETE_DRAFT, CHECKED_EMPTY).when(ConfirmNoMatch(), by="ben").refused(NotYourRfp)


def test_an_empty_check_is_confirmed_in_the_check() -> None:
    given(ABSENT, *DRAFT).when(ConfirmNoMatch()).refused(WrongStage)


def test_a_complete_and_checked_rfp_is_submitted() -> None:
    given(ABSENT, *ANSWERED).when(SubmitRfp()).then(SUBMITTED)


def test_no_rfp_is_submitted_without_a_look_into_the_catalogue() -> None:
    given(ABSENT, *COMPLETE_DRAFT).when(SubmitRfp()).refused(WrongStage, allowed_in=[Stage.CATALOGUE_CHECK])


def test_the_check_is_answered_before_submission() -> None:
    given(ABSENT, *IN_CHECK).when(SubmitRfp()).refused(CheckFirst, check_id=str(CHECK))


@pytest.mark.parametrize("field", ["cost_centre", "needed_by", "estimate_pence", "estimate_with_vat_pence"])
def test_submission_names_what_is_missing(field: str) -> None:
    history = given(ABSENT, *DRAFT)
    fields = {
        "cost_centre": "CC-1",
        "needed_by": date(2026, 9, 1),
        "estimate_pence": 2_000_000,
        "estimate_with_vat_pence": 2_400_000,
    }
    del fields[field]
    [amended] = history.when(AmendRfp.model_validate(fields)).events()
    given(ABSENT, RAISED, amended, CHECKED, DECLINED).when(SubmitRfp()).refused(Incomplete, missing=[field])


def test_only_the_requester_submits() -> None:
    given(ABSENT, *ANSWERED).when(SubmitRfp(), by="ben").refused(NotYourRfp)
