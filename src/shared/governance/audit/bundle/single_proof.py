"""Checking the proof of one entry without a bundle: what it shows by itself, and what with its entry."""

import zipfile
from pathlib import Path

from shared.governance.audit.bundle.report import VerificationReport
from shared.governance.audit.bundle.signature_lines import say_who_countersigned
from shared.kernel.calendar import LONDON
from shared.ledger.checkpoints import (
    PROOF_HEADING,
    Policy,
    Vouched,
    check_proof,
    hash_of,
    hash_text,
    leaf_named,
)
from shared.ledger.entries import ENTRY_BYTES_LIMIT, Entry
from shared.ledger.notes import BadNote
from shared.ledger.tree import ProofFails

PROOF_BYTES_LIMIT = 65_536
ZIP_BEGINS = b"PK"


def is_bundle(path: Path) -> bool:
    """Say whether a file is meant to be a bundle, also where it is damaged."""
    return _beginning(path, len(ZIP_BEGINS)) == ZIP_BEGINS or zipfile.is_zipfile(path)


def proof_in(path: Path) -> str:
    """Return the proof that a file holds; nothing if it is none."""
    text = _beginning(path, PROOF_BYTES_LIMIT).decode(errors="replace").replace("\r\n", "\n")
    return text if text.startswith(f"{PROOF_HEADING}\n") else ""


def entry_in(path: Path) -> Entry | bytes:
    """Return the entry that a file holds, or a leaf alone, as both are in bundles."""
    raw = _beginning(path, ENTRY_BYTES_LIMIT + 1)
    try:
        return hash_of(raw.decode().strip())
    except (BadNote, UnicodeDecodeError):
        return Entry.parse(raw)


def verify_proof(text: str, policy: Policy, entry: Entry | bytes = b"") -> VerificationReport:
    """Check that a proof leads from its entry to a checkpoint that was signed as the policy wants."""
    report = VerificationReport()
    try:
        leaf = entry.leaf if isinstance(entry, Entry) else entry or leaf_named(text)
        index, vouched = check_proof(text, leaf, policy)
    except (BadNote, ProofFails) as error:
        report.bad(f"the entry is not proved to be in the record: {error}")
        return report
    _say_what_is_proved(report, index + 1, leaf, vouched)
    _say_what_the_entry_is(report, index + 1, entry)
    return report


def _say_what_is_proved(report: VerificationReport, position: int, leaf: bytes, vouched: Vouched) -> None:
    checkpoint = vouched.checkpoint
    report.right(f"the checkpoint of {checkpoint.size} entries is signed by {checkpoint.origin}")
    say_who_countersigned(vouched, report)
    report.right(
        f"entry {position} of the record of {checkpoint.size} entries is the one with the leaf hash"
        f" {hash_text(leaf)}"
    )


def _say_what_the_entry_is(report: VerificationReport, position: int, entry: Entry | bytes) -> None:
    if not isinstance(entry, Entry):
        report.lines.append(
            "note: what the entry says is not in its proof: give its bytes with --entry to have them checked"
        )
    elif entry.position != position:
        report.bad(f"the entry says that it is number {entry.position}")
    else:
        at = f"{entry.recorded_at.astimezone(LONDON):%d %B %Y, %H:%M:%S}"
        report.right(
            f"that is this entry: {entry.topic} by {entry.envelope['by']}, version {entry.version} of"
            f" case {entry.stream_id}, recorded on {at}"
        )


def _beginning(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length)
