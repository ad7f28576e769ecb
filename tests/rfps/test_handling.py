"""What procurement decides, and holds."""

import pytest

from rfp_service.rfps.commands.holds import EndHold, StartHold
from rfp_service.rfps.commands.participants import AppointEvaluator
from rfp_service.rfps.commands.procurement import (
    AcceptRfp,
    RejectRfp,
    ReturnForRework,
    SelectRoute,
    WithdrawRfp,
)
from rfp_service.rfps.commands.waivers import RefuseWaiver
from rfp_service.rfps.domain.approval import Approval
from rfp_service.rfps.domain.evaluation_refusals import MayNotEvaluate
from rfp_service.rfps.domain.events import (
    RfpEvent,
    RfpHoldEnded,
    RfpHoldStarted,
    RfpRejected,
    RfpReturnedForRework,
)
from rfp_service.rfps.domain.reasons import ReworkReason
from rfp_service.rfps.domain.refusals import (
    Conflicted,
    LeadIsRequester,
    LotsNotOffered,
    NoPartInIt,
    NotOnHold,
    NotYourRfp,
    OnHold,
    OwnRfp,
    WaitsOnNobody,
    WrongStage,
)
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from shared.governance.scheme.tiers import NotYourTier
from shared.kernel.rules import ContractKind
from tests.rfps.examples import (
    ABSENT,
    ACCEPTED,
    AT_PROCUREMENT,
    DRAFT,
    ENDED,
    IN_APPROVAL,
    IN_BUSINESS_CASE,
    IN_CHECK,
    IN_TRIAGE,
    ON_HOLD,
    ROUTED,
    WITHDRAWN,
)
from tests.rfps.way import DIRECTOR, HEAD, OFFICER, WAIVER, after
from tests.support.specs import NOW, RULES, given

RETURN = ReturnForRework(reason_code=ReworkReason.UNCLEAR, reason="How many?")
REJECT = RejectRfp(reason="Asked for already.")
SELECT = SelectRoute(
    regime=Regime.PROCUREMENT_ACT_2023,
    route=Route.OPEN_TENDER,
    contract_kind=ContractKind.SERVICES,
    lots=1,
    lead="priya",
)
HOLD = StartHold(waiting_on=Party.FINANCE, reason="Budget check.")
WITHDRAW = WithdrawRfp(reason="Closed.")


def test_procurement_accepts_what_was_submitted() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(AcceptRfp(), **OFFICER).then(ACCEPTED)


def test_a_draft_is_not_accepted() -> None:
    given(ABSENT, *DRAFT).when(AcceptRfp(), **OFFICER).refused(WrongStage, stage=Stage.DRAFT)


def test_nobody_accepts_their_own_rfp() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(AcceptRfp(), by="ann").refused(OwnRfp, part="requester")


def test_nobody_accepts_for_the_requester() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(AcceptRfp(), by="priya", acting_for="ann").refused(OwnRfp)


def test_procurement_returns_a_submission_to_its_draft_and_counts_the_loop() -> None:
    spec = given(ABSENT, *AT_PROCUREMENT).when(RETURN, **OFFICER)
    spec.then(
        RfpReturnedForRework(
            stage=Stage.DRAFT, waiting_on=Party.REQUESTER, reason_code="unclear", reason="How many?", loop=1
        )
    )
    spec.leads_to(rework_loops=1)


def test_an_approver_returns_an_approval_to_the_business_case() -> None:
    given(ABSENT, *IN_APPROVAL).when(RETURN, **HEAD).leads_to(
        stage=Stage.BUSINESS_CASE, rework_loops=1, approval=Approval()
    )


def test_only_the_tier_whose_turn_it_is_returns_an_approval() -> None:
    given(ABSENT, *IN_APPROVAL).when(RETURN, **DIRECTOR).refused(NotYourTier, waiting_for="head")


def test_procurement_returns_no_approval_by_standing_on_a_tier() -> None:
    named = {**OFFICER, "own_tiers": ["head"]}
    given(ABSENT, *IN_APPROVAL).when(RETURN, **named).refused(WrongStage, allowed_in=[Stage.SUBMITTED])


def test_an_approver_has_no_say_over_a_submission() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(RETURN, by="hana", roles=["approver"], own_tiers=["head"]).refused(
        WrongStage, allowed_in=[Stage.APPROVAL, Stage.AWARD_APPROVAL]
    )


def test_a_business_case_is_not_returned() -> None:
    given(ABSENT, *IN_BUSINESS_CASE).when(RETURN, **OFFICER).refused(WrongStage)


def test_nobody_returns_their_own_rfp() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(RETURN, by="ann").refused(OwnRfp)


def test_procurement_rejects_a_submission() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(REJECT, **OFFICER).then(
        RfpRejected(stage=Stage.REJECTED, waiting_on=Party.NOBODY, reason="Asked for already.")
    )


def test_what_was_accepted_is_not_rejected() -> None:
    given(ABSENT, *IN_TRIAGE).when(REJECT, **OFFICER).refused(WrongStage)


def test_nobody_rejects_their_own_rfp() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(REJECT, by="ann").refused(OwnRfp)


def test_procurement_selects_the_route() -> None:
    given(ABSENT, *IN_TRIAGE).when(SELECT, **OFFICER).then(ROUTED)


def test_kinds_of_contract_are_not_told_apart_where_the_scheme_has_no_thresholds() -> None:
    unsaid = SELECT.model_copy(update={"contract_kind": None})
    given(ABSENT, *IN_TRIAGE).when(unsaid, **OFFICER).leads_to(contract_kind=None)


