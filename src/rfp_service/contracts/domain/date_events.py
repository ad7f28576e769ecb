"""What can have happened to a date of a contract: read from a document, and confirmed."""

from datetime import date

from rfp_service.contracts.domain.contract import Contract, DateReading, LedgerDate

# Where else what a supplier is, or what terms say, shows of a contract.
from rfp_service.contracts.domain.events import ClockedEvent, ContractEvent
from shared.kernel.states import replace


class ContractDateRead(ContractEvent):
    """A date was read in a document; until somebody confirms it, it stands as one reading."""

    name: LedgerDate
    day: date
    document: str
    clause: str
    page: int
    read_by: str
    read_on: date

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with one more reading."""
        reading = DateReading(
            self.name, self.day, self.document, self.clause, self.page, self.read_by, self.read_on
        )
        return replace(contract, stage=self.stage, readings=(*contract.readings, reading))


class ContractDateConfirmed(ClockedEvent):
    """A person confirmed a date from its document: it holds, whatever was calculated."""

    name: LedgerDate
    day: date
    document: str
    clause: str
    page: int
    confirmed_by: str
    confirmed_on: date

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with the date as the clause says it."""
        changed = ClockedEvent.apply(self, contract)
        reading = DateReading(
            self.name,
            self.day,
            self.document,
            self.clause,
            self.page,
            confirmed_by=self.confirmed_by,
            confirmed_on=self.confirmed_on,
        )
        return with_day(replace(changed, readings=(*contract.readings, reading)), reading)


def with_day(contract: Contract, reading: DateReading) -> Contract:
    """Return a contract with a date as a reading has it, where it differs from what is known."""
    terms, stated = contract.terms, contract.terms.stated
    match reading.name:
        case LedgerDate.START:
            return replace(contract, terms=replace(terms, start=reading.day))
        case LedgerDate.INITIAL_END:
            stated = replace(stated, initial_end=reading.day)
        case LedgerDate.LAST_SAFE if reading.day == contract.clock.last_safe:
            return contract  # as it is calculated, and will be when it rolls
        case LedgerDate.LAST_SAFE:
            stated = replace(stated, last_safe=reading.day)
        case LedgerDate.REVIEW:
            return replace(contract, about=replace(contract.about, review_on=reading.day))
    return replace(contract, terms=replace(terms, stated=stated))


DATE_EVENTS = (ContractDateRead, ContractDateConfirmed)
