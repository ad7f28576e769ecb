"""Cells that say more of something which neither their row nor its thing names: nothing would hold them."""

from collections.abc import Mapping
from typing import Any

from shared.kernel.fields import REASON_LIMIT, SHORT_TEXT_LIMIT
from shared.web.registers.cells import ReadingOptions, line
from shared.web.registers.difference import shown
from shared.web.registers.rows import Cell, RegisterRow, RowReport
from shared.web.tabular.headings import plain


def without_lone_cells(
    row: RegisterRow, standing: Mapping[str, Any], how: ReadingOptions, report: RowReport
) -> RegisterRow:
    """Return a row without such cells; they are reported, and kept as text with the thing."""
    unread: dict[str, str] = {}
    for field in how.register.fields:
        if not field.beside or field.name not in row.said or field.beside in row.said:
            continue
        if not standing[field.beside]:
            noun, column = plain(field.beside), how.names[field.name]
            text = _text(row.said[field.name])
            why = f"says more of a {noun}, and the row names none"
            report.note(Cell(row.number, column, why, text[:SHORT_TEXT_LIMIT], f"a {noun} in the same row"))
            unread[line(column)[:SHORT_TEXT_LIMIT]] = text[:REASON_LIMIT]
    if not unread:
        return row
    lone = {name for name, column in how.names.items() if line(column)[:SHORT_TEXT_LIMIT] in unread}
    said = {name: value for name, value in row.said.items() if name not in lone}
    return row._replace(
        said=said, unread={**row.unread, **unread}, settled=row.settled - {how.names[name] for name in lone}
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(value)
