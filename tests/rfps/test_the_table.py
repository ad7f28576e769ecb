"""The table of the domain, row by row: from which stage, by whose decision, to which stage."""

from typing import Any

import pytest

from rfp_service.rfps.commands.approvals import Refuse
from rfp_service.rfps.commands.awards import PublishTransparencyNotice, RefuseAward
from rfp_service.rfps.commands.call_ins import (
    CallIn,
    ExpireCallIn,
    LapseCallIn,
    ReferToCouncil,
    ReleaseCallIn,
    UpholdCallIn,
)
from rfp_service.rfps.commands.conclusion import FulfilInHouse
from rfp_service.rfps.commands.evaluation import CorrectScore, FindNoCompliantBid, ModerateScores
from rfp_service.rfps.commands.key_decisions import RefuseKeyDecision, UseGeneralException
from rfp_service.rfps.commands.procurement import (
    AcceptRfp,
    RejectRfp,
    ReturnForRework,
    TerminateProcurement,
    WithdrawRfp,
)
from rfp_service.rfps.commands.requests import ReportDiversionFailed
from rfp_service.rfps.commands.responses import AnswerClarification, RecordClarification
from rfp_service.rfps.commands.set_asides import ReadmitBid, SetBidAside
from rfp_service.rfps.commands.standstill import RecordChallenge, ResolveChallenge, RevokeAward
from rfp_service.rfps.commands.tender import (
    CloseResponses,
    CloseResponsesByHand,
    ExtendDeadline,
    IssueInvitation,
)
from rfp_service.rfps.commands.waivers import GrantWaiver, RefuseWaiver
from rfp_service.rfps.domain.award_events import ChallengeOutcome, TerminationReason
from rfp_service.rfps.domain.reasons import ReworkReason
from rfp_service.rfps.domain.refusals import NotOutToMarket, WrongStage
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import ENDS, WAITS_ON, Party, Stage
from rfp_service.rfps.domain.tender import SetAsideGround
from tests.rfps import way
from tests.rfps.examples import (
    ABSENT,
    AT_PROCUREMENT,
    COMPLETE_DRAFT,
    DIVERTED,
    ENDED,
    IN_APPROVAL,
    IN_BUSINESS_CASE,
    IN_CHECK,
    ONE_TIER,
)
from tests.rfps.way import (
    CLOCK,
    CLOSED_AT,
    DIRECTOR,
    EVE,
    HEAD,
    LEGAL,
    LONG_AFTER,
    OFFICER,
    RESPONSES_BY,
    SCRUTINY,
    STANDSTILL_ENDS,
)
from tests.support.specs import given

REWORK = ReturnForRework(reason_code=ReworkReason.UNCLEAR, reason="How many?")
TERMINATE = TerminateProcurement(reason_code=TerminationReason.NEED_CEASED, reason="Closed.")
SET_ASIDE = SetBidAside(bid="B", ground=SetAsideGround.NON_COMPLIANT, reason="Unsigned.", highest_bid_pence=1)
READMIT = ReadmitBid(bid="B", reason="It was signed.", highest_bid_pence=1)
INVITE = IssueInvitation(reference="INV-1", responses_by=RESPONSES_BY)
INVITED = (*way.on_route(Route.EXISTING_CONTRACT), ONE_TIER)
INVITED = way.after(INVITED, way.APPROVE, **HEAD)
for _prepare in (way.CRITERIA, way.AppointEvaluator(evaluator="eve")):
    INVITED = way.after(INVITED, _prepare, **OFFICER)
ASKED = way.after(way.OPEN, RecordClarification(question="How many?"), **OFFICER)
AWARD_KEY = way.after(way.SCORED, way.RECOMMEND.model_copy(update={"value_pence": 21_000_000}), **OFFICER)
for _tier in (HEAD, DIRECTOR):
    AWARD_KEY = way.after(AWARD_KEY, way.APPROVE_AWARD, **_tier)
AWARD_CALLED_IN = way.after(AWARD_KEY, way.FORWARD_PLAN, **OFFICER)
for _next, _who in ((way.TAKE, DIRECTOR), (way.PUBLISH, OFFICER), (CallIn(reason="Too dear."), SCRUTINY)):
    AWARD_CALLED_IN = way.after(AWARD_CALLED_IN, _next, **_who)


def resolve(outcome: ChallengeOutcome) -> ResolveChallenge:
    return ResolveChallenge(outcome=outcome, reason="As advised.")


