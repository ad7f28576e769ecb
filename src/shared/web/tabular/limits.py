"""How large a table may be, and what is said of one that is larger or can't be read."""

from shared.kernel.errors import TooLarge, Unacceptable

ROWS_LIMIT = 100_000
SHEET_ROWS = 1_048_576  # of a spreadsheet, most of them blank
COLUMNS_LIMIT = 250
CELLS_LIMIT = 6_000_000  # from the first to the last: more than these with anything in them do not unpack
CELL_CHARACTERS_LIMIT = 64 * 1024
ROW_CHARACTERS_LIMIT = 1024 * 1024
UNPACKED_BYTES_LIMIT = 128 * 1024 * 1024
PARTS_LIMIT = 2_000


class TooManyRows(TooLarge):
    """The table has more rows than are taken in one piece: split it."""


class TooManyColumns(TooLarge):
    """The table has more columns than any register needs: remove the empty ones."""


class TooManyCells(TooLarge):
    """The sheet reaches further than its table needs: remove the cells far below or beside it."""


class RowTooLong(TooLarge):
    """A row of the table is longer than any row may be: close its quotation marks, or shorten it."""


class UnpacksTooLarge(TooLarge):
    """The spreadsheet is too large once unpacked: save the one sheet that is needed, or CSV."""


class UnreadableTable(Unacceptable):
    """The table can't be read: CSV, XLSX or ODS with a heading in its first row is needed."""


class NoSuchSheet(Unacceptable):
    """The spreadsheet has no sheet of that name."""


class NoHeading(Unacceptable):
    """The first row must hold the headings of the columns."""


SPREADSHEET_REFUSALS = (
    TooManyRows,
    TooManyColumns,
    TooManyCells,
    UnpacksTooLarge,
    UnreadableTable,
    NoSuchSheet,
)
