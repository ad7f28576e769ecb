"""The cases behind a figure against the definitions written out by hand, on random logs."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.addends import ALL_TIME, Level, Window
from shared.flow.counted_cases import KINDS, counted
from shared.flow.figure_names import FIGURE_PATTERN, OF_MANY, OF_ONE, OF_TWO, WHOLE, NamedFigure, read_figure
from shared.kernel.calendar import microseconds
from shared.web.reads.readings import UnreadableInstant
from tests.shared.flow import oracle
from tests.shared.flow.test_bottlenecks import WORKING, Drawn, asked, log_of, logs

INSTANTS = st.none() | st.integers(0, 2**51)


def cases_of(log: Drawn, figure: NamedFigure) -> set[str]:
    """Return the cases that a figure counted."""
    rows, closed, opened, as_of = log
    then = log_of(rows, closed, opened)
    return {then.cases.ids[n] for n in counted(then, asked(as_of, Level.STAGE), WORKING, figure)}


def by_case(log: Drawn, *, stages: bool) -> dict[str, list[oracle.Wait]]:
    """Return each case's waits by hand."""
    rows, closed, _, as_of = log
    return {
        case: oracle.waits([row for row in rows if row.case == case], closed, as_of, stages=stages)
        for case in closed
    }


@given(logs(), st.sampled_from([None, 9, 20]))
def test_whoever_took_a_step_or_left_a_stage_is_listed(log: Drawn, days: int | None) -> None:
    start = None if days is None else days_before(log, days)
    window = Window(start)
    for stages, left, step in ((True, "left", "step"), (False, "after", "event-step")):
        waits = {
            case: [w for w in found if not w.open and (start is None or microseconds(w.end) >= start)]
            for case, found in by_case(log, stages=stages).items()
        }
        names = {name for found in waits.values() for w in found for name in (w.origin, w.target)}
        for one in names:
            assert cases_of(log, NamedFigure(left, (one,), window)) == {
                case for case, found in waits.items() if any(w.origin == one for w in found)
            }
            for other in names:
                assert cases_of(log, NamedFigure(step, (one, other), window)) == {
                    case
                    for case, found in waits.items()
                    if any((w.origin, w.target) == (one, other) for w in found)
                }


def days_before(log: Drawn, days: int) -> int:
    """Return an instant so many days before the reading."""
    return microseconds(log[3]) - days * 86_400_000_000


@given(logs())
def test_whoever_came_closed_or_came_back_is_listed(log: Drawn) -> None:
    rows, closed, opened, as_of = log
    there = {case for case, at in opened.items() if at <= as_of}
    over = {case for case in there if (end := closed[case]) is not None and end <= as_of}
    assert cases_of(log, NamedFigure("came")) == there
    assert cases_of(log, NamedFigure("closed")) == over
    assert cases_of(log, NamedFigure("open")) == there - over
    again = set()
    for case in closed:
        own = [row for row in rows if row.case == case and row.at <= as_of]
        if any(times > 1 for times in Counter(row.activity for row in own).values()):
            again.add(case)
    assert cases_of(log, NamedFigure("repeated")) == again
    entries = {
        case: oracle.entries([r for r in rows if r.case == case], as_of, stages=True) for case in closed
    }
    assert cases_of(log, NamedFigure("returned")) == {
        c for c, n in entries.items() if any(x > 1 for x in n.values())
    }
    for name in {row.stage for row in rows}:
        entered = {case for case, times in entries.items() if times[name]}
        assert (
            cases_of(log, NamedFigure("entered", (name,)))
            == entered
            == cases_of(log, NamedFigure("reached", (name,)))
        )


def test_each_kind_of_figure_can_be_named_and_found() -> None:
    assert set(KINDS) == {*WHOLE, *OF_ONE, *OF_TWO, *OF_MANY}


@given(st.sampled_from(sorted(KINDS)), INSTANTS, INSTANTS)
def test_a_figures_name_is_read_as_it_was_written(kind: str, start: int | None, end: int | None) -> None:
    of = ("a", "B_1") if kind in (*OF_TWO, *OF_MANY) else ("a",) if kind in OF_ONE else ()
    figure = NamedFigure(kind, of, Window(start, end))
    assert re.fullmatch(FIGURE_PATTERN, str(figure))
    assert read_figure(str(figure)) == figure


@pytest.mark.parametrize("name", ["came@20260230T000000Z--", "came@--20261301T000000Z"])
def test_a_day_that_no_calendar_has_is_refused(name: str) -> None:
    with pytest.raises(UnreadableInstant):
        read_figure(name)


def test_what_has_no_plain_name_opens_no_list() -> None:
    assert NamedFigure("left", ("in review",), ALL_TIME).has_name is False
    assert NamedFigure("left", ("review",), ALL_TIME).has_name is True
