"""Digests leave the house: newest checkpoints go where whoever runs the service can't rewrite them.

A target is a folder (`file:///mnt/worm/rfp`), an object store (`s3://bucket/rfp`, `az://…`, `gs://…`), or a
mailbox (`mailto:clerk@council.example`). Nothing is ever overwritten: a store that keeps what it was given
(WORM, object lock) makes it evidence.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage

import asyncpg
import structlog

from shared.ledger.log_reader import LogReader, Signed
from shared.ledger.read_checkpoints import newest_of_reads

LOOKED_EVERY_SECONDS = 10.0
SENT_SECONDS = 60.0  # a library asks again for minutes, and a folder on a network may never answer
MAILBOX = "mailto:"
DUE = """
SELECT t.target FROM unnest($1::text[]) AS t (target) LEFT JOIN log_copies c USING (target)
WHERE coalesce(c.size, 0) < $2 AND (c.copied_at IS NULL OR c.copied_at < now() - $3::interval)
"""
COPIED = """
INSERT INTO log_copies (target, size, copied_at) VALUES ($1, $2, now())
ON CONFLICT (target) DO UPDATE SET size = $2, copied_at = now(), failing_since = NULL, said = ''
"""
FAILED = """
INSERT INTO log_copies AS c (target, failing_since, said) VALUES ($1, now(), $2)
ON CONFLICT (target) DO UPDATE SET failing_since = coalesce(c.failing_since, now()), said = $2
"""

# Hands one mail to the council's server; raises an OSError where it is not taken.
HandIn = Callable[[EmailMessage], Awaitable[None]]

log = structlog.get_logger(__name__)


class Copies:
    """Sends newest checkpoints to each target, on a schedule."""

    def __init__(
        self, pool: asyncpg.Pool, targets: str, every: timedelta, hand_in: HandIn, mail_from: str
    ) -> None:
        """Send to these targets, named with spaces between them."""
        self._pool = pool
        self.targets = targets.split()
        self._every = every
        self._hand_in = hand_in
        self._mail_from = mail_from

    async def send(self) -> None:
        """Send the newest checkpoint that enough witnesses signed to whoever has not had one for long."""
        reader = LogReader(self._pool)
        signed = await reader.witnessed() or await reader.latest()
        if signed is None:
            return
        from shared.governance.audit.copy_targets import AnotherLies, NotKept  # only where there are some

        reads = await newest_of_reads(self._pool)
        for row in await self._pool.fetch(DUE, self.targets, signed.size, self._every):
            try:
                async with asyncio.timeout(SENT_SECONDS):
                    await self._sent(row["target"], signed, reads)
            except (AnotherLies, NotKept, OSError, ValueError) as error:
                own = "" if isinstance(error, NotKept) else f"{type(error).__name__}: "
                said = f"{own}{str(error) or 'no answer in time'}"[:300]
                await self._pool.execute(FAILED, row["target"], said)
                tell = log.critical if isinstance(error, AnotherLies) else log.warning
                tell("checkpoint not copied", target=row["target"], error=said)
            else:
                await self._pool.execute(COPIED, row["target"], signed.size)

    async def _sent(self, target: str, signed: Signed, reads: str | None) -> None:
        if target.startswith(MAILBOX):
            await self._hand_in(self._mail(target.removeprefix(MAILBOX), signed, reads))
            return
        from shared.governance.audit.copy_targets import keep

        await keep(target, "checkpoint", signed.note)
        if reads:
            await keep(target, "reads", reads)

    def _mail(self, address: str, signed: Signed, reads: str | None) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._mail_from, address
        message["Subject"] = f"Checkpoint of {_origin(signed.note)}: {signed.size} entries"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(
            "Keep this mail: it shows whether the council's record was changed or cut since.\n\n"
            + signed.note
            + (f"\n{reads}" if reads else "")
        )
        return message


def _origin(note: str) -> str:
    return note.partition("\n")[0]
