"""The background work of the log: sign within a second of a commit, and have witnesses countersign."""

import asyncio

import asyncpg
import structlog

from shared.ledger.log_keys import LogKeys
from shared.ledger.log_writer import SIGNED_EVERY_SECONDS, LogBroken, LogWriter
from shared.ledger.witness_client import ask_all
from shared.record.database import AWAY, CANT_WRITE, being_cancelled
from shared.record.projecting.projector import NotificationListener

RETRY_SECONDS = 1.0
BROKEN_SECONDS = 60.0
READS_SIGNED_EVERY_SECONDS = 1.0  # no append notifies of them
WITNESSED_EVERY_SECONDS = 10.0

log = structlog.get_logger(__name__)


async def keep_log(pool: asyncpg.Pool, keys: LogKeys, listener: NotificationListener) -> None:
    """Keep the log until cancelled; when the database is away, go on when it is back."""
    keeper = LogWriter(pool, keys.signers)
    witnessing = asyncio.create_task(_have_witnessed(pool, keeper, keys))
    try:
        while True:
            await _catch_up(keeper)
            await asyncio.sleep(SIGNED_EVERY_SECONDS)
            await listener.wait(READS_SIGNED_EVERY_SECONDS)
            if witnessing.done():
                witnessing.result()  # it goes on for ever, or failed
    finally:
        witnessing.cancel()
        await asyncio.gather(witnessing, return_exceptions=True)


async def _catch_up(keeper: LogWriter) -> None:
    try:
        await keeper.catch_up()
    except (*AWAY, *CANT_WRITE) as error:
        if being_cancelled():
            raise
        log.warning("the log waits for the database", error=type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)
    except LogBroken as error:
        log.critical("the log is broken: nothing is signed", error=str(error))
        await asyncio.sleep(BROKEN_SECONDS)


async def _have_witnessed(pool: asyncpg.Pool, keeper: LogWriter, keys: LogKeys) -> None:
    introduced = False
    while True:
        try:
            if not introduced:
                size = await keeper.catch_up()
                verifiers = [str(witness.verifier) for witness in keys.witnesses]
                await keeper.introduce_witnesses(verifiers, size)
                await keeper.introduce_quorum(keys.quorum, size)
                introduced = True
            await ask_all(pool, keys.witnesses)
        except (*AWAY, *CANT_WRITE) as error:
            if being_cancelled():
                raise
            log.warning("witnesses wait for the database", error=type(error).__name__)
        except LogBroken:
            pass  # said by whoever keeps it
        await asyncio.sleep(WITNESSED_EVERY_SECONDS)
