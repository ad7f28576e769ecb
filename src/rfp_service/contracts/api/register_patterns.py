"""What only all rows of a register together tell: repeated references, and one value on many lines."""

from collections import Counter, defaultdict
from collections.abc import Iterable
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
        """Count references, and how long the contracts of each value run, over all rows."""
        self._references, self._named = Counter[str](), Counter[str]()
        self._lengths = defaultdict[int, Counter[int]](Counter)
        for row in rows:
            if row.id is None:
                self._references[_reference(row.said)] += 1
            if (value := row.said.get("value_pence", 0)) > ONE_POUND:
                self._lengths[value][_days(row.said)] += 1

    def __call__(self, row: RegisterRow) -> RegisterRow:
        """Return a row with its flags, and a reference that no other row has."""
        said, flagged, reference = row.said, list[FlagCode](), row.said.get("reference")
        lengths = self._lengths.get(said.get("value_pence", 0), Counter[int]())
        if lengths.total() >= MANY_LINES and len(lengths) > 1:
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


def _reference(said: Said) -> str:
    return reference_words(str(said.get("reference", "")))


def _days(said: Said) -> int:
    start, end = said.get("start"), said.get("initial_end")
    return (end - start).days if isinstance(start, date) and isinstance(end, date) else -1
