"""What is answered about a register that was handed in: how it was read, what became of each row."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from projects.api.register_rows import ReadingOptions, RowReport
from shared.web.bulk.batches import Counts, Mode
from shared.web.bulk.outcomes import ItemOutcome, Outcome
from shared.web.tabular.tables import Table

ROWS_REPORTED = 500


class UnreadCell(BaseModel):
    """A cell that was not read; its text is kept with its project, but for people's names."""

    row: int
    column: str
    reason: str


class RegisterReport(BaseModel):
    """How a register was read: `mapping` is what was used, to be saved or corrected.

    `counts.repeated` are rows that say nothing new; refused rows come with their problems, the first five
    hundred of them; `item` is their row as a spreadsheet numbers it.
    """

    batch: UUID | None
    dry_run: bool
    mode: Mode
    kind: str
    encoding: str
    delimiter: str
    formulas: int
    headings: list[str]
    mapping: dict[str, str]
    not_mapped: list[str]
    counts: Counts
    position: int | None = Field(description="The last one's place in the record, to read `after`.")
    not_done: int
    refused: list[ItemOutcome]
    unread_cells: int
    cells: list[UnreadCell]


class MappingSeen(BaseModel):
    """A saved mapping."""

    id: UUID
    version: int
    name: str
    columns: dict[str, str]


def reported(  # noqa: PLR0913  # the parts of one report
    table: Table,
    how: ReadingOptions,
    report: RowReport,
    outcomes: list[Outcome],
    counts: Counts,
    position: int | None,
    *,
    batch: UUID | None,
    mode: Mode,
) -> RegisterReport:
    """Return the report on a register."""
    refused: list[dict[str, Any]] = [o.shown() for o in outcomes if o.became == "refused"]
    not_done = sum(o.became == "not-done" for o in outcomes)
    return RegisterReport(
        batch=batch,
        dry_run=batch is None,
        mode=mode,
        kind=table.form.kind,
        encoding=table.form.encoding,
        delimiter=table.form.delimiter,
        formulas=table.form.formulas,
        headings=list(table.headings),
        mapping=dict(how.columns),
        not_mapped=[heading for heading in table.headings if heading not in how.columns],
        counts=Counts(done=counts.done, repeated=counts.repeated, refused=len(refused)),
        position=position,
        not_done=not_done,
        refused=[ItemOutcome.model_validate(line) for line in refused[:ROWS_REPORTED]],
        unread_cells=report.count,
        cells=[UnreadCell(row=c.row, column=c.column, reason=c.reason) for c in report.cells],
    )
