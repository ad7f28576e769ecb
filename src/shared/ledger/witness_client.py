"""Asking witnesses to countersign (C2SP tlog-witness), from the log's side."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import structlog

from shared.ledger.checkpoints import decimal
from shared.ledger.log_keys import WitnessAddress
from shared.ledger.log_reader import LogReader, Signed
from shared.ledger.log_writer import cosigned_by, keep_cosignature
from shared.ledger.notes import BadNote, Note
from shared.ledger.tiles import Tiles
from shared.ledger.witness import REQUEST_BYTES_LIMIT, SIZE_TYPE, Request

ASK_SECONDS = 10
SILENCE = timedelta(minutes=10)  # a witness that is being restarted alarms nobody
SIGNED_AGAIN = (
    "UPDATE witness_answers SET failing_since = NULL, refused = false, said = ''"
    " WHERE witness = $1 AND failing_since IS NOT NULL"
)
DID_NOT_SIGN = """
INSERT INTO witness_answers AS w (witness, failing_since, refused, said) VALUES ($1, now(), $2, $3)
ON CONFLICT (witness) DO UPDATE
SET failing_since = coalesce(w.failing_since, now()), refused = $2, said = $3
RETURNING refused OR failing_since < now() - $4::interval
"""

log = structlog.get_logger(__name__)


class WitnessRefused(Exception):
    """A witness did not sign: either it is away, or the log does not go on from what it signed."""


async def ask_all(pool: asyncpg.Pool, witnesses: Sequence[WitnessAddress]) -> None:
    """Ask each witness that has not signed the newest checkpoint; what fails is logged and asked again."""
    latest = await LogReader(pool).latest()
    if latest is None:
        return
    signed = {witness for witness, _ in latest.witnesses}
    wanted = [witness for witness in witnesses if str(witness.verifier) not in signed]
    if not wanted:
        return
    async with httpx.AsyncClient(timeout=ASK_SECONDS, trust_env=False) as client:
        for witness in wanted:
            try:
                await ask(pool, client, witness, latest)
            except (WitnessRefused, BadNote) as error:
                await _say(pool, witness, str(error), refused=True)
            except httpx.HTTPError as error:
                await _say(pool, witness, f"{type(error).__name__} {error}".strip(), refused=False)
            else:
                await pool.execute(SIGNED_AGAIN, str(witness.verifier))


async def _say(pool: asyncpg.Pool, witness: WitnessAddress, error: str, *, refused: bool) -> None:
    """Say that a witness did not sign: the louder where it refused, or has been silent for long."""
    loud = await pool.fetchval(DID_NOT_SIGN, str(witness.verifier), refused, error, SILENCE)
    tell = log.critical if loud else log.warning
    tell("witness did not sign", witness=witness.verifier.name, error=error)


async def ask(pool: asyncpg.Pool, client: httpx.AsyncClient, witness: WitnessAddress, latest: Signed) -> None:
    """Ask one witness to sign a checkpoint, and keep its signature; raise `WitnessRefused` without one."""
    old = await cosigned_by(pool, str(witness.verifier))
    answer = await _sent(pool, client, witness, latest, old)
    if answer.status_code == 409 and answer.headers.get("content-type", "").startswith(SIZE_TYPE):
        answer = await _sent(pool, client, witness, latest, decimal(answer.text.strip()))
    if answer.status_code != 200 or len(answer.content) > REQUEST_BYTES_LIMIT:
        raise WitnessRefused(f"{answer.status_code}: {answer.text[:200].strip()}")
    for line in answer.text.splitlines(keepends=True):
        text = latest.note.partition("\n\n")[0] + "\n"
        found = Note.parse(f"{text}\n{line}").signed_by([witness.verifier])
        if (at := found.get(witness.verifier)) is not None:
            signed_at = datetime.fromtimestamp(at, UTC)
            await keep_cosignature(pool, latest.size, str(witness.verifier), line, signed_at)
            return
    raise WitnessRefused("its answer holds no signature of its own")


async def _sent(
    pool: asyncpg.Pool, client: httpx.AsyncClient, witness: WitnessAddress, latest: Signed, old: int
) -> httpx.Response:
    if old > latest.size:
        raise WitnessRefused(f"it has signed {old} entries, and the log has {latest.size}")
    proof = await Tiles(pool).consistency(old, latest.size) if old else []
    body = Request(old, tuple(proof), latest.note).text()
    return await client.post(f"{witness.url}/add-checkpoint", content=body.encode())
