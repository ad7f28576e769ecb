"""RFPs in flight at every stage: each is taken over whole, goes on here, and skips nobody who must decide."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rfp_service.rfps.commands.approvals import Approve
from rfp_service.rfps.commands.awards import ApproveAward, RecommendAward, SendSummaries
from rfp_service.rfps.commands.conclusion import ConcludeContract, FulfilInHouse
from rfp_service.rfps.commands.in_flight_rows import MAY_BE_AWARDED
from rfp_service.rfps.commands.takeover import BEFORE_APPROVAL, TakeOverRfp
from rfp_service.rfps.commands.takeover_confirmation import ConfirmTakeover
from rfp_service.rfps.commands.tender import CloseResponses
from rfp_service.rfps.domain.evaluation_refusals import HasSettled
from rfp_service.rfps.domain.in_flight import stages_on
from rfp_service.rfps.domain.reasons import TieReason
from rfp_service.rfps.domain.refusals import (
    CriteriaFirst,
    NoticeInTheFuture,
    OwnRfp,
    StandstillRunning,
    UnknownServiceArea,
    WrongStage,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import AWARDED_ELSEWHERE, LIVE, Party, Stage
from rfp_service.rfps.domain.takeover_events import (
    TOOK_OVER,
    BidsStillAskedFor,
    ClockIsOver,
    GoesOnHere,
    NothingAwardedYet,
    NothingToConfirm,
    RfpTakenOver,
    RfpWaitTold,
    TakenOverIncomplete,
    TakenOverTooFar,
    TakeoverUnconfirmed,
)
from shared.governance.scheme.tiers import NotYourTier
from tests.rfps.examples import ABSENT
from tests.rfps.way import CLOCK, CRITERIA, DIRECTOR, HEAD, LEGAL, OFFICER, History, after, bid
from tests.support.moves import taken_over_in
from tests.support.specs import KEY_DECISION_PENCE, NOW, given

OTHER: dict[str, Any] = {"by": "paul", "roles": ["procurement_officer"]}
CONFIRM = ConfirmTakeover(reason="As their paper of 3 February says.")
EVERYWHERE = [(route, stage) for route in Route for stage in stages_on(route)]
NOWHERE = [(route, stage) for route in Route for stage in LIVE if stage not in stages_on(route)]
TENDER = Route.QUOTATIONS
CONCLUDE = ConcludeContract(
    reference="C-1", signed_on=date(2026, 3, 2), starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31)
)


def row(stage: Stage, route: Route = TENDER, **said: Any) -> TakeOverRfp:
    return taken_over_in(stage, route, NOW).model_copy(update=said)


def taken(stage: Stage, route: Route = TENDER, **said: Any) -> History:
    return after((), row(stage, route, **said), **OTHER)


def stands(history: History) -> Rfp:
    return given(ABSENT, *history).state  # type: ignore[return-value]  # what was blank was an RFP


@pytest.mark.parametrize(("route", "stage"), EVERYWHERE)
def test_every_stage_of_every_route_is_taken_over(route: Route, stage: Stage) -> None:
    told, came = taken(stage, route)
    assert isinstance(told, RfpWaitTold)
    assert isinstance(came, RfpTakenOver)
    rfp = stands((told, came))
    assert (rfp.stage, rfp.raised_by) == (stage, "ann")
    assert rfp.waiting_on is not Party.NOBODY
    assert told.waiting_on is not Party.NOBODY


@pytest.mark.parametrize(("route", "stage"), NOWHERE)
def test_none_is_taken_over_where_its_route_never_comes(route: Route, stage: Stage) -> None:
    given(ABSENT).when(row(stage, route), **OTHER).refused(TakenOverTooFar, told_stage=stage)


@pytest.mark.parametrize(
    ("stage", "waiting_on"),
    [
        (Stage.APPROVAL, Party.APPROVER),
        (Stage.KEY_DECISION, Party.STATUTORY_CLOCK),
        (Stage.CALL_IN, Party.STATUTORY_CLOCK),
        (Stage.CALLED_IN, Party.SCRUTINY),
        (Stage.OPEN, Party.MARKET),
        (Stage.EVALUATION, Party.PROCUREMENT),  # it has neither criteria nor bids here yet
        (Stage.AWARD_APPROVAL, Party.APPROVER),
        (Stage.AWARD_NOTICE, Party.APPROVER),  # who must confirm what was awarded elsewhere
        (Stage.STANDSTILL, Party.STATUTORY_CLOCK),
        (Stage.CHALLENGED, Party.LEGAL),
        (Stage.CONTRACTING, Party.APPROVER),
    ],
)
def test_it_waits_on_whoever_must_act_next(stage: Stage, waiting_on: Party) -> None:
    assert stands(taken(stage)).waiting_on is waiting_on


@pytest.mark.parametrize(
    ("stage", "missing"),
    [
        (Stage.OPEN, "ends_on"),
        (Stage.STANDSTILL, "ends_on"),
        (Stage.CALLED_IN, "ends_on"),
        (Stage.APPROVAL, "estimate_pence"),
        (Stage.WAIVER, "estimate_pence"),
        (Stage.AWARD_APPROVAL, "supplier"),
        (Stage.AWARD_NOTICE, "award_value_pence"),
        (Stage.CONTRACTING, "supplier"),
        (Stage.EVALUATION, "lead"),
    ],
)
def test_what_a_stage_cannot_go_on_without_must_be_told(stage: Stage, missing: str) -> None:
    given(ABSENT).when(row(stage, **{missing: None}), **OTHER).refused(TakenOverIncomplete, missing=[missing])


def test_a_supplier_is_told_only_where_something_was_awarded() -> None:
    told = row(Stage.EVALUATION, supplier="Fictional Systems Ltd", award_value_pence=1)
    given(ABSENT).when(told, **OTHER).refused(
        NothingAwardedYet, told_stage=Stage.EVALUATION, awarded_in=list(MAY_BE_AWARDED)
    )


def test_an_approval_that_is_waited_for_begins_with_its_first_tier() -> None:
    history = taken(Stage.APPROVAL, estimate_pence=20_000_000)
    assert stands(history).approval.tiers == ("head", "director")
    given(ABSENT, *history).when(Approve(reason="In budget."), **DIRECTOR).refused(
        NotYourTier, waiting_for="head", yours=["director"]
    )
    granted = after(after(history, Approve(reason="In budget."), **HEAD), Approve(reason="So."), **DIRECTOR)
    assert stands(granted).stage is Stage.READY_TO_ISSUE


def test_an_award_that_was_put_forward_is_approved_here() -> None:
    given(ABSENT, *taken(Stage.AWARD_APPROVAL)).when(ApproveAward(reason="So."), **HEAD).leads_to(
        stage=Stage.AWARD_NOTICE, waiting_on=Party.PROCUREMENT
    )


UNCONFIRMED = (SendSummaries(), Stage.AWARD_NOTICE, OFFICER), (CONCLUDE, Stage.CONTRACTING, LEGAL)


@pytest.mark.parametrize(("command", "stage", "who"), UNCONFIRMED)
def test_what_was_awarded_elsewhere_goes_on_once_its_tier_has_confirmed_it(
    command: Any, stage: Stage, who: dict[str, Any]
) -> None:
    history = taken(stage)
    given(ABSENT, *history).when(command, **who).refused(TakeoverUnconfirmed, waiting_for="head")
    confirmed = after(history, CONFIRM, **HEAD)
    assert stands(confirmed).waiting_on is (Party.LEGAL if command is CONCLUDE else Party.PROCUREMENT)
    assert given(ABSENT, *confirmed).when(command, **who).events()
    given(ABSENT, *confirmed).when(CONFIRM, **HEAD).refused(NothingToConfirm)


def test_what_is_done_in_house_is_confirmed_by_the_tier_of_its_estimate() -> None:
    history = taken(Stage.CONTRACTING, Route.IN_HOUSE, estimate_pence=20_000_000)
    done = FulfilInHouse(reason="Our own team did it.")
    given(ABSENT, *history).when(done, **OFFICER).refused(TakeoverUnconfirmed, waiting_for="director")
    given(ABSENT, *history).when(CONFIRM, **HEAD).refused(NotYourTier)
    given(ABSENT, *after(history, CONFIRM, **DIRECTOR)).when(done, **OFFICER).leads_to(stage=Stage.FULFILLED)


@pytest.mark.parametrize("stage", AWARDED_ELSEWHERE[2:])
def test_whoever_took_it_over_confirms_nothing_of_it(stage: Stage) -> None:
    both = {"by": "paul", "roles": ["procurement_officer", "approver"], "own_tiers": ["head"]}
    given(ABSENT, *taken(stage)).when(CONFIRM, **both).refused(OwnRfp, part=TOOK_OVER, person="paul")


@pytest.mark.parametrize("stage", [s for s in stages_on(TENDER) if s not in AWARDED_ELSEWHERE])
def test_there_is_nothing_to_confirm_where_it_is_approved_here(stage: Stage) -> None:
    given(ABSENT, *taken(stage)).when(CONFIRM, **HEAD).refused(WrongStage)


@pytest.mark.parametrize("stage", LIVE)
def test_nobody_accepts_their_own_need_by_taking_it_over(stage: Stage) -> None:
    told = row(stage, Route.OPEN_TENDER, requester="paul")
    if stage in (Stage.DRAFT, Stage.CATALOGUE_CHECK, Stage.SUBMITTED):
        given(ABSENT).when(told, **OTHER).leads_to(raised_by="paul")
    else:
        given(ABSENT).when(told, **OTHER).refused(OwnRfp, part="requester", person="paul")


ENDS = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)  # as the row tells; clocks have not changed yet


def test_bids_are_asked_for_until_the_minute_that_was_told() -> None:
    rfp = stands(taken(Stage.OPEN))
    assert rfp.tender.responses_by == rfp.clock.ends_at == ENDS
    assert rfp.clock.number == 1
    over = CloseResponses(number=1, due_at=ENDS)
    with_bid = after(taken(Stage.OPEN), bid("A", ENDS), at=ENDS, **OFFICER)
    given(ABSENT, *with_bid).when(over, at=ENDS + timedelta(seconds=1), **CLOCK).leads_to(
        stage=Stage.EVALUATION
    )
    given(ABSENT).when(row(Stage.OPEN, ends_on=NOW.date(), ends_at="09:59"), **OTHER).refused(
        ClockIsOver, ended_at=NOW - timedelta(minutes=1)
    )
    given(ABSENT).when(row(Stage.EVALUATION, ends_on=NOW.date(), ends_at="10:01"), **OTHER).refused(
        BidsStillAskedFor, responses_by=NOW + timedelta(minutes=1)
    )


def test_nothing_is_signed_before_a_standstill_that_was_told_is_over() -> None:
    confirmed = after(taken(Stage.CONTRACTING, ends_on=date(2026, 3, 5)), CONFIRM, **HEAD)
    assert stands(confirmed).waiting_on is Party.STATUTORY_CLOCK
    given(ABSENT, *confirmed).when(CONCLUDE, **LEGAL).refused(StandstillRunning)


def test_bids_are_measured_here_by_the_criteria_that_were_published() -> None:
    history = after(taken(Stage.EVALUATION), bid("A", NOW - timedelta(days=20)), **OTHER)
    recommend = RecommendAward(
        bid="A",
        supplier="Fictional Systems Ltd",
        value_pence=2_000_000,
        reason="The best.",
        tie_reason=next(iter(TieReason)),
    )
    given(ABSENT, *history).when(recommend, **OFFICER).refused(CriteriaFirst)
    with_criteria = after(history, CRITERIA, **OFFICER)
    assert stands(with_criteria).tender.criteria == tuple(CRITERIA.criteria)
    given(ABSENT, *with_criteria).when(recommend, **OFFICER).refused(HasSettled, person="priya")
    given(ABSENT, *with_criteria).when(CRITERIA, **OFFICER).refused(WrongStage)


def test_criteria_that_were_fixed_here_are_not_fixed_again() -> None:
    opened = after(taken(Stage.OPEN), CRITERIA, **OFFICER)
    assert stands(opened).settlers == ()  # nobody can have seen a bid
    given(ABSENT, *opened).when(CRITERIA, **OFFICER).refused(WrongStage)


@pytest.mark.parametrize("stage", [s for s in stages_on(Route.OPEN_TENDER) if s not in BEFORE_APPROVAL])
def test_no_register_changes_what_was_approved_or_asked_for(stage: Stage) -> None:
    more = row(stage, Route.OPEN_TENDER, estimate_pence=24_000_000)
    given(ABSENT, *taken(stage, Route.OPEN_TENDER)).when(more, **OTHER).refused(
        GoesOnHere, changed=["estimate_pence"], now_in=stage
    )


def test_what_was_decided_elsewhere_and_is_a_key_decision_names_its_notice() -> None:
    dear = row(Stage.CONTRACTING, award_value_pence=KEY_DECISION_PENCE + 1)
    given(ABSENT).when(dear, **OTHER).refused(TakenOverIncomplete, missing=["notice_on"])
    known = dear.model_copy(update={"notice_on": date(2026, 1, 5)})
    given(ABSENT).when(known, **OTHER).leads_to(stage=Stage.CONTRACTING)


def test_a_notice_was_published_on_a_day_that_has_come() -> None:
    waits = row(Stage.KEY_DECISION, notice_on=date(2026, 3, 3))
    given(ABSENT).when(waits, **OFFICER).refused(NoticeInTheFuture, published_on=date(2026, 3, 3))
    today = waits.model_copy(update={"notice_on": date(2026, 3, 2)})
    given(ABSENT).when(today, **OFFICER).leads_to(waiting_on=Party.STATUTORY_CLOCK)


def test_an_area_that_the_scheme_does_not_list_is_not_taken_over() -> None:
    given(ABSENT).when(row(Stage.TRIAGE), **OTHER, areas_listed=["Libraries"]).refused(
        UnknownServiceArea, service_areas=["Libraries"]
    )
