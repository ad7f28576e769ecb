"""The day it is for the service: London's, whatever clock the machine keeps, and however late it is.

Specs that say "today" ask for it where they need it: a run may begin on one day and end on the next.
"""

import time
from datetime import UTC, date, datetime, timedelta

from shared.kernel.calendar import day_in_london, end_of, start_of

LONGEST_SPEC = timedelta(minutes=2)


def today() -> date:
    """Return the day that London's calendars show now."""
    return day_in_london(datetime.now(UTC))


def in_days(days: int) -> str:
    """Return the day that comes in so many days, or was so many ago, as a request says it."""
    return (today() + timedelta(days=days)).isoformat()


def begin_in_days(days: int) -> str:
    """Return the instant at which that day begins in London, as a request says it."""
    return f"{start_of(today() + timedelta(days=days)):%Y-%m-%dT%H:%MZ}"


def wait_past_midnight() -> None:
    """Begin nothing on a day that may end before it does: what is today to one line is today to the next."""
    now = datetime.now(UTC)
    left = end_of(day_in_london(now)) - now
    if left < LONGEST_SPEC:
        time.sleep(left.total_seconds())
