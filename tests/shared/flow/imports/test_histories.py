"""What an import stores: byte for byte what the record's own mapper would, however large the log."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from shared.flow.imports.historic_cases import EVENTS as HISTORIC_EVENTS
from shared.flow.imports.historic_cases import HistoricCaseImported, HistoricStepImported
from shared.flow.imports.historic_log import Case
from shared.flow.imports.histories import Histories
from shared.flow.imports.history_reader import HistoryReader, LogNotReadToEnd, LogOutcome
from shared.flow.imports.loader import LogFiles
from shared.flow.imports.options import Options
from shared.kernel.errors import Refused
from shared.kernel.messages import Stamp
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from tests.shared.flow.imports.examples import EVENTS, write
from tests.support.whole_logs import read_log

LOG = UUID(int=7)
BY = 'Ann "A" Example'
STARTED = (
    "S1,1,Check,intake,2025-03-03T09:00:00.5Z,,,,start\nS1,2,Check,intake,2025-03-03T10:00:00Z,,,,complete\n"
)


def test_what_is_stored_of_a_case_is_what_the_mapper_would_store(tmp_path: Path) -> None:
    lifecycle = EVENTS.replace("role,party\n", "role,party,lifecycle\n") + STARTED
    log = read_log(*write(tmp_path, lifecycle), Options(), datetime.now(UTC))
    mapper, people = EnvelopeMapper(Topics(HISTORIC_EVENTS)), {}
    for block in Histories(LOG, BY).blocks(log):
        people |= {name: known_as for known_as, name in block.people}
        for stream_id, version, events in block.streams:
            [case_id] = [case_id for case_id in log.cases if uuid5(LOG, case_id) == stream_id]
            assert version == 1
            assert list(events) == _stored(mapper, stream_id, case_id, log.cases[case_id], people)


def _stored(
    mapper: EnvelopeMapper, stream_id: UUID, case_id: str, case: Case, people: dict[str, str]
) -> list[tuple[str, bytes]]:
    assert case.opened_at is not None
    opened = HistoricCaseImported(
        import_id=str(LOG),
        case_id=case_id,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        deadline=case.deadline,
    )
    told: list[tuple[HistoricCaseImported | HistoricStepImported, datetime]] = [(opened, case.opened_at)]
    told += [
        (
            HistoricStepImported(
                import_id=str(LOG),
                case_id=case_id,
                seq=step.seq,
                entered_at=step.entered_at,
                activity=step.activity,
                stage=step.stage,
                party=step.party,
                actor=people[step.actor] if step.actor else "",
                role=step.role,
                completed_at=step.completed_at,
                bridged=step.bridged,
            ),
            step.entered_at,
        )
        for step in case.steps
    ]
    stored = (
        mapper.stored(stream_id, n, event, Stamp(by=BY, at=at, causation=f"import:{LOG}"))
        for n, (event, at) in enumerate(told, start=1)
    )
    return [(one.topic, one.state) for one in stored]


@pytest.fixture
def large(tmp_path: Path) -> LogFiles:
    """A log that a process of its own reads."""
    rows = [f"L{n % 4_000},{n},A,a,2025-03-03T09:00:00Z,,,\n" for n in range(60_000)]
    rows.append(",1,A,a,2025-03-03T09:00:00Z,,,\n")
    heading = EVENTS.splitlines(keepends=True)[0]
    return LogFiles(*write(tmp_path, heading + "".join(rows)), Options())


@pytest.mark.slow
async def test_a_large_log_is_read_elsewhere_and_told_as_it_would_be_here(large: LogFiles) -> None:
    reader = HistoryReader(large, LOG, BY)
    elsewhere = [one async for one in reader.blocks()]
    assert elsewhere == list(reader.read())
    outcome = elsewhere[-1]
    assert isinstance(outcome, LogOutcome)
    assert (outcome.report.events, outcome.report.bad_rows) == (60_000, 1)


async def test_a_large_log_is_refused_as_it_would_be_here(large: LogFiles) -> None:
    large.cases.write_text("case_id,open_at\n")
    here, elsewhere = [await _refusal(reader) for reader in (HistoryReader(large, LOG, BY),) * 2]
    with pytest.raises(Refused) as refused:
        list(HistoryReader(large, LOG, BY).read())
    assert here == elsewhere == (type(refused.value), refused.value.facts)


async def _refusal(reader: HistoryReader) -> tuple[type[Refused], object]:
    with pytest.raises(Refused) as refused:
        _ = [one async for one in reader.blocks()]
    return type(refused.value), refused.value.facts


async def test_a_log_whose_reading_is_stopped_can_be_handed_in_again(large: LogFiles) -> None:
    broken = replace(large, options=None)  # type: ignore[arg-type]  # which ends whoever reads it
    assert await _refusal(HistoryReader(broken, LOG, BY)) == (LogNotReadToEnd, {})
