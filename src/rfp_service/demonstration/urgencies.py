"""Decisions that members ask about: an urgency, a notice that was too short, a waiver that was refused."""

from datetime import datetime, timedelta
from uuid import UUID

from rfp_service.demonstration.approvals import CABINET, SCRUTINY, clock_ends, is_decided, notice_runs_out
from rfp_service.demonstration.governance import ESTIMATES, declare_exempt
from rfp_service.demonstration.storyboard import TIERS, Storyboard, working_day
from rfp_service.demonstration.tales import YEAR, WaitingTale
from rfp_service.rfps.commands.approvals import RequestApproval
from rfp_service.rfps.commands.key_decisions import (
    AgreeSpecialUrgency,
    PublishDecision,
    PublishSpecialUrgency,
    TakeKeyDecision,
    UseGeneralException,
)
from rfp_service.rfps.commands.procurement import SelectRoute
from rfp_service.rfps.commands.waivers import RefuseWaiver, RequestWaiver
from rfp_service.rfps.domain.approval import WaiverGround
from rfp_service.rfps.domain.key_decision_events import GeneralExceptionUsed
from rfp_service.rfps.domain.routes import Regime, Route
from shared.kernel.calendar import day_in_london

URGENT, SHORT_NOTICE, UNWAIVED = 140, 141, 144
URGENCIES = (URGENT, SHORT_NOTICE, UNWAIVED)
ABOUT = {  # title, area, price in pence without VAT
    URGENT: ("New servers for the flood warnings", "Highways", 33_500_000),
    SHORT_NOTICE: ("Telephones for the new contact centre", "Property", 31_800_000),
    UNWAIVED: ("Rota software for the registrars", "Registrars", 6_400_000),
}
CASE = {"options_considered": "Do nothing; buy; build in house.", "conflicts": "None"}


def tell_of_urgencies(stage: Storyboard, items: list[UUID], start: datetime) -> None:
    """Tell each, in the second half of the year."""
    for number in URGENCIES:
        UrgencyTale(stage, number, items, start).tell()
    [short] = (s for s in stage.scenes if type(s.event) is GeneralExceptionUsed)
    declare_exempt(stage, "short notice", short, ESTIMATES, whole=True)


class UrgencyTale(WaitingTale):
    """One RFP's tale on which something was decided as it seldom is."""

    def __init__(self, stage: Storyboard, number: int, items: list[UUID], start: datetime) -> None:
        """Begin five months before the year is over."""
        super().__init__(stage, number, items, start)
        self.title, self.area, self.price = ABOUT[number]
        self.near, self.requester = None, "rita-requester"
        self.at = working_day(start + YEAR - timedelta(days=150) + timedelta(minutes=number))

    def tell(self) -> None:
        """Tell it until the market can be asked, by another way than was asked for."""
        if not (self._asks() and self._checks() and self._submits() and self._is_taken_on()):
            return
        if self.number == UNWAIVED:
            _ = self._is_not_waived()
            return
        request = RequestApproval(budget_code=f"IT-{self.number}", **CASE)
        _ = self.does(request, self.requester, 8) and is_decided(self, self.requester)

    def key_decision(self) -> bool:
        """Take the key decision without its 28 days, for the reason that there is."""
        return self._is_urgent() if self.number == URGENT else self._has_a_shorter_notice()

    def _is_urgent(self) -> bool:
        agree = AgreeSpecialUrgency(reason="The old servers fail before the winter floods.")
        published = PublishSpecialUrgency(reference="SU-01", published_on=day_in_london(self.later(3)))
        return (
            self.does(agree, SCRUTINY, 1)
            and self.does(TakeKeyDecision(reason="Warnings may not stop."), CABINET, 1)
            and self.does(published, self.officer, 2)
        )

    def _has_a_shorter_notice(self) -> bool:
        shorter = UseGeneralException(
            reference="GE-01",
            published_on=day_in_london(self.at),
            reason="The lease of the old contact centre ends before the full notice would.",
        )
        return (
            self.does(shorter, self.officer, 1)
            and notice_runs_out(self)
            and self.does(TakeKeyDecision(reason="The new centre opens with telephones."), CABINET, 2)
            and self.does(PublishDecision(reference=f"D-{self.number}"), self.officer, 1)
            and clock_ends(self, self.rfp.state.clock.ends_at)
        )

    def _is_not_waived(self) -> bool:
        """Refuse the waiver: procurement asks for quotations."""
        ask = RequestWaiver(
            **CASE,
            budget_code=f"IT-{self.number}",
            ground=WaiverGround.ONLY_ONE_SUPPLIER,
            value_pence=self.price,
            duration_months=36,
            risk="The registrars know the supplier's program.",
        )
        if not self.does(ask, self.requester, 8):
            return False
        approver = next(t.approvers[0] for t in TIERS if t.name == self.rfp.state.waiver.tier)
        select = SelectRoute(
            regime=Regime.BELOW_THRESHOLD, route=Route.QUOTATIONS, lots=1, lead=self.rfp.state.lead
        )
        refuse = RefuseWaiver(reason="Two other suppliers sell the same to councils nearby.")
        return self.does(refuse, approver, 9) and self.does(select, self.officer, 3)
