"""What is kept of a job: how far it has come, how it ended, and its result in pieces."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import BaseModel, JsonValue

from shared.kernel.errors import NotFound, OutOfSight
from shared.record.database import Connection

SILENT = timedelta(seconds=60)  # a job that says nothing for so long has died with its process

BEGIN = """
INSERT INTO jobs (id, owner, kind, status, total, done, counts) VALUES ($1, $2, $3, 'running', $4, 0, '{}')
ON CONFLICT (id) DO UPDATE SET status = 'running', total = $4, done = 0, counts = '{}', problem = NULL,
    changed_at = now()
"""
FORGET = "DELETE FROM job_results WHERE job_id = $1"
KEEP = (
    "INSERT INTO job_work (job_id, work) VALUES ($1, $2)"
    " ON CONFLICT (job_id) DO UPDATE SET work = $2, attempts = 0"
)
KEEP_NO_BODY = "DELETE FROM job_bodies WHERE job_id = $1"
KEEP_BODY = "INSERT INTO job_bodies (job_id, piece, content) VALUES ($1, $2, $3)"
KEPT_BODY = "SELECT content FROM job_bodies WHERE job_id = $1 AND piece = $2"
UNFINISHED = "SELECT id FROM jobs JOIN job_work ON job_id = id WHERE status = 'running' ORDER BY started_at"
TAKE_UP = (
    "UPDATE job_work SET attempts = attempts + 1 FROM jobs"
    " WHERE job_id = $1 AND id = job_id AND status = 'running'"
    " RETURNING owner, kind, total, work, attempts"
)
NOT_TRIED = "UPDATE job_work SET attempts = attempts - 1 WHERE job_id = $1"
DROP = "DELETE FROM job_work WHERE job_id = $1"
ADD = "INSERT INTO job_results (job_id, piece, content) VALUES ($1, $2, $3)"
MOVE = "UPDATE jobs SET done = $2, counts = $3, changed_at = now() WHERE id = $1"
END = (
    "UPDATE jobs SET status = $2, problem = $3, changed_at = now() WHERE id = $1 AND status = 'running'"
    " RETURNING owner"
)
SEE = (
    "SELECT id, kind, status, total, done, counts, problem, started_at, changed_at, owner,"
    " now() - changed_at > $2 AS is_silent FROM jobs WHERE id = $1"
)
PIECES = "SELECT piece, content FROM job_results WHERE job_id = $1 AND piece > $2 ORDER BY piece LIMIT 100"


class JobStatus(StrEnum):
    """How a job stands; a stopped one goes on as soon as a worker finds it, or its request is repeated."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Job(BaseModel):
    """How a job stands: what is done of how much, the counts so far, and why it failed where it did."""

    id: UUID
    kind: str
    status: JobStatus
    total: int
    done: int
    counts: dict[str, int]
    problem: dict[str, JsonValue] | None
    started_at: datetime
    changed_at: datetime
    result: str


@dataclass(frozen=True, slots=True)
class KeptWork:
    """What a job is to do, in words that any process understands; for whom, and on how many things."""

    job: UUID
    owner: str
    kind: str
    total: int
    work: dict[str, Any]


# What else is to be done in the transaction in which a job ends: which one, and whose.
WhenEnded = Callable[[Connection, UUID, str], Awaitable[None]]


async def _nothing_else(_: Connection, __: UUID, ___: str) -> None:
    """Do nothing else."""


class Jobs:
    """Keeps jobs, for every process to see."""

    def __init__(self, pool: asyncpg.Pool, when_ended: WhenEnded = _nothing_else) -> None:
        """Keep them in this database."""
        self._pool = pool
        self._when_ended = when_ended

    async def begin(self, kept: "KeptWork", body: Iterable[bytes]) -> None:
        """Begin a job, or one that has stopped again; what it is to do is kept until it is done."""
        work = orjson.dumps(kept.work).decode()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(BEGIN, kept.job, kept.owner, kept.kind, kept.total)
            await connection.execute(FORGET, kept.job)
            await connection.execute(KEEP, kept.job, work)
            await connection.execute(KEEP_NO_BODY, kept.job)
            for piece, content in enumerate(body):
                await connection.execute(KEEP_BODY, kept.job, piece, content)

    async def unfinished(self) -> list[UUID]:
        """Return the jobs that are not done, and can be gone on with."""
        return [row["id"] for row in await self._pool.fetch(UNFINISHED)]

    async def take_up(self, job: UUID) -> "tuple[KeptWork, int] | None":
        """Return what an unfinished job is to do, and how often that was tried after it had stopped."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(TAKE_UP, job)
            if row is None:
                return None
            await connection.execute(BEGIN, job, row["owner"], row["kind"], row["total"])
            await connection.execute(FORGET, job)
        work = orjson.loads(row["work"])
        return KeptWork(job, row["owner"], row["kind"], row["total"], work), row["attempts"]

    async def not_tried(self, job: UUID) -> None:
        """Don't count that a job was taken up: it could not even begin."""
        await self._pool.execute(NOT_TRIED, job)

    async def body(self, job: UUID) -> AsyncIterator[bytes]:
        """Yield the body of a job's request, as it came."""
        piece = 0
        while (content := await self._pool.fetchval(KEPT_BODY, job, piece)) is not None:
            yield content
            piece += 1

    async def add(self, job: UUID, piece: int, content: bytes, done: int, counts: dict[str, int]) -> None:
        """Add a piece of the result, and say how far the job has come."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(ADD, job, piece, content)
            await connection.execute(MOVE, job, done, orjson.dumps(counts).decode())

    async def end(self, job: UUID, status: JobStatus, problem: dict[str, object] | None = None) -> None:
        """Say how a job ended."""
        said = None if problem is None else orjson.dumps(problem, default=str).decode()
        async with self._pool.acquire() as connection, connection.transaction():
            owner = await connection.fetchval(END, job, status.value, said)
            await connection.execute(DROP, job)
            if owner is not None:
                await self._when_ended(connection, job, owner)

    async def see(self, job: UUID, owner: str) -> Job:
        """Return how somebody's job stands; others' are not there."""
        row = await self._pool.fetchrow(SEE, job, SILENT)
        if row is None:
            raise NotFound
        if row["owner"] != owner:
            raise OutOfSight
        status = JobStatus(row["status"])
        if status is JobStatus.RUNNING and row["is_silent"]:
            status = JobStatus.STOPPED
        return Job(
            id=row["id"],
            kind=row["kind"],
            status=status,
            total=row["total"],
            done=row["done"],
            counts=orjson.loads(row["counts"]),
            started_at=row["started_at"],
            changed_at=row["changed_at"],
            result=f"/v1/jobs/{row['id']}/result",
            problem=None if row["problem"] is None else orjson.loads(row["problem"]),
        )

    async def result(self, job: UUID) -> AsyncIterator[bytes]:
        """Yield a job's result, piece by piece."""
        last = -1
        while rows := await self._pool.fetch(PIECES, job, last):
            for row in rows:
                yield row["content"]
            last = rows[-1]["piece"]
