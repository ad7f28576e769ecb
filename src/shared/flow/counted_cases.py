"""Which cases a figure counted, found in the log by the same definitions as the figure itself."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property
from uuid import UUID

import numpy as np
from fastapi import Request
from numpy.typing import NDArray

from shared.flow.addends import Window
from shared.flow.bottlenecks import FlowQuery
from shared.flow.cases import CaseFilters
from shared.flow.completed_cases import CompletedCases, completed_cases
from shared.flow.figure_names import NamedFigure
from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.movement import closed_within, hands
from shared.flow.parties import charged_parties, known_names, lasting
from shared.flow.requests import FlowView, live_question
from shared.flow.spans import recorded_spans
from shared.flow.variants import Paths
from shared.flow.waits import Mask, Waits, activity_waits, stage_waits
from shared.kernel.calendar import Microseconds, WorkingTime
from shared.web.reads.readings import Reading

Numbers = NDArray[np.int64]


async def cases_counted(
    request: Request, read: Reading, figure: NamedFigure, filters: CaseFilters
) -> frozenset[UUID]:
    """Return the live cases that a figure of this reading counted, of those that it was narrowed to."""
    asked = await live_question(request, read, FlowView(filters=filters))
    log, query, working = await asked.read()
    found = await asyncio.to_thread(counted, log, query, working, figure)
    return frozenset(UUID(log.cases.ids[number]) for number in found)


def counted(log: FlowLog, query: FlowQuery, working: WorkingTime, figure: NamedFigure) -> set[int]:
    """Return the numbers of the cases that a figure counted."""
    return set(KINDS[figure.kind](Behind(log, query, working), figure).tolist())


class Behind:
    """A log as of an instant, and what is known of its cases: each is worked out where it is wanted."""

    def __init__(self, log: FlowLog, query: FlowQuery, working: WorkingTime) -> None:
        """Read what the log says of the time up to a reading."""
        self.as_of, self.working = query.as_of_us, working
        self.outcomes, self.charging = query.manner.outcomes, query.manner.charging
        self.log = log.until(self.as_of)

    @cached_property
    def visits(self) -> Waits:
        """Return the stays in stages."""
        return stage_waits(self.log, self.as_of, self.working)

    @cached_property
    def steps(self) -> Waits:
        """Return the waits from step to step."""
        return activity_waits(self.log, self.as_of, self.working)

    @cached_property
    def completed(self) -> CompletedCases:
        """Return the cases that came to what they were opened for."""
        return completed_cases(self.log, self.visits, self.outcomes, self.working)

    def paths(self, figure: NamedFigure) -> Paths:
        """Return the ways of the cases that completed in the figure's period."""
        return Paths(self.visits, self.completed.within(figure.window))


def _within(window: Window, instants: Microseconds) -> Mask:
    kept: Mask = instants != STILL_OPEN
    if window.start is not None:
        kept &= instants >= window.start
    if window.end is not None:
        kept &= instants < window.end
    return kept


def _came(behind: Behind, figure: NamedFigure) -> Numbers:
    spans = recorded_spans(behind.log)
    return spans.case[_within(figure.window, spans.came)]


def _closed(behind: Behind, figure: NamedFigure) -> Numbers:
    spans = recorded_spans(behind.log)
    return spans.case[_within(figure.window, spans.went)]


def _completed(behind: Behind, figure: NamedFigure) -> Numbers:
    return behind.completed.within(figure.window).case


def _open(behind: Behind, figure: NamedFigure) -> Numbers:
    """Return the cases that were there when the period ended; of none, at the reading."""
    spans = recorded_spans(behind.log)
    at = behind.as_of if figure.window.end is None else figure.window.end
    return spans.case[spans.there(at)]


def _waits(behind: Behind, figure: NamedFigure) -> Numbers:
    """Return the cases whose stay that still lasts began in the period."""
    visits = behind.visits
    return visits.case[visits.open & _within(figure.window, visits.began)]


def _at(waits: Waits, name: str) -> Mask:
    """Return which marks are at a place."""
    names = waits.place.names
    there: Mask = waits.place.codes == (names.index(name) if name in names else -1)
    return there


