"""What can be tried on an RFP: every decision there is; and what would take it further just now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rfp_service.rfps.commands.advice import GiveAdvice, RequestAdvice
from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.approvals import Approve, Refuse, RequestApproval
from rfp_service.rfps.commands.awards import (
    ApproveAward,
    PublishAwardNotice,
    PublishTransparencyNotice,
    RecommendAward,
    RefuseAward,
    SendSummaries,
)
from rfp_service.rfps.commands.call_ins import (
    CallIn,
    ExpireCallIn,
    LapseCallIn,
    ReferToCouncil,
    ReleaseCallIn,
    UpholdCallIn,
)
from rfp_service.rfps.commands.conclusion import ConcludeContract, FulfilInHouse
from rfp_service.rfps.commands.corrections import (
    ConfirmNoConflict,
    CorrectAnswer,
    CorrectBid,
    CorrectSummaries,
    DeclareBidderConflict,
    WithdrawConflict,
)
from rfp_service.rfps.commands.decision import Decision
from rfp_service.rfps.commands.evaluation import (
    CorrectScore,
    DeclareInterests,
    FindNoCompliantBid,
    ModerateScores,
    RecordScore,
)
from rfp_service.rfps.commands.holds import CorrectHold, EndHold, ExtendTarget, StartHold
from rfp_service.rfps.commands.in_flight_rows import MAY_BE_AWARDED, RUN_OUT
from rfp_service.rfps.commands.key_decisions import (
    AgreeSpecialUrgency,
    DeclareKeyDecision,
    ExpireNoticePeriod,
    PublishDecision,
    PublishForwardPlanNotice,
    PublishSpecialUrgency,
    RefuseKeyDecision,
    TakeKeyDecision,
    UseGeneralException,
)
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
    WithdrawRfp,
)
from rfp_service.rfps.commands.requests import (
    CheckCatalogue,
    ConfirmNoMatch,
    DeclineMatch,
    DivertDemand,
    ReportDiversionFailed,
    SubmitRfp,
)
from rfp_service.rfps.commands.responses import AnswerClarification, RecordClarification, RecordResponse
from rfp_service.rfps.commands.set_asides import ReadmitBid, SetBidAside
from rfp_service.rfps.commands.standstill import (
    ExpireStandstill,
    RecordChallenge,
    ResolveChallenge,
    RevokeAward,
)
from rfp_service.rfps.commands.takeover import TakeOverRfp
from rfp_service.rfps.commands.takeover_confirmation import ConfirmTakeover
from rfp_service.rfps.commands.tender import (
    CloseResponses,
    CloseResponsesByHand,
    ExtendDeadline,
    FixCriteria,
    IssueInvitation,
    PublishTenderNotice,
)
from rfp_service.rfps.commands.unreachable_tiers import PassTierUp
from rfp_service.rfps.commands.waivers import GrantWaiver, RefuseWaiver, RequestWaiver
from rfp_service.rfps.domain.approval import KeyGround, WaiverGround
from rfp_service.rfps.domain.award_events import ChallengeOutcome, TerminationReason
from rfp_service.rfps.domain.in_flight import UNROUTED
from rfp_service.rfps.domain.reasons import DeclineReason, ReworkReason, TieReason
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import TENDERS, Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import Bidder, Criterion, SetAsideGround
from shared.kernel.messages import Command
from shared.kernel.rules import ContractKind
from shared.web.decisions.next_decisions import commands_in
from tests.rfps.examples import CHECK, LAPTOP
from tests.support.guards import WHY, texts_of

CRITERIA = (Criterion(name="Price", weight=60), Criterion(name="Quality", weight=40))
VALUES = (2_000_000, 2_500_000, 2_500_001, 20_000_000, 20_000_001, 24_999_999)


@dataclass(frozen=True)
class Try:
    """What a move may depend on: the RFP as it stands, the time, somebody, and some dice."""

    rfp: Rfp
    now: datetime
    person: str
    dice: int

    def of(self, *choices: Any) -> Any:
        return choices[self.dice % len(choices)]

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def clock(self) -> int:
        """The clock that runs, or another."""
        return int(self.of(self.rfp.clock.number, self.dice % 9))

    @property
    def bid(self) -> str:
        return str(self.of("B0", "B1", "B2"))

    @property
    def criterion(self) -> str:
        return str(self.of("Price", "Quality"))


def _worth(t: Try) -> AmendRfp:
    value = t.of(*VALUES)
    return AmendRfp(
        cost_centre="CC-1",
        needed_by=date(2027, 9, 1),
        estimate_pence=value,
        estimate_with_vat_pence=value * 12 // 10,
        reason=WHY,
    )


CASE: dict[str, Any] = {"budget_code": "IT-1", "options_considered": "Buy.", "conflicts": "None"}

OWN_MOVES: tuple[Callable[[Try], Command[Rfp]], ...] = (
    _worth,
    lambda t: AmendRfp(route=t.of(*Route), reason=WHY),
    lambda t: AmendRfp(regime=t.of(*Regime), contract_kind=t.of(*ContractKind), reason=WHY),
    lambda _: CheckCatalogue(check_id=CHECK),
    lambda _: DivertDemand(item_id=LAPTOP),
    lambda _: ReportDiversionFailed(reason=WHY),
    lambda _: DeclineMatch(reason_code=DeclineReason.TOO_SMALL, reason=WHY),
    lambda _: ConfirmNoMatch(),
    lambda _: SubmitRfp(),
    lambda _: AcceptRfp(),
    lambda t: ReturnForRework(
        reason_code=ReworkReason.UNCLEAR,
        reason=WHY,
        acting_for=t.of(None, "hana"),
        waits_on=t.of(None, Party.PROCUREMENT, Party.EVALUATORS),
    ),
    lambda _: RejectRfp(reason=WHY),
    lambda t: SelectRoute(regime=t.of(*Regime), route=t.of(*Route), lots=1, lead=t.person),
    lambda t: RequestApproval(**CASE, conflicted=t.of([], ["derek"])),
    lambda t: Approve(reason=WHY, acting_for=t.of(None, "hana", "derek")),
    lambda _: Refuse(reason=WHY),
    lambda t: RequestWaiver(
        **CASE, ground=WaiverGround.CONTINUITY, value_pence=t.of(*VALUES), duration_months=12, risk=WHY
    ),
    lambda t: GrantWaiver(reason=WHY, acting_for=t.of(None, "hana")),
    lambda _: RefuseWaiver(reason=WHY),
    lambda t: PublishForwardPlanNotice(reference="FP", published_on=t.today - timedelta(days=t.dice % 40)),
    lambda t: UseGeneralException(
        reference="GE", published_on=t.today - timedelta(days=t.dice % 9), reason=WHY
    ),
    lambda _: AgreeSpecialUrgency(reason=WHY),
    lambda t: ExpireNoticePeriod(number=t.clock, due_at=t.now),
    lambda t: TakeKeyDecision(reason=WHY, acting_for=t.of(None, "derek")),
    lambda _: RefuseKeyDecision(reason=WHY),
    lambda _: PublishDecision(reference="D"),
    lambda _: CallIn(reason=WHY),
    lambda t: UpholdCallIn(reason=WHY, material_change=bool(t.dice % 2)),
    lambda _: RequestAdvice(body="Working group", question=WHY),
    lambda _: GiveAdvice(advice=WHY),
    lambda t: DeclareKeyDecision(ground=t.of(*KeyGround), reason=WHY),
    lambda t: PublishSpecialUrgency(reference="SU", published_on=t.today),
    lambda _: ReleaseCallIn(reason=WHY),
    lambda _: ReferToCouncil(reason=WHY),
    lambda t: ExpireCallIn(number=t.clock, due_at=t.now),
    lambda t: LapseCallIn(number=t.clock, due_at=t.now),
    lambda t: FixCriteria(
        criteria=[Criterion(name="Price", weight=60), Criterion(name="Quality", weight=t.of(40, 39))]
    ),
    lambda t: AppointEvaluator(
        evaluator=t.person, highest_bid_pence=t.of(None, *VALUES), acting_for=t.of(None, "hana")
    ),
    lambda t: RemoveEvaluator(
        evaluator=t.person, reason=WHY, highest_bid_pence=t.of(None, *VALUES), acting_for=t.of(None, "derek")
    ),
    lambda t: ReassignLead(lead=t.person, reason=WHY),
    lambda t: ReplaceRequester(requester=t.person, reason=WHY),
    lambda t: PublishTenderNotice(reference="T", responses_by=t.now + timedelta(days=t.of(26, 30, 2))),
    lambda t: IssueInvitation(reference="I", responses_by=t.now + timedelta(days=t.of(2, 9))),
    lambda t: ExtendDeadline(responses_by=t.now + timedelta(days=40), reason=WHY),
    lambda _: CloseResponsesByHand(),
    lambda t: CloseResponses(number=t.clock, due_at=t.now),
    lambda _: RecordClarification(question="How many?"),
    lambda _: AnswerClarification(number=1, answer="Forty."),
    lambda t: ConfirmTakeover(reason=WHY, acting_for=t.of(None, "hana", "derek")),
    lambda t: RecordResponse(
        reference=t.bid,
        sha256="ab" * 32,
        received_at=t.of(t.now, t.now - timedelta(days=31)),
        bidder=t.of(None, Bidder(name="Acme")),
    ),
    lambda t: DeclareBidderConflict(supplier=Bidder(name=t.of("Acme", "Other")), statement=WHY),
    lambda t: DeclareInterests(conflict=t.dice % 7 == 0, statement=WHY),
    lambda t: RecordScore(bid=t.bid, criterion=t.criterion, score=t.dice % 101, comment=WHY),
    lambda t: CorrectScore(bid=t.bid, criterion=t.criterion, score=t.dice % 101, comment=WHY),
    lambda t: ModerateScores(
        bid=t.bid,
        criterion=t.criterion,
        score=t.dice % 101,
        reason=WHY,
        highest_bid_pence=t.of(None, *VALUES),
        acting_for=t.of(None, "hana"),
    ),
    lambda t: SetBidAside(
        bid=t.bid,
        ground=t.of(*SetAsideGround),
        reason=WHY,
        bidder_said=t.of(None, WHY),
        highest_bid_pence=t.of(None, *VALUES),
    ),
    lambda t: ReadmitBid(bid=t.bid, reason=WHY, highest_bid_pence=t.of(None, *VALUES)),
    lambda _: FindNoCompliantBid(reason=WHY),
    lambda _: PublishTransparencyNotice(reference="UK5"),
    lambda t: RecommendAward(
        bid=t.of(*(t.rfp.tender.best() or ("B0",)), None),
        supplier="Fictional Systems Ltd",
        value_pence=t.of(*VALUES),
        reason=WHY,
        tie_reason=t.of(*TieReason),
    ),
    lambda t: ApproveAward(reason=WHY, acting_for=t.of(None, "hana", "derek")),
    lambda _: RefuseAward(reason=WHY),
    lambda t: SendSummaries(told=list(t.rfp.tender.assessed)),
    lambda t: CorrectSummaries(told=list(t.rfp.tender.assessed) or ["B0"], reason=WHY),
    lambda t: CorrectBid(
        bid=t.bid,
        reference=t.of(None, "B7"),
        received_at=t.of(t.now, None, t.rfp.tender.asked_at),
        reason=WHY,
    ),
    lambda _: CorrectAnswer(number=1, answer="Fifty.", reason=WHY),
    lambda t: WithdrawConflict(person=t.of(t.person, *t.rfp.conflicted), reason=WHY),
    lambda t: ConfirmNoConflict(person=t.of(t.person, *(each for each, _ in t.rfp.doubted)), reason=WHY),
    lambda _: PublishAwardNotice(reference="UK6"),
    lambda t: ExpireStandstill(number=t.clock, due_at=t.now),
    lambda t: PassTierUp(number=t.dice % 9, due_at=t.now),
    lambda _: RecordChallenge(grounds=WHY),
    lambda t: ResolveChallenge(outcome=t.of(*ChallengeOutcome), reason=WHY),
    lambda _: RevokeAward(reason=WHY),
    lambda t: ConcludeContract(
        reference="C", signed_on=t.today, starts_on=t.today, ends_on=t.today + timedelta(days=9)
    ),
    lambda _: FulfilInHouse(reason=WHY),
    lambda t: TerminateProcurement(reason_code=t.of(*TerminationReason), reason=WHY),
    lambda _: WithdrawRfp(reason=WHY),
    lambda t: StartHold(waiting_on=t.of(*Party), reason=WHY),
    lambda _: EndHold(),
    lambda t: CorrectHold(number=t.of(1, 2), waiting_on=t.of(*Party), reason=WHY),
    lambda t: ExtendTarget(working_days=5, reason=WHY, acting_for=t.of(None, "hana", "derek")),
)


def _plain(command: type[Command[Rfp]], said: dict[str, str]) -> Callable[[Try], Command[Rfp]]:
    return lambda _: command(**said)


# What is only told texts is tried without a line of its own.
HERE = frozenset(each for each in globals().values() if isinstance(each, type))
MOVES = (
    *OWN_MOVES,
    *(
        _plain(command, said)
        for command in commands_in(Decision)
        if command not in HERE and (said := texts_of(command)) is not None
    ),
)


def _ask_the_market(t: Try) -> Command[Rfp]:
    if not t.rfp.tender.criteria:
        return FixCriteria(criteria=list(CRITERIA))
    if len(t.rfp.tender.evaluators) < 2:
        return AppointEvaluator(evaluator=t.of("eve", "evan"))
    ask = PublishTenderNotice if t.rfp.route in TENDERS else IssueInvitation
    return ask(reference="T", responses_by=t.now + timedelta(days=30))


def _answer(t: Try) -> Command[Rfp]:
    if len(t.rfp.tender.bids) < 2 and t.dice % 14:  # sometimes, nobody answers
        return RecordResponse(reference=f"B{len(t.rfp.tender.bids)}", sha256="ab" * 32, received_at=t.now)
    return CloseResponses(number=t.rfp.clock.number, due_at=t.rfp.clock.ends_at or t.now)


def _measure(t: Try) -> Command[Rfp]:
    tender = t.rfp.tender
    if not tender.criteria or len(tender.evaluators) < 2:  # it was taken over in flight
        return _ask_the_market(t)
    if not tender.bids:
        return RecordResponse(reference="B0", sha256="ab" * 32, received_at=t.now)
    if t.person in tender.undeclared:
        return DeclareInterests(conflict=False, statement=WHY)
    for bid in tender.competing:
        for criterion in tender.criteria:
            given = tender.given(bid, criterion.name)
            about: dict[str, Any] = {"bid": bid, "criterion": criterion.name, "score": t.dice % 101}
            if t.person in tender.evaluators and t.person not in given:
                return RecordScore(**about, comment=WHY)
            if tender.final(bid, criterion.name) is None and len(given) == len(tender.evaluators):
                return ModerateScores(**about, reason=WHY, highest_bid_pence=t.of(*VALUES))
    best = tender.best()
    return RecommendAward(
        bid=best[0] if best else None,
        supplier="Fictional Systems Ltd",
        value_pence=t.of(*VALUES),
        reason=WHY,
        tie_reason=t.of(*TieReason),
    )


def _award(t: Try) -> Command[Rfp]:
    if t.rfp.award.approval.tiers:
        return ApproveAward(reason=WHY)
    if not t.rfp.award.announced:
        return PublishTransparencyNotice(reference="UK5")
    return RecommendAward(supplier="Fictional Systems Ltd", value_pence=t.of(*VALUES), reason=WHY)


def _take_key_decision(t: Try) -> Command[Rfp]:
    if t.dice % 12 == 4:
        return RefuseKeyDecision(reason=WHY)
    if t.rfp.key.notice_on is None:
        notice_on = t.today - timedelta(days=t.of(29, 27, 1))
        return PublishForwardPlanNotice(reference="FP", published_on=notice_on)
    if (ends := t.rfp.clock.ends_at) is not None and t.dice % 3:
        return ExpireNoticePeriod(number=t.rfp.clock.number, due_at=ends)
    return TakeKeyDecision(reason=WHY)


def _call_in(t: Try) -> Command[Rfp]:
    if t.rfp.clock.ends_at is None:
        return PublishDecision(reference="D")
    if t.dice % 3:
        return CallIn(reason=WHY)
    return ExpireCallIn(number=t.rfp.clock.number, due_at=t.rfp.clock.ends_at)


def _answer_call_in(t: Try) -> Command[Rfp]:
    if t.dice % 4 == 3:  # sometimes, scrutiny does not meet
        return LapseCallIn(number=t.rfp.clock.number, due_at=t.rfp.clock.ends_at or t.now)
    return t.of(ReleaseCallIn, UpholdCallIn, ReferToCouncil)(reason=WHY)  # type: ignore[no-any-return]  # one of three


def _tell_of_the_award(t: Try) -> Command[Rfp]:
    if t.rfp.is_to_be_confirmed:
        return ConfirmTakeover(reason=WHY)
    if t.rfp.is_direct or t.rfp.award.summaries_sent:
        return PublishAwardNotice(reference="UK6")
    return SendSummaries(told=list(t.rfp.tender.assessed))


def _submit(t: Try) -> Command[Rfp]:
    if t.rfp.check.answered:
        return SubmitRfp()
    return (
        DeclineMatch(reason_code=DeclineReason.TOO_SMALL, reason=WHY)
        if t.rfp.check.shown
        else ConfirmNoMatch()
    )


def _contract(t: Try) -> Command[Rfp]:
    if t.rfp.is_to_be_confirmed:
        return ConfirmTakeover(reason=WHY)
    if t.rfp.route is Route.IN_HOUSE:
        return FulfilInHouse(reason=WHY)
    return ConcludeContract(
        reference="C", signed_on=t.today, starts_on=t.today, ends_on=t.today + timedelta(days=9)
    )


def taken_over_in(stage: Stage, route: Route, now: datetime, value: int = VALUES[0]) -> TakeOverRfp:
    """Return an RFP in flight as its supplier tells it, whole, at a stage of its route."""
    awarded = stage in MAY_BE_AWARDED[3:] and route is not Route.IN_HOUSE
    return TakeOverRfp(
        reference="SR-7",
        title="Laptops",
        service_area="Registrars",
        requester="ann",
        lead="priya" if stage not in UNROUTED else None,
        stage=stage,
        since=(now - timedelta(days=9)).date(),
        estimate_pence=value,
        regime=Regime.BELOW_THRESHOLD,
        route=route,
        ends_on=(now + timedelta(days=9)).date() if stage in RUN_OUT else None,
        ends_at="12:00" if stage is Stage.OPEN else None,
        notice_on=(now - timedelta(days=9)).date() if stage is Stage.KEY_DECISION else None,
        supplier="Fictional Systems Ltd" if awarded else None,
        award_value_pence=value if awarded else None,
    )


# What takes an RFP further from where it is, if the right person does it.
FURTHER: Mapping[Stage, Callable[[Try], Command[Rfp]]] = {
    Stage.DRAFT: lambda t: CheckCatalogue(check_id=CHECK) if t.rfp.need.cost_centre else _worth(t),
    Stage.CATALOGUE_CHECK: _submit,
    Stage.DIVERTED: lambda _: ReportDiversionFailed(reason=WHY),
    Stage.SUBMITTED: lambda t: RejectRfp(reason=WHY) if t.dice % 14 == 4 else AcceptRfp(),
    Stage.TRIAGE: lambda t: SelectRoute(regime=t.of(*Regime), route=t.of(*Route), lots=1, lead="priya"),
    Stage.BUSINESS_CASE: lambda t: (
        RequestWaiver(
            **CASE, ground=WaiverGround.CONTINUITY, value_pence=t.of(*VALUES), duration_months=12, risk=WHY
        )
        if t.rfp.route is Route.DIRECT_AWARD
        else RequestApproval(**CASE)
    ),
    Stage.WAIVER: lambda _: GrantWaiver(reason=WHY),
    Stage.APPROVAL: lambda _: Approve(reason=WHY),
    Stage.KEY_DECISION: _take_key_decision,
    Stage.CALL_IN: _call_in,
    Stage.CALLED_IN: _answer_call_in,
    Stage.READY_TO_ISSUE: _ask_the_market,
    Stage.OPEN: _answer,
    Stage.EVALUATION: _measure,
    Stage.AWARD_APPROVAL: _award,
    Stage.AWARD_NOTICE: _tell_of_the_award,
    Stage.STANDSTILL: lambda t: ExpireStandstill(
        number=t.rfp.clock.number, due_at=t.rfp.clock.ends_at or t.now
    ),
    Stage.CHALLENGED: lambda t: ResolveChallenge(outcome=t.of(*ChallengeOutcome), reason=WHY),
    Stage.CONTRACTING: _contract,
}
