"""What is answered about a register: how it was read, how it differs, what became of each row."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.web.bulk.batches import Counts, Mode
from shared.web.bulk.outcomes import ItemOutcome, Outcome
from shared.web.registers.cells import ReadingOptions
from shared.web.registers.comparison import RegisterComparison
from shared.web.registers.difference import DifferenceCounts, RegisterDifference
from shared.web.registers.rows import RowReport
from shared.web.tabular.tables import Table

ROWS_REPORTED = 500
DIFFERENCES_REPORTED = 5_000


class UnreadCell(BaseModel):
    """A cell that was not read; its text is kept with its thing, but for people's names."""

    row: int
    column: str
    reason: str
    text: str = Field(description="The cell's own text.")
    expected: str = Field(description="What would have been read.")


class DaysRead(BaseModel):
    """How a column's days were read: which comes first where they are numbers, and whether that was said."""

    column: str
    order: str
    declared: bool


class RegisterReport(BaseModel):
    """How a register was read: `mapping` is what was used, to be saved or corrected.

    `counts.repeated` are rows that say nothing new; refused rows come with their problems, the first five
    hundred of them; `item` is their row as a spreadsheet numbers it. `differences` are the first five
    thousand, whole as CSV or NDJSON.
    """

    batch: UUID | None = Field(description="What was decided; null where nothing was.")
    dry_run: bool
    mode: Mode
    kind: str
    encoding: str
    delimiter: str
    formulas: int
    sheet: str
    sheets: list[str]
    heading_rows: list[int] = Field(description="The first row of the headings, and the last.")
    headings: list[str]
    mapping: dict[str, str]
    not_mapped: list[str]
    source: str = Field(description="Whose references they are; blank for the usual source.")
    references_from: list[str] = Field(description="The columns that a reference was made of.")
    days: list[DaysRead]
    pivot: int | None
    counts: Counts
    position: int | None = Field(description="The last one's place in the record, to read `after`.")
    not_done: int
    declined: int = Field(description="Rows of which something that differs was not accepted.")
    refused: list[ItemOutcome]
    unread_cells: int
    cells: list[UnreadCell]
    left_out: list[int] = Field(description="Rows of totals, remarks, other tables, headings once more.")
    difference_counts: DifferenceCounts
    differences: list[RegisterDifference]


class MappingSeen(BaseModel):
    """A saved mapping."""

    id: UUID
    version: int
    name: str
    columns: dict[str, str]


def how_read(table: Table, how: ReadingOptions) -> dict[str, Any]:
    """Return how a table was read."""
    form = table.form
    return {
        "kind": form.kind,
        "encoding": form.encoding,
        "delimiter": form.delimiter,
        "formulas": form.formulas,
        "sheet": form.sheet,
        "sheets": list(form.sheets),
        "heading_rows": [table.heading.first, table.heading.last],
        "headings": list(table.headings),
        "mapping": dict(how.columns),
        "not_mapped": [heading for heading in table.headings if heading not in how.columns],
        "source": how.source,
        "references_from": list(how.key),
        "days": [
            DaysRead(column=name, order=style.order, declared=style.declared)
            for name, style in how.days.items()
        ],
        "pivot": next((style.pivot for style in how.days.values()), None),
    }


def reported(
    read: Mapping[str, Any],
    report: RowReport,
    comparison: RegisterComparison,
    outcomes: Sequence[Outcome],
    done: Mapping[str, Any],
) -> RegisterReport:
    """Return the report on a register."""
    refused: list[dict[str, Any]] = [o.shown() for o in outcomes if o.result == "refused"]
    counts: Counts = done["counts"]
    return RegisterReport(
        **read,
        batch=done["batch"],
        dry_run=done["dry_run"],
        mode=done["mode"],
        position=done["position"],
        counts=Counts(
            done=counts.done, repeated=counts.repeated + comparison.counts.unchanged, refused=len(refused)
        ),
        not_done=sum(o.result == "not-done" for o in outcomes),
        declined=comparison.declined,
        refused=[ItemOutcome.model_validate(line) for line in refused[:ROWS_REPORTED]],
        unread_cells=report.count,
        cells=[
            UnreadCell(row=c.row, column=c.column, reason=c.reason, text=c.text, expected=c.expected)
            for c in report.cells
        ],
        left_out=report.left_out,
        difference_counts=comparison.counts,
        differences=[RegisterDifference.model_validate_json(line) for line in first_lines(comparison)],
    )


def first_lines(comparison: RegisterComparison) -> list[bytes]:
    """Return the first differences, a line of JSON each."""
    comparison.told.seek(0)
    return [line for line, _ in zip(comparison.told, range(DIFFERENCES_REPORTED), strict=False)]
