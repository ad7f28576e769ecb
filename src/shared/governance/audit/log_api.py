"""The log over HTTP: its newest checkpoint, its keys, and proofs of inclusion and of consistency."""

import asyncio
import base64
from datetime import datetime
from typing import Annotated, NoReturn

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from shared.governance.audit.countersignatures import Countersigned, countersigned, countersigned_by
from shared.governance.audit.reads import READ_AUDIT, AuditRoute
from shared.governance.audit.redaction import redacted_entries
from shared.kernel.errors import NotFound, NotReady, Unacceptable
from shared.kernel.fields import TextOrNull
from shared.ledger.checkpoints import hash_text, proof_text
from shared.ledger.log_reader import LogReader, Signed
from shared.ledger.notes import Verifier
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.reads.answers import READS_MANY, READS_ONE
from shared.web.reads.readings import POSITION_DIGITS, Read

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)

LOOKS, LOOK_SECONDS = 40, 0.05
LARGEST = 10**POSITION_DIGITS - 1

Size = Annotated[
    int | None, Query(ge=1, le=LARGEST, description="The size of a signed checkpoint; otherwise the newest.")
]
Covering = Annotated[
    int | None, Query(ge=0, le=LARGEST, description="Wait until this position is under a checkpoint.")
]


class NotSignedYet(NotReady):
    """That position is recorded, and not under a signed checkpoint yet: ask again in a moment."""


class SizeNotSigned(NotFound):
    """Only the size of a signed checkpoint can be asked for: `next` is the next one, `newest` the last."""


class SizesReversed(Unacceptable):
    """A consistency proof must lead from a smaller tree to a larger one."""


class CheckpointSeen(BaseModel):
    """A signed statement of how many entries the record had, and of the root of their tree."""

    origin: str
    size: int
    root: str
    signed_at: datetime
    witnesses: list[Countersigned]
    note: str


class ProofSeen(BaseModel):
    """The proof that one entry of the record is under a signed checkpoint; `proof` is a C2SP tlog-proof.

    The bytes of an entry that holds something sealed or exempt are withheld; its leaf is proved all the same.
    """

    position: int
    index: int
    size: int
    leaf_hash: str
    entry: str | None
    withheld: TextOrNull
    hashes: list[str]
    checkpoint: str
    proof: str
    countersigned: list[Countersigned]


class ConsistencySeen(BaseModel):
    """The proof that the record of one size is the beginning of that of a later one."""

    from_size: int
    to_size: int
    hashes: list[str]
    checkpoint: str


class LogKeySeen(BaseModel):
    """A key of the log or of a witness; compare its fingerprint with the one you were given on paper."""

    name: str
    kind: str
    verifier: str
    fingerprint: str
    from_size: int
    changed_at: datetime
    retired: bool


class KeysSeen(BaseModel):
    """Every key that the log and its witnesses ever had."""

    items: list[LogKeySeen]


@router.get(
    "/checkpoint",
    summary="See the record's newest checkpoint",
    dependencies=[may(READ_AUDIT)],
    responses=READS_ONE,
)
async def see_checkpoint(request: Request, after: Covering = None, size: Size = None) -> CheckpointSeen:
    """Show the part of the record that was signed last, and who countersigned it."""
    signed = await checkpoint(request, after or 0, size)
    return CheckpointSeen(
        origin=signed.note.partition("\n")[0],
        size=signed.size,
        root=hash_text(signed.root),
        signed_at=signed.signed_at,
        witnesses=[countersigned_by(*each) for each in signed.witnesses],
        note=signed.note,
    )


@router.get(
    "/proofs/{position}",
    summary="Prove that an entry is in the record",
    dependencies=[may(READ_AUDIT)],
    responses=READS_ONE,
)
async def prove(
    request: Request,
    reading: Read,
    position: Annotated[int, Path(ge=1, le=LARGEST, description="The entry's position.")],
    size: Size = None,
) -> ProofSeen:
    """Show an entry's bytes and the proof that they are under a signed checkpoint."""
    signed = await checkpoint(request, position, size)
    if position > signed.size or (reading.past and position > reading.position):
        raise NotFound
    service = core_service(request)
    [entry] = await LogReader(service.pool).entries([position])
    withheld = (await redacted_entries(reading.redacted, [entry.item()])).get(position)
    hashes = await service.tiles.inclusion(position - 1, signed.size)
    return ProofSeen(
        position=position,
        index=position - 1,
        size=signed.size,
        leaf_hash=hash_text(entry.leaf),
        entry=None if withheld else base64.b64encode(entry.raw()).decode(),
        withheld=withheld,
        hashes=[hash_text(hashed) for hashed in hashes],
        checkpoint=signed.note,
        proof=proof_text(position - 1, hashes, signed.note),
        countersigned=(await countersigned(service.pool, [position]))[position],
    )


@router.get(
    "/consistency",
    summary="Prove that nothing before was changed",
    dependencies=[may(READ_AUDIT)],
    responses=READS_ONE,
)
async def prove_consistency(
    request: Request,
    from_: Annotated[int, Query(alias="from", ge=1, le=LARGEST, description="The size of the earlier tree.")],
    to: Size = None,
) -> ConsistencySeen:
    """Show the proof that the record at an earlier size is the beginning of a later, signed one."""
    if to is not None and from_ > to:
        raise SizesReversed
    signed = await checkpoint(request, from_, to)
    hashes = await core_service(request).tiles.consistency(from_, signed.size)
    return ConsistencySeen(
        from_size=from_,
        to_size=signed.size,
        hashes=[hash_text(hashed) for hashed in hashes],
        checkpoint=signed.note,
    )


@router.get(
    "/keys",
    summary="See the log's keys and its witnesses'",
    dependencies=[may(READ_AUDIT)],
    responses=READS_MANY,
)
async def see_keys(request: Request) -> KeysSeen:
    """Show every key there ever was, from which size on, and whether it still signs."""
    rows = await core_service(request).pool.fetch(
        "SELECT verifier, change, from_size, changed_at FROM log_keys ORDER BY changed_at, verifier"
    )
    latest = {row["verifier"]: row["change"] for row in rows}
    items = []
    for row in rows:
        if row["change"] != "retired":
            key = Verifier.parse(row["verifier"])
            items.append(
                LogKeySeen(
                    name=key.name,
                    kind=row["change"],
                    verifier=str(key),
                    fingerprint=key.fingerprint,
                    from_size=row["from_size"],
                    changed_at=row["changed_at"],
                    retired=latest[str(key)] == "retired",
                )
            )
    return KeysSeen(items=items)


async def checkpoint(request: Request, position: int, size: int | None) -> Signed:
    """Return the checkpoint of a size, or the newest; wait for one that covers a position."""
    service = core_service(request)
    log = LogReader(service.pool)
    if size is not None:
        return await log.at(size) or await _not_signed(log, size)
    if position > await service.record.head():
        raise NotFound
    for _ in range(LOOKS):
        signed = await log.latest()
        if signed is not None and signed.size >= position:
            return signed
        if signed is None and not await service.record.head():
            raise NotFound
        await asyncio.sleep(LOOK_SECONDS)
    raise NotSignedYet


async def _not_signed(log: LogReader, size: int) -> NoReturn:
    """Say which sizes near this one were signed."""
    following, newest = await log.covering(size), await log.latest()
    raise SizeNotSigned(
        size=size, next=following.size if following else None, newest=newest.size if newest else None
    )
