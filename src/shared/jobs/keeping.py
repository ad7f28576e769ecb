"""What is kept of a job: how far it has come, how it ended, and its result in pieces."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg
import orjson
from pydantic import BaseModel, JsonValue

from shared.errors import NotFound

SILENT = timedelta(seconds=60)  # a job that says nothing for so long has died with its process

BEGIN = """
INSERT INTO jobs (id, owner, kind, status, total, done, counts) VALUES ($1, $2, $3, 'running', $4, 0, '{}')
ON CONFLICT (id) DO UPDATE SET status = 'running', total = $4, done = 0, counts = '{}', problem = NULL,
    changed_at = now()
"""
FORGET = "DELETE FROM job_results WHERE job_id = $1"
ADD = "INSERT INTO job_results (job_id, piece, content) VALUES ($1, $2, $3)"
MOVE = "UPDATE jobs SET done = $2, counts = $3, changed_at = now() WHERE id = $1"
END = "UPDATE jobs SET status = $2, problem = $3, changed_at = now() WHERE id = $1"
SEE = (
    "SELECT id, kind, status, total, done, counts, problem, started_at, changed_at FROM jobs"
    " WHERE id = $1 AND owner = $2"
)
PIECES = "SELECT piece, content FROM job_results WHERE job_id = $1 AND piece > $2 ORDER BY piece LIMIT 100"


class JobStatus(StrEnum):
    """How a job stands; a stopped one goes on when its request is repeated with the same key."""

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


class Jobs:
    """Keeps jobs, for every process to see."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Keep them in this database."""
        self._pool = pool

    async def begin(self, job: UUID, owner: str, kind: str, total: int) -> None:
        """Begin a job, or begin one again that has stopped."""
        await self._pool.execute(BEGIN, job, owner, kind, total)
        await self._pool.execute(FORGET, job)

    async def add(
        self, job: UUID, piece: int, content: bytes, done: int, counts: dict[str, int]
    ) -> None:
        """Add a piece of the result, and say how far the job has come."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(ADD, job, piece, content)
            await connection.execute(MOVE, job, done, orjson.dumps(counts).decode())

    async def end(
        self, job: UUID, status: JobStatus, problem: dict[str, object] | None = None
    ) -> None:
        """Say how a job ended."""
        said = None if problem is None else orjson.dumps(problem, default=str).decode()
        await self._pool.execute(END, job, status.value, said)

    async def see(self, job: UUID, owner: str) -> Job:
        """Return how somebody's job stands; others' are not there."""
        row = await self._pool.fetchrow(SEE, job, owner)
        if row is None:
            raise NotFound
        status = JobStatus(row["status"])
        if status is JobStatus.RUNNING and datetime.now(UTC) - row["changed_at"] > SILENT:
            status = JobStatus.STOPPED
        return Job(
            id=row["id"], kind=row["kind"], status=status, total=row["total"], done=row["done"],
            counts=orjson.loads(row["counts"]), started_at=row["started_at"],
            changed_at=row["changed_at"], result=f"/v1/jobs/{row['id']}/result",
            problem=None if row["problem"] is None else orjson.loads(row["problem"]),
        )  # fmt: skip

    async def result(self, job: UUID) -> AsyncIterator[bytes]:
        """Yield a job's result, piece by piece."""
        last = -1
        while rows := await self._pool.fetch(PIECES, job, last):
            for row in rows:
                yield row["content"]
            last = rows[-1]["piece"]
