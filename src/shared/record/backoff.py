"""Background work that is tried again: after faults more and more slowly, until it gives up or is stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from shared.record.database import being_cancelled, is_away

RETRY_SECONDS = 1.0
RETRY_SECONDS_LIMIT = 30.0
FAULTS_LIMIT = 300  # in a row: over two hours

log = structlog.get_logger(__name__)


@dataclass
class Backoff:
    """The faults in a row of one piece of work, which gives up after too many of them unless it must not."""

    work: str
    gives_up: bool = True
    faults: int = 0
    said: str = ""  # which of them the log has whole

    def went_well(self) -> None:
        """Forget the faults: the next is the first of its row."""
        self.faults, self.said = 0, ""

    def after(self, error: Exception) -> float:
        """Count this fault, and say so in the log; return the seconds to rest. After too many, raise it."""
        self.faults += 1
        if self.gives_up and self.faults > FAULTS_LIMIT:
            raise error
        name = type(error).__name__
        log.error(  # whole the first time, and then in a line
            "work failed, and is tried again",
            work=self.work,
            faults=self.faults,
            error=name,
            exc_info=error if name != self.said else None,
        )
        self.said = name
        return min(RETRY_SECONDS * self.faults, RETRY_SECONDS_LIMIT)


async def leave_it() -> None:
    """Leave a database that is away to those who run it."""


async def keep_at(
    work: Callable[[], Awaitable[None]], backoff: Backoff, heal: Callable[[], Awaitable[None]] = leave_it
) -> None:
    """Do this work again and again until cancelled, also where it fails."""
    while True:
        try:
            await work()
        except Exception as error:  # whatever it was, the others' work must not end with it
            if being_cancelled():
                raise
            if is_away(error):
                log.warning("work waits for the database", work=backoff.work, error=type(error).__name__)
                await heal()
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await asyncio.sleep(backoff.after(error))
