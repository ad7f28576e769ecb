"""The files of a log, and what makes their content an import: it has the same id wherever it comes again."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from shared.flow.imports.files import digest, plain_bytes
from shared.flow.imports.historic_log import Log
from shared.flow.imports.options import Options
from shared.flow.imports.parted_log import PartedLog
from shared.flow.imports.rfp_log import FINDINGS_TRIED_LIMIT

IMPORTS = UUID("0d3f2f5e-8c1c-4a35-9d0a-6f1f3c0b7a11")


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

    def plain_bytes(self) -> int:
        """Return how large both files are once they are decompressed."""
        return plain_bytes(self.events) + plain_bytes(self.cases)

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
