"""What only all rows of a register together tell: repeated references, and one value on many lines."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from rfp_service.contracts.domain.contract import FlagCode
from rfp_service.contracts.domain.flags import ONE_POUND
from shared.kernel.fields import SHORT_TEXT_LIMIT
from shared.kernel.references import reference_words
from shared.web.registers.register import Said
from shared.web.registers.rows import RegisterRow

MANY_LINES = 3
NUMBER_LENGTH = 8


class RegisterPatterns:
    """Says of each row what all of them tell.

    Lines that share a reference become contracts of their own, named by their supplier too, and flagged:
    whether they are one is for a person to say. Lines alike in both are numbered in their order.
    """

    def __init__(self, rows: Iterable[RegisterRow]) -> None:
        """Count references and values over all rows."""
        self._references, self._lines, self._named = Counter[str](), Counter[int](), Counter[str]()
        self._lengths: dict[int, set[int]] = {}
        for row in rows:
            if row.id is None:
                self._references[_reference(row.said)] += 1
            if (value := row.said.get("value_pence", 0)) > ONE_POUND:
                self._lines[value] += 1
                if len(lengths := self._lengths.setdefault(value, set())) < MANY_LINES:
                    lengths.add(_days(row.said))

    def told(self, row: RegisterRow) -> RegisterRow:
        """Return a row with its flags, and a reference that no other row has."""
        said, flagged = row.said, list[FlagCode]()
        value, reference = said.get("value_pence", 0), said.get("reference")
        if self._lines[value] >= MANY_LINES and len(self._lengths[value]) > 1:
            flagged.append(FlagCode.VALUE_REPEATED)
        if row.id is None and reference and self._references[_reference(said)] > 1:
            flagged.append(FlagCode.REFERENCE_REPEATED)
            reference = self._told_apart(reference, said)
            said = {**said, "reference": reference}
        if not flagged:
            return row
        return row._replace(said={**said, "flagged": tuple(flagged)}, reference=reference or row.reference)

    def _told_apart(self, reference: str, said: Said) -> str:
        whole = f"{reference} / {said.get('supplier', '')}"[: SHORT_TEXT_LIMIT - NUMBER_LENGTH].strip(" /")
        self._named[reference_words(whole)] += 1
        number = self._named[reference_words(whole)]
        return whole if number == 1 else f"{whole} ({number})"


def with_patterns(rows: Iterable[RegisterRow]) -> Callable[[RegisterRow], RegisterRow]:
    """Return what each row is with what all of them tell."""
    return RegisterPatterns(rows).told


def _reference(said: Said) -> str:
    return reference_words(str(said.get("reference", "")))


def _days(said: Said) -> int:
    start, end = said.get("start"), said.get("initial_end")
    return (end - start).days if isinstance(start, date) and isinstance(end, date) else -1
