"""Who decides where no person does: parts of the service, each on the authority that the record names."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shared.kernel.messages import Known, Stamp

CLOCK: Final = "clock"  # a day or an hour has come
SENDER: Final = "sender"  # on an endpoint, by what came back from it
INDEXER: Final = "indexer"  # on the index of the record
IMPORTER: Final = "importer"  # on an import whose process has stopped
AUTHORITY_OF: Final[Mapping[str, str]] = {
    CLOCK: "deadline",
    SENDER: SENDER,
    INDEXER: INDEXER,
    IMPORTER: IMPORTER,
}


def stamp_of(actor: str, at: datetime, causation: str = "", known: Known | None = None) -> Stamp:
    """Return the stamp of what one of them decides; `KeyError` for anybody else."""
    authority = AUTHORITY_OF[actor]
    return Stamp(by=actor, authority=authority, at=at, known=known or Known(), causation=causation)
