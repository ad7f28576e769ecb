"""What the scheme lays down about contracts: when one is looked at, and what must be published of one.

The figures are the council's to adopt, each with its section for its lawyers to confirm.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.fields import PENCE_LIMIT, WHOLE, Code, Day, ShortText

DUTIES_LIMIT = 60
LEADS_LIMIT = 12
DUTY_DAYS_LIMIT = 800
PERCENT_LIMIT = 1_000
KINDS_LIMIT = 4

DutyDays = Annotated[int, Field(ge=0, le=DUTY_DAYS_LIMIT), WHOLE]
Percent = Annotated[int, Field(ge=0, le=PERCENT_LIMIT), WHOLE]
LimitPence = Annotated[int, Field(ge=0, le=PENCE_LIMIT), WHOLE]


class DutyTrigger(StrEnum):
    """What sets a duty off."""

    CONCLUDED = "concluded"
    CHANGED = "changed"
    NOVATED = "novated"
    YEAR_OF_KPIS = "year_of_kpis"
    ENDED = "ended"
    BREACHED = "breached"
    YEAR_BEGINS = "year_begins"  # the financial year: a duty of the council, and of no one contract


class DutyCounting(StrEnum):
    """How a duty's days are counted."""

    DAY_ITSELF_FIRST = "day_itself_first"  # the day of the event is day 1
    DAY_AFTER_FIRST = "day_after_first"
    MONTHS_AFTER = "months_after"
    BEFORE = "before"  # nothing may be done before it is published


class ContractDuty(BaseModel):
    """What must be published when something happens to a contract, and within which time.

    It holds for contracts of its regime, of none of the kinds left out, above its value with VAT. A change
    is excused up to these parts of the value or of the maximum term, small ones added up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trigger: DutyTrigger
    notice: Code = Field(examples=["contract details notice"])
    section: ShortText = Field(examples=["Procurement Act 2023, section 53"])
    regime: Code = Field(examples=["procurement_act_2023"])
    counting: DutyCounting
    days: DutyDays = Field(0, description="Or months, where it counts months.", examples=[30])
    light_touch_days: DutyDays | None = Field(
        None, description="Where a light-touch contract has other days."
    )
    not_for: list[Code] = Field([], max_length=KINDS_LIMIT, examples=[["light_touch"]])
    above_pence: LimitPence | None = Field(None, description="With VAT.", examples=[500_000_000])
    excused_percent_of_value: dict[Code, Percent] = Field(
        {}, max_length=KINDS_LIMIT, description="By kind of contract.", examples=[{"works": 15}]
    )
    excused_percent_of_term: Percent | None = Field(None, examples=[10])
    with_kpis: bool = Field(False, description="Only where key performance indicators are set.")  # noqa: FBT003  # a default
    past_the_threshold: bool = Field(
        False,  # noqa: FBT003  # a default
        description="Only where the change takes a contract below a threshold of the scheme past it.",
    )


class ElsewhereDuty(BaseModel):
    """What the law wants published that another system does: it is named here, and not done here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notice: Code = Field(examples=["payments compliance notice"])
    section: ShortText = Field(examples=["Procurement Act 2023, section 69"])
    done_by: ShortText = Field(examples=["Finance"])


ACT = "procurement_act_2023"
_ACT = "Procurement Act 2023, section"
_LARGE_PENCE = 500_000_000
_PIPELINE_PENCE = 200_000_000


def _duty(trigger: DutyTrigger, notice: str, section: str, days: int = 0, **more: object) -> object:
    first = {"counting": DutyCounting.DAY_ITSELF_FIRST, "regime": ACT}
    said = {"trigger": trigger, "notice": notice, "section": f"{_ACT} {section}", "days": days}
    return first | said | more


# Starting values, for the council's lawyers to confirm.
USUAL_DUTIES: tuple[ContractDuty, ...] = tuple(
    ContractDuty.model_validate(duty)
    for duty in (
        _duty(DutyTrigger.CONCLUDED, "contract details notice", "53", 30, light_touch_days=120),
        _duty(
            DutyTrigger.CONCLUDED,
            "copy of contract",
            "53(3)",
            90,
            light_touch_days=180,
            above_pence=_LARGE_PENCE,
        ),
        _duty(
            DutyTrigger.CHANGED,
            "contract change notice",
            "75",
            counting=DutyCounting.BEFORE,
            not_for=["light_touch"],
            excused_percent_of_term=10,
            excused_percent_of_value={"goods": 10, "services": 10, "works": 15},
        ),
        _duty(
            DutyTrigger.NOVATED,
            "contract change notice",
            "75",
            counting=DutyCounting.BEFORE,
            not_for=["light_touch"],
        ),
        _duty(
            DutyTrigger.CHANGED,
            "copy of contract change",
            "77",
            90,
            not_for=["light_touch"],
            above_pence=_LARGE_PENCE,
        ),
        _duty(
            DutyTrigger.YEAR_OF_KPIS,
            "KPI assessment",
            "71",
            12,
            counting=DutyCounting.MONTHS_AFTER,
            not_for=["light_touch"],
        ),
        _duty(DutyTrigger.ENDED, "KPI assessment", "71", 30, not_for=["light_touch"], with_kpis=True),
        _duty(
            DutyTrigger.CHANGED,
            "convertible contract",
            "74",
            regime="below_threshold",
            counting=DutyCounting.BEFORE,
            past_the_threshold=True,
        ),
        _duty(DutyTrigger.YEAR_BEGINS, "pipeline notice", "93", 56, above_pence=_PIPELINE_PENCE),
        _duty(DutyTrigger.BREACHED, "contract performance notice", "71(5)", 30),
        _duty(DutyTrigger.ENDED, "contract termination notice", "80", 30),
        _duty(
            DutyTrigger.CONCLUDED,
            "below-threshold details notice",
            "87",
            30,
            regime="below_threshold",
            above_pence=2_999_999,
        ),
    )
)


# Payment notices are finance's own.
USUALLY_ELSEWHERE: tuple[ElsewhereDuty, ...] = (
    ElsewhereDuty(notice="payments compliance notice", section=f"{_ACT} 69", done_by="Finance"),
    ElsewhereDuty(notice="information about payments", section=f"{_ACT} 70", done_by="Finance"),
)


class ContractRules(BaseModel):
    """The scheme's rules of contracts, as rules read them and decisions keep them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act_begins: Day = Field(
        date(2025, 2, 24), description="From which day on a procurement begun is under the newer regime."
    )
    act_regime: Code = ACT
    earlier_regime: Code = "public_contracts_regulations_2015"
    lead_days: list[DutyDays] = Field(
        [180, 90, 21],
        max_length=LEADS_LIMIT,
        description="How long before its last safe date a contract is looked at; the longest first.",
    )
    horizon_days: DutyDays = Field(90, description="How far beyond its month a round of reviews looks.")
    register_above_pence: LimitPence = Field(500_000, description="The Transparency Code's limit.")
    duties: list[ContractDuty] = Field(list(USUAL_DUTIES), max_length=DUTIES_LIMIT)
    done_elsewhere: list[ElsewhereDuty] = Field(list(USUALLY_ELSEWHERE), max_length=DUTIES_LIMIT)
