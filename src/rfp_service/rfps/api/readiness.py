"""How ready the RFPs are: ended with what was needed, in time, late, or held up by somebody."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from fastapi import Request
from sqlalchemy import ColumnElement, case, false, func, or_, select
from sqlalchemy.sql.elements import True_

from rfp_service.rfps.api.answers import targets
from rfp_service.rfps.api.filters import beyond_target
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.views.board import OF_TARGET, rfps
from rfp_service.rfps.views.targets import Targets
from shared.kernel.calendar import day_in_london
from shared.web.core_service import core_service
from shared.web.offers.readiness import (
    PARTS_LIMIT,
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
    """Return one line for all RFPs that came to a contract or another answer, or are still open.

    Those blocked and at risk are counted where they are stored; only the first of them are looked at.
    """
    t, today = rfps.c, day_in_london(reading.as_of)
    by = await targets(core_service(request).store, reading)
    needed = _needed_by(reading)
    late = or_(beyond_target(by), func.coalesce(needed < today, false()))
    seen, number = reading.valid(rfps), func.count().label("number")
    stands = (t.on_hold, late.label("late"), t.waiting_on)
    [met] = await reading.counted(select(number).where(seen, t.stage.in_(MET)))
    counted = await reading.counted(select(*stands, number).where(seen, t.is_open).group_by(*stands))
    first = select(*(t[name] for name in COLUMNS)).where(seen, t.is_open, or_(t.on_hold, late))
    in_order = first.order_by(t.on_hold.desc(), needed.asc().nulls_last(), t.id).limit(PARTS_LIMIT)
    rows = [dict(row) for row in await reading.rows(in_order)]
    await reading.redacted(rows)
    parts = [_part(row, by, today) for row in rows]
    standings, waits = _numbers(dict(row) for row in counted)
    besides = standings - Counter(part.standing for part in parts)
    besides[ReadinessStanding.READY] = met["number"]
    more = waits - Counter(wait.on for part in parts for wait in part.waits_for)
    return [readiness_line("rfps", parts, besides=besides, waits_besides=more)]


def _needed_by(reading: Reading) -> ColumnElement[Any]:
    """Return the day an RFP was needed by, where its reader may read it."""
    may = reading.may_find_by(rfps, "needed_by")
    return rfps.c.needed_by if isinstance(may, True_) else case((may, rfps.c.needed_by))


def _numbers(counted: Iterable[Mapping[str, Any]]) -> tuple[Counter[ReadinessStanding], Counter[str]]:
    """Return how many open RFPs stand how, and on whom those wait that are blocked or at risk."""
    standings: Counter[ReadinessStanding] = Counter()
    waits: Counter[str] = Counter()
    for row in counted:
        standing = standing_of(blocked=row["on_hold"], at_risk=row["late"])
        standings[standing] += row["number"]
        if standing is not ReadinessStanding.ON_TRACK and row["waiting_on"] != Party.NOBODY:
            waits[row["waiting_on"]] += row["number"]
    return standings, waits


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
