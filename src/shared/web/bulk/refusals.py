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
    """The table has unknown columns."""


class MixedColumns(Unacceptable):
    """A field must have either one column, or one for each of its entries."""


class UnknownReference(Unacceptable):
    """Say which one you mean, by its id or its reference; if you give both, they must agree."""


class AmbiguousReference(Refused):
    """Several sources have this reference: say which you mean by its id."""


class ItemReasonNeeded(Refused):
    """Say why: give each item a reason, or one for all of them."""

    problem_type: ClassVar[str] = "reason-needed"


class UndoStands(Refused):
    """An undo can't be undone: decide again instead."""
