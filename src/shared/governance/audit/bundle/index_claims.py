"""What the committed index says of a case or a body of work: made for a bundle, and checked in one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, Field

from shared.governance.audit.bundle.contents import INDEX, Files, Manifest, NotABundle, json_text
from shared.governance.audit.bundle.report import VerificationReport
from shared.governance.audit.record_index.domain import INDEX_ID, IndexCommitted
from shared.governance.audit.record_index.index_reader import CommittedRoot, IndexReader
from shared.ledger.checkpoints import hash_of, hash_text
from shared.ledger.committed_index import NOTHING, IndexLine, chained, of_case, of_work
from shared.ledger.entries import Entry
from shared.ledger.tree import ProofFails, verify_inclusion

INDEXED_WITHIN = timedelta(days=3)  # the indexer comes by at least once a day; a worker may be away for long


class IndexClaim(BaseModel):
    """A line of an index on the record, with the proof that it is in it."""

    model_config = ConfigDict(extra="forbid")

    position: int
    of: str
    count: int
    last: str
    number: int
    proof: list[str]


class IndexClaims(BaseModel):
    """The claims of a bundle: of a case one, of a body of work that before its period and that after."""

    model_config = ConfigDict(extra="forbid")

    claims: list[IndexClaim] = Field(min_length=1)

    @classmethod
    def of(cls, files: Files) -> "IndexClaims":
        """Return those of a bundle; none if it brings none."""
        if INDEX not in files.files:
            return cls.model_construct(claims=[])
        try:
            found = cls.model_validate_json(files.json(INDEX), strict=True)
        except ValueError:
            raise NotABundle(f"Its {INDEX} can't be read.") from None
        if json_text(found.model_dump()) != files.files[INDEX]:
            raise NotABundle(f"Its {INDEX} is not written as the service writes it.")
        return found


class IndexedPart(NamedTuple):
    """Between which sizes of the record a bundle holds all that the index counts to something."""

    claims: tuple[IndexClaim, ...] = ()
    since: int = 0
    until: int = 0

    @property
    def positions(self) -> list[int]:
        """Return where those indexes stand on the record."""
        return [claim.position for claim in self.claims]


def subject_of(filters: Mapping[str, str]) -> str:
    """Return what a bundle is of, as the index names it; blank for a period, whose numbers show it whole."""
    if "case" in filters:
        return of_case(filters["case"])
    return of_work(filters["body_of_work"]) if "body_of_work" in filters else ""


async def claimed(
    reader: IndexReader, subject: str, since: CommittedRoot | None, until: CommittedRoot | None
) -> IndexedPart:
    """Return what two indexes on the record say of something; nothing if the later has no line of it."""
    if until is None or (since is not None and since.size >= until.size):
        return IndexedPart()
    first = await _claim(reader, subject, since) if since is not None else None
    last = await _claim(reader, subject, until)
    if last is None:
        return IndexedPart()
    claims = (last,) if first is None else (first, last)
    return IndexedPart(claims, since.size if first is not None and since is not None else 0, until.size)


async def _claim(reader: IndexReader, subject: str, committed: CommittedRoot) -> IndexClaim | None:
    proof = (await reader.at(committed.size)).proof(subject)
    if proof is None:
        return None
    return IndexClaim(
        position=committed.position,
        of=subject,
        count=proof.line.entries,
        last=hash_text(proof.line.last),
        number=proof.number,
        proof=[hash_text(hashed) for hashed in proof.hashes],
    )


class _Index(NamedTuple):
    """An index that a bundle shows, and the line of it that was proved."""

    position: int
    size: int
    recorded_at: datetime
    line: IndexLine


def check_index(
    files: Files,
    manifest: Manifest,
    entries: Sequence[Entry],
    seen_at: datetime | None,
    report: VerificationReport,
) -> None:
    """Check that nothing of a case or a body of work is missing, up to what an index on the record covers.

    `seen_at` is when a witness last saw the record: an index that was old by then shows little.
    """
    subject, claims = subject_of(manifest.filters), IndexClaims.of(files).claims
    try:
        _must_fit(manifest, subject, claims)
        if not subject:
            return
        if not claims:
            report.incomplete = "NO INDEX SHOWS THAT NOTHING IS MISSING"
            return
        at = {entry.position: entry for entry in entries}
        shown = [_proved(claim, subject, at) for claim in claims]
        _must_be_whole(files, manifest, at, shown)
    except (ProofFails, ValueError) as error:
        report.bad(f"what the index of the record says does not hold: {error}")
        return
    _say_how_far(manifest, at, shown[-1], seen_at, report)


def _must_fit(manifest: Manifest, subject: str, claims: Sequence[IndexClaim]) -> None:
    most = 0 if not subject else 1 if "case" in manifest.filters else 2
    if [claim.position for claim in claims] != manifest.indexes or len(claims) > most:
        raise ProofFails("the manifest names other indexes than are shown")


def _proved(claim: IndexClaim, subject: str, at: Mapping[int, Entry]) -> _Index:
    """Return an index once its entry is one of the indexer's, and the line is in it."""
    entry = at.get(claim.position)
    if entry is None or (entry.topic, entry.stream_id) != (IndexCommitted.__name__, INDEX_ID):
        raise ProofFails(f"entry {claim.position} is no index")
    said = IndexCommitted.model_validate(orjson.loads(entry.state)["data"])
    if claim.of != subject or not 0 < said.size < entry.position:
        raise ProofFails("an index is of something else")
    line = IndexLine(claim.of, claim.count, hash_of(claim.last))
    proof = [hash_of(hashed) for hashed in claim.proof]
    verify_inclusion(line.leaf, claim.number, said.lines, proof, hash_of(said.root))
    return _Index(entry.position, said.size, entry.recorded_at, line)


def _must_be_whole(
    files: Files, manifest: Manifest, at: Mapping[int, Entry], shown: Sequence[_Index]
) -> None:
    """Expect the leaves of all entries between two indexes to make the one chain out of the other."""
    until, since = shown[-1], shown[0] if len(shown) > 1 else None
    start = since.size if since else 0
    leaves = {position: entry.leaf for position, entry in at.items() if position not in manifest.indexes}
    for one in manifest.withheld:
        leaves[one.position] = hash_of(files.text(f"leaves/{one.position:012}").rstrip("\n"))
    between = sorted(position for position in leaves if start < position <= until.size)
    count = until.line.entries - (since.line.entries if since else 0)
    last = chained(since.line.last if since else NOTHING, [leaves[position] for position in between])
    if len(between) != count:
        raise ProofFails(
            f"up to entry {until.size} there are {count} entries of it, and {len(between)} are here"
        )
    if last != until.line.last:
        raise ProofFails("the entries here are not those that it counts")


def _say_how_far(
    manifest: Manifest,
    at: Mapping[int, Entry],
    index: _Index,
    seen_at: datetime | None,
    report: VerificationReport,
) -> None:
    end = manifest.filters.get("to")
    over = end is not None and any(
        position <= index.size + 1 and entry.recorded_at > datetime.fromisoformat(end)
        for position, entry in at.items()
    )
    old = seen_at is not None and seen_at - index.recorded_at > INDEXED_WITHIN
    if old and not over and "until_entry" not in manifest.filters:
        report.incomplete = "ITS INDEX IS OLDER THAN IT SHOULD BE"
        return
    report.complete_by = index.size
    report.right(
        f"by the index at entry {index.position}, written on {index.recorded_at:%d %B %Y, %H:%M} UTC, nothing"
        f" of it is missing among the first {index.size} entries of the record"
    )
