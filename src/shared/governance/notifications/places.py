"""Places: how much may be under way at once, at each target, so that sick ones never hold others' places."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable

PLACES_LIMIT = 128
RESERVED = 32  # of them for the first few of each target: however many others hang
FIRST_FEW = 2  # of an endpoint that has not answered well since this process began, or last failed
AT_ONE_ENDPOINT = 16
MAILS_LIMIT = 8
WORKFLOWS_LIMIT = 8  # of all persons' workflows together


class SendingPlaces:
    """Lends places: an endpoint that answers well gets more of them, and one that fails a single one."""

    def __init__(self) -> None:
        """Lend nothing yet."""
        self._taken: Counter[str] = Counter()
        self._given: dict[str, int] = {}
        self._judging: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def free(self) -> int:
        """Return how many are left."""
        return PLACES_LIMIT - self._taken.total()

    @property
    def free_for_more(self) -> int:
        """Return how many are left for what goes beyond the first few of a target."""
        return max(0, self.free - RESERVED)

    @property
    def given(self) -> tuple[list[str], list[int]]:
        """Return the endpoints that are known, and how many places each may have."""
        return list(self._given), list(self._given.values())

    def left(self, lane: str, limit: int) -> int:
        """Return how many of a lane's own places are left."""
        return max(0, min(self.free, limit - self._taken[lane]))

    def after(self, lanes: Iterable[str]) -> "SendingPlaces":
        """Return what there would be once a place is taken in each of these lanes, too."""
        later = SendingPlaces()
        later._taken, later._given = self._taken + Counter(lanes), dict(self._given)
        return later

    def take(self, lane: str) -> None:
        """Take a place."""
        self._taken[lane] += 1

    def give_back(self, lane: str) -> None:
        """Give a place back."""
        self._taken[lane] -= 1
        if not self._taken[lane]:
            del self._taken[lane]

    def went_well(self, target: str) -> None:
        """Let a target that takes what it is sent have more places."""
        self._given[target] = min(AT_ONE_ENDPOINT, 2 * self._given.get(target, FIRST_FEW))

    def failed(self, target: str) -> None:
        """Leave a target that failed a single place."""
        self._given[target] = 1

    def judging(self, target: str) -> asyncio.Lock:
        """Return what lets one failure of a target be judged at a time: each needs a connection."""
        return self._judging[target]
