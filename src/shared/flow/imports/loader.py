"""The files of a log, and what makes their content an import: it has the same id wherever it comes again."""

import asyncio
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from shared.flow.imports.files import FileTooLarge, NotReadable, digest, is_xml, plain_bytes
from shared.flow.imports.historic_log import Log
from shared.flow.imports.options import CASES_NEED, DELIMITERS, Options
from shared.flow.imports.partitioned_log import PartitionedLog
from shared.flow.imports.rfp_log import FINDINGS_TRIED_LIMIT
from shared.flow.imports.xes_refusals import HasDocumentType, NotXes, cases_beside
from shared.web.sandbox.children import Sandbox, Task
from shared.web.sandbox.limits import ONE_FILE

XES = Task(
    "shared.flow.imports.xes",
    (HasDocumentType, NotXes, FileTooLarge, NotReadable),
    ONE_FILE._replace(cpu_seconds=300, wall_seconds=1_500),
)
IMPORTS = UUID("0d3f2f5e-8c1c-4a35-9d0a-6f1f3c0b7a11")


@dataclass(frozen=True, slots=True)
class LogFiles:
    """The files of a log, and how they are to be read. XES holds its cases; a cases file counts instead."""

    events: Path
    cases: Path | None
    options: Options

    def identity(self) -> str:
        """Return what makes this content this import: both files' hashes and the options."""
        mark = DELIMITERS[self.options.delimiter]
        cases = "none" if self.cases is None else digest(self.cases, delimiter=mark)
        events = digest(self.events, delimiter=mark, may_be_xml=True)
        parts = [events, cases, self.options_text()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    async def as_tables(self, folder: Path, sandbox: Sandbox) -> "LogFiles":
        """Return the log as two tables, those that have to be made in this folder."""
        events, cases, options = self.events, self.cases, self.options
        if await asyncio.to_thread(is_xml, events):
            events = folder / "events.csv"
            await sandbox.convert(XES, self.events, events)
            cases = cases or cases_beside(events)
            options = replace(options, mapping={}, delimiter="comma")  # it is a table of our own now
        elif cases is None:
            cases = folder / "cases.csv"
            cases.write_text(DELIMITERS[options.delimiter].join(CASES_NEED) + "\n")  # a line
        return replace(self, events=events, cases=cases, options=options)

    def _tables(self) -> tuple[Path, Path]:
        assert self.cases is not None, "`as_tables` makes one"
        return self.events, self.cases

    def plain_bytes(self) -> int:
        """Return how many bytes both files have once they are decompressed."""
        return sum(plain_bytes(path) for path in self._tables())

    def options_text(self) -> str:
        """Return the options as text that is the same for the same options.

        Those that came later stand in it where they say something: an import keeps its id.
        """
        options, usual = self.options, Options()
        later = {
            "mapping": dict(sorted(options.mapping.items())),
            "delimiter": options.delimiter,
            "dates": options.dates,
        }
        return json.dumps(
            {
                "timestamps": options.timestamps,
                "time_zone": options.time_zone,
                "activity_map": dict(sorted(options.activity_map.items())),
                "strict": options.strict,
                **{name: said for name, said in later.items() if said != getattr(usual, name)},
            }
        )

    def read(self) -> PartitionedLog:
        """Return the log, to be read as of now."""
        return PartitionedLog(*self._tables(), self.options, datetime.now(UTC))

    def tried(self) -> Log:
        """Read the log as of now, for a trial, which lists far more of what was found; cases are let go."""
        now = datetime.now(UTC)
        log = PartitionedLog(*self._tables(), self.options, now, FINDINGS_TRIED_LIMIT)
        for _ in log.parts():
            pass
        return log.total


def import_id(identity: str) -> UUID:
    """Return the id of the import of a content."""
    return uuid5(IMPORTS, identity)
