"""Taking a row of a register in: a new contract, or what has changed of one that is known."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from rfp_service.contracts.commands.clock import clock_for, computed, is_reviewed, unchanged
from rfp_service.contracts.commands.registration import flags_anew, with_clock
from rfp_service.contracts.commands.restatement import restated
from rfp_service.contracts.commands.rules import must_run
from rfp_service.contracts.domain.contract import Contract, FlagCode, LedgerDate
from rfp_service.contracts.domain.events import (
    ContractAmended,
    ContractEvent,
    ContractTermsCorrected,
    StatedTerms,
    stated_of,
)
from rfp_service.contracts.domain.refusals import TermsContradict
from shared.kernel.fields import REASON_LIMIT, Code, Day, LongText, Pence, PersonId, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.restatement import Restated
from shared.kernel.states import replace
from shared.kernel.suppliers import Supplier

BY_REGISTER = "By the register."
UNREAD_LIMIT = 60
FLAGS_LIMIT = 20
ABOUT = (
    "title",
    "department",
    "description",
    "value_pence",
    "irrecoverable_vat_pence",
    "review_on",
    "tendered",
    "service_area",
    "owner",
)
OF_SUPPLIER = ("supplier", "supplier_number", "small_or_medium", "voluntary_or_community")

LEGAL_FORMS = frozenset({"the", "ltd", "limited", "plc", "llp", "lp", "cic", "cio", "co", "company", "inc"})
_WORDS = re.compile(r"\w+")

UnreadCell = Annotated[str, Field(max_length=REASON_LIMIT)]


class ImportContract(Command[Contract]):
    """A row of a register: what could be read, all cells that could not, and the dates withdrawn."""

    by_the_contract_rules = True

    reference: ShortText
    title: ShortText
    department: ShortText | None = None
    description: LongText | None = None
    supplier: ShortText | None = None
    supplier_number: Code | None = None
    small_or_medium: bool | None = None
    voluntary_or_community: bool | None = None
    value_pence: Pence | None = None
    irrecoverable_vat_pence: Pence | None = None
    start: Day | None = None
    initial_end: Day | None = None
    review_on: Day | None = None
    tendered: bool | None = None
    service_area: ShortText | None = None
    owner: PersonId | None = None
    flagged: Annotated[tuple[FlagCode, ...], Field(max_length=FLAGS_LIMIT)] = ()
    unread: Annotated[dict[ShortText, UnreadCell], Field(max_length=UNREAD_LIMIT)] = Field({})
    withdrawn: tuple[Literal["start", "initial_end", "review_on"], ...] = ()
    source: ShortText | None = None

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Register what is new, flagged; of what is known, keep the changes; the same row says nothing."""
        if contract.is_new:
            return [self._registered(contract, stamp)]
        events, after = list[ContractEvent](), contract
        for changed in (self._amended, self._dated, self._restated):
            if event := changed(after, stamp):
                events.append(event)
                after = event.apply(after)
        if not events:
            return []
        must_run(contract)
        return [*events, *flags_anew(contract, after, stamp, BY_REGISTER)]

    def _registered(self, contract: Contract, stamp: Stamp) -> ContractEvent:
        said = {name: value for name in ABOUT if (value := getattr(self, name)) is not None}
        terms = StatedTerms(start=self.start, initial_end=self.initial_end)
        _must_agree(terms)
        said |= {"reference": self.reference, "supplier": self._supplier(None), "unread": self.unread}
        return with_clock({**said, "source": self.source or ""}, terms, contract, stamp, self.flagged)

    def _supplier(self, known: Supplier | None) -> Supplier | None:
        """Return the supplier as the row has it, with what is known of it where the row says nothing.

        What is known of one supplier, such as its number, is not said of another.
        """
        names = ("name", "number", *OF_SUPPLIER[2:])
        said = dict(zip(names, (getattr(self, name) for name in OF_SUPPLIER), strict=True))
        given = {name: value for name, value in said.items() if value is not None}
        if known is None or (self.supplier is not None and not _is_called(known, self.supplier)):
            return Supplier(**given) if "name" in given else None
        return known.model_copy(update=given)

    def _amended(self, contract: Contract, stamp: Stamp) -> ContractEvent | None:
        said: dict[str, Any] = {
            name: value
            for name in ABOUT
            if (value := getattr(self, name)) is not None and value != getattr(contract.about, name)
        }
        if (supplier := self._supplier(contract.about.supplier)) != contract.about.supplier:
            said["supplier"] = supplier
        if not said:
            return None
        blank = ContractAmended(stage=contract.stage, clock=unchanged(contract), reason=BY_REGISTER, **said)
        reviewed = is_reviewed(contract) and self.review_on is None
        clock = clock_for(blank.apply(contract), stamp, reviewed=reviewed)
        return blank.model_copy(update={"clock": clock})

    def _dated(self, contract: Contract, stamp: Stamp) -> ContractEvent | None:
        terms = contract.terms
        start = None if "start" in self.withdrawn else self.start or terms.start
        moved = replace(contract, terms=replace(terms, start=start))  # an end that is counted moves as well
        said: dict[str, date | None] = {}
        if self.start not in (None, terms.start):
            said["start"] = self.start
        if self.initial_end is not None and self.initial_end != moved.day(LedgerDate.INITIAL_END):
            said["initial_end"] = self.initial_end
        if "initial_end" in said and self.initial_end == end_gone_on_to(contract, stamp, self.start):
            del said["initial_end"]  # its options, or roll-overs, would be counted once more
        if not said:
            return None
        stated = stated_of(terms).model_copy(update=said)
        _must_agree(stated.model_copy(update=dict.fromkeys(self.withdrawn)))
        return corrected(contract, stated, stamp, BY_REGISTER)

    def _restated(self, contract: Contract, stamp: Stamp) -> ContractEvent | None:
        """Return dates that are withdrawn, and cells that can be read now or no longer."""
        restored = Restated()
        for name, known in (
            ("start", contract.terms.start),
            ("initial_end", contract.terms.stated.initial_end),
            ("review_on", contract.about.review_on),
        ):
            if name in self.withdrawn and known is not None:
                restored[name] = None
        if self.unread != dict(contract.about.unread):
            restored["unread"] = [[name, text] for name, text in self.unread.items()]
        return restated(contract, restored, stamp, BY_REGISTER) if restored else None


