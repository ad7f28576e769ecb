"""The conditions a change is made under: the version seen (If-Match) and the request's key."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request

from shared.kernel.errors import Unacceptable, VersionNeeded
from shared.kernel.messages import IdempotencyKey
from shared.web.core_service import core_service

# RFC 9110, section 13.1.1: `*`, or entity tags with commas between them.
_TAG = r'(?:W/)?"[!#-~]{0,40}"'
_IF_MATCH = re.compile(rf"^(?:\*|{_TAG}(?:[ \t]*,[ \t]*{_TAG}){{0,19}})$")
_VERSION = re.compile(r'(?<![^\s,])"(0|[1-9][0-9]{0,17})"')  # a weak tag is no version: it never matches
_KEY = re.compile(r'^"?([!#-~]{1,200})"?$')

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description='The version you have seen, quoted: `"3"`; one of several; or `*` for whichever it is.',
        examples=['"1"'],
        json_schema_extra={"pattern": _IF_MATCH.pattern},
    ),
]
IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Your own name for this request: a repeat is answered as the first time.",
        examples=["7f1c9a52-6f0e-4f6f-9d51-2f3f8a7c0d11"],
        json_schema_extra={"pattern": _KEY.pattern},
    ),
]


class UnreadableVersion(Unacceptable):
    """If-Match takes versions in quotes as ETag gave them, such as "3", or * for any version."""


class UnreadableKey(Unacceptable):
    """Idempotency-Key takes 1 to 200 printable characters without spaces."""


@dataclass(frozen=True, slots=True)
class SeenVersions:
    """The versions that a caller has seen: any one of some numbers; without numbers, whichever there is."""

    numbers: frozenset[int] | None

    def __contains__(self, version: object) -> bool:
        """Say whether a version is one of them; what is not there yet has version 0."""
        return version != 0 if self.numbers is None else version in self.numbers


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a change is conditional on."""

    expected: SeenVersions | None
    key: IdempotencyKey | None

    def must_name_a_version(self) -> SeenVersions:
        """Return the versions that the caller has seen, or refuse."""
        if self.expected is None:
            raise VersionNeeded
        return self.expected


async def conditions(request: Request, caller: str, if_match: str | None, key: str | None) -> Conditions:
    """Read both conditions of a request by one caller."""
    expected = None if if_match is None else _seen(if_match)
    if key is None:
        return Conditions(expected, None)
    fingerprint: bytes = core_service(request).texts.fingerprint(await _said(request))
    return Conditions(expected, IdempotencyKey(caller, key_named(key), fingerprint))


def _seen(if_match: str) -> SeenVersions:
    """Return the versions that If-Match names; compared strongly, so that a weak one is none."""
    said = if_match.strip()
    if not _IF_MATCH.match(said):
        raise UnreadableVersion
    return SeenVersions(None if said == "*" else frozenset(map(int, _VERSION.findall(said))))


def key_named(header: str) -> str:
    """Return the key that a header names."""
    named = _KEY.match(header.strip())
    if named is None:
        raise UnreadableKey
    return named[1]


async def _said(request: Request) -> bytes:
    """Return what tells two requests with one key apart: method, path, query and body."""
    line = f"{request.method}\n{request.url.path}\n{request.url.query}\n"
    return line.encode() + await request.body()


async def named_at_most(idempotency_key: IdempotencyKeyHeader = None) -> None:
    """Take a key where nothing is written, and a repeat is just the same question."""
    if idempotency_key is not None:
        key_named(idempotency_key)
