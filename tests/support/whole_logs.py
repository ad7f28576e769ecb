"""A historic log of two tables, read whole in this process."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from shared.flow.imports.historic_log import FINDINGS_LIMIT, Log
from shared.flow.imports.options import Options
from shared.flow.imports.rfp_log import LogReading, case_rows, event_rows


def read_log(
    events: Path,
    cases: Path,
    options: Options,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    findings_limit: int = FINDINGS_LIMIT,
) -> Log:
    """Read a log whole. Bad rows are left out and reported; odd cases are kept and reported.

    All are counted; so many of either are listed.
    """
    reading = LogReading(options, now, findings_limit)
    log = reading.read(case_rows(cases, options), event_rows(events, options), progress)
    reading.close()
    reading.total.cases = log.cases
    return reading.total
