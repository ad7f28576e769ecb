"""How a renewal stands: what is recommended and approved, which notice was sent, how a novation goes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RenewalOutcome(StrEnum):
    """What becomes of a contract at the end of a cycle."""

    EXTEND = "extend"
    RENEW = "renew"
    REPROCURE = "reprocure"
    NOVATE = "novate"
    LET_LAPSE = "let_lapse"
    TERMINATE = "terminate"


class NovationStage(StrEnum):
    """How far the move of a contract to the council has come."""

    NONE = "none"
    ASKED = "asked"
    AGREED = "agreed"
    SIGNED = "signed"
    EFFECTIVE = "effective"
    REFUSED = "refused"


@dataclass(frozen=True)
class Renewal:
    """A recommendation: by whom, of what value, which tiers must approve it, and how many have."""

    outcome: RenewalOutcome | None = None
    value_pence: int = 0
    months: int = 0
    recommended_by: str = ""
    recommenders: tuple[str, ...] = ()  # everybody who recommended anything in this review
    tiers: tuple[str, ...] = ()
    granted: int = 0
    granted_by: tuple[str, ...] = ()  # in this round, and whoever was stood in for
    executed: bool = False

    @property
    def waiting_for(self) -> str:
        """Return the tier whose turn it is; blank when none is."""
        return self.tiers[self.granted] if self.granted < len(self.tiers) else ""

    @property
    def is_approved(self) -> bool:
        """Say whether every tier has approved."""
        return self.outcome is not None and self.granted >= len(self.tiers)


@dataclass(frozen=True)
class ServedNotice:
    """A notice to end: when it was sent and acknowledged, and what shows it."""

    sent_on: date | None = None
    sent_evidence: str = ""
    acknowledged_on: date | None = None
    acknowledged_evidence: str = ""


@dataclass(frozen=True)
class Novation:
    """How a contract moves from the outgoing supplier to the council."""

    stage: NovationStage = NovationStage.NONE
    on: date | None = None
    note: str = ""
