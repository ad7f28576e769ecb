"""Whoever ever asked for something makes no move of procurement on it; what is kept apart stays apart."""

from typing import Any

import pytest

from rfp_service.permission_conditions import CONDITIONS
from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.conclusion import FulfilInHouse
from rfp_service.rfps.commands.corrections import CorrectAnswer, CorrectBid, CorrectSummaries
from rfp_service.rfps.commands.evaluation import FindNoCompliantBid
from rfp_service.rfps.commands.key_decisions import PublishForwardPlanNotice, UseGeneralException
from rfp_service.rfps.commands.participants import (
    AppointEvaluator,
    ReassignLead,
    RemoveEvaluator,
    ReplaceRequester,
)
from rfp_service.rfps.commands.procurement import (
    AcceptRfp,
    RejectRfp,
    ReturnForRework,
    SelectRoute,
    TerminateProcurement,
)
from rfp_service.rfps.commands.responses import AnswerClarification, RecordClarification
from rfp_service.rfps.commands.set_asides import ReadmitBid, SetBidAside
from rfp_service.rfps.commands.standstill import RecordChallenge, ResolveChallenge, RevokeAward
from rfp_service.rfps.commands.tender import CloseResponsesByHand, ExtendDeadline, IssueInvitation
from rfp_service.rfps.domain.award_events import ChallengeOutcome, TerminationReason
from rfp_service.rfps.domain.evaluation_refusals import MayNotEvaluate
from rfp_service.rfps.domain.reasons import ReworkReason
from rfp_service.rfps.domain.refusals import Conflicted, LeadIsRequester, NoPartInIt, OwnRfp
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.tender import SetAsideGround
from shared.kernel.messages import Command
from shared.kernel.roles import Role
from shared.web.access.permissions import Condition
from tests.rfps import way
from tests.rfps.examples import ABSENT, AT_PROCUREMENT, IN_APPROVAL, IN_BUSINESS_CASE, IN_TRIAGE, ONE_TIER
from tests.rfps.way import OFFICER, History, after
from tests.support.specs import RULES, given

WHY = "They said so."
REPLACE = ReplaceRequester(requester="leo", reason=WHY)
SET_ASIDE = SetBidAside(bid="A", ground=SetAsideGround.NON_COMPLIANT, reason=WHY, bidder_said="Sorry.")
ASKED = RecordClarification(question="How many?")
ANSWERED = AnswerClarification(number=1, answer="Forty.")
QUOTED = after((*way.on_route(Route.QUOTATIONS), ONE_TIER), way.APPROVE, **way.HEAD)
for preparing in (way.CRITERIA, AppointEvaluator(evaluator="eve")):
    QUOTED = after(QUOTED, preparing, **OFFICER)

# Every move of procurement, where an officer makes it.
MOVES: tuple[tuple[History, Command[Rfp]], ...] = (
    (AT_PROCUREMENT, AcceptRfp()),
    (AT_PROCUREMENT, ReturnForRework(reason_code=ReworkReason.UNCLEAR, reason=WHY)),
    (AT_PROCUREMENT, RejectRfp(reason=WHY)),
    (IN_TRIAGE, SelectRoute(regime=Regime.PROCUREMENT_ACT_2023, route=Route.OPEN_TENDER, lead="paul")),
    (IN_BUSINESS_CASE, ReassignLead(lead="paul", reason=WHY)),
    (IN_BUSINESS_CASE, AppointEvaluator(evaluator="eve")),
    (way.PREPARED, RemoveEvaluator(evaluator="eve", reason=WHY)),
    (way.KEY_DECISION, UseGeneralException(reference="G", published_on=way.NOTICE_ON, reason=WHY)),
    (way.TAKEN, way.PUBLISH),
    (way.READY, way.CRITERIA),
    (way.PREPARED, way.NOTICE),
    (way.OPEN, ExtendDeadline(responses_by=way.RESPONSES_BY.replace(month=5), reason=WHY)),
    (QUOTED, IssueInvitation(reference="I", responses_by=way.RESPONSES_BY)),
    (way.OPEN, CloseResponsesByHand()),
    (way.OPEN, ASKED),
    (after(way.OPEN, ASKED, **OFFICER), ANSWERED),
    (way.OPEN, way.bid("C")),
    (way.DECLARED, SET_ASIDE),
    (after(way.DECLARED, SET_ASIDE, **OFFICER), ReadmitBid(bid="A", reason=WHY)),
    (way.SCORED, FindNoCompliantBid(reason=WHY)),
    (way.CALL_OFF, way.PublishTransparencyNotice(reference="UK5-1")),
    (way.SCORED, way.RECOMMEND),
    (way.AWARDED, way.SendSummaries(told=["A", "B"])),
    (way.TOLD, CorrectSummaries(told=["A", "B"], reason=WHY)),
    (way.WITH_BIDS, CorrectBid(bid="A", reference="A1", reason=WHY)),
    (
        after(after(way.OPEN, ASKED, **OFFICER), ANSWERED, **OFFICER),
        CorrectAnswer(number=1, answer="Fifty.", reason=WHY),
    ),
    (way.TOLD, way.AWARD_NOTICE),
    (way.IN_STANDSTILL, RecordChallenge(grounds=WHY)),
    (way.CHALLENGED, ResolveChallenge(outcome=ChallengeOutcome.AWARD_STANDS, reason=WHY)),
    (way.IN_STANDSTILL, RevokeAward(reason=WHY)),
    (way.CONTRACTING, way.CONCLUDE),
    (way.IN_HOUSE, FulfilInHouse(reason=WHY)),
    (way.OPEN, TerminateProcurement(reason_code=TerminationReason.OTHER, reason=WHY)),
)
LATER = {
    "ConcludeContract": way.STANDSTILL_ENDS,
    "RecordResponse": way.IN_TIME,
    "CorrectBid": way.IN_TIME,
    "CloseResponsesByHand": way.CLOSED_AT,
}
ANYBODY: dict[str, Any] = {"roles": ["requester", "procurement_officer", "legal", "administrator"]}


