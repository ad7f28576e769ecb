"""A scrutiny member's view of one period: what was decided, and what of it was out of the ordinary."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, any_, func, literal, or_, select

from shared.governance.audit.exception_figures import BY_NO_PERSON, COUNTED
from shared.governance.audit.journal import decisions
from shared.governance.audit.replay.lateness import late_by_the_scheme
from shared.governance.audit.replay.notification_proofs import told_late
from shared.web.reads.readings import Reading

POSITIONS_LIMIT = 100


class Figure(BaseModel):
    """How many decisions of a sort there were, and where the first of them stand."""

    n: int
    positions: list[int]


class Figures(BaseModel):
    """What was decided in a period."""

    decisions: int
    cases: int
    people: int
    by_kind: dict[str, int]
    by_body_of_work: dict[str, int]
    by_authority: dict[str, int]
    exceptions: Figure
    urgencies: Figure
    waivers: Figure
    waivers_asked: Figure
    overrides: Figure
    late_approvals: Figure
    told_late: Figure
    by_delegation: Figure
    conflicts_declared: Figure
    call_ins: Figure
    unconfirmed: Figure
    corrections: Figure


class Period(BaseModel):
    """A period as it was known when it ended, and as it is recorded now."""

    start: datetime
    end: datetime
    as_of: datetime
    position: int
    meaning: dict[str, str]
    counted: dict[str, list[str]]
    known_then: Figures
    recorded_now: Figures


async def period(reading: Reading, start: datetime, end: datetime) -> Period:
    """Return the figures of what happened in [start, end)."""
    then = min(await reading.record.position_at(end), reading.position)
    return Period(
        start=start,
        end=end,
        as_of=reading.as_of,
        position=reading.position,
        meaning={figure: counting.sentence for figure, counting in COUNTED.items()},
        counted={figure: list(counting.names) for figure, counting in COUNTED.items()},
        known_then=await _figures(reading, start, end, then),
        recorded_now=await _figures(reading, start, end, reading.position),
    )


async def _figures(reading: Reading, start: datetime, end: datetime, until: int) -> Figures:
    within = and_(
        decisions.c.position <= until, decisions.c.happened_at >= start, decisions.c.happened_at < end
    )
    columns = ("decision", "body_of_work", "authority")
    groups = [decisions.c[name] for name in columns]
    rows = await reading.rows(select(*groups, func.count().label("n")).where(within).group_by(*groups))
    counts = select(
        func.count().label("decisions"),
        func.count(decisions.c.stream_id.distinct()).label("cases"),
        func.count(decisions.c.by.distinct())
        .filter(decisions.c.authority.not_in(BY_NO_PERSON))
        .label("people"),
    )
    [totals] = await reading.rows(counts.where(within))  # type: ignore[arg-type]  # of any columns
    by_decision, by_body, by_authority = (_summed(rows, name) for name in columns)
    figures = {name: await _figure(reading, within, name) for name in COUNTED}
    late = await late_by_the_scheme(reading, start, end, until)
    figures["late_approvals"] = _joined(figures["late_approvals"], late)
    figures["told_late"] = _joined(figures["told_late"], await told_late(reading, start, end, until))
    return Figures(
        **dict(totals), by_kind=by_decision, by_body_of_work=by_body, by_authority=by_authority, **figures
    )


def _summed(rows: Sequence[Any], column: str) -> dict[str, int]:
    counter: Counter[str] = Counter()
    for row in rows:
        counter[row[column]] += row["n"]
    return dict(counter.most_common())


async def _figure(reading: Reading, within: "ColumnElement[bool]", name: str) -> Figure:
    statement = select(decisions.c.position, func.count().over().label("n"))
    statement = statement.where(within, _counts(name)).order_by(decisions.c.position)
    rows = await reading.rows(statement.limit(POSITIONS_LIMIT))
    return Figure(n=rows[0]["n"] if rows else 0, positions=[row["position"] for row in rows])


def _joined(said: Figure, derived: Sequence[int]) -> Figure:
    """Return what says of itself that it counts together with what was found to, each once."""
    positions = sorted({*said.positions, *derived})
    more = len(set(derived) - set(said.positions))
    return Figure(n=said.n + more, positions=positions[:POSITIONS_LIMIT])


def _counts(name: str) -> "ColumnElement[bool]":
    if name == "by_delegation":
        return decisions.c.acting_for.is_not(None)
    counting = COUNTED[name]
    named = decisions.c.decision.in_(counting.names)
    marked = literal(name) == any_(decisions.c.marks)
    if counting.authority:
        marked = and_(marked, decisions.c.authority == counting.authority)
    return or_(named, marked)
