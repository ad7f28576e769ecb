"""What the figures of flow say, as the first sentences of a page: made by rule of the figures beside them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rfp_service.console.words import step_words, words
from shared.governance.audit.replay.parties import whom
from shared.kernel.calendar import SECOND, WORKING_DAY

NOT_KNOWN = "–"  # noqa: RUF001  # a dash, as letters write it
TAKES = {
    "approval": "Approval takes",
    "award_approval": "Approval of the award takes",
    "award_notice": "The notice of award takes",
    "business_case": "The business case takes",
    "call_in": "Waiting for a call-in takes",
    "called_in": "Scrutiny of a call-in takes",
    "catalogue_check": "The search of the catalogue takes",
    "contracting": "Making the contract takes",
    "draft": "Writing down the need takes",
    "key_decision": "The key decision takes",
    "open": "Bids take",
    "ready_to_issue": "Issuing the tender takes",
    "submitted": "Being picked up by procurement takes",
}


def heading(bottlenecks: Mapping[str, Any], costs: Sequence[Mapping[str, Any]]) -> str:
    """Return which step held the most waiting that is over, and on whom most of what lasts is waiting."""
    worst = next((edge for edge in bottlenecks["edges"] if edge["rank"] == 1), None)
    now = f"open RFPs wait most for {whom(costs[0]['party'])}" if costs else "none is open now"
    if worst is None:
        return f"{now[:1].upper()}{now[1:]}" if costs else "Nothing has waited here yet"
    takes = TAKES.get(worst["from"], f"{words(worst['from'])} takes")
    return f"{takes} the longest; {now}"


def lead(bottlenecks: Mapping[str, Any], costs: Sequence[Mapping[str, Any]]) -> str:
    """Return the numbers behind the heading."""
    cases, said = bottlenecks["cases"], []
    worst = next((edge for edge in bottlenecks["edges"] if edge["rank"] == 1), None)
    if worst is not None:
        said.append(
            f"Of all working time that {count(cases['all'], 'RFP')} waited, {worst['share_working']:.0%}"
            f" was from {step_words(worst['from'])} to {step_words(worst['to'])}."
        )
    if costs:
        total, first = sum(cost["cases"] for cost in costs), costs[0]
        said.append(
            f"Of {count(total, 'open RFP')}, {first['cases']} {'waits' if first['cases'] == 1 else 'wait'}"
            f" for {whom(first['party'])}: {count(round(first['working_days']), 'working day')} so far."
        )
    return " ".join(said)


def flow_lead(curves: Mapping[str, Any]) -> str:
    """Return whether more comes than goes, over the days that are shown."""
    came, went = curves["came"], curves["went"]
    if not came and not went:
        return "No RFP was begun in this time, and none came to an end."
    begun = f"{count(came, 'RFP')} {'was' if came == 1 else 'were'} begun"
    return f"{begun} in this time, and {went} came to an end."


def ageing_lead(items: Sequence[Mapping[str, Any]], total: int | None = None) -> str:
    """Return how many open cases have been where they are for longer than usual; of many, of the first."""
    known = [item for item in items if item["stage_p85_working_days"] is not None]
    beyond = sum(item["working_days_in_stage"] > item["stage_p85_working_days"] for item in known)
    if not items:
        return "No RFP is open."
    which = count(len(items), "open RFP")
    if total is not None and total > len(items):
        which = f"the {len(items)} to act on first, of {count(total, 'open RFP')},"
    if not beyond:
        return f"None of {which} has been where it is longer than 85% of others were."
    return (
        f"{beyond} of {which} {'has' if beyond == 1 else 'have'} been where"
        f" {'it is' if beyond == 1 else 'they are'} longer than 85% of others were."
    )


def scatter_lead(survival: Mapping[str, Any]) -> str:
    """Return within how many days half of all cases and most of them close."""
    half, most = survival["p50_days"], survival["p85_days"]
    if half is None:
        return "Too few have closed to say how long one takes."
    said = f"Half of all RFPs close within {half:.0f} days of being begun"
    return f"{said}, 85% within {most:.0f}." if most is not None else f"{said}."


def count(number: int, what: str) -> str:
    """Return so many of a thing."""
    return f"{number:,} {what if number == 1 else _plural(what)}"


def _plural(what: str) -> str:
    if re.search(r"[^aeiou]y$", what):
        return f"{what[:-1]}ies"
    return f"{what}es" if what.endswith(("ch", "x")) else f"{what}s"


def days_of(seconds: float | None) -> str:
    """Return working seconds as working days; a dash where nothing can be said."""
    return NOT_KNOWN if seconds is None else f"{seconds * SECOND / WORKING_DAY:.1f}"


def change_heading(compared: Mapping[str, Any]) -> str:
    """Return whether RFPs take longer than before, as far as that can be told from chance."""
    if not compared["compared"]:
        return "One of these periods is not over yet"
    times = compared["cycle_time"]
    if times["difference_working_days"] is None:
        return "Too few RFPs closed to say whether they take longer"
    low, high = times["interval"]
    if low <= 0 <= high:
        return "RFPs take about as long as before: the difference may be chance"
    days = round(abs(times["difference_working_days"]))
    longer = "longer" if times["difference_working_days"] > 0 else "less"
    return f"RFPs take {count(days, 'working day')} {longer} than before"
