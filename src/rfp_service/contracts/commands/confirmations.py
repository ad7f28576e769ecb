"""The ledger of dates: what was read where, and what a person has confirmed."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from rfp_service.contracts.commands.clock import clock_for, is_reviewed, unchanged
from rfp_service.contracts.commands.rules import must_run
from rfp_service.contracts.domain.contract import Contract, LedgerDate
from rfp_service.contracts.domain.date_events import ContractDateConfirmed, ContractDateRead
from rfp_service.contracts.domain.refusals import RollsSinceThen, TermsContradict, TooManyOfContract
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import WHOLE, Day, ShortText
from shared.kernel.messages import Command, Stamp

READINGS_LIMIT = 200
PAGE_LIMIT = 10_000

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class DateFound(Command[Contract]):
    """A date as a document has it: the document's hash, the clause and the page."""

    by_the_contract_rules = True

    name: LedgerDate
    day: Day
    document: Sha256 = Field(description="The SHA-256 of the document.", examples=["0" * 64])
    clause: ShortText = Field(examples=["12.3"])
    page: Annotated[int, Field(ge=1, le=PAGE_LIMIT), WHOLE]


def must_hold_more(contract: Contract) -> None:
    """Refuse more readings than one contract holds."""
    must_run(contract)
    if len(contract.readings) >= READINGS_LIMIT:
        raise TooManyOfContract(limit=READINGS_LIMIT)


class ReadDate(DateFound):
    """Say what a document has for a date; somebody must confirm it before anything rests on it."""

    decision: Literal["read-date"] = "read-date"

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_hold_more(contract)

    def decide(self, contract: Contract, stamp: Stamp) -> ContractDateRead:
        """Keep the reading beside the others."""
        return ContractDateRead(
            stage=contract.stage,
            name=self.name,
            day=self.day,
            document=self.document,
            clause=self.clause,
            page=self.page,
            read_by=stamp.by,
            read_on=day_in_london(stamp.at),
        )


class ConfirmDate(DateFound):
    """Confirm a date from its document: it holds from now on, whatever was calculated.

    Whoever read it may confirm it. What a confirmation rests on is the clause, which anybody can look up; the
    ledger says who did which. Decisions on money are what takes two people: savings, and approvals by tier.
    """

    decision: Literal["confirm-date"] = "confirm-date"

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_hold_more(contract)

    def decide(self, contract: Contract, stamp: Stamp) -> ContractDateConfirmed:
        """Confirm it; where it differs from what was known, every alert is armed again."""
        moved = self.day != contract.day(self.name)
        if self.name is LedgerDate.LAST_SAFE and moved and _has_gone_on(contract):
            raise RollsSinceThen(calculated=contract.clock.last_safe)
        blank = ContractDateConfirmed(
            stage=contract.stage,
            clock=unchanged(contract),
            name=self.name,
            day=self.day,
            document=self.document,
            clause=self.clause,
            page=self.page,
            confirmed_by=stamp.by,
            confirmed_on=day_in_london(stamp.at),
        )
        after = blank.apply(contract)
        start, end = after.day(LedgerDate.START), after.day(LedgerDate.INITIAL_END)
        if start is not None and end is not None and end < start:
            raise TermsContradict(contradictions=["ends_before_it_starts"])
        clock = clock_for(after, stamp, reviewed=is_reviewed(contract) and not moved)
        return blank.model_copy(update={"clock": clock})


def _has_gone_on(contract: Contract) -> bool:
    """Say whether the contract is beyond its first end, by an option or a roll-over."""
    first = contract.day(LedgerDate.INITIAL_END)
    return contract.terms.exercised > 0 or (
        first is not None and contract.clock.ends_on is not None and contract.clock.ends_on > first
    )
