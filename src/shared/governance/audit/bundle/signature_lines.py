"""The lines under a bundle's checkpoint: who signed it, and that nobody else is named there."""

from datetime import datetime

from shared.governance.audit.bundle.contents import CHECKPOINT, KEYS, Files
from shared.governance.audit.bundle.report import VerificationReport
from shared.kernel.calendar import LONDON
from shared.ledger.checkpoints import Policy, Vouched
from shared.ledger.notes import Note


def check_lines(files: Files, report: VerificationReport) -> None:
    """Expect every line under a checkpoint to be a signature, once, by a key that the bundle names."""
    own = Policy.parse(files.text(KEYS))
    note = Note.parse(files.text(CHECKPOINT))
    if len(note.signatures) != len(note.signed_by((*own.logs, *own.witnesses))):
        report.bad(f"{CHECKPOINT} has a line that is no signature by a key of {KEYS}, or one of them twice")


def say_who_countersigned(vouched: Vouched, report: VerificationReport) -> None:
    """Say which witnesses signed a checkpoint and when, or what it means that none did."""
    for witness, at in vouched.witnesses.items():
        when = f"{datetime.fromtimestamp(at, LONDON):%d %B %Y, %H:%M}"
        report.right(f"the witness {witness.name} countersigned it on {when}")
    if not vouched.witnesses:
        report.lines.append(
            "note: no witness countersigned it, so whoever holds the council's own key could have"
            " written all of it anew: ask for one that a witness has signed"
        )
