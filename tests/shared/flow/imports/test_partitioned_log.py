"""A log that is read in parts is the log that is read whole."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.flow.imports import partitioned_log
from shared.flow.imports.files import NotReadable
from shared.flow.imports.options import Options
from shared.flow.imports.partitioned_log import PartitionedLog
from tests.shared.flow.imports.examples import write
from tests.support.whole_logs import read_log

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OPTIONS = Options(time_zone="Europe/London")


@pytest.fixture(autouse=True)
def _in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitioned_log, "WHOLE_BYTES_LIMIT", 0)
    monkeypatch.setattr(partitioned_log, "BATCH", 3)


def odd_log(folder: Path) -> tuple[Path, Path]:
    """Write a log of two hundred cases, turn by turn, with everything in it that a log can have."""
    events, cases = ["case_id,activity,stage,entered_at,actor"], ["case_id,open_at,close_at"]
    for turn in range(6):
        for n in range(200):
            stage = "" if (n + turn) % 17 == 0 else f"stage {turn % 4}"
            at = "2024-10-27T01:30:00" if n % 50 == 0 else f"2025-03-{turn + 3:02d}"
            events.append(f"c{n},act {turn},{stage},{at},who{n % 7}")
    events += ['x,"open', ",a,b,2025-03-03", "c1,act 0,stage 0,2025-03-03,who1"]
    cases += [f"c{n},2025-03-0{n % 9 + 1}T09:00:00Z," for n in range(150)]
    cases += ["c1,2025-03-01T09:00:00Z,", "only,2025-03-01T09:00:00Z,2025-02-01T09:00:00Z"]
    return write(folder, "\n".join(events), "\n".join(cases))


def test_parts_are_the_whole(tmp_path: Path) -> None:
    files = odd_log(tmp_path)
    whole = read_log(*files, OPTIONS, NOW)
    log = PartitionedLog(*files, OPTIONS, NOW)
    parts = [part for part in log.parts() if part.cases]
    assert len(parts) > 20
    assert {case_id: case for part in parts for case_id, case in part.cases.items()} == whole.cases
    assert log.total.report() == whole.report()
    assert (log.total.cases, whole.report().cases) == ({}, 201)


def test_nothing_is_read_of_a_file_that_can_not_be_read_to_its_end(tmp_path: Path) -> None:
    events, cases = odd_log(tmp_path)
    events.write_bytes(events.read_bytes() + b"c1,\xff\n")
    with pytest.raises(NotReadable):
        next(PartitionedLog(events, cases, OPTIONS, NOW).parts())
