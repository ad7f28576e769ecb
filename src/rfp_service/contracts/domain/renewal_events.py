"""What can have happened to a renewal: looked at, recommended, approved, executed; notices; the end."""

from datetime import date
from uuid import UUID

from rfp_service.contracts.domain.contract import Contract, ContractCycle, ContractStage, HowEnded
from rfp_service.contracts.domain.events import ClockedEvent, ContractEvent, StatedTerms
from rfp_service.contracts.domain.renewal import Renewal, RenewalOutcome, ServedNotice
from rfp_service.contracts.domain.savings import RenewalSaving
from shared.kernel.states import replace


class ReviewFallsDue(ClockedEvent):
    """The time has come to look at a contract; the dates and what a missed notice would commit."""

    due_on: date
    last_safe: date | None = None
    exposure_pence: int | None = None

    def apply(self, contract: Contract) -> Contract:
        """Return the contract, of which what was decided, and done, is no answer any more: it was novated."""
        due = ClockedEvent.apply(self, contract)
        is_done = self.stage is ContractStage.REVIEW_DUE and contract.renewal.executed
        return replace(due, renewal=Renewal()) if is_done else due


class ReviewStarted(ContractEvent):
    """Somebody began to look at what is to become of a contract."""

    reviewer: str
    reason: str = ""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract in review, without any recommendation."""
        return replace(contract, stage=self.stage, renewal=Renewal())


class RenewalRecommended(ContractEvent):
    """What is to become of a contract was put forward; the scheme named the tiers by the value."""

    outcome: RenewalOutcome
    value_pence: int
    months: int = 0
    reason: str
    recommended_by: str
    tiers: tuple[str, ...]
    scheme_version: int

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with a recommendation that waits for its first tier."""
        ever = tuple(dict.fromkeys((*contract.renewal.recommenders, self.recommended_by)))
        renewal = Renewal(self.outcome, self.value_pence, self.months, self.recommended_by, ever, self.tiers)
        return replace(contract, stage=self.stage, renewal=renewal, change_excused=False)


class RenewalDecisionApproved(ContractEvent):
    """One tier approved the recommendation; the last one decides, on a day, of a yearly value."""

    tier: str
    next_tier: str
    reason: str
    scheme_version: int
    decided_by: str
    acting_for: str
    decided_on: date | None = None  # of the last tier
    yearly_pence: int | None = None

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with one more tier granted."""
        before = contract.renewal
        people = tuple(person for person in (self.decided_by, self.acting_for) if person)
        renewal = replace(before, granted=before.granted + 1, granted_by=(*before.granted_by, *people))
        savings = contract.savings
        if self.decided_on is not None and before.outcome is not None:
            number = len(savings) + 1
            made = RenewalSaving(number, before.outcome, self.decided_on, self.yearly_pence)
            savings = (*savings, made)
        return replace(contract, stage=self.stage, renewal=renewal, savings=savings)


class RenewalDecisionRefused(ContractEvent):
    """A tier refused the recommendation: another one must be made."""

    tier: str
    reason: str
    scheme_version: int
    decided_by: str
    acting_for: str

    def apply(self, contract: Contract) -> Contract:
        """Return the contract in review again; who recommended anything in it stays known."""
        again = Renewal(recommenders=contract.renewal.recommenders)
        return replace(contract, stage=self.stage, renewal=again)


class _CycleEnded(ClockedEvent):
    """A cycle ended and another began: the earlier one stays in view."""

    last_day: date | None

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its earlier cycle kept."""
        outcome = contract.renewal.outcome or RenewalOutcome.EXTEND
        cycle = ContractCycle(contract.terms, outcome, contract.about.value_pence, self.last_day)
        return replace(
            ClockedEvent.apply(self, contract), cycles=(*contract.cycles, cycle), renewal=Renewal()
        )


class ExtensionExecuted(_CycleEnded):
    """An option to extend was exercised: the next dates hold at once."""

    months: int

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with one more option exercised."""
        terms = replace(contract.terms, exercised=contract.terms.exercised + 1)
        return replace(_CycleEnded.apply(self, contract), terms=terms)


class ContractRenewed(_CycleEnded):
    """The contract was renewed with its supplier: new terms, and a new value."""

    terms: StatedTerms
    value_pence: int

    def apply(self, contract: Contract) -> Contract:
        """Return the contract in its new cycle."""
        about = replace(contract.about, value_pence=self.value_pence)
        return replace(
            _CycleEnded.apply(self, contract), terms=self.terms.terms(), about=about, notice=ServedNotice()
        )


class ReprocurementStarted(ContractEvent):
    """An RFP was opened for what follows the contract, which runs to its end."""

    rfp_id: UUID

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its decision executed."""
        return replace(contract, stage=self.stage, renewal=replace(contract.renewal, executed=True))


