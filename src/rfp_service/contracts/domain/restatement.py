"""Putting what a batch changed of a contract back as it was, which no amendment can."""

from datetime import date
from uuid import UUID

from rfp_service.contracts.domain.contract import Contract, ContractStage, DateReading, Flag, HowEnded
from rfp_service.contracts.domain.events import ClockedEvent
from rfp_service.contracts.domain.renewal import Renewal
from rfp_service.contracts.domain.terms import NoticePeriod, TermOption
from shared.kernel.restatement import Restated, parts, snapshot_of, with_parts
from shared.kernel.states import replace
from shared.kernel.suppliers import Supplier

PARTS = {
    **parts("about", str, "title", "department", "description", "service_area", "owner", "regime"),
    **parts("about", int | None, "value_pence", "irrecoverable_vat_pence"),
    **parts("about", date | None, "review_on"),
    **parts("about", bool | None, "tendered"),
    **parts("about", Supplier | None, "supplier"),
    **parts("about", tuple[tuple[str, str], ...], "unread"),
    **parts("terms", date | None, "start"),
    **parts("terms", NoticePeriod, "notice"),
    **parts("terms", tuple[TermOption, ...], "options"),
    **parts("terms", int, "service_working_days"),
    **parts("terms.stated", date | None, "initial_end", "last_safe"),
    **parts("", tuple[DateReading, ...], "readings"),
    **parts("", tuple[Flag, ...], "flags"),
    **parts("", Renewal, "renewal"),
    **parts("", ContractStage, "stage"),
}


def snapshot(contract: Contract) -> Restated:
    """Return all that a batch can change of a contract, as JSON has it."""
    return snapshot_of(contract, PARTS)


class ContractRestated(ClockedEvent):
    """Parts hold again what they held, or nothing; `undone` is the batch whose changes were taken back."""

    restored: Restated
    undone: UUID | None = None
    taken_off: bool = False
    reason: str = ""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with these parts as they are said; what was taken off has ended."""
        changed: Contract = with_parts(ClockedEvent.apply(self, contract), self.restored, PARTS)
        return replace(changed, how_ended=HowEnded.TAKEN_OFF) if self.taken_off else changed
