"""A log's cases as they will be stored: one stream each, in blocks that are worth a commit.

What is stored is what the record's own mapper would store, byte for byte; there may be a million events,
each of them checked already when its row was read.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

import orjson

from shared.flow.imports.historic_cases import HistoricCaseImported, HistoricStepImported
from shared.flow.imports.historic_log import Case, Log, LogStep
from shared.record.eventstore.encoding import STATE_BYTES_LIMIT, EventTooLarge
from shared.record.eventstore.envelopes import Enveloped

EVENTS_A_BLOCK = 2_000
CASE, STEP = HistoricCaseImported.__name__, HistoricStepImported.__name__


class Actors:
    """The ids by which a log's people are known in events; their names go to the directory."""

    def __init__(self, log_id: UUID) -> None:
        """Know nobody of this log yet."""
        self.log_id = log_id
        self._ids: dict[str, str] = {}

    def meet(self, cases: Iterable[Case]) -> list[tuple[str, str]]:
        """Number the people of some cases in the order they are met; return those that are new."""
        new = []
        for name in (step.actor for case in cases for step in case.steps):
            if name and name not in self._ids:
                self._ids[name] = f"{self.log_id.hex[:12]}-{len(self._ids) + 1}"
                new.append((self._ids[name], name))
        return new

    def __getitem__(self, name: str) -> str:
        """Return somebody's id; blank for nobody."""
        return self._ids[name] if name else ""


class HistoryBlock(NamedTuple):
    """Some cases with all of their events, and the people who are in no block before it."""

    people: list[tuple[str, str]]
    streams: list[Enveloped]
    events: int


class Histories:
    """Writes the cases of one log as streams of its own."""

    def __init__(self, log_id: UUID, by: str) -> None:
        """Write them for whoever hands the log in."""
        self._log_id = log_id
        self._import_id = str(log_id)
        self._actors = Actors(log_id)
        self._vouching = b',"by":' + orjson.dumps(by) + b',"causation":' + orjson.dumps(f"import:{log_id}")

    def blocks(self, log: Log) -> Iterator[HistoryBlock]:
        """Yield the cases, so many at a time that a commit is worth it and nobody waits long for one."""
        block: list[tuple[str, Case]] = []
        steps = 0
        for case_id, case in log.cases.items():
            block.append((case_id, case))
            steps += 1 + len(case.steps)
            if steps >= EVENTS_A_BLOCK:
                yield self._block(block)
                block, steps = [], 0
        if block:
            yield self._block(block)

    def _block(self, cases: list[tuple[str, Case]]) -> HistoryBlock:
        people = self._actors.meet(case for _, case in cases)
        streams = [self._stream(case_id, case) for case_id, case in cases]
        return HistoryBlock(people, streams, sum(len(case.steps) for _, case in cases))

    def _stream(self, case_id: str, case: Case) -> Enveloped:
        """Return a case's events, each with when it happened by the log."""
        assert case.opened_at is not None, "a case without a row opens with its first step"
        said: dict[str, object] = {
            "import_id": self._import_id,
            "case_id": case_id,
            "opened_at": case.opened_at,
        }
        if case.closed_at is not None:
            said["closed_at"] = case.closed_at
        if case.deadline is not None:
            said["deadline"] = case.deadline
        events = [(CASE, self._state(said, case.opened_at))]
        events += [(STEP, self._state(self._step(case_id, step), step.entered_at)) for step in case.steps]
        return Enveloped(uuid5(self._log_id, case_id), 1, events)

    def _step(self, case_id: str, step: LogStep) -> dict[str, object]:
        said: dict[str, object] = {
            "import_id": self._import_id,
            "case_id": case_id,
            "seq": step.seq,
            "entered_at": step.entered_at,
            "activity": step.activity,
            "stage": step.stage,
            "party": step.party,
            "actor": self._actors[step.actor],
            "role": step.role,
        }
        if step.completed_at is not None:
            said["completed_at"] = step.completed_at
        said["bridged"] = step.bridged
        return said

    def _state(self, said: dict[str, object], at: datetime) -> bytes:
        """Return an event's envelope; refuse what is too long for one entry."""
        data = orjson.dumps(said, option=orjson.OPT_UTC_Z)
        when = at.astimezone(UTC).isoformat().encode()
        state = b'{"data":' + data + self._vouching + b',"at":"' + when + b'"}'
        if len(state) > STATE_BYTES_LIMIT:
            raise EventTooLarge(bytes=len(state), limit=STATE_BYTES_LIMIT)
        return state
