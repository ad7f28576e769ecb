"""The flow of a log: what comes and goes, what is there, how long it takes, and whether promises are kept."""

from typing import Any

from shared.flow.bottlenecks import FlowQuery
from shared.flow.log import FlowLog
from shared.flow.movement import (
    bridged_share,
    counts,
    cumulative_flow,
    cycle_time,
    expectation,
    hand_overs,
    rework,
    scatter,
)
from shared.flow.requests import instant_at
from shared.flow.spans import recorded_spans
from shared.flow.throughput import littles_law, load, present, weekly, work_in_progress
from shared.flow.words import are, many
from shared.kernel.calendar import WorkingTime


def flow_figures(log: FlowLog, query: FlowQuery, working: WorkingTime) -> dict[str, Any]:
    """Return the flow of a log as of a reading."""
    as_of = query.as_of_us
    then = log.until(as_of)
    weeks = weekly(then, as_of)
    closed = scatter(then, working, query.window)
    told = {
        "as_of": query.as_of,
        "position": query.position,
        "source": query.source,
        "counts": counts(then),
        "weeks": weeks,
        "wip": {"now": present(recorded_spans(then), as_of), "months": work_in_progress(then, as_of)},
        "cumulative_flow": cumulative_flow(then, as_of, working, query.window),
        "cycle_time": cycle_time(then, working),
        "scatter": [{"closed_at": instant_at(row.pop("closed_us")), **row} for row in closed],
        "load": load(then, weeks, as_of),
        "littles_law": littles_law(then, weeks),
        "rework": rework(then, as_of, working),
        "hand_overs": hand_overs(then, as_of, working, query.window),
        "expectation": expectation(then, as_of, working),
        "quality": {**query.quality, "bridged_share": bridged_share(then, as_of, working, query.window)},
    }
    return {**told, "sentences": sentences(told)}


def sentences(told: dict[str, Any]) -> list[str]:
    """Return what the figures say, in words."""
    load, expected, loops = told["load"], told["expectation"], told["rework"]
    said = []
    if load["weeks"]:
        weeks = "full week" if load["weeks"] == 1 else f"{load['weeks']} full weeks"
        said.append(
            f"In the last {weeks} {many(load['arrivals'], 'case')} came and"
            f" {load['departures']} {'was' if load['departures'] == 1 else 'were'} closed;"
            f" {load['wip']} {are(load['wip'])} open."
        )
    if load["drain_weeks"] is not None:
        said.append(f"If nothing more came, they would be done in {load['drain_weeks']:.1f} weeks.")
    if expected["working_days"] is not None:
        beyond = expected["open_beyond"]
        said.append(
            f"85% of cases close within {expected['working_days']:.1f} working days;"
            f" {many(beyond, 'open case')} {are(beyond)} beyond that."
        )
    if loops["loops"]:
        times = "once" if loops["loops"] == 1 else f"{loops['loops']} times"
        said.append(
            f"{many(loops['cases'], 'case')} went back to a stage, {times}:"
            f" {loops['working_hours']:.0f} working hours, {loops['share_working']:.0%} of all waiting."
        )
    return said
