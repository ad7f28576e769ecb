"""Ann's RFP from its approval to its contract, as decided by the rules themselves, turn by turn."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rfp_service.rfps.commands.approvals import Approve
from rfp_service.rfps.commands.awards import (
    ApproveAward,
    PublishAwardNotice,
    PublishTransparencyNotice,
    RecommendAward,
    SendSummaries,
)
from rfp_service.rfps.commands.call_ins import CallIn
from rfp_service.rfps.commands.conclusion import ConcludeContract
from rfp_service.rfps.commands.evaluation import DeclareInterests, RecordScore
from rfp_service.rfps.commands.key_decisions import PublishDecision, PublishForwardPlanNotice, TakeKeyDecision
from rfp_service.rfps.commands.participants import AppointEvaluator
from rfp_service.rfps.commands.responses import RecordResponse
from rfp_service.rfps.commands.standstill import ExpireStandstill, RecordChallenge
from rfp_service.rfps.commands.tender import CloseResponses, FixCriteria, PublishTenderNotice
from rfp_service.rfps.commands.waivers import RequestWaiver
from rfp_service.rfps.domain.approval import WaiverGround
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.tender import Criterion
from shared.kernel.messages import Command
from tests.rfps.examples import ABSENT, IN_APPROVAL, IN_BUSINESS_CASE, IN_TRIAGE, ONE_TIER, ROUTED
from tests.support.specs import KEY_DECISION_PENCE, NOW, given

HEAD: dict[str, Any] = {"by": "hana", "roles": ["approver"], "own_tiers": ["head"]}
DIRECTOR: dict[str, Any] = {"by": "derek", "roles": ["approver"], "own_tiers": ["director"]}
OFFICER: dict[str, Any] = {"by": "priya", "roles": ["procurement_officer"]}
SCRUTINY: dict[str, Any] = {"by": "sam", "roles": ["scrutiny_member"]}
LEGAL: dict[str, Any] = {"by": "lars", "roles": ["legal"]}
EVE: dict[str, Any] = {"by": "eve", "roles": ["evaluator"]}
EVAN: dict[str, Any] = {"by": "evan", "roles": ["evaluator"]}
CLOCK: dict[str, Any] = {"by": "clock"}

History = tuple[RfpEvent, ...]


def after(history: Sequence[RfpEvent], command: Command[Rfp], **known: Any) -> History:
    """Return a history with what one more decision adds to it."""
    events: Any = given(ABSENT, *history).when(command, **known).events()
    return (*history, *events)


def score(bid: str, criterion: str, points: int) -> RecordScore:
    return RecordScore(bid=bid, criterion=criterion, score=points, comment="As the paper says.")


APPROVE = Approve(reason="In budget.")
CRITERIA = FixCriteria(criteria=[Criterion(name="Price", weight=60), Criterion(name="Quality", weight=40)])
RESPONSES_BY = datetime(2026, 4, 10, 11, 0, tzinfo=UTC)
NOTICE = PublishTenderNotice(reference="2026/S 1", responses_by=RESPONSES_BY)
IN_TIME, TOO_LATE = RESPONSES_BY - timedelta(hours=1), RESPONSES_BY + timedelta(seconds=1)
CLOSED_AT = RESPONSES_BY + timedelta(seconds=2)
HASH = "ab" * 32


def bid(reference: str, at: datetime = IN_TIME) -> RecordResponse:
    return RecordResponse(reference=reference, sha256=HASH, received_at=at)


READY = after(IN_APPROVAL, APPROVE, **HEAD)
WITH_CRITERIA = after(READY, CRITERIA, **OFFICER)
PREPARED = after(
    after(WITH_CRITERIA, AppointEvaluator(evaluator="eve"), **OFFICER),
    AppointEvaluator(evaluator="evan"),
    **OFFICER,
)
OPEN = after(PREPARED, NOTICE, **OFFICER)
WITH_BIDS = after(after(OPEN, bid("A"), at=IN_TIME, **OFFICER), bid("B"), at=IN_TIME, **OFFICER)
IN_EVALUATION = after(WITH_BIDS, CloseResponses(number=1, due_at=RESPONSES_BY), at=CLOSED_AT, **CLOCK)
DECLARE = DeclareInterests(conflict=False, statement="I know none of them.")
DECLARED = after(after(IN_EVALUATION, DECLARE, **EVE), DECLARE, **EVAN)


def scored(history: History, *points: tuple[dict[str, Any], str, str, int]) -> History:
    for who, reference, criterion, given_points in points:
        history = after(history, score(reference, criterion, given_points), **who)
    return history


# A is the better by 78 to 66; Eve and Evan differ on nothing.
SCORED = scored(
    DECLARED,
    *[
        (who, *what)
        for who in (EVE, EVAN)
        for what in (("A", "Price", 90), ("A", "Quality", 60), ("B", "Price", 50), ("B", "Quality", 90))
    ],
)
RECOMMEND = RecommendAward(
    bid="A", supplier="Fictional Systems Ltd", value_pence=2_000_000, reason="The best."
)
RECOMMENDED = after(SCORED, RECOMMEND, **OFFICER)
APPROVE_AWARD = ApproveAward(reason="As evaluated.")
AWARDED = after(RECOMMENDED, APPROVE_AWARD, **HEAD)
TOLD = after(AWARDED, SendSummaries(told=["A", "B"]), **OFFICER)
AWARD_NOTICE = PublishAwardNotice(reference="UK6-1")
IN_STANDSTILL = after(TOLD, AWARD_NOTICE, **OFFICER)
STANDSTILL_ENDS = datetime(2026, 3, 12, 0, 0, tzinfo=UTC)  # the 8th working day from 2 March on
EXPIRE = ExpireStandstill(number=2, due_at=STANDSTILL_ENDS)
CONTRACTING = after(IN_STANDSTILL, EXPIRE, at=STANDSTILL_ENDS, **CLOCK)
CHALLENGED = after(IN_STANDSTILL, RecordChallenge(grounds="Unequal treatment."), **LEGAL)
CONCLUDE = ConcludeContract(
    reference="C-1", signed_on=date(2026, 3, 12), starts_on=date(2026, 4, 1), ends_on=date(2029, 3, 31)
)
CONTRACTED = after(CONTRACTING, CONCLUDE, at=STANDSTILL_ENDS, **LEGAL)

# An RFP above the limit of key decisions.
KEY_REQUESTED = ONE_TIER.model_copy(update={"tiers": ("director",), "value_pence": KEY_DECISION_PENCE + 1})
KEY_APPROVAL = (*IN_BUSINESS_CASE, KEY_REQUESTED)
KEY_DECISION = after(KEY_APPROVAL, APPROVE, **DIRECTOR)
NOTICE_ON = date(2026, 2, 1)
FORWARD_PLAN = PublishForwardPlanNotice(reference="FP-1", published_on=NOTICE_ON)
NOTIFIED = after(KEY_DECISION, FORWARD_PLAN, **OFFICER)
TAKE = TakeKeyDecision(reason="Good value.")
TAKEN = after(NOTIFIED, TAKE, **DIRECTOR)
PUBLISH = PublishDecision(reference="D-1")
PUBLISHED = after(TAKEN, PUBLISH, **OFFICER)
CALL_IN_ENDS = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)  # five working days after Monday 2 March
CALLED_IN = after(PUBLISHED, CallIn(reason="Too dear."), **SCRUTINY)
LAPSES = datetime(2026, 3, 30, 23, 0, tzinfo=UTC)  # twenty working days; clocks have changed by then

# A direct award after a waiver, and one that is done in house.
WAIVER = RequestWaiver(
    budget_code="IT-1",
    options_considered="Buy or not.",
    conflicts="None",
    ground=WaiverGround.CONTINUITY,
    value_pence=2_000_000,
    duration_months=12,
    risk="Small.",
)
IN_WAIVER = after(IN_BUSINESS_CASE, WAIVER)


def on_route(route: Route) -> History:
    """Return an RFP on another route, as far as its business case."""
    return (*IN_TRIAGE, ROUTED.model_copy(update={"route": route}))


CALL_OFF = after((*on_route(Route.DIRECT_CALL_OFF), ONE_TIER), APPROVE, **HEAD)
ANNOUNCED = after(CALL_OFF, PublishTransparencyNotice(reference="UK5-1"), **OFFICER)
IN_HOUSE = after((*on_route(Route.IN_HOUSE), ONE_TIER), APPROVE, **HEAD)
LONG_AFTER = NOW + timedelta(days=90)
