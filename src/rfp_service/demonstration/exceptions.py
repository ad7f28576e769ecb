"""What goes another way than most: orders, an absent tier, split need, advice, corrections."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from rfp_service.catalogue.commands.orders import FailOrder, FulfilOrder, RaiseOrder, SendOrder
from rfp_service.catalogue.domain.orders import Order
from rfp_service.demonstration.approvals import is_decided, is_put_forward
from rfp_service.demonstration.in_flight import tell_of_in_flight
from rfp_service.demonstration.procurement import EVALUATORS, is_procured
from rfp_service.demonstration.storyboard import WORKING_GROUP, Storyboard, Thing, working_day
from rfp_service.demonstration.tales import OFFICERS, YEAR, WaitingTale
from rfp_service.rfps.commands.advice import GiveAdvice, RequestAdvice
from rfp_service.rfps.commands.approvals import Approve
from rfp_service.rfps.commands.corrections import CorrectBid
from rfp_service.rfps.commands.evaluation import DeclareInterests
from rfp_service.rfps.commands.failed_orders import ReopenAfterOrder
from rfp_service.rfps.commands.holds import CorrectHold, EndHold, ExtendTarget, StartHold
from rfp_service.rfps.commands.procurement import AcceptRfp, SelectRoute
from rfp_service.rfps.commands.unreachable_tiers import PassTierUp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party
from shared.governance.people.absences import RecordAbsence
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Command
from shared.kernel.system_actors import CLOCK

FULFILLED, FAILED, PASSED_UP, SPLIT, SPLIT_AGAIN, ADVISED, CORRECTED = 112, 116, 84, 91, 98, 105, 77
EXCEPTIONS = (FULFILLED, FAILED, PASSED_UP, SPLIT, SPLIT_AGAIN, ADVISED, CORRECTED)
ABOUT = {  # title, area, price in pence without VAT, catalogue item
    FULFILLED: ("Telephones for the reading room", "Libraries", 26_700, 2),
    FAILED: ("Screens for the coroner's waiting room", "Coroner", 268_000, 4),
    PASSED_UP: ("Document scanners for the archive", "Archives", 1_900_000, None),
    SPLIT: ("Collection licences for the museum", "Libraries", 1_700_000, None),
    SPLIT_AGAIN: ("Collection licences for the museum's store", "Libraries", 1_500_000, None),
    ADVISED: ("A chat assistant for school admissions", "Schools", 2_200_000, None),
    CORRECTED: ("Radios for the winter service", "Highways", 2_100_000, None),
}
AWAY = ("hana-head", "hugo-head")


def tell_of_exceptions(stage: Storyboard, directory: Thing, items: list[UUID], start: datetime) -> None:
    """Tell each, in the last months of the year; and which RFPs came over in flight."""
    tales = {number: ExceptionTale(stage, number, items, start) for number in EXCEPTIONS}
    _ = tales[FULFILLED].is_ordered() and tales[FULFILLED].order_is_there()
    _ = tales[FAILED].is_ordered() and tales[FAILED].order_fails()
    _ = tales[PASSED_UP].goes_to_the_next_tier(directory)
    _ = tales[SPLIT].is_routed() and tales[SPLIT_AGAIN].is_routed(tales[SPLIT].rfp.id)
    _ = tales[ADVISED].is_advised_on()
    _ = tales[CORRECTED].has_a_bid_put_right()
    tell_of_in_flight(stage, start + YEAR)


class ExceptionTale(WaitingTale):
    """One RFP's tale that goes another way."""

    def __init__(self, stage: Storyboard, number: int, items: list[UUID], start: datetime) -> None:
        """Begin two months before the year is over; what asks the market begins five months before."""
        super().__init__(stage, number, items, start)
        self.title, self.area, self.price, self.near = ABOUT[number]
        self.requester = {"Schools": "sofia-schools"}.get(self.area, "leo-libraries")
        self.order = stage.thing(f"order {number}", Order())
        before = timedelta(days=150 if number == CORRECTED else 55)
        self.at = working_day(start + YEAR - before + timedelta(minutes=number))

    def is_ordered(self) -> bool:
        """Take what the catalogue has, and order it."""
        self._asks()
        self._checks()  # and is diverted, by its number
        item = self.items[self.near or 0]
        raised = RaiseOrder(
            item_id=item,
            quantity=2,
            service_area=self.area,
            cost_centre=f"CC-{self.number}",
            rfp_id=self.rfp.id,
        )
        known: JsonValue = {
            "version": 1,
            "price_pence": self.price // 2,
            "lead_time_days": 10,
            "approval_above_pence": None,
            "service_areas": [],
            "can_be_had": True,
        }
        whose: JsonValue = {"raised_by": self.requester, "diverted_to": str(item)}
        self.at = self.later(1)
        sent = SendOrder(fulfiller="IT stores")
        return self.stage.decide(
            self.order, raised, self.requester, self.at, item=known, rfp=whose
        ) and self.stage.decide(self.order, sent, self.officer, self.later(1))

    def order_is_there(self) -> bool:
        """Let it come two days before its day."""
        self.at = self.later(9)
        return self.stage.decide(
            self.order, FulfilOrder(fulfilled_on=day_in_london(self.at)), self.requester, self.at
        )

    def order_fails(self) -> bool:
        """Let it fail: its RFP is a draft again, by itself."""
        self.at = self.later(12)
        fails = FailOrder(reason="The maker has stopped making them.")
        if not self.stage.decide(self.order, fails, self.officer, self.at):
            return False
        failed: JsonValue = {
            "order_id": str(self.order.id),
            "raised_by": self.requester,
            "reason": fails.reason,
            "failed": True,
            "rfp_id": str(self.rfp.id),
            "others": False,
        }
        reopen = ReopenAfterOrder(number=1, due_at=self.at)
        self.at += timedelta(seconds=2)
        return self.stage.decide(self.rfp, reopen, CLOCK, self.at, order=failed)

    def goes_to_the_next_tier(self, directory: Thing) -> bool:
        """Let both heads of service be away: after three working days the director decides for them."""
        if not (self._is_submitted() and self._is_taken_on() and is_put_forward(self, self.requester)):
            return False
        waits_since = self.rfp.version
        for person in AWAY:
            away = RecordAbsence(
                person=person,
                first_day=day_in_london(self.at),
                last_day=day_in_london(self.at + timedelta(days=7)),
            )
            self.at += timedelta(minutes=3)
            self.stage.decide(directory, away, person, self.at)
        self.at = self.later(5)
        passed = PassTierUp(number=waits_since, due_at=self.at)
        found: dict[str, JsonValue] = {"step": waits_since, "can_act": False, "has_last_resort": True}
        approve = Approve(reason="In budget; both heads of service are away.")
        return self.stage.decide(self.rfp, passed, CLOCK, self.at, **found) and self.does(
            approve, "dilys-director", 1
        )

    def is_routed(self, like: UUID | None = None) -> bool:
        """Choose a route for a likely supplier; of the second like it, that warns of split need."""
        select = SelectRoute(
            regime=Regime.BELOW_THRESHOLD,
            route=Route.QUOTATIONS,
            lots=1,
            lead=self.officer,
            category="Collection software",
            likely_supplier="Pretend Software Ltd",
        )
        split: JsonValue = {"with_rfps": [str(like)], "passes": ["tier: director"]} if like else {}
        return (
            self._is_submitted()
            and self.does(AcceptRfp(), self.officer, 2)
            and self.does(select, self.officer, 3, split=split)
        )

    def is_advised_on(self) -> bool:
        """Ask the councillors' working group; put a hold right that named the wrong party; give more time."""
        question = "Should an assistant answer parents, and who answers for what it says?"
        hold = StartHold(
            waiting_on=Party.FINANCE, reason="The budget is looked at.", reason_code="budget-check"
        )
        right = CorrectHold(
            number=1, waiting_on=Party.REQUESTER, reason="The service owed the figures, not finance."
        )
        more = ExtendTarget(working_days=10, reason="Two schools asked for a trial first.")
        return (
            self._is_submitted()
            and self.does(AcceptRfp(), self.officer, 2)
            and self.does(RequestAdvice(body=WORKING_GROUP, question=question), self.officer, 1)
            and self.does(GiveAdvice(advice="Yes, if a person can always be asked."), "wanda-ward", 9)
            and self.does(hold, self.officer, 1)
            and self.does(EndHold(), self.officer, 6)
            and self.does(right, self.officer, 1)
            and self.does(more, "hana-head", 1)
        )

    def has_a_bid_put_right(self) -> bool:
        """Let one more RFP be procured, of which a bid's time was recorded wrongly."""
        return (
            self._is_submitted()
            and self._is_taken_on()
            and is_put_forward(self, self.requester)
            and is_decided(self, self.requester)
            and is_procured(self)
        )

    def does(self, command: Command[Any], by: str, days: float, **facts: JsonValue) -> bool:
        """Let a character decide; before the first evaluator declares, another officer puts the bid right."""
        first = isinstance(command, DeclareInterests) and not self.rfp.state.tender.declared
        if self.number == CORRECTED and first and by == EVALUATORS[0]:
            bid = self.rfp.state.tender.bids[1]
            right = CorrectBid(
                bid=bid.reference,
                received_at=bid.received_at - timedelta(minutes=12),
                reason="The portal's own receipt says so.",
            )
            other = next(officer for officer in OFFICERS if officer != bid.recorded_by)
            if not super().does(right, other, 1):
                return False
        return super().does(command, by, days, **facts)

    def _is_submitted(self) -> bool:
        return self._asks() and self._checks() and self._submits()