def _entered(behind: Behind, figure: NamedFigure) -> Numbers:
    visits, [name] = behind.visits, figure.of
    return visits.case[visits.visit & _at(visits, name) & _within(figure.window, visits.began)]


def _reached(behind: Behind, figure: NamedFigure) -> Numbers:
    """Return the cases that came to a stage in the period for the first time."""
    visits, [name] = behind.visits, figure.of
    rows = np.flatnonzero(_at(visits, name))
    first = rows[np.diff(visits.case[rows], prepend=-1) != 0]
    found: Numbers = visits.case[first[_within(figure.window, visits.began[first])]]
    return found


def _left(waits: Waits, figure: NamedFigure) -> Numbers:
    return waits.case[waits.ended_in(figure.window.start, figure.window.end) & _at(waits, figure.of[0])]


def _stepped(waits: Waits, figure: NamedFigure) -> Numbers:
    origin, target = (_at(waits, name) for name in figure.of)
    came = np.append(target[1:], False) if len(target) else target
    return waits.case[waits.ended_in(figure.window.start, figure.window.end) & origin & came]


def _waited(behind: Behind, figure: NamedFigure) -> Numbers:
    """Return the cases of which a party was charged with a wait that ended in the period."""
    steps, [name] = behind.steps, figure.of
    counted_ones = steps.ended_in(figure.window.start, figure.window.end)
    counted_ones &= ~lasting(steps, behind.charging).within
    names = np.array(known_names(steps.party.names))
    party = charged_parties(steps, counted_ones, behind.charging)
    found: Numbers = steps.case[counted_ones][names[party] == name]
    return found


def _again(case: Numbers, place: Numbers, size: int) -> Numbers:
    """Return the cases that met a place more than once."""
    met, times = np.unique(case * max(size, 1) + place, return_counts=True)
    return np.asarray(met[times > 1] // max(size, 1))


def _returned(behind: Behind, _: NamedFigure) -> Numbers:
    visits = behind.visits
    at = visits.visit
    return _again(visits.case[at], visits.place.codes[at], len(visits.place.names))


def _repeated(behind: Behind, _: NamedFigure) -> Numbers:
    steps = behind.steps
    return _again(steps.case, steps.place.codes, len(steps.place.names))


def _expected(which: str) -> Callable[[Behind, NamedFigure], Numbers]:
    def found(behind: Behind, _: NamedFigure) -> Numbers:
        return closed_within(behind.log, behind.as_of, behind.working)[which]

    return found


def _handed(behind: Behind, figure: NamedFigure) -> Numbers:
    return hands(behind.log, behind.steps, figure.window)[figure.kind == "handed"]


def _ways(behind: Behind, figure: NamedFigure) -> Numbers:
    paths = behind.paths(figure)
    kept = [_went(figure, path) for path in paths.paths]
    found: Numbers = paths.case[np.array(kept, np.bool_)]
    return found


def _went(figure: NamedFigure, path: tuple[str, ...]) -> bool:
    match figure.kind:
        case "way":
            return path == figure.of
        case "on-path":
            return tuple(stage for stage in path if stage in figure.of) == figure.of
        case "skipped":
            return figure.of[0] not in path
        case _:
            return path.count(figure.of[0]) > 1


KINDS: Mapping[str, Callable[[Behind, NamedFigure], Numbers]] = {
    "came": _came,
    "closed": _closed,
    "completed": _completed,
    "open": _open,
    "waits": _waits,
    "entered": _entered,
    "reached": _reached,
    "left": lambda behind, figure: _left(behind.visits, figure),
    "after": lambda behind, figure: _left(behind.steps, figure),
    "step": lambda behind, figure: _stepped(behind.visits, figure),
    "event-step": lambda behind, figure: _stepped(behind.steps, figure),
    "waited": _waited,
    "returned": _returned,
    "repeated": _repeated,
    **{name: _expected(name) for name in ("kept", "broken", "beyond")},
    **dict.fromkeys(("handed", "in-one-hand"), _handed),
    **dict.fromkeys(("way", "on-path", "skipped", "again"), _ways),
}
