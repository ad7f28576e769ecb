"""A minimal witness (C2SP tlog-witness): it remembers how far a log has come, and signs what follows."""

import fcntl
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.ledger.checkpoints import Checkpoint, Policy, hash_of, hash_text, opened
from shared.ledger.notes import BadNote, Note, Signer
from shared.ledger.tree import PROOF_HASHES_LIMIT, ProofFails, verify_consistency

REQUEST_BYTES_LIMIT = 64 * 1024
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
_OLD = re.compile(r"^old (0|[1-9][0-9]{0,18})$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers."""

    status: int
    body: str
    media_type: str = TEXT_TYPE


@dataclass(frozen=True, slots=True)
class Request:
    """A new checkpoint, and the proof that it goes on from an older size."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @classmethod
    def parse(cls, body: str) -> "Request":
        """Read a request: an old size, a proof, a checkpoint; raise `BadNote` for any other text."""
        head, divider, note = body.partition("\n\n")
        first, *hashes = head.split("\n")
        match = _OLD.match(first)
        if match is None or not divider or len(hashes) > PROOF_HASHES_LIMIT:
            raise BadNote("A request is an old size, at most 63 hashes, and a checkpoint.")
        return cls(int(match[1]), tuple(hash_of(line) for line in hashes), note)

    def text(self) -> str:
        """Write a request."""
        hashes = "".join(f"{hash_text(hashed)}\n" for hashed in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"


class Witness:
    """Signs checkpoints of the logs it knows, each only as a continuation of the last it signed."""

    def __init__(
        self, signer: Signer, logs: Policy, state: Path, clock: Callable[[], float] = time.time
    ) -> None:
        """Sign with this key, know these logs' keys, and remember in this file."""
        self._signer = signer
        self._logs = logs
        self._state = state
        self._clock = clock

    def add_checkpoint(self, body: str) -> Answer:
        """Answer a request as the protocol says; what was signed is on the disk before."""
        try:
            request = Request.parse(body)
            checkpoint = Checkpoint.parse(Note.parse(request.note).text)
        except BadNote as error:
            return Answer(400, f"{error}\n")
        if checkpoint.origin not in {key.name for key in self._logs.logs}:
            return Answer(404, "This log is not known here.\n")
        try:
            opened(request.note, Policy(self._logs.logs))
        except BadNote as error:
            return Answer(403, f"{error}\n")
        with self._locked():
            return self._sign(request, checkpoint)

    def remembered(self) -> dict[str, tuple[int, str]]:
        """Return the size and root of the last checkpoint signed of each log."""
        if not self._state.exists():
            return {}
        held = json.loads(self._state.read_text())
        return {origin: (said["size"], said["root"]) for origin, said in held.items()}

    def _sign(self, request: Request, checkpoint: Checkpoint) -> Answer:
        size, root = self.remembered().get(checkpoint.origin, (0, ""))
        if request.old > checkpoint.size:
            return Answer(400, "The old size is beyond the checkpoint's.\n")
        if request.old != size:
            return Answer(409, f"{size}\n", SIZE_TYPE)
        if size == checkpoint.size and size and root != hash_text(checkpoint.root):
            return Answer(409, f"{size}\n", SIZE_TYPE)
        try:
            _must_go_on(request, checkpoint, root)
        except ProofFails as error:
            return Answer(422, f"{error}\n")
        self._remember(checkpoint)
        return Answer(200, self._signer.line(checkpoint.text(), int(self._clock())))

    def _remember(self, checkpoint: Checkpoint) -> None:
        held = json.loads(self._state.read_text()) if self._state.exists() else {}
        held[checkpoint.origin] = {"size": checkpoint.size, "root": hash_text(checkpoint.root)}
        draft = self._state.with_suffix(".next")
        with draft.open("w") as file:
            json.dump(held, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._state)

    def _locked(self) -> "_Lock":
        return _Lock(self._state.with_suffix(".lock"))


def _must_go_on(request: Request, checkpoint: Checkpoint, root: str) -> None:
    if request.old:
        verify_consistency(request.old, checkpoint.size, request.proof, hash_of(root), checkpoint.root)
    elif request.proof:
        raise ProofFails("from nothing, a proof is empty")


class _Lock:
    """Holds a file, so that two processes never check and remember at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()
