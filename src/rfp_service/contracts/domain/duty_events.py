"""What the law wants published of a contract: due, published, missed; and changes too small for it."""

from datetime import date

from rfp_service.contracts.domain.contract import Contract, DutyStanding, StatutoryDuty
from rfp_service.contracts.domain.events import ContractEvent
from shared.kernel.states import replace


class NoticeDue(ContractEvent):
    """A notice must be published by a day; one without a day before what it announces is done."""

    number: int
    notice: str
    section: str
    trigger: str
    due_on: date | None
    scheme_version: int

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with one more duty."""
        duty = StatutoryDuty(self.number, self.notice, self.section, self.trigger, self.due_on)
        return replace(contract, stage=self.stage, duties=(*contract.duties, duty))


class _DutyMoved(ContractEvent):
    number: int

    def moved(self, contract: Contract, **changes: object) -> Contract:
        """Return the contract with one duty changed."""
        duties = tuple(
            replace(duty, **changes) if duty.number == self.number else duty  # type: ignore[arg-type]  # its own fields
            for duty in contract.duties
        )
        return replace(contract, stage=self.stage, duties=duties)


class NoticePublished(_DutyMoved):
    """The notice was published, under a reference."""

    reference: str
    published_on: date
    late: bool

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with that duty done."""
        return self.moved(
            contract,
            standing=DutyStanding.PUBLISHED,
            reference=self.reference,
            published_on=self.published_on,
        )


class NoticeMissed(_DutyMoved):
    """The last day passed and the notice was not published; it still must be."""

    due_on: date
    late: bool

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with that duty missed."""
        return self.moved(contract, standing=DutyStanding.MISSED)


class ChangeExcused(ContractEvent):
    """A change was too small to be announced; such changes are added up."""

    value_pence: int
    months: int
    section: str
    scheme_version: int

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with one more small change."""
        excused = (*contract.excused, (self.value_pence, self.months))
        return replace(contract, stage=self.stage, excused=excused, change_excused=True)


DUTY_EVENTS: tuple[type[ContractEvent], ...] = (NoticeDue, NoticePublished, NoticeMissed, ChangeExcused)
