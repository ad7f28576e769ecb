"""Deadlines that have come: each is claimed, its command decided exactly once, and its outcome kept.

The command's idempotency key is made of case, kind and version, and is stored in the transaction that
appends: whoever dies between appending and settling only makes the next one find it done.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import asyncpg
import structlog

from shared.kernel.errors import Refused
from shared.kernel.messages import IdempotencyKey, Known
from shared.kernel.person import Person
from shared.kernel.system_actors import CLOCK, stamp_of
from shared.record.database import AWAY, Connection, being_cancelled
from shared.record.deadlines.deadline import Deadline, Due
from shared.record.deadlines.table import ATTEMPTS_LIMIT, NEXT, NOT_TRIED, NOW, POSTPONE, claim, settle
from shared.record.eventstore.store import EventStore
from shared.record.eventstore.unread import EventUnread

log = structlog.get_logger(__name__)

Knowing = Callable[[Person], Awaitable[Known]]


class Firing:
    """Takes what is due to the record. Two of them on one database do no harm."""

    def __init__(
        self, pool: asyncpg.Pool, store: EventStore, known: Knowing, deadlines: Sequence[Deadline]
    ) -> None:
        """Fire these kinds of deadlines, each decision knowing what any other would."""
        self._pool = pool
        self._store = store
        self._known = known
        self._kinds = {deadline.kind: deadline for deadline in deadlines}

    async def fire(self, now: datetime | None = None) -> int:
        """Decide whatever has come due; return how many there were.

        Now is what the database's clock says, for it settles only what has come by that clock.
        """
        async with self._pool.acquire() as connection:
            now = now or await connection.fetchval(NOW)
            claimed = await claim(connection, now)
            for due in claimed:
                if outcome := await self._outcome(due, now):
                    await self._settle(connection, due, outcome)
        return len(claimed)

    async def seconds_to_next(self) -> float | None:
        """Return in how many seconds the next deadline comes; nothing if there is none to come."""
        seconds: float | None = await self._pool.fetchval(NEXT)
        return seconds

    async def _settle(self, connection: Connection, due: Due, outcome: str) -> None:
        """Keep what became of one deadline; by a clock that was set back since, it may not have come yet."""
        try:
            await settle(connection, due, outcome)
        except asyncpg.CheckViolationError:
            log.warning("deadline is asked again after its lease", kind=due.kind, case=str(due.case_id))

    async def _outcome(self, due: Due, now: datetime) -> str | None:
        """Return what became of one deadline; nothing if it is to be tried again after its lease.

        A fault of the program in one kind of deadline must hold up neither the others nor the views. One
        whose case, or whose rules, hold an event that can't be read waits, and is never given up.
        """
        try:
            return await self._decide(due, now)
        except AWAY:
            raise
        except EventUnread as unread:
            log.warning(
                "deadline waits for a release that can read an event",
                kind=due.kind,
                case=str(due.case_id),
                **unread.facts,
            )
            await self._pool.execute(NOT_TRIED, due.id)
            return None
        except Exception as error:  # whatever it was, it is this deadline's alone
            if being_cancelled():
                raise
            log.exception("deadline failed", kind=due.kind, attempts=due.attempts)
            given_up = due.attempts >= ATTEMPTS_LIMIT
            return f"failed: {type(error).__name__}" if given_up else None

    async def _decide(self, due: Due, now: datetime) -> str | None:
        """Take one deadline's decision; say whether it moved its case, came too late, or was refused.

        One that asks to be asked again is postponed, and nothing is said of it yet.
        """
        deadline = self._kinds.get(due.kind)
        if deadline is None:
            return "unknown"
        command = deadline.command(number=due.version, due_at=due.due_at)
        known = (await self._known(Person(CLOCK, ()))).as_needed_by(type(command))
        if deadline.find is not None:
            facts = await deadline.find(self._store, due.case_id, due.version)
            known = known.model_copy(update={"facts": facts})
        cause = f"deadline {due.kind} {due.version}"
        stamp = stamp_of(CLOCK, now, cause, known)
        before = await self._store.load(due.case_id, deadline.blank)
        try:
            receipt = await self._store.handle(
                due.case_id, command, stamp, blank=deadline.blank, key=key_of(due), absent=deadline.begins
            )
        except Refused as refusal:
            log.warning("deadline refused", kind=due.kind, refusal=type(refusal).__name__)
            return f"refused: {type(refusal).__name__}"
        if receipt.version > before.version:
            return "moved"
        if (later := command.again(before.state, stamp)) is not None:
            await self._pool.execute(POSTPONE, due.id, later)
            return None
        return "moot"


def key_of(due: Due) -> IdempotencyKey:
    """Return the key under which a deadline is decided once: its case, kind and version."""
    name = f"{due.case_id}:{due.kind}:{due.version}"
    return IdempotencyKey(CLOCK, name, hashlib.sha256(name.encode()).digest())
