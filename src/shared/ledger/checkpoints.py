"""Checkpoints (C2SP tlog-checkpoint) and proofs that carry them (C2SP tlog-proof)."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.ledger.notes import BadNote, KeyType, Note, Verifier
from shared.ledger.tree import HASH_BYTES, PROOF_HASHES_LIMIT, verify_inclusion

PROOF_HEADING = "c2sp.org/tlog-proof@v1"
EXTRA = "extra "
_DECIMAL = re.compile(r"^(0|[1-9][0-9]{0,18})$")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries a log had, and the root of its tree: one signed statement."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{hash_text(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read a checkpoint's text; `BadNote` for another. Lines after the third mean nothing here."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not lines[0] or not all(lines[:-1]):
            raise BadNote("A checkpoint is an origin, a size and a root.")
        return cls(lines[0], decimal(lines[1]), hash_of(lines[2]))


@dataclass(frozen=True, slots=True)
class Policy:
    """Whose signatures make a checkpoint good: any key of the log, and so many of the witnesses."""

    logs: tuple[Verifier, ...]
    witnesses: tuple[Verifier, ...] = ()
    quorum: int = 0

    @classmethod
    def parse(cls, text: str, quorum: int | None = None) -> "Policy":
        """Read verifier keys, one a line, and `quorum N`; `#` begins a remark."""
        lines = [line.partition("#")[0].strip() for line in text.splitlines()]
        keys = [Verifier.parse(line) for line in lines if line and not line.startswith("quorum ")]
        said = [decimal(line.split(" ")[1]) for line in lines if line.startswith("quorum ")]
        return cls(
            tuple(key for key in keys if key.type is KeyType.LOG),
            tuple(key for key in keys if key.type is KeyType.WITNESS),
            quorum if quorum is not None else (said[-1] if said else 0),
        )

    def text(self) -> str:
        """Return the policy as `parse` reads it."""
        lines = ["# the log's keys", *map(str, self.logs)]
        lines += ["# the witnesses' keys", *map(str, self.witnesses)]
        lines += ["# how many witnesses must have signed", f"quorum {self.quorum}"]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Vouched:
    """A checkpoint whose signatures were checked, and who signed it."""

    checkpoint: Checkpoint
    logs: tuple[Verifier, ...]
    witnesses: dict[Verifier, int]


def opened(note: str, policy: Policy) -> Vouched:
    """Return a checkpoint once its log and enough witnesses signed it, or raise `BadNote`."""
    parsed = Note.parse(note)
    checkpoint = Checkpoint.parse(parsed.text)
    signed = signed_by_log(parsed, checkpoint.origin, policy)
    witnessed = {key: at or 0 for key, at in parsed.signed_by(policy.witnesses).items()}
    if len(witnessed) < policy.quorum:
        raise BadNote(f"{len(witnessed)} witnesses signed, {policy.quorum} must have.")
    return Vouched(checkpoint, signed, witnessed)


def signed_by_log(note: Note, name: str, policy: Policy) -> tuple[Verifier, ...]:
    """Return which trusted keys of a log signed a note; raise `BadNote` where none did."""
    signed = tuple(note.signed_by([key for key in policy.logs if key.name == name]))
    if not signed:
        raise BadNote(f"No key that is trusted for {name} signed this checkpoint.")
    return signed


def with_lines(note: str, lines: Iterable[str]) -> str:
    """Return a signed note with more signature lines."""
    return note + "".join(lines)


def proof_text(index: int, proof: Sequence[bytes], note: str, leaf: bytes = b"") -> str:
    """Return an inclusion proof with the checkpoint it leads to, as one text.

    With a leaf it also says which entry it is of, in the format's extra line, and can be checked alone.
    """
    extra = f"{EXTRA}{hash_text(leaf)}\n" if leaf else ""
    hashes = "".join(f"{hash_text(hashed)}\n" for hashed in proof)
    return f"{PROOF_HEADING}\n{extra}index {index}\n{hashes}\n{note}"


def check_proof(text: str, leaf: bytes, policy: Policy) -> tuple[int, Vouched]:
    """Check that a leaf is in the log; return its index and the checkpoint, or raise."""
    index, hashes, note = read_proof(text)
    vouched = opened(note, policy)
    checkpoint = vouched.checkpoint
    verify_inclusion(leaf, index, checkpoint.size, hashes, checkpoint.root)
    return index, vouched


def read_proof(text: str) -> tuple[int, list[bytes], str]:
    """Return a proof's index, hashes and checkpoint; raise `BadNote` for any other text."""
    head, divider, note = text.partition("\n\n")
    lines = head.split("\n")
    if not divider or lines[0] != PROOF_HEADING or len(lines) < 2:
        raise BadNote("This is no proof of a transparency log.")
    rest = lines[2:] if lines[1].startswith(EXTRA) else lines[1:]
    if not rest or not rest[0].startswith("index ") or len(rest) - 1 > PROOF_HASHES_LIMIT:
        raise BadNote("A proof says the index of its entry, then at most 63 hashes.")
    return decimal(rest[0][6:]), [hash_of(line) for line in rest[1:]], note


def leaf_named(text: str) -> bytes:
    """Return the leaf that a proof says it is of; nothing if it does not say."""
    extra = text.split("\n", 2)[1:2]
    return hash_of(extra[0].removeprefix(EXTRA)) if extra and extra[0].startswith(EXTRA) else b""


def hash_text(hashed: bytes) -> str:
    """Return a hash as base64."""
    return base64.b64encode(hashed).decode()


def hash_of(text: str) -> bytes:
    """Return the 32 bytes of a hash in base64; raise `BadNote` where it is written in any other way."""
    try:
        hashed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("This is no base64.") from None
    if len(hashed) != HASH_BYTES or hash_text(hashed) != text:
        raise BadNote("This is no SHA-256 hash in base64.")
    return hashed


def decimal(text: str) -> int:
    """Return a number written without leading zeroes; raise `BadNote` for any other text."""
    if not _DECIMAL.match(text):
        raise BadNote("A number is written without leading zeroes.")
    return int(text)
