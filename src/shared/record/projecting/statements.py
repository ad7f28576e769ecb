"""SQL for statements that differ in their values only is written once, and their values are bound to it."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.util import LRUCache

from shared.record.projecting.views import DIALECT

STATEMENTS_AT_HAND = 500  # by form: which columns and conditions, not which values

_written: LRUCache[Any, Any] = LRUCache(STATEMENTS_AT_HAND)


def sql_of(statement: "Select[Any]") -> tuple[str, list[object]]:
    """Return a statement as SQL and the values of its parameters, in their places.

    It is SQLAlchemy's own cache, as its connections use it; a list of values has a place for each.
    """
    compiled: Any
    compiled, extracted, given, _ = statement._compile_w_cache(  # noqa: SLF001  # there is no public way in
        DIALECT, compiled_cache=_written, column_keys=[]
    )
    values = compiled.construct_params(
        extracted_parameters=extracted, escape_names=False, _collected_params=given
    )
    if not compiled._render_postcompile and compiled.post_compile_params:  # noqa: SLF001  # the same
        expanded = compiled._process_parameters_for_postcompile(values)  # noqa: SLF001  # the same
        return expanded.statement, list(expanded.positional_parameters)
    return str(compiled), [values[name] for name in compiled.positiontup or ()]
