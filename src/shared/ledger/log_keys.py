"""Where the log's keys and its witnesses' addresses come from."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from shared.ledger.checkpoints import Policy, decimal
from shared.ledger.notes import BadNote, KeyType, Signer, Verifier
from shared.settings import NotConfigured, Profile, Settings

KEYS_LIMIT = 4
WITNESSES_LIMIT = 16


@dataclass(frozen=True, slots=True)
class WitnessAddress:
    """One witness: whose signature counts, and where to ask for it."""

    verifier: Verifier
    url: str


@dataclass(frozen=True, slots=True)
class LogKeys:
    """What the process that keeps the log signs with, and whom it asks to countersign."""

    signers: tuple[Signer, ...]
    witnesses: tuple[WitnessAddress, ...] = ()
    quorum: int = 0

    @property
    def origin(self) -> str:
        """Return the log's name, which is that of its keys."""
        return self.signers[0].verifier.name


def log_keys(settings: Settings) -> LogKeys:
    """Return the configured keys; a demonstration makes its own, once. `NotConfigured` without any."""
    if settings.audit_keys is not None:
        signers = read_signers(settings.audit_keys)
    elif settings.profile is Profile.DEMONSTRATION:
        signers = _demonstration(settings.data_dir / "audit-keys")
    else:
        raise NotConfigured("Set AUDIT_KEYS: checkpoints of the record are signed with them.")
    return LogKeys(signers, *_witnesses(settings.audit_witnesses))


def read_signers(path: Path) -> tuple[Signer, ...]:
    """Read private keys of one name, one a line: while two are there, both sign."""
    try:
        lines = [line for line in _text_of(path).splitlines() if line.strip()]
        signers = tuple(Signer.parse(line) for line in lines)
    except (OSError, UnicodeDecodeError, BadNote) as error:
        raise NotConfigured(f"The keys in {path} can't be read: {error}") from None
    if not 0 < len(signers) <= KEYS_LIMIT or len({s.verifier.name for s in signers}) != 1:
        raise NotConfigured(f"{path} holds one to {KEYS_LIMIT} keys of one name.")
    return signers


def write_signer(path: Path, signer: Signer) -> None:
    """Add a private key to a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{signer}\n")


def read_policy(path: Path) -> Policy:
    """Return whose signatures count; raise `NotConfigured` where the file says none that can be read."""
    try:
        return Policy.parse(_text_of(path))
    except (OSError, UnicodeDecodeError, BadNote) as error:
        raise NotConfigured(f"The policy in {path} can't be read: {error}") from None


def _text_of(path: Path) -> str:
    """Return what a file of keys says, without the mark that some editors begin a file with."""
    return path.read_text(encoding="utf-8-sig")


def _demonstration(path: Path) -> tuple[Signer, ...]:
    if not path.exists():
        name = f"demonstration.example/{secrets.token_hex(4)}"
        write_signer(path, Signer.new(name))
    return read_signers(path)


def _witnesses(path: Path | None) -> tuple[tuple[WitnessAddress, ...], int]:
    """Read witnesses, one a line: verifier key and address; and `quorum N`, how many must have signed."""
    if path is None:
        return (), 0
    found, quorum = [], 0
    try:
        for line in _text_of(path).splitlines():
            if said := line.partition("#")[0].split():
                key, url = said
                if key == "quorum":
                    quorum = decimal(url)
                    continue
                found.append(WitnessAddress(Verifier.parse(key), url.rstrip("/")))
    except (OSError, ValueError, BadNote) as error:
        raise NotConfigured(f"The witnesses in {path} can't be read: {error}") from None
    if len(found) > WITNESSES_LIMIT or any(w.verifier.type is not KeyType.WITNESS for w in found):
        raise NotConfigured(f"{path} holds at most {WITNESSES_LIMIT} witnesses' keys.")
    if quorum > len(found):
        raise NotConfigured(f"{path} wants {quorum} witnesses to sign, and names {len(found)}.")
    return tuple(found), quorum
