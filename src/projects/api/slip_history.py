"""The programme's slip history as of a reading, kept at hand until another project changes, or a day ends."""

import asyncio
from collections import OrderedDict
from datetime import date
from typing import NamedTuple

import asyncpg
from sqlalchemy import func, or_, select

from projects.domain.project import ProjectStage
from projects.views.forecasts import SlipHistory
from projects.views.project_histories import ProjectHistory, path_of, rests_of
from projects.views.register import projects
from shared.kernel.calendar import day_in_london
from shared.web.reads.readings import Reading

AT_HAND = 3
A_WHILE = 2_000  # projects: more are counted beside the loop

STANDING = select(func.coalesce(func.max(projects.c.valid_from), 0))
SEEN = select(
    *(
        projects.c[name]
        for name in (
            "category",
            "sub_category",
            "start",
            "forecasts",
            "forecasts_said_on",
            "rests",
            "finished_on",
            "contingency_days",
        )
    )
)

Standing = tuple[int, date, frozenset[str] | None]


class Learnt(NamedTuple):
    """The courses that projects took as of a reading, and the history that they make."""

    courses: list[ProjectHistory]
    history: SlipHistory


class SlipHistories:
    """Histories by where they stand: the last change to a project, and the day.

    A reader with service areas of their own learns from the projects of these.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: OrderedDict[Standing, Learnt] = OrderedDict()

    async def as_of(self, reading: Reading) -> Learnt:
        """Return the courses of finished and running projects as of a reading, and their history."""
        t, today = projects.c, day_in_london(reading.as_of)
        over = (t.stage == ProjectStage.CLOSED) & t.finished_on.is_not(None)
        running = t.is_open | (t.stage == ProjectStage.TRANSFERRED)
        [row] = await reading.rows(STANDING.where(reading.valid(projects)))
        standing = (row[0], today, reading.areas)
        if standing not in self._known:
            seen = (reading.valid(projects), or_(over, running), t.start.is_not(None))
            rows = await reading.rows(SEEN.where(*seen).order_by(t.id))
            self._known[standing] = (
                await asyncio.to_thread(_learnt, rows, today) if len(rows) > A_WHILE else _learnt(rows, today)
            )
            while len(self._known) > AT_HAND:
                self._known.popitem(last=False)
        self._known.move_to_end(standing)
        return self._known[standing]


def _learnt(rows: list[asyncpg.Record], today: date) -> Learnt:
    courses = [_course(row) for row in rows]
    return Learnt(courses, SlipHistory.of(courses, today))


def _course(row: asyncpg.Record) -> ProjectHistory:
    return ProjectHistory(
        path_of(row["category"], row["sub_category"]),
        row["start"],
        tuple(row["forecasts"]),
        row["finished_on"],
        tuple(row["forecasts_said_on"]),
        tuple(rests_of(row["rests"])),
        row["contingency_days"],
    )
