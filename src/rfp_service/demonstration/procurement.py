"""The second half of an RFP's tale: asking the market, measuring, awarding, signing; and what goes wrong."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import JsonValue

from rfp_service.demonstration.storyboard import TIERS, Storyboard, Thing
from rfp_service.rfps.commands.awards import (
    ApproveAward,
    PublishAwardNotice,
    PublishTransparencyNotice,
    RecommendAward,
    SendSummaries,
)
from rfp_service.rfps.commands.conclusion import ConcludeContract, FulfilInHouse
from rfp_service.rfps.commands.evaluation import DeclareInterests, ModerateScores, RecordScore
from rfp_service.rfps.commands.participants import AppointEvaluator
from rfp_service.rfps.commands.procurement import TerminateProcurement
from rfp_service.rfps.commands.responses import AnswerClarification, RecordClarification, RecordResponse
from rfp_service.rfps.commands.set_asides import SetBidAside
from rfp_service.rfps.commands.standstill import ExpireStandstill, RecordChallenge, ResolveChallenge
from rfp_service.rfps.commands.tender import (
    CloseResponses,
    ExtendDeadline,
    FixCriteria,
    IssueInvitation,
    PublishTenderNotice,
)
from rfp_service.rfps.domain.award_events import ChallengeOutcome, TerminationReason
from rfp_service.rfps.domain.routes import TENDERS, Route
from rfp_service.rfps.domain.stages import Stage as At
from rfp_service.rfps.domain.tender import Criterion, SetAsideGround
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Command
from shared.kernel.system_actors import CLOCK

EVALUATORS = ("evan-evaluator", "esme-evaluator")
LEGAL = "lars-legal"
SUPPLIERS = ("Fictional Systems Ltd", "Imaginary Networks plc", "Pretend Software Ltd")
CRITERIA = (Criterion(name="Price", weight=60), Criterion(name="Quality", weight=40))
DAYS_TO_ANSWER = 30


class Tale(Protocol):
    """What these chapters need of the tale they are part of."""

    stage: Storyboard
    rfp: Thing
    number: int
    price: int
    officer: str
    at: datetime

    def does(self, command: Command[Any], by: str, days: float, **facts: JsonValue) -> bool:
        """Let a character decide, some working days later."""
        ...

    def key_decision(self) -> bool:
        """Tell the key decision that is waited for, where one is."""
        ...


def is_procured(tale: Tale) -> bool:
    """Tell what follows an approval, by its route."""
    match tale.rfp.state.route:
        case Route.IN_HOUSE:
            return tale.does(FulfilInHouse(reason="The web team built it."), tale.officer, 25)
        case Route.DIRECT_CALL_OFF | Route.DIRECT_AWARD:
            notice = PublishTransparencyNotice(reference=f"UK5-{tale.number:03}")
            return tale.does(notice, tale.officer, 4) and _is_awarded(tale, None)
        case _:
            return (
                _market_is_asked(tale)
                and _market_answers(tale)
                and _bids_are_measured(tale)
                and _is_awarded(tale, "BID-0")
            )


def _market_is_asked(tale: Tale) -> bool:
    until = (tale.at + timedelta(days=DAYS_TO_ANSWER + 14)).replace(hour=12, minute=0, second=0)
    until = until.replace(microsecond=0)
    tender = tale.rfp.state.route in TENDERS
    ask = PublishTenderNotice if tender else IssueInvitation
    return (
        tale.does(FixCriteria(criteria=list(CRITERIA)), tale.officer, 3)
        and all(tale.does(AppointEvaluator(evaluator=e), tale.officer, 0) for e in EVALUATORS)
        and tale.does(ask(reference=f"T-{tale.number:03}", responses_by=until), tale.officer, 2)
    )


def _market_answers(tale: Tale) -> bool:
    """Questions and bids come in; one tender is given more time, and one gets no bid at all."""
    question = RecordClarification(question="Are old devices taken back?")
    answer = AnswerClarification(number=1, answer="Yes, at no cost to the council.")
    if not (tale.does(question, tale.officer, 3) and tale.does(answer, tale.officer, 2)):
        return False
    ends = tale.rfp.state.tender.responses_by
    if tale.number % 8 == 1:
        ends += timedelta(days=7)
        more = ExtendDeadline(responses_by=ends, reason="Two bidders asked for time.")
        if not tale.does(more, tale.officer, 1):
            return False
    bids = 0 if tale.number % 19 == 14 else len(SUPPLIERS)
    for number in range(bids):
        received = ends - timedelta(hours=30 * (bids - number) - 29)
        if not _bid_comes(tale, number, received):
            return False
    tale.at = max(tale.at, ends)
    close = CloseResponses(number=tale.rfp.state.clock.number, due_at=ends)
    return tale.stage.decide(tale.rfp, close, CLOCK, ends) and bids > 0


def _bid_comes(tale: Tale, number: int, received: datetime) -> bool:
    tale.at = max(tale.at, received)
    bid = RecordResponse(
        reference=f"BID-{number}", sha256=f"{tale.number * 16 + number:064x}", received_at=received
    )
    return tale.stage.decide(tale.rfp, bid, tale.officer, tale.at)


def _bids_are_measured(tale: Tale) -> bool:
    """Both declare, then score by themselves; where they differ, they agree afterwards."""
    declare = DeclareInterests(conflict=False, statement="I know none of the bidders.")
    if not all(tale.does(declare, evaluator, 2) for evaluator in EVALUATORS):
        return False
    if tale.number % 7 == 2 and not tale.does(_unsigned("BID-2"), tale.officer, 1):
        return False
    for number, bid in enumerate(tale.rfp.state.tender.competing):
        for criterion in CRITERIA:
            if not _is_scored(tale, bid, criterion.name, 90 - 15 * number):
                return False
    return True


def _unsigned(bid: str) -> SetBidAside:
    return SetBidAside(
        bid=bid, ground=SetAsideGround.NON_COMPLIANT, reason="The form of tender is not signed."
    )


def _is_scored(tale: Tale, bid: str, criterion: str, points: int) -> bool:
    differ = bid == "BID-1" and criterion == "Quality"
    for given, evaluator in enumerate(EVALUATORS):
        score = RecordScore(
            bid=bid, criterion=criterion, score=points - 10 * given * differ, comment="As its paper says."
        )
        if not tale.does(score, evaluator, 0):
            return False
    agreed = ModerateScores(
        bid=bid,
        criterion=criterion,
        score=points - 5,
        reason="Half of the claim is shown.",
        highest_bid_pence=tale.price,
    )
    return not differ or tale.does(agreed, _approver(tale), 1)


def _approver(tale: Tale) -> str:
    """Return who decides, once there is a score, on what could choose the winner."""
    value = max(tale.price, tale.rfp.state.need.estimate_pence or 0, tale.rfp.state.approval.value_pence)
    return next(tier.approvers[0] for tier in TIERS if value <= tier.up_to_pence)


def _is_awarded(tale: Tale, bid: str | None) -> bool:
    """Put forward, approve tier by tier, tell, wait, and sign."""
    value = tale.price * (108 if tale.number % 9 == 0 else 95) // 100
    recommend = RecommendAward(bid=bid, supplier=SUPPLIERS[0], value_pence=value, reason="The highest total.")
    if not tale.does(recommend, tale.officer, 6):
        return False
    while tale.rfp.state.stage is At.AWARD_APPROVAL:
        tier = tale.rfp.state.award.approval.waiting_for
        approver = next(t.approvers[0] for t in TIERS if t.name == tier)
        direct = tale.rfp.state.route is Route.DIRECT_AWARD
        reason = "At the price that others pay." if direct else "As evaluated."
        if not tale.does(ApproveAward(reason=reason), approver, 4):
            return False
    if not tale.key_decision():
        return False
    told = tale.rfp.state.is_direct or tale.does(
        SendSummaries(told=list(tale.rfp.state.tender.assessed)), tale.officer, 3
    )
    notice = PublishAwardNotice(reference=f"UK6-{tale.number:03}")
    return told and tale.does(notice, tale.officer, 1) and _stands(tale) and _is_signed(tale)


def _stands(tale: Tale) -> bool:
    """Let the standstill pass; some awards are challenged meanwhile, and one of those fell."""
    ends = tale.rfp.state.award.standstill_ends
    if ends is None:
        return True
    if tale.number % 3 == 0:
        challenge = RecordChallenge(grounds="A bidder says that its price was misread.")
        fell = tale.number % 12 == 9
        outcome = ChallengeOutcome.TERMINATE if fell else ChallengeOutcome.AWARD_STANDS
        resolve = ResolveChallenge(outcome=outcome, reason="Counsel has read the file.")
        resolved = tale.does(challenge, LEGAL, 2) and tale.does(resolve, LEGAL, 14)
        tale.at = max(tale.at, ends)
        return resolved and not fell
    tale.at = max(tale.at, ends)
    expire = ExpireStandstill(number=tale.rfp.state.clock.number, due_at=ends)
    return tale.stage.decide(tale.rfp, expire, CLOCK, ends)


def _is_signed(tale: Tale) -> bool:
    if tale.number % 23 == 22:
        stop = TerminateProcurement(
            reason_code=TerminationReason.BUDGET_WITHDRAWN, reason="The grant was withdrawn."
        )
        return tale.does(stop, tale.officer, 5)
    tale.at = tale.stage.later(tale.at, 8)
    day = day_in_london(tale.at)
    sign = ConcludeContract(
        reference=f"C-{tale.number:03}",
        signed_on=day,
        starts_on=day,
        ends_on=day + timedelta(days=3 * 365),
        details_notice=f"UK7-{tale.number:03}",
        small_or_medium=tale.number % 3 == 0,
        extension_months=12,
        notice_days=90,
    )
    return tale.stage.decide(tale.rfp, sign, LEGAL, tale.at)
