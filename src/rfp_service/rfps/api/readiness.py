"""How ready the RFPs are: ended with what was needed, in time, late, or held up by somebody."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from fastapi import Request
from sqlalchemy import func, select

from rfp_service.rfps.api.answers import targets
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.views.board import OF_TARGET, rfps
from rfp_service.rfps.views.targets import Targets
from shared.kernel.calendar import day_in_london
from shared.web.core_service import core_service
from shared.web.offers.readiness import (
    ReadinessLine,
    ReadinessOffered,
    ReadinessPart,
    ReadinessStanding,
    ReadinessWait,
    readiness_line,
    standing_of,
)
from shared.web.reads.readings import Reading

MET = (Stage.CONTRACTED, Stage.FULFILLED, Stage.DIVERTED)
COLUMNS = ("id", "reference", "title", "lead", "needed_by", "on_hold", "waiting_on", *OF_TARGET)


async def _rfps(request: Request, reading: Reading) -> list[ReadinessLine]:
    """Return one line for all RFPs that came to a contract or another answer, or are still open."""
    t = rfps.c
    ready = await reading.value(select(func.count()).where(reading.valid(rfps), t.stage.in_(MET)))
    statement = select(*(t[name] for name in COLUMNS)).where(reading.valid(rfps), t.is_open)
    rows = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    by, today = await targets(core_service(request).store, reading), day_in_london(reading.as_of)
    return [
        readiness_line(
            "rfps", [_part(row, by, today) for row in rows], besides={ReadinessStanding.READY: ready}
        )
    ]


def _part(row: Mapping[str, Any], by: Targets, today: date) -> ReadinessPart:
    """Return an RFP: blocked while it is held, at risk once a day has passed or where none is known."""
    due = by.of(row["stage"], row["stage_since"], row["extra_days"], paused=row["target_paused"])
    risks = list(_risks(row, today, due.overdue_working_days))
    waits = [] if row["waiting_on"] == Party.NOBODY else [_on(row["waiting_on"], due.overdue_working_days)]
    held = ["on hold"] if row["on_hold"] else []
    return ReadinessPart(
        id=row["id"],
        reference=row["reference"],
        title=row["title"],
        owner=row["lead"],
        standing=standing_of(blocked=held, at_risk=risks),
        due_on=row["needed_by"],
        reasons=[*held, *risks],
        waits_for=waits,
    )


def _risks(row: Mapping[str, Any], today: date, late: int) -> Iterator[str]:
    if late:
        yield f"{late} working days beyond the target of its stage"
    if row["needed_by"] is not None and row["needed_by"] < today:
        yield "the day it was needed by has passed"


def _on(party: str, late: int) -> ReadinessWait:
    return ReadinessWait(on=party, id=None, what=None, expected_on=None, working_days_late=late)


RFPS_READINESS = ReadinessOffered("rfps", "read-rfps", _rfps)
