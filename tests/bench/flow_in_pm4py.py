"""What pm4py says of the same log, once it has that in memory: its graphs of elapsed and of working time.

Run by a Python of its own that has pm4py; prints the seconds that the quickest of three runs took.
"""

import sys
import time
import warnings

import pandas as pd  # type: ignore[import-untyped,unused-ignore]  # of another Python
import pm4py  # type: ignore[import-not-found]  # of another Python

WEEK = [((day * 24 + 9) * 3600, (day * 24 + 17) * 3600) for day in range(5)]


def log_of(path: str) -> pd.DataFrame:
    """Return the log's visits as pm4py wants them, its stage as what happens."""
    steps = pd.read_csv(path, parse_dates=["entered_at"]).sort_values(["case_id", "entered_at", "seq"])
    moves = (steps["stage"] != steps["stage"].shift()) | (steps["case_id"] != steps["case_id"].shift())
    return pm4py.format_dataframe(
        steps[moves], case_id="case_id", activity_key="stage", timestamp_key="entered_at"
    )


def graphs(log: pd.DataFrame) -> None:
    """Ask for both graphs, each with all its aggregates."""
    pm4py.discover_performance_dfg(log)
    pm4py.discover_performance_dfg(log, business_hours=True, business_hour_slots=WEEK)


warnings.simplefilter("ignore")
log = log_of(sys.argv[1])
taken = []
for _ in range(3):
    began = time.perf_counter()
    graphs(log)
    taken.append(time.perf_counter() - began)
sys.stdout.write(f"{min(taken)}\n")
