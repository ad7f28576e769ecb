"""The receipt of a rehearsed restore: a note that the log's own key signs on the machine of the rehearsal."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.ledger.checkpoints import Policy, decimal, hash_of, hash_text, signed_by_log
from shared.ledger.notes import BadNote, Note, Signer, signed_note

SUFFIX = "/restore-rehearsal"


class Rehearsal(NamedTuple):
    """What was restored, how much of it, and what the check of all of it found."""

    origin: str
    size: int
    root: bytes
    findings: int
    backup_taken_at: datetime
    rehearsed_at: datetime


def signed_receipt(rehearsal: Rehearsal, signers: Sequence[Signer]) -> str:
    lines = (
        f"{rehearsal.origin}{SUFFIX}",
        str(rehearsal.size),
        hash_text(rehearsal.root),
        str(rehearsal.findings),
        rehearsal.backup_taken_at.isoformat(),
        rehearsal.rehearsed_at.isoformat(),
    )
    return signed_note("".join(f"{line}\n" for line in lines), signers)


def opened_receipt(receipt: str, policy: Policy) -> Rehearsal:
    """Return what a receipt says once a key of the log signed it, or raise `BadNote`."""
    note = Note.parse(receipt)
    lines = note.text.split("\n")
    if len(lines) != 7 or not lines[0].endswith(SUFFIX):
        raise BadNote("This is no receipt of a rehearsed restore.")
    origin = lines[0].removesuffix(SUFFIX)
    signed_by_log(note, origin, policy)
    try:
        taken, rehearsed = datetime.fromisoformat(lines[4]), datetime.fromisoformat(lines[5])
    except ValueError:
        raise BadNote("The receipt's times can't be read.") from None
    return Rehearsal(origin, decimal(lines[1]), hash_of(lines[2]), decimal(lines[3]), taken, rehearsed)
