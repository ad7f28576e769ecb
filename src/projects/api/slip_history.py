"""The programme's slip history as of a reading, kept at hand until another project finishes."""

from collections import OrderedDict

import asyncpg
from sqlalchemy import func, select

from projects.domain.project import ProjectStage
from projects.views.forecasts import Finished, SlipHistory, path_of
from projects.views.register import projects
from shared.web.readings import Reading

AT_HAND = 8

STANDING = select(func.count(), func.coalesce(func.max(projects.c.valid_from), 0))
FINISHED = select(
    *(projects.c[name] for name in ("category", "sub_category", "start", "forecasts", "finished_on"))
)

Standing = tuple[int, int, frozenset[str] | None]


class SlipHistories:
    """Histories by where they stand: how many projects have finished, and the last change to one.

    A reader with service areas of their own learns from the projects of these.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: OrderedDict[Standing, tuple[list[Finished], SlipHistory]] = OrderedDict()

    async def as_of(self, reading: Reading) -> tuple[list[Finished], SlipHistory]:
        """Return the finished projects as of a reading, and the history that they make."""
        t = projects.c
        closed = (reading.valid(projects), t.stage == ProjectStage.CLOSED, t.start.is_not(None))
        [row] = await reading.rows(STANDING.where(*closed))
        standing = (row[0], row[1], reading.areas)
        if standing not in self._known:
            rows = await reading.rows(FINISHED.where(*closed).order_by(t.id))
            finished = [_finished(row) for row in rows]
            self._known[standing] = (finished, SlipHistory.of(finished))
            while len(self._known) > AT_HAND:
                self._known.popitem(last=False)
        self._known.move_to_end(standing)
        return self._known[standing]


def _finished(row: asyncpg.Record) -> Finished:
    path = path_of(row["category"], row["sub_category"])
    return Finished(path, row["start"], tuple(row["forecasts"]), row["finished_on"])