AT_ENDS = {"at": STANDSTILL_ENDS}
ROWS: list[tuple[Any, Any, dict[str, Any], Stage]] = [
    ((*IN_CHECK, DIVERTED), ReportDiversionFailed(reason="No port."), {}, Stage.DRAFT),
    (AT_PROCUREMENT, AcceptRfp(), OFFICER, Stage.TRIAGE),
    (AT_PROCUREMENT, REWORK, OFFICER, Stage.DRAFT),
    (AT_PROCUREMENT, RejectRfp(reason="Asked for already."), OFFICER, Stage.REJECTED),
    (IN_BUSINESS_CASE, way.FORWARD_PLAN, OFFICER, Stage.BUSINESS_CASE),
    (IN_BUSINESS_CASE, way.WAIVER, {}, Stage.WAIVER),
    (way.IN_WAIVER, GrantWaiver(reason="Alone."), HEAD, Stage.APPROVAL),
    (way.IN_WAIVER, RefuseWaiver(reason="Not alone."), HEAD, Stage.TRIAGE),
    (IN_APPROVAL, way.APPROVE, HEAD, Stage.READY_TO_ISSUE),
    (IN_APPROVAL, Refuse(reason="Not this year."), HEAD, Stage.REJECTED),
    (IN_APPROVAL, REWORK, HEAD, Stage.BUSINESS_CASE),
    (way.KEY_APPROVAL, way.APPROVE, DIRECTOR, Stage.KEY_DECISION),
    (way.NOTIFIED, way.TAKE, DIRECTOR, Stage.CALL_IN),
    (way.KEY_DECISION, RefuseKeyDecision(reason="No."), DIRECTOR, Stage.REJECTED),
    (AWARD_KEY, RefuseKeyDecision(reason="No."), DIRECTOR, Stage.TERMINATED),
    (way.TAKEN, way.PUBLISH, OFFICER, Stage.CALL_IN),
    (way.PUBLISHED, ExpireCallIn(number=1, due_at=way.CALL_IN_ENDS), CLOCK, Stage.READY_TO_ISSUE),
    (way.PUBLISHED, CallIn(reason="Too dear."), SCRUTINY, Stage.CALLED_IN),
    (way.CALLED_IN, UpholdCallIn(reason="Too dear."), SCRUTINY, Stage.KEY_DECISION),
    (AWARD_CALLED_IN, UpholdCallIn(reason="Too dear."), SCRUTINY, Stage.KEY_DECISION),
    (way.CALLED_IN, ReleaseCallIn(reason="Fair."), SCRUTINY, Stage.READY_TO_ISSUE),
    (AWARD_CALLED_IN, ReleaseCallIn(reason="Fair."), SCRUTINY, Stage.AWARD_NOTICE),
    (way.CALLED_IN, ReferToCouncil(reason="Beyond us."), SCRUTINY, Stage.CALLED_IN),
    (way.CALLED_IN, LapseCallIn(number=2, due_at=way.LAPSES), CLOCK, Stage.READY_TO_ISSUE),
    (way.READY, way.CRITERIA, OFFICER, Stage.READY_TO_ISSUE),
    (way.PREPARED, way.NOTICE, OFFICER, Stage.OPEN),
    (INVITED, INVITE, OFFICER, Stage.OPEN),
    (way.OPEN, RecordClarification(question="How many?"), OFFICER, Stage.OPEN),
    (ASKED, AnswerClarification(number=1, answer="Forty."), OFFICER, Stage.OPEN),
    (way.OPEN, ExtendDeadline(responses_by=LONG_AFTER, reason="Asked for."), OFFICER, Stage.OPEN),
    (way.OPEN, way.bid("A"), {**OFFICER, "at": way.IN_TIME}, Stage.OPEN),
    (way.WITH_BIDS, CloseResponses(number=1, due_at=RESPONSES_BY), CLOCK, Stage.EVALUATION),
    (way.WITH_BIDS, CloseResponsesByHand(), {**OFFICER, "at": CLOSED_AT}, Stage.EVALUATION),
    (way.OPEN, CloseResponses(number=1, due_at=RESPONSES_BY), CLOCK, Stage.UNSUCCESSFUL),
    (way.IN_EVALUATION, way.DECLARE, EVE, Stage.EVALUATION),
    (way.DECLARED, way.score("A", "Price", 90), EVE, Stage.EVALUATION),
    (
        way.SCORED,
        CorrectScore(bid="A", criterion="Price", score=80, comment="Misread."),
        EVE,
        Stage.EVALUATION,
    ),
    (
        way.after(way.SCORED, CorrectScore(bid="A", criterion="Price", score=80, comment="Misread."), **EVE),
        ModerateScores(bid="A", criterion="Price", score=85, reason="Agreed.", highest_bid_pence=1),
        HEAD,
        Stage.EVALUATION,
    ),
    (way.SCORED, way.RECOMMEND, OFFICER, Stage.AWARD_APPROVAL),
    (way.SCORED, SET_ASIDE, HEAD, Stage.EVALUATION),
    (way.after(way.SCORED, SET_ASIDE, **HEAD), READMIT, HEAD, Stage.EVALUATION),
    (way.IN_EVALUATION, FindNoCompliantBid(reason="None."), OFFICER, Stage.UNSUCCESSFUL),
    (way.RECOMMENDED, way.APPROVE_AWARD, HEAD, Stage.AWARD_NOTICE),
    (way.RECOMMENDED, RefuseAward(reason="No."), HEAD, Stage.TERMINATED),
    (way.RECOMMENDED, REWORK, HEAD, Stage.EVALUATION),
    (way.CALL_OFF, PublishTransparencyNotice(reference="UK5"), OFFICER, Stage.AWARD_APPROVAL),
    (way.ANNOUNCED, way.RECOMMEND.model_copy(update={"bid": None}), OFFICER, Stage.AWARD_APPROVAL),
    (way.AWARDED, way.SendSummaries(told=["A", "B"]), OFFICER, Stage.AWARD_NOTICE),
    (way.TOLD, way.AWARD_NOTICE, OFFICER, Stage.STANDSTILL),
    (way.IN_STANDSTILL, way.EXPIRE, CLOCK, Stage.CONTRACTING),
    (way.IN_STANDSTILL, RecordChallenge(grounds="Unequal."), LEGAL, Stage.CHALLENGED),
    (way.CONTRACTING, RecordChallenge(grounds="Unequal."), LEGAL, Stage.CHALLENGED),
    (way.CHALLENGED, resolve(ChallengeOutcome.AWARD_STANDS), LEGAL, Stage.CONTRACTING),
    (way.CHALLENGED, resolve(ChallengeOutcome.EVALUATE_AGAIN), LEGAL, Stage.EVALUATION),
    (way.CHALLENGED, resolve(ChallengeOutcome.TERMINATE), LEGAL, Stage.TERMINATED),
    (way.CONTRACTING, way.CONCLUDE, {**LEGAL, **AT_ENDS}, Stage.CONTRACTED),
    (way.IN_HOUSE, FulfilInHouse(reason="Done."), OFFICER, Stage.FULFILLED),
    (way.AWARDED, RevokeAward(reason="Wrong sum."), OFFICER, Stage.EVALUATION),
    (way.IN_STANDSTILL, RevokeAward(reason="Wrong sum."), OFFICER, Stage.EVALUATION),
    (way.CONTRACTING, RevokeAward(reason="Wrong sum."), OFFICER, Stage.EVALUATION),
    (way.READY, WithdrawRfp(reason="Closed."), {}, Stage.WITHDRAWN),
    (way.KEY_DECISION, WithdrawRfp(reason="Closed."), {}, Stage.WITHDRAWN),
    (way.OPEN, TERMINATE, OFFICER, Stage.TERMINATED),
    (way.IN_EVALUATION, TERMINATE, OFFICER, Stage.TERMINATED),
    (AWARD_KEY, TERMINATE, OFFICER, Stage.TERMINATED),
    (
        way.KEY_DECISION,
        UseGeneralException(reference="GE-1", published_on=way.NOTICE_ON, reason="Late."),
        OFFICER,
        Stage.KEY_DECISION,
    ),
]
NAMES = [f"{type(command).__name__}-{stage}" for _, command, _, stage in ROWS]

