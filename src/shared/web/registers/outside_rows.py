"""Rows of a table that are no rows of its register: totals, headings, remarks, and other tables below it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from shared.web.registers.cells import ReadingOptions, is_number
from shared.web.registers.mappings import ID
from shared.web.registers.register import NEEDED, REFERENCE, TITLE
from shared.web.registers.units import are_hints
from shared.web.tabular.headings import key_words, plain
from shared.web.tabular.tables import Row, Table

HEADINGS_AGAIN = 2  # so many cells that say what their columns are called
REMARKS = 10  # so many below a table; more are things of which nothing is known but a name
FEW_COLUMNS = 2  # a row of these may hold one cell alone
_TOTAL = re.compile(r"^(?:grand |sub-? ?)?totals?\b", re.IGNORECASE)
_ONLY_TOTAL = re.compile(r"(?:grand |sub-? ?)?totals?:?", re.IGNORECASE)
_NOTE = re.compile(r"(?:notes?|sources?|key|n\.?b\.?) ?(?::|$)|[*†‡]", re.IGNORECASE)


class OutsideRows:
    """Tells which rows of a table are outside its register."""

    def __init__(self, table: Table, how: ReadingOptions, tell: Callable[[int, str, str], None]) -> None:
        """Know what the columns are called; `tell` takes a row, a column and what heads it otherwise."""
        self._tell, self._headings = tell, table.headings
        self._fields = [how.columns.get(name, "") for name in table.headings]
        self._needed = [place for place, field in enumerate(self._fields) if field in NEEDED]
        self._known = how.register.known
        self._called = [table.heading.names(" ".join(cell.split())) for cell in table.heading.cells]
        self._last, self._first = table.heading.last, table.heading.last + 1
        self._ended = False

    def told_apart(self, rows: Iterable[Row]) -> Iterator[tuple[Row, bool]]:
        """Yield each row, and whether it is outside the register.

        Below the headings of another table everything is, until those of the register come once more. A few
        texts that stand alone are remarks where no row of the register follows them.
        """
        lone: list[Row] = []
        elsewhere = False
        for number, row in rows:
            if (
                number == self._first
                and are_hints(row)
                and not (self._is_lone(row) and self._cell(row, TITLE))
            ):
                yield (number, row), True
                continue
            has_gap, self._last = number > self._last + 1, number
            if is_heading := self._is_heading(row):
                elsewhere = self._heads_another_table(number, row)
            elif (
                not elsewhere
                and len(lone) < REMARKS
                and self._may_be_remark(row, follows=has_gap or bool(lone))
            ):
                lone.append((number, row))
                continue
            yield from ((one, is_heading) for one in lone)
            lone = []
            yield (number, row), is_heading or elsewhere or self._is_below(row)
        yield from ((one, True) for one in lone)

    def _heads_another_table(self, number: int, row: Sequence[str]) -> bool:
        """Say whether a row of headings calls a column of the register otherwise; tell the first one."""
        for place, (cell, field) in enumerate(zip(row, self._fields, strict=False)):
            if field and cell.strip() and self._named(place, cell) != field:
                self._tell(number, self._headings[place], cell)
                return True
        return False

    def _is_below(self, row: Sequence[str]) -> bool:
        """Say whether a row is a total, or one text alone below one."""
        is_total = self._is_total(row)
        self._ended |= is_total
        return is_total or (self._ended and self._is_lone(row))

    def _may_be_remark(self, row: Sequence[str], *, follows: bool) -> bool:
        """Say whether a row is one text alone, called a note, or as it follows a blank row or such a text."""
        if self._ended or len(self._fields) <= FEW_COLUMNS or not self._is_lone(row):
            return False
        text = next(filter(None, map(str.strip, row)))
        return (follows or _NOTE.match(text) is not None) and not self._is_total(row)

    def _is_lone(self, row: Sequence[str]) -> bool:
        return len(list(islice(filter(None, map(str.strip, row)), 2))) == 1

    def _is_total(self, row: Sequence[str]) -> bool:
        """Say whether a row sums up those above it: it is called so, or holds numbers and names nothing.

        What is called so may be a thing all the same: with a title beside a reference of its own, or, in a
        table without references, with more beside its name than numbers.
        """
        first = next(filter(None, map(str.strip, row)))
        if _TOTAL.match(first) is None and not is_number(first):
            return False
        title, named = self._cell(row, TITLE), self._cell(row, REFERENCE) or self._cell(row, ID)
        if _TOTAL.match(first) is None:
            return not title and not named and all(map(is_number, filter(None, map(str.strip, row))))
        if REFERENCE not in self._fields and ID not in self._fields:
            rest = filter(None, map(str.strip, row))
            return _ONLY_TOTAL.fullmatch(first) is not None or all(map(is_number, list(rest)[1:]))
        return not (title and named) or (_ONLY_TOTAL.fullmatch(first) is not None and is_number(title))

    def _is_heading(self, row: Sequence[str]) -> bool:
        """Say whether a row holds headings: those of this table, or what references and titles are called."""
        alike = 0
        for cell, called in zip(row, self._called, strict=False):
            if text := cell.strip():
                if _begins_otherwise(text, called) or plain(text) not in called:
                    return self._heads_another(row)
                alike += 1
        return alike >= HEADINGS_AGAIN

    def _heads_another(self, row: Sequence[str]) -> bool:
        """Say whether what would name a thing in a row is what references and titles are called."""
        needed = [(place, row[place]) for place in self._needed if place < len(row)]
        if not needed or any(_is_no_heading(cell) for _, cell in needed):
            return False
        if any(self._named(place, cell) not in NEEDED for place, cell in needed):
            return False
        headed = (self._named(place, cell) for place, cell in enumerate(row[: len(self._fields)]))
        return sum(map(bool, headed)) >= HEADINGS_AGAIN

    def _named(self, place: int, cell: str) -> str:
        """Return the field that a cell is the heading of, as in this table or as is known."""
        own = plain(cell) in self._called[place]
        return self._fields[place] if own else self._known.get(key_words(cell), "")

    def _cell(self, row: Sequence[str], field: str) -> str:
        cells = (cell.strip() for cell, name in zip(row, self._fields, strict=False) if name == field)
        return next(filter(None, cells), "")


def _is_no_heading(cell: str) -> bool:
    """Say whether a cell is blank, or has a digit as references have, and no heading that is known."""
    return not cell.strip() or any(map(str.isdigit, cell))


def _begins_otherwise(text: str, called: Sequence[str]) -> bool:
    """Say whether a text's first letter alone, or its first digit, shows that it is none of some headings."""
    return text[0].isalnum() and not any(name.startswith(text[0].casefold()) for name in called)
