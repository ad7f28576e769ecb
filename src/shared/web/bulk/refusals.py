"""How much one body of items may hold, and what is said of one that can't be taken apart."""

from shared.kernel.errors import TooLarge, Unacceptable

LINE_BYTES_LIMIT = 256 * 1024
ITEMS_LIMIT = 1_000_000


class LineTooLong(TooLarge):
    """A line is longer than any item may be; what stands after it was not read."""


class TooManyItems(TooLarge):
    """This is more than one request may hold: split it."""


class NotItems(Unacceptable):
    """The body must be a JSON object whose `items` are a list of objects."""


class UnknownColumns(Unacceptable):
    """The table has columns that are not known here."""


class MixedColumns(Unacceptable):
    """A field has either one column, or one for each of its entries."""
