"""What a list is sorted by, for one reader: nothing is sorted by what its reader may not see of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, null
from sqlalchemy.sql.elements import True_

from shared.record.projecting.row_models import Derived, mark, plain, type_of
from shared.web.lists.row_order import SortKey
from shared.web.lists.statements import ListStatement
from shared.web.reads.readings import Reading


def keys_for(stated: ListStatement, names: Sequence[str], reading: Reading) -> list[SortKey]:
    """Return the keys of an order: the fields that are named, then the list's own key."""
    found = [_key(stated, name.removeprefix("-"), name.startswith("-"), reading) for name in names]
    own = stated.key_column
    shown = stated.key if stated.key in stated.row.model_fields else ""
    found.append(SortKey(stated.key, not stated.ascending, own, own.type, may_be_null=False, read_as=shown))
    return found


def _key(stated: ListStatement, name: str, descending: bool, reading: Reading) -> SortKey:  # noqa: FBT001  # one caller
    derived: Derived | None = mark(stated.row, name, Derived)
    if derived is not None:
        kind, _ = plain(stated.row.model_fields[name].annotation)
        if derived.sorts_by:
            kind, _ = plain(kind.model_fields[derived.sorts_by].annotation)
        return SortKey(name, descending, None, type_of(kind), needs=derived.needs, part=derived.sorts_by)
    column = stated.field(name)
    may = stated.may_find(reading, [name])
    if isinstance(may, True_):
        return SortKey(name, descending, column, column.type, may_be_null=stated.may_be_null(name))
    hidden: ColumnElement[Any] = case((may, column), else_=null())
    return SortKey(name, descending, hidden, column.type)
