"""A log too large to be held: its rows are put into parts by case, and read part by part.

However long the log, no more than one part of it is in memory.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from zlib import crc32

import orjson

from shared.flow.imports.files import BadRow, plain_bytes
from shared.flow.imports.historic_log import FINDINGS_LIMIT, Log
from shared.flow.imports.options import Options
from shared.flow.imports.rfp_log import LogReading, Rows, case_rows, event_rows

PARTS = 32
WHOLE_BYTES_LIMIT = 8 * 1024 * 1024  # a log of no more than this is one part
BATCH = 500


class PartitionedLog:
    """A log that is read part by part; `total` is what was found in all parts read so far."""

    def __init__(
        self, events: Path, cases: Path, options: Options, now: datetime, findings_limit: int = FINDINGS_LIMIT
    ) -> None:
        """Read the log in two files as of now."""
        self._events = events
        self._cases = cases
        self._options = options
        self._reading = LogReading(options, now, findings_limit)

    @property
    def total(self) -> Log:
        """Return what all parts add up to, without their cases."""
        return self._reading.total

    def parts(self) -> Iterator[Log]:
        """Yield some cases at a time, each with all of its events; refuse first what can't be read."""
        if plain_bytes(self._events) + plain_bytes(self._cases) <= WHOLE_BYTES_LIMIT:
            yield self._reading.read(
                case_rows(self._cases, self._options), event_rows(self._events, self._options)
            )
        else:
            yield from self._spooled()
        self._reading.close()

    def _spooled(self) -> Iterator[Log]:
        with TemporaryDirectory(prefix="rfp-import-parts-") as folder, ExitStack() as stack:
            cases = stack.enter_context(Spool(Path(folder, "cases")))
            events = stack.enter_context(Spool(Path(folder, "events")))
            cases.fill(case_rows(self._cases, self._options))
            events.fill(event_rows(self._events, self._options))
            for part in range(PARTS):
                yield self._reading.read(cases.rows(part), events.rows(part))


class Spool(ExitStack):
    """Rows in files of their own, by case; those of one case stay in their order."""

    def __init__(self, folder: Path) -> None:
        """Open the files in a folder."""
        super().__init__()
        folder.mkdir()
        self._files: list[BinaryIO] = [
            self.enter_context((folder / str(part)).open("w+b")) for part in range(PARTS)
        ]

    def fill(self, rows: Rows) -> None:
        """Put rows where they belong; one that does not say its case is in the first part."""
        waiting: list[list[tuple[int, object]]] = [[] for _ in range(PARTS)]
        for number, row in rows:
            bad = isinstance(row, BadRow)
            part = 0 if bad else crc32(row.get("case_id", "").strip().encode()) % PARTS  # type: ignore[union-attr]  # it is a row
            waiting[part].append((number, row.reason if isinstance(row, BadRow) else row))
            if len(waiting[part]) == BATCH:
                self._write(part, waiting[part])
        for part, batch in enumerate(waiting):
            self._write(part, batch)

    def _write(self, part: int, batch: list[tuple[int, object]]) -> None:
        self._files[part].write(orjson.dumps(batch) + b"\n")
        batch.clear()

    def rows(self, part: int) -> Rows:
        """Yield the rows of a part."""
        self._files[part].seek(0)
        for line in self._files[part]:
            for number, row in orjson.loads(line):
                yield number, BadRow(row) if isinstance(row, str) else row
