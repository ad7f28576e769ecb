"""Cells that say more of something which neither their row nor its thing names: nothing would hold them."""

from collections.abc import Mapping
from typing import Any

from shared.kernel.fields import REASON_LIMIT, SHORT_TEXT_LIMIT
from shared.web.registers.cells import ReadingOptions, line
from shared.web.registers.rows import Cell, RegisterRow, RowReport
from shared.web.tabular.headings import plain


def without_lone_cells(
    row: RegisterRow, standing: Mapping[str, Any], how: ReadingOptions, report: RowReport
) -> RegisterRow:
    """Return a row without such cells; they are reported, and kept as text with the thing."""
    beside = {name: how.register.by_name[name].beside for name in row.lone}
    lone = {name: row.lone[name] for name, of in beside.items() if not standing[of]}
    if not lone:
        return row
    unread = dict(row.unread)
    for name, text in lone.items():
        noun, column = plain(beside[name]), how.names[name]
        why = f"says more of a {noun}, and the row names none"
        report.note(Cell(row.number, column, why, text[:SHORT_TEXT_LIMIT], f"a {noun} in the same row"))
        unread[line(column)[:SHORT_TEXT_LIMIT]] = text[:REASON_LIMIT]
    said = {name: value for name, value in row.said.items() if name not in lone}
    return row._replace(said=said, unread=unread, settled=row.settled - {how.names[name] for name in lone})
