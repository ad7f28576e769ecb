"""Taking a log in: one stream a case, committed in blocks; a case that is there already adds nothing."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg

from shared.flow.imports.files import digest
from shared.flow.imports.historic_cases import HistoricCase, HistoricCaseImported, HistoricStepImported
from shared.flow.imports.historic_log import Case, Log
from shared.flow.imports.options import Options
from shared.flow.imports.parted_log import PartedLog
from shared.flow.imports.rfp_log import FINDINGS_TRIED_LIMIT
from shared.kernel.messages import Event, Stamp
from shared.record.eventstore.store import EventStore
from shared.web.access.names import remember

IMPORTS = UUID("0d3f2f5e-8c1c-4a35-9d0a-6f1f3c0b7a11")
EVENTS_A_BLOCK = 2_000


@dataclass(frozen=True, slots=True)
class LogFiles:
    """The two files of a log, and how they are to be read."""

    events: Path
    cases: Path
    options: Options

    def identity(self) -> str:
        """Return what makes this content this import: both files' hashes and the options."""
        parts = [digest(self.events), digest(self.cases), self.options_text()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def options_text(self) -> str:
        """Return the options as text that is the same for the same options."""
        options = self.options
        return json.dumps(
            {
                "timestamps": options.timestamps,
                "time_zone": options.time_zone,
                "activity_map": dict(sorted(options.activity_map.items())),
                "strict": options.strict,
            }
        )

    def read(self) -> PartedLog:
        """Return the log, to be read as of now."""
        return PartedLog(self.events, self.cases, self.options, datetime.now(UTC))

    def tried(self) -> Log:
        """Read the log as of now, for a trial, which lists far more of what was found; cases are let go."""
        now = datetime.now(UTC)
        log = PartedLog(self.events, self.cases, self.options, now, FINDINGS_TRIED_LIMIT)
        for _ in log.parts():
            pass
        return log.total


def import_id(identity: str) -> UUID:
    """Return the id of the import of a content."""
    return uuid5(IMPORTS, identity)


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


async def append_log(
    pool: asyncpg.Pool,
    store: EventStore,
    log: Log,
    actors: Actors,
    by: str,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Append every case of a part of a log that is not there yet; say how many events each block had."""
    log_id = actors.log_id
    for block in _blocks(log):
        await remember(pool, actors.meet(case for _, case in block), str(log_id))
        await store.append_histories(
            (uuid5(log_id, case_id), _events(log_id, case_id, case, actors, by)) for case_id, case in block
        )
        progress(sum(len(case.steps) for _, case in block))


def _blocks(log: Log) -> Iterator[list[tuple[str, Case]]]:
    """Yield the cases, so many at a time that a commit is worth it and nobody waits long for one."""
    block: list[tuple[str, Case]] = []
    steps = 0
    for case_id, case in log.cases.items():
        block.append((case_id, case))
        steps += 1 + len(case.steps)
        if steps >= EVENTS_A_BLOCK:
            yield block
            block, steps = [], 0
    if block:
        yield block


def _events(
    log_id: UUID, case_id: str, case: Case, actors: Actors, by: str
) -> Iterator[tuple[Event[HistoricCase], Stamp]]:
    """Yield a case's events, each stamped with when it happened by the log."""
    assert case.opened_at is not None, "a case without a row opens with its first step"
    opened = HistoricCaseImported(
        import_id=str(log_id),
        case_id=case_id,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        deadline=case.deadline,
    )
    stamp = Stamp(by=by, at=case.opened_at, causation=f"import:{log_id}")
    yield opened, stamp
    for step in case.steps:
        # What was read is checked already; there may be a million of them.
        event = HistoricStepImported.model_construct(
            import_id=opened.import_id,
            case_id=case_id,
            seq=step.seq,
            entered_at=step.entered_at,
            activity=step.activity,
            stage=step.stage,
            party=step.party,
            actor=actors[step.actor],
            role=step.role,
            completed_at=step.completed_at,
            bridged=step.bridged,
        )
        yield event, stamp.model_copy(update={"at": step.entered_at})
