"""How much one body of items may hold, and what is said of one that can't be taken apart."""

from typing import ClassVar

from shared.kernel.errors import Refused, TooLarge, Unacceptable

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


class UnknownReference(Unacceptable):
    """Say which one is meant: by its id or by its reference, and not by both where they differ."""


class AmbiguousReference(Refused):
    """Several sources have this reference: say which is meant, by its id."""


class ItemReasonNeeded(Refused):
    """Say why: give each item a reason, or one for all of them."""

    problem_type: ClassVar[str] = "reason-needed"


class UndoStands(Refused):
    """What an undo took back is not brought back by another: decide it anew."""
