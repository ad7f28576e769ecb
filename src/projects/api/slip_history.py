"""The programme's slip history as of a reading, kept at hand until another project finishes."""

from collections import OrderedDict

import asyncpg

from projects.domain.project import ProjectStage
from projects.views.forecasts import Finished, SlipHistory, path_of
from shared.record.projecting.views import STILL_VALID
from shared.web.readings import Reading

AT_HAND = 8

_CLOSED = f"stage = '{ProjectStage.CLOSED}' AND start IS NOT NULL"
_NOW = f"valid_to = {STILL_VALID} AND {_CLOSED}"
_THEN = f"valid_from <= $1 AND valid_to > $1 AND {_CLOSED}"
STANDING = "SELECT count(*), coalesce(max(valid_from), 0) FROM projects WHERE {valid}"
FINISHED = """
SELECT category, sub_category, start, forecasts, finished_on FROM projects WHERE {valid} ORDER BY id
"""

Standing = tuple[int, int]


class SlipHistories:
    """Histories by where they stand: how many projects have finished, and the last change to one."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: OrderedDict[Standing, tuple[list[Finished], SlipHistory]] = OrderedDict()

    async def as_of(self, reading: Reading) -> tuple[list[Finished], SlipHistory]:
        """Return the finished projects as of a reading, and the history that they make."""
        valid, values = (_THEN, [reading.position]) if reading.past else (_NOW, [])
        row = await reading.pool.fetchrow(STANDING.format(valid=valid), *values)
        assert row is not None, "an aggregate has a row"
        standing = (row[0], row[1])
        if standing not in self._known:
            rows = await reading.pool.fetch(FINISHED.format(valid=valid), *values)
            finished = [_finished(row) for row in rows]
            self._known[standing] = (finished, SlipHistory.of(finished))
            while len(self._known) > AT_HAND:
                self._known.popitem(last=False)
        self._known.move_to_end(standing)
        return self._known[standing]


def _finished(row: asyncpg.Record) -> Finished:
    path = path_of(row["category"], row["sub_category"])
    return Finished(path, row["start"], tuple(row["forecasts"]), row["finished_on"])
