"""When a delivery is tried again, when an endpoint rests, and when it is given up."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR = 60.0, 3_600.0
STEPS_SECONDS = (5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
ATTEMPTS_LIMIT = len(STEPS_SECONDS) + 1
JITTER = 0.2

BREAKS_AFTER = 5  # failures in a row
RESTS_SECONDS = (30.0, 60.0, 120.0, 300.0, 900.0)
RELEASE_SECONDS = 60.0  # over which a backlog is let go

GIVEN_UP_AFTER = timedelta(days=5)
WARNED_AFTER = GIVEN_UP_AFTER / 2
SPACED_BY = timedelta(hours=12)
SPACED_FAILURES = 5  # at least so many, each so long after the one before it counted
WARNED_FAILURES = 3

GONE = 410
MALFORMED = frozenset({400, 413, 415, 422})  # what won't be taken later either
NEVER_AGAIN = MALFORMED | {GONE}

_random = random.SystemRandom()


def pause_seconds(tries: int, retry_after: float | None = None) -> float | None:
    """Return how long to wait after so many tries; nothing if there is no other.

    A receiver that asks for more time gets up to twice the step.
    """
    if tries >= ATTEMPTS_LIMIT:
        return None
    step = STEPS_SECONDS[max(tries, 1) - 1]
    if retry_after is not None:
        return min(max(retry_after, step), 2 * step)
    return step * _random.uniform(1 - JITTER, 1 + JITTER)


def rest_seconds(failures: int) -> float | None:
    """Return how long an endpoint rests after so many failures in a row; nothing while it need not."""
    if failures < BREAKS_AFTER:
        return None
    return RESTS_SECONDS[min(failures - BREAKS_AFTER, len(RESTS_SECONDS) - 1)]


@dataclass(frozen=True, slots=True)
class TargetHealth:
    """How an endpoint has done since it last took something."""

    failures: int = 0
    failing_since: datetime | None = None
    spaced_failures: int = 0
    last_spaced_at: datetime | None = None

    def failed(self, at: datetime) -> "TargetHealth":
        """Return it after one more failure."""
        spaced = self.last_spaced_at is None or at - self.last_spaced_at >= SPACED_BY
        return TargetHealth(
            self.failures + 1,
            self.failing_since or at,
            self.spaced_failures + spaced,
            at if spaced else self.last_spaced_at,
        )

    def counted_from(self, resumed: datetime | None, at: datetime) -> "TargetHealth":
        """Return it after a failure, the first that counts if it was resumed since it began to fail."""
        anew = resumed is not None and self.failing_since is not None and self.failing_since < resumed
        return TargetHealth().failed(at) if anew else self

    def is_given_up(self, at: datetime) -> bool:
        """Say whether it failed for five days, and often enough: a sparse one isn't, for a single failure."""
        return self._for(at, GIVEN_UP_AFTER, SPACED_FAILURES)

    def needs_a_look(self, at: datetime) -> bool:
        """Say whether it is half-way to being given up."""
        return self._for(at, WARNED_AFTER, WARNED_FAILURES)

    def _for(self, at: datetime, time: timedelta, failures: int) -> bool:
        since = self.failing_since
        return since is not None and at - since >= time and self.spaced_failures >= failures
