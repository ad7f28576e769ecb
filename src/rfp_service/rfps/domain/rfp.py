"""An RFP as it stands: its stage, whom it waits on, and what has been said about it."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID


class Stage(StrEnum):
    """Where an RFP is."""

    ABSENT = "absent"
    DRAFT = "draft"
    CATALOGUE_CHECK = "catalogue_check"
    DIVERTED = "diverted"
    SUBMITTED = "submitted"
    TRIAGE = "triage"
    BUSINESS_CASE = "business_case"
    APPROVAL = "approval"
    READY_TO_ISSUE = "ready_to_issue"
    AWARD_APPROVAL = "award_approval"
    CONTRACTING = "contracting"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """Whom an RFP waits on."""

    NOBODY = "nobody"
    REQUESTER = "requester"
    PROCUREMENT = "procurement"
    APPROVER = "approver"
    EVALUATORS = "evaluators"
    FINANCE = "finance"
    LEGAL = "legal"
    MARKET = "market"
    STATUTORY_CLOCK = "statutory_clock"
    SCRUTINY = "scrutiny"
    OUTGOING_SUPPLIER = "outgoing_supplier"


WAITS_ON = {
    Stage.DRAFT: Party.REQUESTER,
    Stage.CATALOGUE_CHECK: Party.REQUESTER,
    Stage.DIVERTED: Party.NOBODY,
    Stage.SUBMITTED: Party.PROCUREMENT,
    Stage.TRIAGE: Party.PROCUREMENT,
    Stage.BUSINESS_CASE: Party.REQUESTER,
    Stage.APPROVAL: Party.APPROVER,
    Stage.READY_TO_ISSUE: Party.PROCUREMENT,
    Stage.AWARD_APPROVAL: Party.APPROVER,
    Stage.CONTRACTING: Party.LEGAL,
    Stage.REJECTED: Party.NOBODY,
    Stage.WITHDRAWN: Party.NOBODY,
}

ENDS = frozenset({Stage.DIVERTED, Stage.REJECTED, Stage.WITHDRAWN})


class Regime(StrEnum):
    """The law that a procurement runs under."""

    PROCUREMENT_ACT_2023 = "procurement_act_2023"
    PUBLIC_CONTRACTS_REGULATIONS_2015 = "public_contracts_regulations_2015"
    BELOW_THRESHOLD = "below_threshold"


class Route(StrEnum):
    """The path an RFP takes once approved."""

    OPEN_TENDER = "open_tender"
    RESTRICTED_TENDER = "restricted_tender"
    MINI_COMPETITION = "mini_competition"
    QUOTATIONS = "quotations"
    EXISTING_CONTRACT = "existing_contract"
    DIRECT_CALL_OFF = "direct_call_off"
    IN_HOUSE = "in_house"


AFTER_APPROVAL = {
    Route.OPEN_TENDER: Stage.READY_TO_ISSUE,
    Route.RESTRICTED_TENDER: Stage.READY_TO_ISSUE,
    Route.MINI_COMPETITION: Stage.READY_TO_ISSUE,
    Route.QUOTATIONS: Stage.READY_TO_ISSUE,
    Route.EXISTING_CONTRACT: Stage.READY_TO_ISSUE,
    Route.DIRECT_CALL_OFF: Stage.AWARD_APPROVAL,
    Route.IN_HOUSE: Stage.CONTRACTING,
}


@dataclass(frozen=True)
class Need:
    """What is asked for, by when, for how much: amounts in pence, without and with VAT."""

    title: str = ""
    description: str = ""
    service_area: str = ""
    cost_centre: str = ""
    needed_by: date | None = None
    estimate_pence: int | None = None
    estimate_with_vat_pence: int | None = None


NEED_FIELDS = tuple(field.name for field in fields(Need))


@dataclass(frozen=True)
class Check:
    """The last look into the catalogue: what it showed, and whether the requester has answered it."""

    id: UUID | None = None
    shown: tuple[UUID, ...] = ()
    answered: bool = False


@dataclass(frozen=True)
class Approval:
    """The tiers that must approve, in order, and how many of them have."""

    value_pence: int = 0
    tiers: tuple[str, ...] = ()
    granted: int = 0

    @property
    def waiting_for(self) -> str:
        """Return the tier whose turn it is; blank when none is."""
        return self.tiers[self.granted] if self.granted < len(self.tiers) else ""


@dataclass(frozen=True)
class Rfp:
    """One RFP, from its first event to its last."""

    kind: ClassVar[str] = "rfp"

    stage: Stage = Stage.ABSENT
    waiting_on: Party = Party.NOBODY
    on_hold: bool = False
    raised_by: str = ""
    need: Need = Need()
    check: Check = Check()
    rework_loops: int = 0
    lead: str = ""
    regime: Regime | None = None
    route: Route | None = None
    lots: int = 0
    budget_code: str = ""
    approval: Approval = Approval()
