"""Something in a table beside the views that is not as the record has it."""

from typing import NamedTuple


class TableDifference(NamedTuple):
    """In which table, and what is not so."""

    table: str
    said: str
