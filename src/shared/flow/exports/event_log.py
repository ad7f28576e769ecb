"""A log as it leaves the house: cases with what their reader may see of them, persons by pseudonyms.

A pseudonym is the same throughout one file, and another one in the next: two files can't be joined by it.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from shared.flow.cases import CaseFacts
from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.requests import instant_at
from shared.kernel.calendar import end_of, microseconds

PSEUDONYM_CHARACTERS = 16


class LogEvent(NamedTuple):
    """One step of a case; `person` is a pseudonym, blank for nobody."""

    id: str
    at: str
    activity: str
    stage: str
    party: str
    person: str


class LogCase(NamedTuple):
    """A case with its events in order; when it opened and closed, blank while it is open."""

    facts: CaseFacts
    opened_at: str
    closed_at: str
    events: list[LogEvent]


@dataclass(frozen=True)
class ExportedLog:
    """The log of some cases; the salt is made for one export, and kept nowhere."""

    log: FlowLog
    facts: Mapping[str, CaseFacts]
    salt: bytes

    @cached_property
    def persons(self) -> list[str]:
        """Return the pseudonym of every actor of the log by number; blank for nobody."""
        return [self._pseudonym(name) for name in self.log.actor.names]

    @property
    def people(self) -> list[str]:
        """Return the pseudonyms of those who did something, in order."""
        return sorted({self.persons[code] for code in np.unique(self.log.actor.codes).tolist()} - {""})

    @property
    def activities(self) -> list[str]:
        """Return the activities that occur, in order."""
        return sorted(self.log.activity.names[code] for code in np.unique(self.log.activity.codes).tolist())

    @cached_property
    def things(self) -> list[CaseFacts]:
        """Return what is known of each case that has events."""
        return [self.facts[self.log.cases.ids[case]] for case in np.unique(self.log.case).tolist()]

    def cases(self) -> Iterator[LogCase]:
        """Yield the cases one at a time."""
        starts = np.flatnonzero(np.diff(self.log.case, prepend=-1) != 0).tolist()
        for first, end in pairwise([*starts, len(self.log.case)]):
            case = int(self.log.case[first])
            facts = self.facts[self.log.cases.ids[case]]
            closed = int(self.log.cases.closed[case])
            yield LogCase(
                facts,
                written(int(self.log.cases.opened[case])),
                "" if closed == STILL_OPEN else written(closed),
                [self._event(facts.id, n, row) for n, row in enumerate(range(first, end), start=1)],
            )

    def _event(self, case_id: str, number: int, row: int) -> LogEvent:
        log = self.log
        return LogEvent(
            f"{case_id}-{number}",
            written(int(log.at[row])),
            log.activity.names[log.activity.codes[row]],
            log.stage.names[log.stage.codes[row]],
            log.party.names[log.party.codes[row]],
            self.persons[log.actor.codes[row]],
        )

    def _pseudonym(self, name: str) -> str:
        if not name:
            return ""
        return (
            "person-" + hmac.new(self.salt, name.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_CHARACTERS]
        )


def deadline(facts: CaseFacts) -> str:
    """Return when the day is over on which a case is needed; blank if there is none."""
    return "" if facts.needed_by is None else written(microseconds(end_of(facts.needed_by)))


def written(us: int) -> str:
    """Return an instant in one width, so that nobody has to guess at its form."""
    return instant_at(us).strftime("%Y-%m-%dT%H:%M:%S.%f") + "+00:00"
