"""The middle of an RFP's tale: waivers, tiers, somebody standing in, key decisions, and call-ins."""

from datetime import datetime

from rfp_service.demonstration.procurement import Tale
from rfp_service.demonstration.storyboard import TIERS
from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.approvals import Approve, Refuse, RequestApproval
from rfp_service.rfps.commands.call_ins import CallIn, ExpireCallIn, ReleaseCallIn, UpholdCallIn
from rfp_service.rfps.commands.key_decisions import (
    ExpireNoticePeriod,
    PublishDecision,
    PublishForwardPlanNotice,
    TakeKeyDecision,
)
from rfp_service.rfps.commands.waivers import GrantWaiver, RequestWaiver
from rfp_service.rfps.domain.approval import WaiverGround
from rfp_service.rfps.domain.stages import Stage as At
from shared.kernel.calendar import day_in_london
from shared.kernel.system_actors import CLOCK

SCRUTINY = "sam-scrutiny"
DEPUTY_LIMIT_PENCE = 20_000_000
DEPUTY, DEPUTISED = "dora-deputy", "dev-director"
CABINET = "cara-cabinet"
FIRST_CALL_IN = 2  # the clock of a first decision, after that of its notice


def is_put_forward(tale: Tale, requester: str) -> bool:
    """Ask for approval, or for a waiver where there is one supplier only."""
    case = {
        "budget_code": f"IT-{tale.number:03}",
        "options_considered": "Do nothing; buy; build in house.",
        "conflicts": "None",
    }
    if tale.number % 15 == 7:
        waiver = RequestWaiver(
            **case,
            ground=WaiverGround.ONLY_ONE_SUPPLIER,
            value_pence=tale.price,
            duration_months=24,
            risk="Nobody else may change the old system.",
        )
        if not tale.does(waiver, requester, 8):
            return False
        tier = tale.rfp.state.waiver.tier
        approver = next(t.approvers[0] for t in TIERS if t.name == tier)
        return tale.does(GrantWaiver(reason="The licence allows nobody else."), approver, 4)
    return tale.does(RequestApproval(**case), requester, 8)


def is_decided(tale: Tale, requester: str) -> bool:
    """Climb the tiers; directors take their time, and one RFP changes its mind on the way."""
    if tale.number % 14 == 12 and tale.rfp.state.rework_loops == 0:
        more = AmendRfp(description="Twice as many.", reason="A second office joins in.")
        again = RequestApproval(budget_code="IT-900", options_considered="Do nothing; buy.", conflicts="None")
        if not (tale.does(more, requester, 2) and tale.does(again, requester, 3)):
            return False
    while tale.rfp.state.stage is At.APPROVAL:
        tier = tale.rfp.state.approval.waiting_for
        approver = next(t.approvers[0] for t in TIERS if t.name == tier)
        if tale.number % 11 == 6 and tier == "director":
            return tale.does(Refuse(reason="Not this year."), approver, 18) and False
        if not _approves(tale, approver, 3 if tier == "head of service" else 18):
            return False
    return tale.key_decision()


def _approves(tale: Tale, approver: str, days: float) -> bool:
    """Let an approver approve; the director's deputy does while she is away."""
    small = tale.rfp.state.approval.value_pence <= DEPUTY_LIMIT_PENCE
    if approver != DEPUTISED or tale.number % 4 or not small:
        return tale.does(Approve(reason="In budget."), approver, days)
    return tale.does(Approve(reason="In budget.", acting_for=DEPUTISED), DEPUTY, days / 3)


def key_decision(tale: Tale) -> bool:
    """Announce, wait for 28 clear days, take, publish; scrutiny calls some of them in."""
    if tale.rfp.state.stage is not At.KEY_DECISION:
        return True
    notice = PublishForwardPlanNotice(reference=f"FP-{tale.number:03}", published_on=day_in_london(tale.at))
    announced = tale.rfp.state.key.notice_on is not None  # what was sent back was announced before
    if not announced and not (tale.does(notice, tale.officer, 1) and notice_runs_out(tale)):
        return False
    taken = tale.does(TakeKeyDecision(reason="It pays within three years."), CABINET, 3)
    publish = PublishDecision(reference=f"D-{tale.number:03}")
    if not (taken and tale.does(publish, tale.officer, 1)):
        return False
    called = tale.number % 20 == 15 and tale.rfp.state.clock.number == FIRST_CALL_IN
    return _is_called_in(tale) if called else clock_ends(tale, tale.rfp.state.clock.ends_at)


def notice_runs_out(tale: Tale) -> bool:
    """Let the days of the notice pass, which the clock notices."""
    ends = tale.rfp.state.clock.ends_at
    expire = ExpireNoticePeriod(number=tale.rfp.state.clock.number, due_at=ends)
    tale.at = max(tale.at, ends)
    return tale.stage.decide(tale.rfp, expire, CLOCK, ends)


def clock_ends(tale: Tale, ends: datetime) -> bool:
    """Let the time for calling a decision in be over, which the clock notices."""
    expire = ExpireCallIn(number=tale.rfp.state.clock.number, due_at=ends)
    tale.at = max(tale.at, ends)
    return tale.stage.decide(tale.rfp, expire, CLOCK, ends)


def _is_called_in(tale: Tale) -> bool:
    """Scrutiny asks; the first time it sends the decision back, the second time it lets it stand."""
    if not tale.does(CallIn(reason="Was the old portal's cost counted?"), SCRUTINY, 1):
        return False
    if tale.number < 20:
        release = ReleaseCallIn(reason="It was counted, on page nine.")
        return tale.does(release, SCRUTINY, 6)
    uphold = UpholdCallIn(reason="The cost of moving is missing.")
    return tale.does(uphold, SCRUTINY, 6) and tale.key_decision()