def test_lots_are_not_offered_and_old_events_with_several_fold() -> None:
    two = SELECT.model_copy(update={"lots": 2})
    given(ABSENT, *IN_TRIAGE).when(two, **OFFICER).refused(LotsNotOffered, lots=2)
    old = ROUTED.model_copy(update={"lots": 2})
    given(ABSENT, *IN_TRIAGE, old).when(HOLD, **OFFICER).leads_to(lots=2)


def test_the_requester_selects_no_route() -> None:
    given(ABSENT, *IN_TRIAGE).when(SELECT, by="ann").refused(OwnRfp)


def test_the_requester_leads_no_procurement_of_theirs() -> None:
    select = SELECT.model_copy(update={"lead": "ann"})
    given(ABSENT, *IN_TRIAGE).when(select, **OFFICER).refused(LeadIsRequester, lead="ann")


def test_a_route_is_led_by_whoever_could_be_put_in_charge_of_it_later() -> None:
    select = SELECT.model_copy(update={"lead": "eve"})
    appointed = after(IN_TRIAGE, AppointEvaluator(evaluator="eve"), **OFFICER)
    apart = RULES.model_copy(update={"lead_may_evaluate": False})
    spec = given(ABSENT, *appointed)
    spec.when(select, rules=apart, **OFFICER).refused(MayNotEvaluate, part="lead", person="eve")
    spec.when(select, **OFFICER).leads_to(lead="eve")


def test_whoever_has_a_declared_conflict_leads_no_route_that_is_chosen_anew() -> None:
    conflicted = WAIVER.model_copy(update={"conflicted": ["paul"]})
    refused = after(after(IN_BUSINESS_CASE, conflicted), RefuseWaiver(reason="Ask."), **HEAD)
    select = SELECT.model_copy(update={"lead": "paul"})
    given(ABSENT, *refused).when(select, **OFFICER).refused(Conflicted, person="paul")
    given(ABSENT, *refused).when(SELECT, **OFFICER).leads_to(lead="priya")


def test_a_route_is_selected_in_triage() -> None:
    given(ABSENT, *AT_PROCUREMENT).when(SELECT, **OFFICER).refused(WrongStage)


def test_a_route_is_not_selected_during_a_hold() -> None:
    given(ABSENT, *ON_HOLD).when(SELECT, **OFFICER).refused(OnHold)


@pytest.mark.parametrize("history", [DRAFT, IN_CHECK, AT_PROCUREMENT, IN_APPROVAL, ON_HOLD])
def test_the_requester_withdraws_at_any_time(history: tuple[RfpEvent, ...]) -> None:
    asked = "head" if history is IN_APPROVAL else ""
    given(ABSENT, *history).when(WITHDRAW).then(WITHDRAWN.model_copy(update={"asked_tier": asked}))


def test_what_has_ended_is_not_withdrawn() -> None:
    given(ABSENT, *ENDED).when(WITHDRAW).refused(WrongStage, stage=Stage.WITHDRAWN)


def test_nobody_withdraws_somebody_elses_rfp() -> None:
    given(ABSENT, *DRAFT).when(WITHDRAW, by="ben").refused(NotYourRfp)


def test_a_hold_says_whom_the_rfp_waits_on() -> None:
    given(ABSENT, *IN_TRIAGE).when(HOLD, **OFFICER).then(
        RfpHoldStarted(stage=Stage.TRIAGE, waiting_on=Party.FINANCE, reason="Budget check.", started_at=NOW)
    )


def test_a_hold_waits_on_somebody() -> None:
    hold = StartHold(waiting_on=Party.NOBODY, reason="Hm.")
    given(ABSENT, *IN_TRIAGE).when(hold, **OFFICER).refused(WaitsOnNobody)


def test_there_is_one_hold_at_a_time() -> None:
    given(ABSENT, *ON_HOLD).when(HOLD, **OFFICER).refused(OnHold, waiting_on=Party.FINANCE)


def test_what_has_ended_is_not_held() -> None:
    given(ABSENT, *ENDED).when(HOLD, **OFFICER).refused(WrongStage)


@pytest.mark.parametrize("roles", [["requester"], ["requester", "contract_manager"], []])
def test_who_only_asks_holds_their_own_rfps_whatever_else_they_are(roles: list[str]) -> None:
    given(ABSENT, *IN_TRIAGE).when(HOLD, by="ben", roles=roles).refused(NoPartInIt, requester="ann")
    given(ABSENT, *ON_HOLD).when(EndHold(), by="ben", roles=roles).refused(NoPartInIt)
    given(ABSENT, *IN_TRIAGE).when(HOLD, by="ann", roles=roles).leads_to(on_hold=True)


def test_whoever_also_approves_holds_any_rfp() -> None:
    given(ABSENT, *IN_TRIAGE).when(HOLD, by="ben", roles=["requester", "approver"]).leads_to(on_hold=True)


def test_the_end_of_a_hold_charges_the_stages_own_party_again() -> None:
    given(ABSENT, *ON_HOLD).when(EndHold(), **OFFICER).then(
        RfpHoldEnded(stage=Stage.TRIAGE, waiting_on=Party.PROCUREMENT, ended_at=NOW)
    )


def test_only_a_hold_ends() -> None:
    given(ABSENT, *IN_TRIAGE).when(EndHold(), **OFFICER).refused(NotOnHold, stage=Stage.TRIAGE)
