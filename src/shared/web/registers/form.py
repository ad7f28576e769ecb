"""The form of a hand-in: which table of the file, how it is read, what of it is accepted."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form
from pydantic import WithJsonSchema

from shared.kernel.fields import ONE_LINE, SHORT_TEXT_LIMIT, Flag
from shared.web.bulk.batches import Mode

MAPPING_CHARACTERS_LIMIT = 64 * 1024
ACCEPTED_CHARACTERS_LIMIT = 1024 * 1024
ROW_LIMIT = 1_000
PIVOT_LIMIT = 99
USUAL_SOURCE = "usual"
PENCE = {"pounds": 100, "thousands": 100_000, "millions": 100_000_000}
PARTS = {
    "file",
    "mapping",
    "mapping_name",
    "amounts_in",
    "encoding",
    "sheet",
    "heading_row",
    "key",
    "source",
    "dates",
    "pivot",
    "blank_dates",
    "accept",
    "accepted",
    "mode",
    "dry_run",
}
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class TableOptions:
    """Which table of a file is meant, and which of its columns is which field."""

    mapping: str | None
    mapping_name: str | None
    encoding: str | None
    sheet: str | None
    heading_row: int | None
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellOptions:
    """How the cells of a register are read."""

    amounts_in: str
    dates: str
    pivot: int | None
    withdraw: bool


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What is done with a register: whose it is, which of its differences are accepted, and how."""

    source: str | None
    accept: str
    accepted: tuple[str, ...]
    mode: Mode
    dry_run: bool


async def table_options(
    mapping: Annotated[
        str | None,
        Form(
            max_length=MAPPING_CHARACTERS_LIMIT,
            description="JSON: heading to field. Columns that it does not name keep what is suggested.",
        ),
    ] = None,
    mapping_name: Annotated[
        str | None, Form(max_length=SHORT_TEXT_LIMIT, description="A saved mapping's name.")
    ] = None,
    encoding: Annotated[
        Literal["as it seems", "utf-8", "cp1252", "mac_roman", "iso8859_15"],
        Form(description="Of a CSV file."),
    ] = "as it seems",
    sheet: Annotated[
        str | None,
        Form(max_length=SHORT_TEXT_LIMIT, description="The sheet; without it, the first with headings."),
    ] = None,
    heading_row: Annotated[
        int | None,
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": ROW_LIMIT}),
        Form(ge=1, le=ROW_LIMIT, description="The row of the headings; else it is found."),
    ] = None,
    key: Annotated[
        str | None,
        Form(
            max_length=SHORT_TEXT_LIMIT,
            description="Headings, with commas between: a reference is made of them.",
        ),
    ] = None,
) -> TableOptions:
    """Read which table of a file is meant."""
    columns = tuple(part.strip() for part in (key or "").split(",") if part.strip())
    known = None if encoding == "as it seems" else encoding
    return TableOptions(mapping, mapping_name, known, sheet, heading_row, columns)


async def cell_options(
    amounts_in: Annotated[Literal["pounds", "thousands", "millions"], Form()] = "pounds",
    dates: Annotated[
        Literal["as each column proves", "day_first", "month_first"],
        Form(description="What comes first in a date of numbers; month first, where proved, is reported."),
    ] = "as each column proves",
    pivot: Annotated[
        int | None,
        WithJsonSchema({"type": "integer", "minimum": 0, "maximum": PIVOT_LIMIT}),
        Form(ge=0, le=PIVOT_LIMIT, description="Years of two digits up to this one are 20xx; else reported."),
    ] = None,
    blank_dates: Annotated[
        Literal["unchanged", "withdrawn"],
        Form(description="What a date that is blank or to be confirmed says of the one that is known."),
    ] = "unchanged",
) -> CellOptions:
    """Read how cells are read."""
    return CellOptions(amounts_in, dates, pivot, blank_dates == "withdrawn")


async def acceptance(
    source: Annotated[
        str | None,
        Form(
            max_length=SHORT_TEXT_LIMIT,
            pattern=ONE_LINE,
            description="Whose references these are: as last time by default; `usual` for one's own.",
        ),
    ] = None,
    accept: Annotated[
        Literal["all", "unless_conflicting", "some", "none"],
        Form(description="Which differences are decided: `some` are those whose keys are in `accepted`."),
    ] = "all",
    accepted: Annotated[
        str | None,
        Form(
            max_length=ACCEPTED_CHARACTERS_LIMIT,
            description="Keys of differences, with commas or blanks between.",
        ),
    ] = None,
    mode: Annotated[Mode, Form(description="All rows, or each that can be.")] = Mode.ALL_OR_NOTHING,
    dry_run: Annotated[Flag, Form(description="Say what would happen; write nothing.")] = False,  # noqa: FBT002  # a form field
) -> Acceptance:
    """Read what is accepted of a register."""
    keys = tuple(part for part in _BETWEEN.split(accepted or "") if part)
    accept = "some" if keys and accept == "all" else accept  # whoever names some does not mean all
    own = "" if source == USUAL_SOURCE else source
    return Acceptance(None if own is None else " ".join(own.split()), accept, keys, mode, dry_run)


OfTable = Annotated[TableOptions, Depends(table_options)]
OfCells = Annotated[CellOptions, Depends(cell_options)]
OfAcceptance = Annotated[Acceptance, Depends(acceptance)]
