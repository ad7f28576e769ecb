"""What keeps the service from being ready though its database answers: nobody works, signs or lets in."""

import time
from collections.abc import Iterator

from pydantic import BaseModel

from shared.ledger.signing_state import SigningState, signing_state
from shared.record.heartbeats import WORKED, seconds_since
from shared.web.core_service import CoreService

WORKER_SECONDS = 10.0  # a worker says every other second that it is there
UNSIGNED_SECONDS = 10.0  # an entry is signed within a second
WITNESS_SECONDS = 600.0  # as `audit fsck` counts; one that is down for a moment is no reason to stop

NO_WORKER = "No worker is at work: nothing is signed, and no deadline fires."
NOT_SIGNED = "Nobody signs the record: look for `the log` in the worker's log."
NOT_WITNESSED = "Too few witnesses have countersigned the record for ten minutes."


class WitnessSeen(BaseModel):
    """How far a witness has countersigned, and for how many seconds it has owed the next entry."""

    witness: str
    size: int
    behind_seconds: float


class SigningSeen(BaseModel):
    """Who works and signs; seconds since the worker's last sign of life are null where there never was one.

    `unsigned_seconds` is the age of the oldest entry that no checkpoint holds; 0 if there is none.
    """

    worker_seconds: float | None
    checkpoint_size: int
    checkpoint_seconds: float
    unsigned_seconds: float
    witnesses: list[WitnessSeen]
    witnesses_needed: int


async def signing_seen(service: CoreService) -> SigningSeen:
    """Return who works and signs, as the database knows it."""
    state: SigningState = await signing_state(service.pool)
    return SigningSeen(
        worker_seconds=await seconds_since(service.pool, WORKED),
        checkpoint_size=state.size,
        checkpoint_seconds=state.checkpoint_seconds,
        unsigned_seconds=state.unsigned_seconds,
        witnesses=[
            WitnessSeen(witness=lag.witness, size=lag.size, behind_seconds=lag.behind_seconds)
            for lag in state.witnesses
        ],
        witnesses_needed=state.witnesses_needed,
    )


async def faults_besides(service: CoreService, seen: SigningSeen, *, lets_in: bool) -> list[str]:
    """Return what else keeps the service from its work, in sentences."""
    issuer: str = await service.issuer_fault() if lets_in else ""
    return [*_unsigned(seen, time.monotonic() - service.opened_at), *([issuer] if issuer else [])]


def witnesses_lacking(seen: SigningSeen) -> int:
    """Return how many more witnesses would have to keep up with the record for its policy to hold."""
    keeping_up = sum(lag.behind_seconds <= WITNESS_SECONDS for lag in seen.witnesses)
    return max(seen.witnesses_needed - keeping_up, 0)


def _unsigned(seen: SigningSeen, open_seconds: float) -> Iterator[str]:
    """Say who is missing; a worker that starts together with the service is given its time."""
    since = seen.worker_seconds
    if (since is None or since > WORKER_SECONDS) and open_seconds > WORKER_SECONDS:
        yield NO_WORKER
    if seen.unsigned_seconds > UNSIGNED_SECONDS and open_seconds > UNSIGNED_SECONDS:
        yield NOT_SIGNED
    if seen.witnesses and witnesses_lacking(seen):
        yield NOT_WITNESSED
