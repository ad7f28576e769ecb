"""The tales of single RFPs: each breaks off wherever it has come to when the year is over."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from rfp_service.catalogue.commands.items import SearchCatalogue
from rfp_service.catalogue.domain.items import CatalogueCheck
from rfp_service.demonstration.approvals import is_decided, is_put_forward, key_decision
from rfp_service.demonstration.procurement import is_procured
from rfp_service.demonstration.storyboard import THRESHOLD_PENCE, Storyboard, working_day
from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.holds import EndHold, StartHold
from rfp_service.rfps.commands.procurement import (
    AcceptRfp,
    RejectRfp,
    ReturnForRework,
    SelectRoute,
    WithdrawRfp,
)
from rfp_service.rfps.commands.requests import (
    CheckCatalogue,
    ConfirmNoMatch,
    DeclineMatch,
    DivertDemand,
    RaiseRfp,
    ReportDiversionFailed,
    SubmitRfp,
)
from rfp_service.rfps.domain.reasons import DeclineReason, ReworkReason
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Command

RFPS = 60
YEAR = timedelta(days=365)
VAT_PERCENT = 20

# What is asked for, by which service, at about which price, and the catalogue item it comes near to.
NEEDS = (
    ("Laptops for the registrars", "Registrars", 2_996_000, 0),
    ("Tablets for highway inspectors", "Highways", 1_050_000, 1),
    ("Case management for trading standards", "Trading Standards", 18_500_000, None),
    ("New archive catalogue", "Archives", 9_400_000, None),
    ("Survey of library users", "Libraries", 96_000, 5),
    ("School admissions portal", "Schools", 41_000_000, None),
    ("Screens for the coroner's court", "Coroner", 402_000, 4),
    ("Printers for district offices", "Property", 1_190_000, 3),
    ("Winter gritting telemetry", "Highways", 7_700_000, None),
    ("Foster carer payments module", "Children's Services", 23_800_000, None),
)
WHO_ASKS = {"Libraries": "leo-libraries", "Archives": "leo-libraries", "Schools": "sofia-schools"}
ROUTES = tuple(route for route in Route if route is not Route.DIRECT_AWARD)
OFFICERS = ("priya-procurement", "paul-procurement")


class RfpTale:
    """One RFP's tale; it breaks off wherever it has come to when the year is over."""

    def __init__(self, stage: Storyboard, number: int, items: list[UUID], start: datetime) -> None:
        title, area, price, near = NEEDS[number % len(NEEDS)]
        self.stage = stage
        self.chance = stage.chance
        self.number = number
        self.items = items
        self.rfp = stage.thing(f"rfp {number}", Rfp())
        self.requester = WHO_ASKS.get(area, "rita-requester")
        self.officer = OFFICERS[number % len(OFFICERS)]
        self.title, self.area, self.near = title, area, near
        self.price = price * self.chance.randint(60, 140) // 100
        self.at = stage.later(start + number * (YEAR / RFPS), 1)

    def tell(self) -> None:
        """Tell it as far as it goes."""
        _ = (
            self._asks()
            and self._checks()
            and self._submits()
            and self._is_taken_on()
            and is_put_forward(self, self.requester)
            and is_decided(self, self.requester)
            and is_procured(self)
        )

    def key_decision(self) -> bool:
        """Tell the key decision that is waited for, where one is."""
        return key_decision(self)

    def does(self, command: Command[Any], by: str, days: float, **facts: JsonValue) -> bool:
        """Let a character decide, some working days later."""
        self.at = self.later(days)
        return self.stage.decide(self.rfp, command, by, self.at, **facts)

    def later(self, days: float) -> datetime:
        """Return when the next decision is taken, about so many working days on."""
        return self.stage.later(self.at, days)

    def _asks(self) -> bool:
        ask = RaiseRfp(
            title=self.title, description=f"{self.title}, as the service plan says.", service_area=self.area
        )
        return self.does(ask, self.requester, 0) and self.does(
            AmendRfp(
                cost_centre=f"CC-{1000 + self.number}",
                needed_by=day_in_london(self.at + timedelta(days=200)),
                estimate_pence=self.price,
                estimate_with_vat_pence=self.price * (100 + VAT_PERCENT) // 100,
            ),
            self.requester,
            2,
        )

    def _checks(self) -> bool:
        """Search the catalogue; some needs are met there, and one of those was not after all."""
        self.at = self.later(1)
        shown: list[JsonValue] = [] if self.near is None else [str(self.items[self.near])]
        check = self.stage.thing(f"check {self.number} {self.rfp.version}", CatalogueCheck())
        found: JsonValue = {"position": self.stage.catalogue_position, "shown": shown}
        if not self.stage.decide(
            check, SearchCatalogue(query=self.title), self.requester, self.at, catalogue=found
        ):
            return False
        seen: JsonValue = {
            "query": self.title,
            "made_by": self.requester,
            "position": self.stage.catalogue_position,
            "shown": shown,
        }
        if not self.does(CheckCatalogue(check_id=check.id), self.requester, 0, catalogue_check=seen):
            return False
        if not shown:
            return self.does(ConfirmNoMatch(), self.requester, 0)
        if self.number % 4 == 0 and self.rfp.state.rework_loops == 0 and self.rfp.version < 5:
            return self._is_diverted()
        decline = DeclineMatch(
            reason_code=DeclineReason.NOT_FOR_OUR_SOFTWARE, reason="It does not run our software."
        )
        return self.does(decline, self.requester, 0)

    def _is_diverted(self) -> bool:
        assert self.near is not None, "only what the catalogue showed can be taken"
        if not self.does(DivertDemand(item_id=self.items[self.near]), self.requester, 0):
            return False
        failed = ReportDiversionFailed(reason="It came without the port we need.")
        return self.number % 20 == 0 and self.does(failed, self.requester, 9) and self._checks()

    def _submits(self) -> bool:
        if not self.does(SubmitRfp(), self.requester, 1):
            return False
        if self.number % 9 == 4 and self.rfp.state.rework_loops == 0:
            rework = ReturnForRework(
                reason_code=ReworkReason.ESTIMATE_UNCLEAR, reason="How was the estimate made?"
            )
            return self.does(rework, self.officer, 5) and self._checks() and self._submits()
        if self.number % 17 == 11:
            reject = RejectRfp(reason="Another service has asked for the same.")
            self.does(reject, self.officer, 6)
            return False
        return True

    def _regime(self) -> Regime:
        """Return the law it runs under; below the threshold, one in four is bought without it."""
        with_vat = self.price * (100 + VAT_PERCENT) // 100
        if with_vat < THRESHOLD_PENCE and self.number % 4 == 1:
            return Regime.BELOW_THRESHOLD
        return Regime.PROCUREMENT_ACT_2023

    def _is_taken_on(self) -> bool:
        if not self.does(AcceptRfp(), self.officer, 4):
            return False
        if self.number % 7 == 3:
            hold = StartHold(
                waiting_on=Party.FINANCE, reason="Finance checks the budget.", reason_code="budget-check"
            )
            if not (self.does(hold, self.officer, 1) and self.does(EndHold(), self.officer, 12)):
                return False
        if self.number % 13 == 5:
            self.does(WithdrawRfp(reason="The service has closed."), self.requester, 3)
            return False
        select = SelectRoute(
            regime=self._regime(),
            route=ROUTES[self.number % len(ROUTES)],
            lots=1,
            lead=OFFICERS[(self.number + 1) % 2],
        )
        return self.does(select, self.officer, 6)


class WaitingTale(RfpTale):
    """One RFP's tale that is told up to where an approver must decide, without dice."""

    def __init__(self, stage: Storyboard, number: int, items: list[UUID], start: datetime) -> None:
        super().__init__(stage, number, items, start)
        self.at = working_day(start + YEAR - timedelta(days=60 - number // 9))

    def tell(self) -> None:
        """Tell it until it is put forward."""
        _ = (
            self._asks()
            and self._checks()
            and self._submits()
            and self._is_taken_on()
            and is_put_forward(self, self.requester)
        )

    def later(self, days: float) -> datetime:
        """Return a moment in office hours, exactly so many days on, or on the Monday after."""
        return working_day(self.at + timedelta(days=days, minutes=7 + self.number % 9))
