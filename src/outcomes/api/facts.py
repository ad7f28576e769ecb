"""What the record holds of a programme as of a reading, less what its reader may not see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Table, Text, select

from outcomes.views.registers import consultations, milestones, outcomes, programmes, promised_data
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import WorkingDays, day_in_london
from shared.kernel.errors import NotFound
from shared.kernel.messages import Stream
from shared.web.core_service import CoreService
from shared.web.offers.prerequisites import Expected
from shared.web.reads.prerequisite_states import prerequisite_states
from shared.web.reads.readings import Reading

Row = dict[str, Any]
AS_JSON = (
    "moves",
    "evidence",
    "waits_for",
    "reopened",
    "priorities",
    "measures",
    "chases",
    "counts",
    "themes",
    "documents",
)


REASON = "reason"  # of an outcome's confidence, as its event calls it


@dataclass(frozen=True)
class ProgrammeFacts:
    """Everything that one programme's answers follow from."""

    day: date
    programme: Row
    outcomes: Sequence[Row]
    milestones: Sequence[Row]
    promised_data: Sequence[Row]
    consultations: Sequence[Row]
    found: Mapping[UUID, Expected]
    days: WorkingDays
    names: Mapping[str, str]

    def named(self, row: Row, field: str) -> str | None:
        """Return what somebody in a field is called; what is withheld stays its mark."""
        return self.names.get(row[field], row[field])


async def rows_of(reading: Reading, table: Table, *conditions: ColumnElement[bool]) -> list[Row]:
    """Return rows of a view as of a reading, its JSON read, less what the reader may not see."""
    statement = select(table).where(reading.valid(table), *conditions)
    rows = [opened(dict(row)) for row in await reading.rows(statement.order_by("first_position"))]
    texts = [column.name for column in table.c if column.nullable and isinstance(column.type, Text)]
    await reading.redacted(rows, texts=[*texts, REASON])
    return rows


def opened(row: Row) -> Row:
    """Return a row with its JSON read, its fields named as the events name them: so they are withheld."""
    for name in AS_JSON:
        if isinstance(row.get(name), str):
            row[name] = orjson.loads(row[name])
    if "dropped_on" in row:
        on, reason = row.pop("dropped_on"), row.pop("dropped_because")
        row["dropped"] = on and {"on": on, "reason": reason}
    if "confidence_reason" in row:
        row[REASON] = row.pop("confidence_reason")
    return row


async def programme_facts(service: CoreService, reading: Reading, programme: UUID) -> ProgrammeFacts:
    """Return what is known of a programme; `NotFound` where there was none at the reading."""
    found = await rows_of(reading, programmes, programmes.c.id == programme)
    if not found:
        raise NotFound
    of_it = await rows_of(reading, outcomes, outcomes.c.programme == programme)
    steps = await rows_of(reading, milestones, milestones.c.outcome.in_([o["id"] for o in of_it]))
    waits = [wait for step in steps for wait in step["waits_for"]]
    return ProgrammeFacts(
        day=day_in_london(reading.as_of),
        programme=found[0],
        outcomes=sorted(of_it, key=lambda row: row["number"]),
        milestones=steps,
        promised_data=await rows_of(reading, promised_data, promised_data.c.programme == programme),
        consultations=await rows_of(reading, consultations, consultations.c.programme == programme),
        found=await linked(service, reading, waits),
        days=WorkingDays((await scheme_at(service, reading)).closed_days()),
        names=await service.people.names(_people([*found, *of_it, *steps])),
    )


def _people(rows: Sequence[Row]) -> set[str]:
    """Return who is named in rows as their reader may see them."""
    return {row[name] for row in rows for name in ("owner", "accepted_by") if row.get(name)}


async def scheme_at(service: CoreService, reading: Reading) -> Scheme:
    """Return the scheme as known at a reading."""
    stream: Stream[Scheme] = await service.store.load(SCHEME_ID, Scheme(), reading.until)
    return stream.state


async def linked(
    service: CoreService, reading: Reading, waits: Sequence[Mapping[str, Any]]
) -> Mapping[UUID, Expected]:
    """Ask each room about its own things that are waited for, as far as the reader may see them."""
    return await prerequisite_states(service, reading, ((wait["on"], UUID(wait["id"])) for wait in waits))
