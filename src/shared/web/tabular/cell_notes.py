"""What a sheet's file says of its cells that a reader leaves out, by row and column from 0."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

from shared.web.tabular.marks import UNSOLVED
from shared.web.tabular.number_formats import with_mark

Place = tuple[int, int]
ByRow = defaultdict[int, dict[int, str]]


def _by_row() -> ByRow:
    return defaultdict(dict)


@dataclass(slots=True)
class CellNotes:
    """What stands beside numbers (`%`, another currency), and what stands where a formula left no value."""

    beside: ByRow = field(default_factory=_by_row)
    instead: ByRow = field(default_factory=_by_row)

    def note_mark(self, place: Place, mark: str) -> None:
        """Note what a number is shown with."""
        self.beside[place[0]][place[1]] = mark

    def note_error(self, place: Place, text: str) -> None:
        """Note the error that a formula came to."""
        self.instead[place[0]][place[1]] = text

    def note_unsolved(self, place: Place) -> None:
        """Note a formula without a stored result."""
        self.instead[place[0]][place[1]] = UNSOLVED

    def added_to(self, rows: Iterable[list[str]], left: int) -> Iterator[list[str]]:
        """Yield rows as the sheet shows them; their first cell stands in column `left`.

        A reader ends at the last value: there may be rows and cells below and beside it that have none.
        """
        last = max(self.instead, default=-1)
        blank = list[str]()
        for number, cells in enumerate(chain(rows, repeat(blank))):
            if cells is blank and number > last:
                return
            yield self._row(number, cells, left)

    def _row(self, number: int, cells: list[str], left: int) -> list[str]:
        if number not in self.beside and number not in self.instead:
            return cells
        row = list(cells)
        for column, mark in self.beside.get(number, {}).items():
            if left <= column < left + len(row) and row[column - left]:
                row[column - left] = with_mark(row[column - left], mark)
        for column, text in self.instead.get(number, {}).items():
            if column >= left:
                row += [""] * (column - left + 1 - len(row))
                row[column - left] = text
        return row
