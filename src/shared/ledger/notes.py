"""Signed notes (C2SP signed-note) and cosignatures (C2SP tlog-cosignature), with Ed25519 keys."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NOTE_BYTES_LIMIT = 1_000_000
SIGNATURES_LIMIT = 100
KEY_BYTES = 32
SIGNATURE_BYTES = 64
TIMESTAMP_BYTES = 8
_NAME = re.compile(r"^[^\s+\x00-\x1f]{1,200}$")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
DASH = "\u2014"


class BadNote(Exception):
    """This is no signed note, no key, or not signed as it must be."""


class KeyType(IntEnum):
    """What a key signs: notes as a log does, or checkpoints as a witness does."""

    LOG = 0x01
    WITNESS = 0x04


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name."""

    name: str
    type: KeyType
    key: bytes

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read a verifier key; only its first two `+` divide it, for base64 has more of them."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3:
            raise BadNote("A verifier key is written name+id+key.")
        made = _keyed(parts[0], _decoded(parts[2]))
        if made.id.hex() != parts[1].lower():
            raise BadNote("The verifier key's id is not that of its name and key.")
        return made

    def __str__(self) -> str:
        """Write it as C2SP does."""
        return f"{self.name}+{self.id.hex()}+{_encoded(bytes([self.type]) + self.key)}"

    @property
    def id(self) -> bytes:
        """Return the four bytes that signature lines name it by."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.key).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """Return what two people compare over the telephone."""
        digest = hashlib.sha256(str(self).encode()).hexdigest()[:32]
        return " ".join(digest[n : n + 4] for n in range(0, 32, 4))

    def signed_at(self, text: str, signature: bytes) -> int | None:
        """Check a signature of a note's text; return a cosignature's time, or raise `BadNote`."""
        message, raw, at = text.encode(), signature, None
        if self.type is KeyType.WITNESS:
            at, raw = (int.from_bytes(signature[:TIMESTAMP_BYTES], "big"), signature[TIMESTAMP_BYTES:])
            message = cosigned(text, at)
        if len(raw) != SIGNATURE_BYTES:
            raise BadNote(f"A signature of {self.name} has the wrong length.")
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(raw, message)
        except InvalidSignature:
            raise BadNote(f"The signature of {self.name} is not of this text.") from None
        return at


def cosigned(text: str, at: int) -> bytes:
    """Return the bytes that a witness signs."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its name."""

    verifier: Verifier
    seed: bytes

    @classmethod
    def new(cls, name: str, kind: KeyType = KeyType.LOG) -> "Signer":
        """Make a key."""
        return cls._of(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """Read a private key, its `+` as in a verifier key; raise `BadNote` for what is none."""
        parts = text.strip().split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise BadNote("A private key is written PRIVATE+KEY+name+id+key.")
        raw = _decoded(parts[4])
        if len(raw) != 1 + KEY_BYTES or raw[0] not in list(KeyType):
            raise BadNote("This is no Ed25519 key.")
        made = cls._of(parts[2], KeyType(raw[0]), raw[1:])
        if made.verifier.id.hex() != parts[3].lower():
            raise BadNote("The private key's id is not that of its name and key.")
        return made

    @classmethod
    def _of(cls, name: str, kind: KeyType, seed: bytes) -> "Signer":
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return cls(_keyed(name, bytes([kind]) + public), seed)

    def __str__(self) -> str:
        """Write it as Go's `note` package does."""
        verifier = self.verifier
        key = _encoded(bytes([verifier.type]) + self.seed)
        return f"PRIVATE+KEY+{verifier.name}+{verifier.id.hex()}+{key}"

    def line(self, text: str, at: int = 0) -> str:
        """Return the signature line for a note's text; a witness says at what time it signs."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.verifier.type is KeyType.WITNESS:
            signature = at.to_bytes(TIMESTAMP_BYTES, "big") + key.sign(cosigned(text, at))
        else:
            signature = key.sign(text.encode())
        return f"{DASH} {self.verifier.name} {_encoded(self.verifier.id + signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signature lines, as (name, key id, signature)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, note: str) -> "Note":
        """Read a signed note, its text before the last blank line; raise `BadNote` for what is none."""
        if len(note) > NOTE_BYTES_LIMIT or _CONTROL.search(note):
            raise BadNote("This is no signed note.")
        text, divider, lines = note.rpartition("\n\n")
        if not divider or not lines.endswith("\n"):
            raise BadNote("A signed note is a text, a blank line, and signature lines.")
        signatures = [_signature(line) for line in lines[:-1].split("\n")]
        if len(signatures) > SIGNATURES_LIMIT:
            raise BadNote("This note has too many signatures.")
        return cls(text + "\n", tuple(signatures))

    def signed_by(self, verifiers: Iterable[Verifier]) -> dict[Verifier, int | None]:
        """Return which of these keys signed, and when (seconds since 1970); `BadNote` for a bad signature."""
        known = {(verifier.name, verifier.id): verifier for verifier in verifiers}
        signed: dict[Verifier, int | None] = {}
        for name, key_id, signature in self.signatures:
            verifier = known.get((name, key_id))
            if verifier is not None and verifier not in signed:
                signed[verifier] = verifier.signed_at(self.text, signature)
        return signed


def signed_note(text: str, signers: Sequence[Signer]) -> str:
    """Return a text with the signature of each signer."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def _keyed(name: str, raw: bytes) -> Verifier:
    if not _NAME.match(name):
        raise BadNote("A key's name has no spaces and no plus sign.")
    if len(raw) != 1 + KEY_BYTES or raw[0] not in list(KeyType):
        raise BadNote("This is no Ed25519 key.")
    return Verifier(name, KeyType(raw[0]), raw[1:])


def _signature(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not _NAME.match(parts[1]):
        raise BadNote("A signature line is a dash, a name and a signature.")
    raw = _decoded(parts[2])
    if len(raw) < 5:
        raise BadNote("A signature is too short.")
    return parts[1], raw[:4], raw[4:]


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str) -> bytes:
    """Read base64 as it is written, and no other spelling of the same bytes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("This is no base64.") from None
    if _encoded(raw) != text:
        raise BadNote("This base64 is not written as it should be.")
    return raw
