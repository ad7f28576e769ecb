"""The list to act on: what will likely be late comes first, and waiting is added up by whom it is on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from shared.flow.addends import ALL_TIME, Window
from shared.flow.case_links import CaseLinks
from shared.flow.cases import CaseFilters, OpenColumns, WaitingCase
from shared.flow.likely_finish import NEVER, Curve
from shared.flow.log import FlowLog, Steps, live_log
from shared.flow.stuck_cases import StuckList, cost_of_waiting, past_usual
from shared.kernel.calendar import WorkingTime, microseconds

WORKING = WorkingTime()
MONDAY = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
AS_OF = MONDAY + timedelta(days=4)
LINKS = CaseLinks(live=True, filters=CaseFilters(), as_of=None)


def log_of(rows: list[tuple[str, float, str, str]]) -> FlowLog:
    """Return a live log: case, days after Monday, stage, party."""
    cases, days, stages, parties = (list(column) for column in zip(*rows, strict=True))
    at = [microseconds(MONDAY + timedelta(days=day)) for day in days]
    ends = [party == "nobody" for party in parties]
    return live_log(Steps(cases, range(len(rows)), at, ["Moved"] * len(rows), stages, parties, ends))


def case(name: str, stage: str, **more: Any) -> WaitingCase:
    usual = {"waiting_on": "approver", "whom": "head", "needed_by": None, "clock_ends_at": None}
    usual |= {"service_area": "", "rework_loops": 0}
    return WaitingCase(name, f"RFP-{name}", "Laptops", stage, **(usual | more))


def stuck(
    log: FlowLog, as_of: int, working: WorkingTime, cases: dict[str, WaitingCase], window: Window = ALL_TIME
) -> list[dict[str, Any]]:
    return StuckList(log, as_of, working, columns(cases), window).rows(cases.values(), 1_000)


def columns(cases: dict[str, WaitingCase]) -> OpenColumns:
    """Return cases as their room gives all of them."""
    names = ("id", "stage", "waiting_on", "whom", "needed_by")
    return OpenColumns(*([getattr(each, name) for each in cases.values()] for name in names))


def test_a_case_is_held_against_others_in_its_stage_and_the_latest_comes_first() -> None:
    rows = [("old", 0.0, "approval", "approver"), ("new", 3.0, "approval", "approver")]
    for n in range(40):  # forty others took one, two, three or four days from approval to their end
        rows += [(f"c{n}", -30.0, "approval", "approver"), (f"c{n}", -30.0 + n % 4 + 1, "over", "nobody")]
    cases = {
        "old": case("old", "approval", needed_by=date(2025, 3, 6)),
        "new": case("new", "approval", needed_by=date(2025, 6, 1), rework_loops=2),
    }
    second, first = stuck(log_of(rows), microseconds(AS_OF), WORKING, cases)
    assert (second["id"], first["id"]) == ("old", "new")
    assert (first["working_days_in_stage"], second["working_days_in_stage"]) == (1, 4)
    assert second["likely_finish_p50"] is None  # it is beyond what was ever seen
    assert second["misses_needed_by"] is True  # the day is over
    # It entered on the 6th, and half of those that took over a day took three or less.
    assert first["likely_finish_p50"] == date(2025, 3, 9)
    assert first["misses_needed_by"] is False
    # The others entered on a Saturday: a quarter each took no, no, one and two working days.
    assert (first["stage_n"], first["stage_p50_working_days"]) == (40, 0.5)
    assert first["why"] == ["It was returned for rework: 2."]
    assert (first["in_stage_since"], first["waiting_on"]) == (MONDAY + timedelta(3), "approver")


def test_waiting_is_added_up_by_party_in_a_sentence() -> None:
    rows = [("a", 0.0, "approval", "approver"), ("b", 2.0, "approval", "approver")]
    rows += [("c", 3.0, "triage", "procurement")]
    cases = {
        "a": case("a", "approval"),
        "b": case("b", "approval"),
        "c": case("c", "triage", waiting_on="procurement"),
    }
    waiting = StuckList(log_of(rows), microseconds(AS_OF), WORKING, columns(cases))
    assert {row["stage_p85_working_days"] for row in waiting.rows(cases.values(), 9)} == {
        None
    }  # nothing was seen to end
    as_told = [each._replace(misses=each.id == "a") for each in waiting.cases]
    costs = cost_of_waiting(as_told, LINKS, ALL_TIME)
    assert [cost["sentence"] for cost in costs] == [
        "2 RFPs wait on approver, 6 working days, 1 will miss its needed-by date.",
        "1 RFP waits on procurement, 1 working day, 0 will miss their needed-by date.",
    ]
    assert costs[0]["opens"] == "/v1/rfps?waiting_on=approver"


def test_parties_that_are_waited_for_equally_long_come_by_name() -> None:
    minutes = {"approver": [144], "procurement": [48, 96]}  # 0.1 and 0.2 of a day are as much as 0.3
    five = 4 + 8 / 24
    rows = [
        (f"{party}{each}", five - each / 1_440, "approval", party)
        for party, waits in minutes.items()
        for each in waits
    ]
    cases = {name: case(name, stage, waiting_on=party) for name, _, stage, party in rows}
    as_of = microseconds(MONDAY + timedelta(days=five))
    waiting = StuckList(log_of(rows), as_of, WORKING, columns(cases))
    costs = cost_of_waiting(waiting.cases, LINKS, ALL_TIME)
    assert [(cost["party"], cost["working_days"]) for cost in costs] == [
        ("approver", 0.3),
        ("procurement", 0.3),
    ]


def test_only_cases_that_the_reader_sees_are_listed() -> None:
    rows = [("a", 0.0, "approval", "approver"), ("b", 2.0, "approval", "approver")]
    assert stuck(log_of(rows), microseconds(AS_OF), WORKING, {}) == []


def test_only_what_came_to_its_stage_within_a_period_is_listed() -> None:
    rows = [(f"d{day}", float(day), "approval", "approver") for day in range(4)]
    cases = {name: case(name, "approval") for name, *_ in rows}
    window = Window(microseconds(MONDAY + timedelta(1)), microseconds(MONDAY + timedelta(3)))
    found = stuck(log_of(rows), microseconds(AS_OF), WORKING, cases, window)
    assert [row["id"] for row in found] == ["d1", "d2"]


def test_only_as_many_rows_are_told_as_are_asked_for_and_the_first() -> None:
    rows = [(f"d{day}", float(day), "approval", "approver") for day in range(4)]
    cases = {name: case(name, "approval") for name, *_ in rows}
    waiting = StuckList(log_of(rows), microseconds(AS_OF), WORKING, columns(cases))
    all_of_them = waiting.rows(cases.values(), 4)
    assert (len(waiting.cases), waiting.rows(cases.values(), 2)) == (4, all_of_them[:2])


def ends_by(curve: Curve, age: int) -> list[int | None]:
    [found] = curve.ends_by(np.array([age])).tolist()
    return [None if at == NEVER else at for at in found]


def test_a_curve_is_looked_up_as_it_is_defined() -> None:
    dice = np.random.default_rng(19)
    for _ in range(200):
        lasted = dice.integers(0, 30, dice.integers(1, 40))
        curve = Curve.of(lasted, dice.random(len(lasted)) < 0.7)
        for age in range(-1, 32):
            seen = [1.0, *curve.survivors[curve.times <= age]][-1]
            later = [(t, s) for t, s in zip(curve.times, curve.survivors, strict=True) if t > age]
            assert ends_by(curve, age) == [
                next((int(t) for t, s in later if seen > 1e-9 and s <= left * seen + 1e-9), None)
                for left in (0.5, 0.15, 0.05)
            ]


def test_the_likely_finish_is_conditional_on_the_age() -> None:
    """Of ten that take 1 to 10 days, five are there at five days: half of those are over by the eighth."""
    curve = Curve.of(np.arange(1, 11), np.ones(10, np.bool_))
    assert ends_by(curve, 0) == [5, 9, 10]
    assert ends_by(curve, 5) == [8, 10, 10]
    assert ends_by(curve, 10) == [None, None, None]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"waiting_on": "statutory_clock", "whom": ""}, "A period runs that nobody can shorten."),
        ({"waiting_on": "procurement", "whom": ""}, "Nobody in particular is asked for it."),
    ],
)
def test_a_case_says_why_it_waits(more: dict[str, Any], why: str) -> None:
    [row] = stuck(log_of([("a", 0.0, "x", "y")]), microseconds(AS_OF), WORKING, {"a": case("a", "x", **more)})
    assert row["why"] == [why]


def test_a_queue_behind_one_person_is_said() -> None:
    rows = [(name, 0.0, "approval", "approver") for name in "abc"]
    cases = {name: case(name, "approval") for name in "abc"}
    found = stuck(log_of(rows), microseconds(AS_OF), WORKING, cases)
    assert {row["why"][0] for row in found} == {"It is one of 3 in this stage that wait on the same one."}


def test_what_changed_hands_in_its_stage_is_said() -> None:
    rows = [("a", -9.0, "triage", "procurement"), ("a", 0.0, "award", "procurement")]
    rows += [("a", 1.0, "award", "finance"), ("a", 2.0, "award", "legal")]
    [row] = stuck(log_of(rows), microseconds(AS_OF), WORKING, {"a": case("a", "award", waiting_on="legal")})
    assert row["why"] == ["It was handed from one party to another in this stage: 2."]
    assert row["opens"] == "/v1/rfps/a"


def left(days: list[float]) -> list[tuple[str, float, str, str]]:
    """Return cases that came to approval a day before they left it."""
    found = []
    for n, day in enumerate(days):
        found += [(f"c{n}", day - 1, "approval", "approver"), (f"c{n}", day, "over", "nobody")]
    return found


def whys(days: list[float], **more: Any) -> list[str]:
    rows = [("a", -15.0, "approval", "approver"), *left(days)]
    cases = {"a": case("a", "approval", whom="", waiting_on="approver") if not more else case("a", **more)}
    [row] = stuck(log_of(rows), microseconds(AS_OF), WORKING, cases)
    found: list[str] = row["why"]
    return [why for why in found if "asked for" not in why]


def test_a_batch_day_is_said_where_nearly_all_left_on_it() -> None:
    thursdays = [3.0 - 7 * n for n in range(1, 11)]
    assert "It waits for a batch day: 10 of 10 left this stage on a Thursday." in whys(thursdays)
    assert not [why for why in whys(thursdays[:9]) if "batch" in why]  # too few
    assert not [why for why in whys([day + n % 5 - 3 for n, day in enumerate(thursdays)]) if "batch" in why]
    assert not [why for why in whys([-4.0] * 20) if "batch" in why]  # one busy Thursday


def test_a_silence_much_longer_than_usual_says_that_an_approver_may_be_absent() -> None:
    daily = [float(day) for day in range(-60, -13) if day % 7 < 5]
    said = (
        "No approver has let anything leave this stage for 14 working days; usually something does within 1:"
        " whoever it is may be absent."
    )
    assert whys(daily) == [said]
    assert whys(daily, stage="approval", waiting_on="procurement", whom="pia") == []  # no approver is awaited
    assert whys([*daily, *(float(day) for day in range(-7, 4) if day % 7 < 5)]) == []
    assert whys(daily[-9:]) == []  # too few to say what is usual
    rows = [("a", 3.0, "approval", "approver"), *left(daily)]  # it has come but now
    [row] = stuck(log_of(rows), microseconds(AS_OF), WORKING, {"a": case("a", "approval")})
    assert row["why"] == []


def test_a_case_past_the_usual_time_of_its_stage_is_found_once_and_no_other() -> None:
    rows = [("old", 0.0, "approval", "approver"), ("new", 3.0, "approval", "approver")]
    rows += [("alone", -30.0, "triage", "procurement")]  # nobody can say what is usual there
    for n in range(40):
        rows += [(f"c{n}", -30.0, "approval", "approver"), (f"c{n}", -30.0 + n % 4 + 1, "over", "nobody")]
    assert past_usual(log_of(rows), microseconds(AS_OF), WORKING) == [("old", microseconds(MONDAY))]
    assert past_usual(log_of(rows).until(microseconds(MONDAY)), microseconds(MONDAY), WORKING) == []


def test_nobody_is_told_of_a_stage_that_a_case_has_left_by_a_clock_ahead_of_ours() -> None:
    rows = [("old", 0.0, "approval", "approver")]
    for n in range(40):
        rows += [(f"c{n}", -30.0, "approval", "approver"), (f"c{n}", -30.0 + n % 4 + 1, "over", "nobody")]
    assert past_usual(log_of(rows), microseconds(AS_OF), WORKING) == [("old", microseconds(MONDAY))]
    rows.append(("old", 4.002, "award", "procurement"))  # three minutes from now
    assert past_usual(log_of(rows), microseconds(AS_OF), WORKING) == []
