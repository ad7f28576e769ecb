"""Where the cases behind a figure are listed: the board, narrowed as the figure is, as of its reading."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from shared.flow.addends import ALL_TIME, Level, Window
from shared.flow.cases import CaseFilters
from shared.flow.figure_names import NamedFigure
from shared.kernel.calendar import microseconds, start_of

BOARD = "/v1/rfps"
WEEK = timedelta(days=7)
# What the board calls a filter of figures, where its own of that name means more.
ON_THE_BOARD = {"supplier": "awarded_to"}


@dataclass(frozen=True)
class CaseLinks:
    """The lists of the cases behind an answer's figures; an imported log has no board."""

    live: bool
    filters: CaseFilters
    as_of: str | None
    window: Window = ALL_TIME

    def of(self, kind: str, *of: str, window: Window | None = None) -> str | None:
        """Return where the cases are listed that a figure counted, in the period asked for or another."""
        figure = NamedFigure(kind, of, self.window if window is None else window)
        return self.to(figure=str(figure)) if figure.has_name else None

    def to(self, **query: str) -> str | None:
        """Return where cases are listed that something is the same of, narrowed as the figures are."""
        if not self.live:
            return None
        said = {**query, **self.filters.named(ON_THE_BOARD)}
        if self.as_of is not None:
            said["as_of"] = self.as_of
        return f"{BOARD}?{urlencode(said)}"

    def narrowed(self, filters: Mapping[str, Any]) -> "CaseLinks":
        """Return the lists of fewer cases."""
        return replace(self, filters=replace(self.filters, **filters))

    def one(self, case_id: str) -> str | None:
        """Return where one case is shown."""
        return f"{BOARD}/{case_id}" if self.live else None


def days_window(first: date, last: date) -> Window:
    """Return the period from the beginning of one day in London to that of another."""
    return Window(microseconds(start_of(first)), microseconds(start_of(last)))


def with_cases(shown: dict[str, Any], level: Level, links: CaseLinks) -> None:
    """Let each figure of bottlenecks say where its cases are listed.

    `opens` leads to what is there, or waits, just now; what is over has a list of its own.
    """
    stages = level is Level.STAGE
    left, step = ("left", "step") if stages else ("after", "event-step")
    for row in shown["stages"]:
        row["opens"] = links.to(stage=row["stage"]) if stages else None
        row["opens_left"] = links.of(left, row[level.value])
    for edge in shown["edges"]:  # whoever waits where it begins may leave by it
        edge["opens"] = links.to(stage=edge["from"]) if stages else None
        edge["opens_taken"] = links.of(step, edge["from"], edge["to"])
    for row in shown["parties"]:
        row["opens"] = links.to(waiting_on=row["party"])
        row["opens_waited"] = links.of("waited", row["party"])
    whole = {
        "all": "came",
        "open": "open",
        "closed": "closed",
        "repeating": "repeated",
        "reentering": "returned",
    }
    shown["opens"] = {name: links.of(kind, window=ALL_TIME) for name, kind in whole.items()}


def flow_with_cases(shown: dict[str, Any], links: CaseLinks) -> None:
    """Let each figure of flow say where its cases are listed."""
    for week in shown["weeks"]:
        within = days_window(week["begins_on"], week["begins_on"] + WEEK)
        week["opens_arrivals"] = links.of("came", window=within)
        week["opens_throughput"] = links.of("closed", window=within)
    wip = shown["wip"]
    wip["now"]["opens"] = links.of("open", window=ALL_TIME)
    for month in wip["months"]:
        month["opens"] = links.of("open", window=Window(end=microseconds(start_of(month["on"]))))
    for case in shown["scatter"]:
        case["opens"] = links.one(case["case"]) if case["case"] is not None else None
    curves = shown["cumulative_flow"]
    entered = (
        Window(end=microseconds(start_of(curves["days"][-1] + timedelta(days=1))))
        if curves["days"]
        else ALL_TIME
    )
    curves["opens"] = {stage: links.of("entered", stage, window=entered) for stage in curves["stages"]}
    _load_with_cases(shown, links)
    shown["rework"]["opens"] = links.of("returned", window=ALL_TIME)
    hands, expected = shown["hand_overs"], shown["expectation"]
    hands["opens_changed"], hands["opens_same"] = links.of("handed"), links.of("in-one-hand")
    for name, kind in (("kept", "kept"), ("broken", "broken"), ("open_beyond", "beyond")):
        expected[f"opens_{name}"] = links.of(kind, window=ALL_TIME) if expected[name] is not None else None


def _load_with_cases(shown: dict[str, Any], links: CaseLinks) -> None:
    """Let the last full weeks say what came and went in them, and what is there."""
    load = shown["load"]
    full = [week["begins_on"] for week in shown["weeks"] if not week["partial"]][-load["weeks"] :]
    within = days_window(full[0], full[-1] + WEEK) if load["weeks"] else None
    for name, kind in (("arrivals", "came"), ("departures", "closed")):
        load[f"opens_{name}"] = links.of(kind, window=within) if within is not None else None
    load["opens_wip"] = links.of("open", window=ALL_TIME)


def ways_with_cases(shown: dict[str, Any], links: CaseLinks) -> None:
    """Let each way, and each stage that was skipped or repeated, say which cases went so."""
    for row in shown["variants"]:
        row["opens"] = links.of("way", *row["stages"]) if row["stages"] else None
    kept = shown["conformance"]
    kept["opens_kept"] = links.of("on-path", *kept["path"]) if kept["kept"] is not None else None
    for name, kind in (("skipped", "skipped"), ("repeated", "again")):
        for row in kept[name]:
            row["opens"] = links.of(kind, row["stage"])


def periods_with_cases(shown: dict[str, Any], links: CaseLinks, reached: str) -> None:
    """Let the figures of both periods say which cases they are of."""
    for name in ("before", "after"):
        days = shown[name]
        within = days_window(days["begins_on"], days["ends_before"])
        for figures, figure in (
            ("cycle_time", ("completed",)),
            ("raised", ("came",)),
            ("reached_procurement", ("reached", reached)),
        ):
            if shown[figures] is not None:
                shown[figures][name]["opens"] = links.of(*figure, window=within)
