"""Cells that can be read, and are not taken of their thing: lone ones, and what it rules out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.kernel.fields import REASON_LIMIT, SHORT_TEXT_LIMIT
from shared.web.registers.cells import ReadingOptions, line
from shared.web.registers.difference import shown
from shared.web.registers.rows import Cell, RegisterRow, RowReport
from shared.web.tabular.headings import plain


def without_lone_cells(
    row: RegisterRow, standing: Mapping[str, Any], how: ReadingOptions, report: RowReport
) -> RegisterRow:
    """Return a row without cells that say more of something which neither it nor its thing names."""
    beside = {name: how.register.by_name[name].beside for name in row.lone}
    lone = {name: row.lone[name] for name, of in beside.items() if not standing[of]}
    if not lone:
        return row
    cells = []
    for name, text in lone.items():
        noun = plain(beside[name])
        why = f"says more of a {noun}, and the row names none"
        cells.append(Cell(row.number, how.names[name], why, text, f"a {noun} in the same row"))
    return _without(row, lone, cells, report)


def without_cells_not_taken(
    row: RegisterRow, thing: object, how: ReadingOptions, report: RowReport
) -> RegisterRow:
    """Return a row without cells that the room does not take of a thing as it stands."""
    read = [(name, column) for column, name in how.columns.items() if column in row.settled]
    columns = dict(reversed(read))  # of two for one field, the first
    reasons = how.of_known(thing, row.said, columns)
    cells = []
    for name, reason in reasons.items():
        why, _, expected = reason.partition("|")
        if why:
            cells.append(Cell(row.number, columns[name], why, shown(row.said[name]), expected))
    return _without(row, reasons, cells, report) if reasons else row


def _without(
    row: RegisterRow, names: Collection[str], cells: Sequence[Cell], report: RowReport
) -> RegisterRow:
    """Return a row without some fields; the cells are reported, and kept as text with the thing."""
    unread = dict(row.unread)
    for cell in cells:
        report.note(replace(cell, text=cell.text[:SHORT_TEXT_LIMIT]))
        unread[line(cell.column)[:SHORT_TEXT_LIMIT]] = cell.text[:REASON_LIMIT]
    said = {name: value for name, value in row.said.items() if name not in names}
    return row._replace(said=said, unread=unread, settled=row.settled - {cell.column for cell in cells})