def test_these_are_all_the_moves_of_procurement() -> None:
    table = {
        name
        for role in (Role.PROCUREMENT_OFFICER, Role.LEGAL, Role.ADMINISTRATOR)
        for name in CONDITIONS[role, Condition.INDEPENDENT]
    }
    tried = {type(command).__name__ for _, command in MOVES}
    assert table == tried


@pytest.mark.parametrize(("history", "command"), MOVES, ids=lambda it: type(it).__name__)
def test_whoever_once_asked_for_it_makes_no_move_of_procurement_on_it(
    history: History, command: Command[Rfp]
) -> None:
    at = LATER.get(type(command).__name__, way.NOW)
    spec = given(ABSENT, *after(history, REPLACE))
    assert spec.when(command, by="priya", at=at, **ANYBODY).events()
    spec.when(command, by="ann", at=at, **ANYBODY).refused(OwnRfp, part="requester", person="ann")
    spec.when(command, by="ann2", at=at, same=[("ann", "ann2")], **ANYBODY).refused(OwnRfp)


def test_taking_it_back_from_a_stand_in_is_no_way_round_either() -> None:
    back = after(after(AT_PROCUREMENT, REPLACE), ReplaceRequester(requester="ann", reason=WHY), by="leo")
    for once in ("ann", "leo"):
        given(ABSENT, *back).when(AcceptRfp(), by=once, **ANYBODY).refused(OwnRfp)


def test_whoever_once_asked_for_it_never_leads_it() -> None:
    replaced = after(IN_BUSINESS_CASE, REPLACE)
    for once in ("ann", "leo"):
        given(ABSENT, *replaced).when(ReassignLead(lead=once, reason=WHY), **OFFICER).refused(
            LeadIsRequester, lead=once
        )


def test_whoever_once_led_it_never_asks_for_it() -> None:
    given_away = after(IN_BUSINESS_CASE, ReassignLead(lead="paul", reason=WHY), **OFFICER)
    for once in ("priya", "paul"):
        asks = ReplaceRequester(requester=once, reason=WHY)
        given(ABSENT, *given_away).when(asks).refused(LeadIsRequester, lead=once)


def test_a_lead_who_was_requester_by_an_older_record_changes_no_route() -> None:
    older = (*IN_APPROVAL, *after(IN_APPROVAL, REPLACE)[-1:])
    older = (
        *older,
        after(IN_APPROVAL, ReassignLead(lead="paul", reason=WHY), **OFFICER)[-1].model_copy(
            update={"lead": "ann"}
        ),
    )
    change = AmendRfp(route=Route.IN_HOUSE, reason=WHY)
    given(ABSENT, *older).when(change, by="ann", **ANYBODY).refused(OwnRfp)


def test_whoever_has_a_conflict_becomes_neither_requester_nor_lead_nor_evaluator() -> None:
    asked = way.RequestWaiver(
        **way.WAIVER.model_dump(exclude={"decision", "conflicted"}), conflicted=["carl"]
    )
    conflicted = after(IN_BUSINESS_CASE, asked)
    for command in (
        ReplaceRequester(requester="carl", reason=WHY),
        ReassignLead(lead="carl", reason=WHY),
        AppointEvaluator(evaluator="carl"),
    ):
        given(ABSENT, *conflicted).when(command, by="priya", **ANYBODY).refused(Conflicted, person="carl")


def test_what_the_scheme_keeps_apart_stays_apart_after_the_part_is_over() -> None:
    apart = RULES.model_copy(update={"lead_may_evaluate": False, "requester_may_evaluate": False})
    over = after(
        after(
            after(IN_BUSINESS_CASE, AppointEvaluator(evaluator="eve"), **OFFICER),
            RemoveEvaluator(evaluator="eve", reason=WHY),
            **OFFICER,
        ),
        REPLACE,
    )
    spec = given(ABSENT, *over)
    for command in (
        ReassignLead(lead="eve", reason=WHY),
        ReplaceRequester(requester="eve", reason=WHY),
        AppointEvaluator(evaluator="ann"),
    ):
        spec.when(command, by="priya", rules=apart, **ANYBODY).refused(MayNotEvaluate)


@pytest.mark.parametrize("more", [[], ["contract_manager"], ["scrutiny_member"], ["evaluator"]])
def test_a_second_role_opens_nothing_of_what_others_asked_for(more: list[str]) -> None:
    ben: dict[str, Any] = {"by": "ben", "roles": ["requester", *more]}
    takes_over = ReplaceRequester(requester="ben", reason=WHY)
    given(ABSENT, *IN_TRIAGE).when(takes_over, **ben).refused(NoPartInIt, requester="ann")
    plan = PublishForwardPlanNotice(reference="FP", published_on=way.NOTICE_ON)
    given(ABSENT, *IN_BUSINESS_CASE).when(plan, **ben).refused(NoPartInIt)


def test_an_approver_gives_nobody_elses_rfp_to_themselves() -> None:
    ben: dict[str, Any] = {"by": "ben", "roles": ["requester", "approver"]}
    given(ABSENT, *IN_TRIAGE).when(ReplaceRequester(requester="ben", reason=WHY), **ben).refused(NoPartInIt)