# Where another party than the stage's usual one must act next.
NOT_THE_USUAL_PARTY = {
    "IssueInvitation-open": Party.OUTGOING_SUPPLIER,
    "PublishTransparencyNotice-award_approval": Party.PROCUREMENT,
    "PublishDecision-call_in": Party.STATUTORY_CLOCK,
    "UseGeneralException-key_decision": Party.APPROVER,
    "UpholdCallIn-key_decision": Party.APPROVER,
    "ResolveChallenge-contracting": Party.STATUTORY_CLOCK,
    **dict.fromkeys(
        (
            "ModerateScores-evaluation",
            "SetBidAside-evaluation",
            "ReadmitBid-evaluation",
            "ReturnForRework-evaluation",
            "ResolveChallenge-evaluation",
            "RevokeAward-evaluation",
        ),
        Party.PROCUREMENT,
    ),
}


@pytest.mark.parametrize(("history", "command", "who", "stage"), ROWS, ids=NAMES)
def test_a_decision_leads_where_the_table_says(
    history: Any, command: Any, who: dict[str, Any], stage: Stage
) -> None:
    party = NOT_THE_USUAL_PARTY.get(f"{type(command).__name__}-{stage}", WAITS_ON[stage])
    given(ABSENT, *history).when(command, **who).leads_to(stage=stage, waiting_on=party)


@pytest.mark.parametrize(("command", "who"), [row[1:3] for row in ROWS], ids=NAMES)
def test_no_decision_is_taken_where_the_table_has_none(command: Any, who: dict[str, Any]) -> None:
    for elsewhere in (ENDED, COMPLETE_DRAFT):
        here = given(ABSENT, *elsewhere)
        if hasattr(command, "number") and hasattr(command, "due_at"):
            assert here.when(command, **who).events() == []  # its clock no longer runs
        elif not (isinstance(command, WithdrawRfp) and elsewhere is COMPLETE_DRAFT):
            here.when(command, **who).refused(
                NotOutToMarket if command is TERMINATE and elsewhere is COMPLETE_DRAFT else WrongStage
            )


def test_every_stage_is_reached_and_waits_on_somebody_until_the_end() -> None:
    reached = {stage for *_, stage in ROWS}
    unreached = set(WAITS_ON) - reached - {Stage.CATALOGUE_CHECK, Stage.DIVERTED, Stage.SUBMITTED}
    assert not unreached
    assert {s for s, party in WAITS_ON.items() if party is Party.NOBODY} == ENDS
