"""What can have happened from a recommendation to a signed contract, and when an award went wrong."""

from datetime import date, datetime
from enum import StrEnum

from rfp_service.rfps.domain.approval import Approval, Clock
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.key_decision_events import ClockStopped, awaiting
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import Award
from shared.kernel.states import replace


class TransparencyNoticePublished(RfpEvent):
    """A direct award was announced before it was made."""

    reference: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its direct award announced."""
        return replace(RfpEvent.apply(self, rfp), award=replace(rfp.award, announced=True))


class AwardRecommended(RfpEvent):
    """A supplier was put forward; the scheme named the tiers by the award's own value."""

    bid: str
    supplier: str
    value_pence: int
    above_estimate_pence: int
    reason: str
    tiers: tuple[str, ...]
    scheme_version: int
    tied: tuple[str, ...] = ()  # the other bids of the same total
    tie_reason: str = ""
    supplier_number: str = ""
    elected_posts: tuple[str, ...] = ()

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with an award that waits for its first tier."""
        award = Award(
            self.bid,
            self.supplier,
            self.supplier_number,
            self.value_pence,
            Approval(self.value_pence, self.tiers),
            announced=rfp.award.announced,
        )
        recommended = replace(
            RfpEvent.apply(self, rfp), award=award, elected_posts=self.elected_posts, rework_by=Party.NOBODY
        )
        return recommended.with_bidders_conflicts().confirmed()


class AwardApproved(RfpEvent):
    """One tier approved the award."""

    tier: str
    next_tier: str
    reason: str
    scheme_version: int
    decided_by: str
    acting_for: str
    onward: Stage = Stage.ABSENT
    clock: int = 0  # of the key decision's notice, where its days are not over yet
    ends_at: datetime | None = None

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more tier granted."""
        granted = rfp.award.approval.granting(self.decided_by, self.acting_for)
        key = rfp.key if self.onward is Stage.ABSENT else replace(rfp.key, onward=self.onward)
        approved = replace(RfpEvent.apply(self, rfp), award=replace(rfp.award, approval=granted), key=key)
        clocked = awaiting(approved, self.clock, self.ends_at)
        return clocked.with_deciders(self.decided_by, self.acting_for)


class AwardRefused(RfpEvent):
    """A tier refused the award; the RFP ends."""

    tier: str
    reason: str
    scheme_version: int


class AssessmentSummariesSent(RfpEvent):
    """Every bidder was told how their bid was assessed."""

    bidders: int
    told: tuple[str, ...] = ()  # the references of their bids

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its summaries sent."""
        award = replace(rfp.award, summaries_sent=True, bidders=self.bidders, told=self.told)
        return replace(RfpEvent.apply(self, rfp), award=award)


class AwardNoticePublished(RfpEvent):
    """The award was published; where a standstill is required, its clock runs."""

    reference: str
    clock: int
    ends_at: datetime | None

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its standstill, where it has one."""
        award = replace(rfp.award, standstill_ends=self.ends_at)
        clock = Clock(self.clock, self.ends_at)
        return replace(RfpEvent.apply(self, rfp), award=award, clock=clock)


class StandstillExpired(ClockStopped):
    """Nobody challenged the award in time, or the award stood and its standstill has run out since."""

    due_at: datetime
    late: bool

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP without a running clock; where it was in contracting already, a hold goes on."""
        over = ClockStopped.apply(self, rfp)
        return replace(over, on_hold=rfp.on_hold) if rfp.stage is self.stage else over


class ChallengeReceived(ClockStopped):
    """Somebody challenged the award: nothing is signed until that is resolved."""

    grounds: str


class ChallengeOutcome(StrEnum):
    """What follows a challenge."""

    AWARD_STANDS = "award_stands"
    EVALUATE_AGAIN = "evaluate_again"
    TERMINATE = "terminate"


class _AwardTakenBack(ClockStopped):
    """The recommended award is over where the RFP is evaluated, or recommended, again."""

    def apply(self, rfp: Rfp) -> Rfp:
        taken_back = ClockStopped.apply(self, rfp)
        if self.stage in (Stage.EVALUATION, Stage.AWARD_APPROVAL):
            return replace(taken_back, award=Award(announced=rfp.award.announced))
        return taken_back


class ChallengeResolved(_AwardTakenBack):
    """The challenge was dealt with."""

    outcome: ChallengeOutcome
    reason: str
    clock: int = 0  # of the standstill, where the award stands and that still runs
    ends_at: datetime | None = None

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP where the outcome leads."""
        resolved = _AwardTakenBack.apply(self, rfp)
        return replace(resolved, clock=Clock(self.clock or rfp.clock.number, self.ends_at))


class AwardRevoked(_AwardTakenBack):
    """The award was a mistake, and is taken back: a correction, nothing is edited."""

    reason: str


class ContractConcluded(RfpEvent):
    """The contract was signed: all that a register of contracts needs to take it on.

    What is not known is blank; the value is in pence, without VAT.
    """

    reference: str
    supplier: str
    value_pence: int
    signed_on: date
    starts_on: date
    ends_on: date
    title: str = ""
    service_area: str = ""
    regime: Regime | None = None
    route: Route | None = None
    supplier_number: str = ""
    small_or_medium: bool | None = None
    voluntary_or_community: bool | None = None
    extension_months: int | None = None
    notice_days: int | None = None
    kpis: tuple[str, ...] = ()
    details_notice: str = ""


class FulfilledInHouse(RfpEvent):
    """The council's own people did it."""

    reason: str


class TerminationReason(StrEnum):
    """Why a procurement was given up after it had begun."""

    NEED_CEASED = "need_ceased"
    BUDGET_WITHDRAWN = "budget_withdrawn"
    REQUIREMENT_CHANGED = "requirement_changed"
    PROCEDURE_FLAWED = "procedure_flawed"
    PRICES_TOO_HIGH = "prices_too_high"
    OTHER = "other"


class ProcurementTerminated(ClockStopped):
    """The procurement was given up."""

    reason_code: TerminationReason
    reason: str
    asked_tier: str = ""  # that was asked to approve the award, and need not


AWARD_EVENTS: tuple[type[RfpEvent], ...] = (
    TransparencyNoticePublished,
    AwardRecommended,
    AwardApproved,
    AwardRefused,
    AssessmentSummariesSent,
    AwardNoticePublished,
    StandstillExpired,
    ChallengeReceived,
    ChallengeResolved,
    AwardRevoked,
    ContractConcluded,
    FulfilledInHouse,
    ProcurementTerminated,
)
