"""What the scheme lays down besides its tiers, in the form in which rules read it and decisions keep it."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.contract_rules import ContractRules
from shared.kernel.fields import PENCE_LIMIT, WHOLE, Code, PersonId, ShortText

DAYS_LIMIT = 400
ROUTES_LIMIT = 20
KPIS_LIMIT = 20
MEMBERS_LIMIT = 60
SERVICE_AREAS_LIMIT = 500

Days = Annotated[int, Field(ge=0, le=DAYS_LIMIT), WHOLE]


class Counting(StrEnum):
    """How the days of a standstill are counted."""

    WORKING_FROM_NOTICE = "working_days_notice_day_first"  # Procurement Act 2023, section 51
    CALENDAR_FROM_DAY_AFTER = "calendar_days_from_day_after"  # 2015 regulations, regulation 87


class Standstill(BaseModel):
    """How long a contract must not be signed after the award is told, by regime and route."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regime: Code = Field(examples=["procurement_act_2023"])
    routes: list[Code] = Field(max_length=ROUTES_LIMIT, examples=[["open_tender"]])
    days: Days = Field(examples=[8])
    counting: Counting


# Procurement Act 2023, section 51; Public Contracts Regulations 2015, regulation 87.
USUAL_STANDSTILLS = (
    Standstill(
        regime="procurement_act_2023",
        days=8,
        counting=Counting.WORKING_FROM_NOTICE,
        routes=["open_tender", "restricted_tender", "direct_award"],
    ),
    Standstill(
        regime="public_contracts_regulations_2015",
        days=10,
        counting=Counting.CALENDAR_FROM_DAY_AFTER,
        routes=["open_tender", "restricted_tender"],
    ),
)


class MinimumPeriod(BaseModel):
    """How many days at least the market has to answer, by route."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    route: Code = Field(examples=["open_tender"])
    days: Days = Field(examples=[25])


class ContractKind(StrEnum):
    """What a contract is about, as the law of public procurement tells them apart."""

    GOODS = "goods"
    SERVICES = "services"
    WORKS = "works"
    LIGHT_TOUCH = "light_touch"


class Threshold(BaseModel):
    """From which value on, with VAT, a regime must be followed for a kind of contract."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regime: Code = Field(examples=["procurement_act_2023"])
    kind: ContractKind
    from_pence: Annotated[int, Field(ge=0, le=PENCE_LIMIT), WHOLE] = Field(
        description="With VAT; an estimate of exactly this much is covered.", examples=[20_772_000]
    )


class Kpis(BaseModel):
    """How many key performance indicators a regime wants of a contract above a value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regime: Code = Field(examples=["procurement_act_2023"])
    above_pence: Annotated[int, Field(ge=0, le=PENCE_LIMIT), WHOLE] = Field(
        description="The estimate, with VAT.", examples=[500_000_000]
    )
    at_least: Annotated[int, Field(ge=1, le=KPIS_LIMIT), WHOLE] = Field(examples=[3])


class HoldReason(BaseModel):
    """A reason for a hold, and whether the stage's target pauses for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code = Field(examples=["budget-check"])
    pauses_target: bool = True


class AdvisoryBody(BaseModel):
    """A body that is asked for advice, and who speaks for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Digital working group"])
    members: list[PersonId] = Field(max_length=MEMBERS_LIMIT, examples=[["wanda-ward"]])


class ServiceArea(BaseModel):
    """A service of the council, and who heads it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Registrars"])
    heads: list[PersonId] = Field([], max_length=MEMBERS_LIMIT, examples=[["rosa-registrar"]])


ServiceAreas = Annotated[
    list[ServiceArea],
    Field(
        max_length=SERVICE_AREAS_LIMIT,
        description="The services that RFPs are raised for; where none is listed, any is taken.",
    ),
]


class ApprovalClocks(BaseModel):
    """How many working days a tier has to answer, and after how many who else is told that it has not.

    The day on which its turn begins is not counted; each period is over at the end of its last day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_working_days: Days = Field(examples=[3])
    stand_in_working_days: Days | None = Field(
        None, description="Blank: stand-ins are told when the turn begins, and not again.", examples=[5]
    )
    next_tier_working_days: Days | None = Field(
        None, description="Blank: the tier above is not told.", examples=[8]
    )


class Rules(BaseModel):
    """The scheme's rules as known to one decision; every field is kept, so a default never changes it.

    Those with a default came later: decisions from before knew of nothing of the kind.
    """

    model_config = ConfigDict(frozen=True)

    tiers_cumulative: bool
    key_decision_pence: int | None
    forward_plan_clear_days: int
    general_exception_clear_days: int
    call_in_working_days: int
    call_in_lapse_working_days: int
    standstills: tuple[Standstill, ...]
    minimum_periods: tuple[MinimumPeriod, ...]
    transparency_regimes: tuple[str, ...]
    lead_may_evaluate: bool
    requester_may_evaluate: bool
    closed_days: tuple[date, ...]
    thresholds: tuple[Threshold, ...] = ()
    details_notice_regimes: tuple[str, ...] = ()
    kpis: tuple[Kpis, ...] = ()
    minimum_evaluators: int = 1
    hold_reasons: tuple[HoldReason, ...] = ()
    minimum_periods_in_whole_days: bool = False
    bid_at_the_instant_in_time: bool = False
    unanswered_stop_closing: bool = False
    advisory_bodies: tuple[AdvisoryBody, ...] = ()
    unreachable_after_working_days: int | None = None
    statutory_days_of_whole_kingdom: bool = False
    statutory_days_leave_out_closed_days: bool = True
    contracts: ContractRules | None = None
    approval_clocks: ApprovalClocks | None = None

    @property
    def without_contracts(self) -> "Rules":
        """Return the same rules without those of contracts, which few decisions go by."""
        return self.model_copy(update={"contracts": None})

    def is_key_decision(self, value_pence: int) -> bool:
        """Say whether an amount without VAT is above the limit of what needs no key decision."""
        return self.key_decision_pence is not None and value_pence > self.key_decision_pence

    def standstill(self, regime: str, route: str) -> Standstill | None:
        """Return the standstill that a regime wants on a route; nothing if it wants none."""
        for standstill in self.standstills:
            if standstill.regime == regime and route in standstill.routes and standstill.days:
                return standstill
        return None

    def covering(self, kind: ContractKind, with_vat_pence: int) -> dict[str, int]:
        """Return the regimes that cover a contract of that value with VAT, and each one's threshold."""
        return {
            threshold.regime: threshold.from_pence
            for threshold in self.thresholds
            if threshold.kind == kind and with_vat_pence >= threshold.from_pence
        }

    def kpis_wanted(self, regime: str | None, with_vat_pence: int) -> int:
        """Return how many indicators a contract of that value must have at least."""
        wanted = (
            each.at_least for each in self.kpis if each.regime == regime and with_vat_pence > each.above_pence
        )
        return max(wanted, default=0)

    def minimum_days(self, route: str) -> int:
        """Return the days that the market has at least on a route."""
        return next((period.days for period in self.minimum_periods if period.route == route), 0)
