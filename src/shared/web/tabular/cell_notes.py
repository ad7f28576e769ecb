"""What a sheet's file says of its cells that a reader leaves out, by row and column from 0."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

from shared.web.tabular.marks import UNSOLVED
from shared.web.tabular.number_formats import is_number, with_mark

Place = tuple[int, int]
ByRow = defaultdict[int, dict[int, str]]


def _by_row() -> ByRow:
    return defaultdict(dict)


@dataclass(slots=True)
class CellNotes:
    """What stands beside numbers (`%`, another currency), and what stands where a formula left no value.

    `reaches` says of cells that are merged with those below them which row is the last of these.
    """

    beside: ByRow = field(default_factory=_by_row)
    instead: ByRow = field(default_factory=_by_row)
    reaches: defaultdict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def note_mark(self, place: Place, mark: str) -> None:
        """Note what a number is shown with."""
        self.beside[place[0]][place[1]] = mark

    def note_error(self, place: Place, text: str) -> None:
        """Note the error that a formula came to."""
        self.instead[place[0]][place[1]] = text

    def note_unsolved(self, place: Place) -> None:
        """Note a formula without a stored result."""
        self.instead[place[0]][place[1]] = UNSOLVED

    def forget(self, mark: str) -> None:
        """Forget where a mark stands, for a table whose reader does not know it."""
        for marks in self.beside.values():
            for column in [column for column, one in marks.items() if one == mark]:
                del marks[column]

    def note_merged(self, place: Place, last: int) -> None:
        """Note that a cell is one with those below it, to the last row."""
        if last > place[0]:
            self.reaches[place[0]][place[1]] = last

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

    def filled_down(self, rows: Iterable[list[str]], left: int, above: int) -> Iterator[list[str]]:
        """Yield rows with what merged cells show in each of theirs, but for the first rows, `above` a table.

        A number stays in the first one: an amount of several things is not that of each. So do blank rows.
        """
        shown: dict[int, tuple[int, str]] = {}
        for number, cells in enumerate(rows):
            shown = {column: of for column, of in shown.items() if of[0] >= number}
            if shown and any(cell.strip() for cell in cells):
                cells = [  # noqa: PLW2901  # the same, whole
                    shown[column][1] if not cell.strip() and column in shown else cell
                    for column, cell in enumerate(cells)
                ]
            for column, last in self.reaches.get(number, {}).items() if number >= above else ():
                text = cells[column - left] if left <= column < left + len(cells) else ""
                if text.strip() and not is_number(text):
                    shown[column - left] = (last, text)
            yield cells
