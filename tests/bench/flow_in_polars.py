"""What one would write with polars instead: edges with counts, sums and percentiles, from CSV.

Run by a Python of its own that has polars; prints the seconds that the last of three runs took.
"""

import sys
import time

import polars as pl  # type: ignore[import-not-found]  # of another Python

CASE, STAGE, AT = pl.col("case_id"), pl.col("stage"), pl.col("entered_at")


def edges(path: str) -> pl.DataFrame:
    """Return the edges, most waiting first."""
    steps = pl.read_csv(path, try_parse_dates=True).sort("case_id", "entered_at", "seq")
    moves = (STAGE.shift(1) != STAGE) | (CASE.shift(1) != CASE)
    visits = steps.filter(moves.fill_null(value=True))
    waits = visits.with_columns(
        to=STAGE.shift(-1).over("case_id"), wait=(AT.shift(-1).over("case_id") - AT).dt.total_microseconds()
    ).drop_nulls("to")
    percentiles = (pl.col("wait").quantile(q, "linear").alias(f"p{q}") for q in (0.5, 0.85, 0.95))
    found = waits.group_by("stage", "to").agg(pl.len(), pl.col("wait").sum().alias("sum"), *percentiles)
    return found.sort("sum", descending=True)


for _ in range(3):
    began = time.perf_counter()
    edges(sys.argv[1])
    took = time.perf_counter() - began
print(took)