def _is_called(supplier: Supplier, name: str) -> bool:
    """Say whether a name is the supplier's but for letters' case, punctuation and its legal form."""
    return _own_words(supplier.name) == _own_words(name)


def _own_words(name: str) -> list[str]:
    words = _WORDS.findall(name.casefold().replace("&", " and ").replace("'", "").replace(".", ""))
    return [word for word in words if word not in LEGAL_FORMS] or words


def end_gone_on_to(contract: Contract, stamp: Stamp, start: date | None = None) -> date | None:
    """Return the current end of a contract that was extended, or has rolled over; None of any other.

    Where a start is given, its ends are counted from there.
    """
    terms = contract.terms if start is None else replace(contract.terms, start=start)
    dates = computed(replace(contract, terms=terms), stamp)
    return dates.current_end if terms.exercised or dates.rolls else None


def corrected(contract: Contract, terms: StatedTerms, stamp: Stamp, reason: str) -> ContractTermsCorrected:
    """Return a contract's corrected terms, with every alert armed again."""
    blank = ContractTermsCorrected(
        stage=contract.stage, clock=unchanged(contract), terms=terms, reason=reason
    )
    return blank.model_copy(update={"clock": clock_for(blank.apply(contract), stamp)})


def _must_agree(terms: StatedTerms) -> None:
    """Refuse an end before the start, or before the day for a notice that the contract states."""
    start, end, last_safe = terms.start, terms.initial_end, terms.last_safe
    wrong = {
        "ends_before_it_starts": start is not None and end is not None and end < start,
        "last_safe_after_the_end": last_safe is not None and end is not None and end < last_safe,
    }
    if found := [name for name, is_wrong in wrong.items() if is_wrong]:
        raise TermsContradict(contradictions=found)