class ContractNoticeSent(ClockedEvent):
    """A notice to end the contract was sent; until it is acknowledged, that is a risk of its own."""

    sent_on: date
    evidence: str

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its notice, and so with an end."""
        return replace(
            ClockedEvent.apply(self, contract),
            notice=ServedNotice(self.sent_on, self.evidence),
            terms=replace(contract.terms, notice_given_on=self.sent_on),
            renewal=replace(contract.renewal, executed=True),
        )


class ContractNoticeAcknowledged(ContractEvent):
    """The supplier acknowledged the notice."""

    acknowledged_on: date
    evidence: str

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its notice acknowledged."""
        notice = replace(
            contract.notice, acknowledged_on=self.acknowledged_on, acknowledged_evidence=self.evidence
        )
        return replace(contract, stage=self.stage, notice=notice)


class _GoneBy(ClockedEvent):
    """The last day for a notice, or for exercising an option, went by."""

    last_safe: date
    rolls: bool
    new_end: date | None

    def gone_by(self, contract: Contract) -> Contract:
        """Return the contract; where it rolled over, the cycle that ended stays in view."""
        after = ClockedEvent.apply(self, contract)
        if not self.rolls:
            return after
        cycle = ContractCycle(
            contract.terms, "rolled_over", contract.about.value_pence, contract.clock.ends_on
        )
        return replace(after, cycles=(*contract.cycles, cycle), renewal=Renewal())


class NoticeDeadlineMissed(_GoneBy):
    """Nobody had decided when the last safe day passed: what that commits, in pence, with its confidence."""

    exposure_pence: int | None
    confidence: str
    late: bool
    asked_tier: str = ""  # that need not answer any more, where it rolls over undecided

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its miss, rolled over where it does so by itself."""
        missed = (*contract.missed, (self.last_safe, self.exposure_pence))
        return replace(self.gone_by(contract), missed=missed)


class ContractRolledOver(_GoneBy):
    """The contract rolled over, as had been decided."""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract, rolled over."""
        return self.gone_by(contract)


class NoticeDayPassed(_GoneBy):
    """The last day for an option went by unused, as had been decided: the contract comes to its end."""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract, which goes on to its end."""
        return self.gone_by(contract)


class _ContractOver(ClockedEvent):
    """The contract ended."""

    ended_on: date

    def over(self, contract: Contract, how: HowEnded) -> Contract:
        """Return the contract, ended on its last day."""
        return replace(
            ClockedEvent.apply(self, contract),
            how_ended=how,
            terms=replace(contract.terms, ended_on=self.ended_on),
        )


class ContractExpired(_ContractOver):
    """The contract came to its natural end."""

    late: bool = False
    asked_tier: str = ""  # that need not answer any more

    def apply(self, contract: Contract) -> Contract:
        """Return the contract, expired."""
        return self.over(contract, HowEnded.EXPIRED)


class ContractLapsed(_ContractOver):
    """The contract was let come to its end, as decided."""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract, lapsed."""
        return self.over(contract, HowEnded.LAPSED)


class ContractTerminated(_ContractOver):
    """The contract was ended before its end."""

    reason: str

    def apply(self, contract: Contract) -> Contract:
        """Return the contract, terminated."""
        return self.over(contract, HowEnded.TERMINATED)


class KpiYearEnded(ClockedEvent):
    """A year ended for which the contract's indicators must be assessed."""

    ended_on: date


RENEWAL_EVENTS: tuple[type[ContractEvent], ...] = (
    ReviewFallsDue,
    ReviewStarted,
    RenewalRecommended,
    RenewalDecisionApproved,
    RenewalDecisionRefused,
    ExtensionExecuted,
    ContractRenewed,
    ReprocurementStarted,
    ContractNoticeSent,
    ContractNoticeAcknowledged,
    NoticeDeadlineMissed,
    ContractRolledOver,
    NoticeDayPassed,
    ContractExpired,
    ContractLapsed,
    ContractTerminated,
    KpiYearEnded,
)
