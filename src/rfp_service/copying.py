"""The sender of audit copies beside the worker: a place that is not there holds up nothing else."""

import asyncio
from datetime import timedelta

import structlog

from rfp_service.service import Service
from shared.governance.audit.copies import LOOKED_EVERY_SECONDS, Copies
from shared.governance.notifications.mail import Mailing
from shared.governance.notifications.outside import Outside
from shared.record.database import AWAY, being_cancelled, of_a_file

RETRY_SECONDS = 1.0
RETRY_SECONDS_LIMIT = 30.0

log = structlog.get_logger(__name__)


def copies_of(service: Service, outside: Outside) -> Copies:
    """Return the copies of this service's log, to where its settings say."""
    settings = service.settings
    every = timedelta(minutes=settings.audit_copies_minutes)
    hand_in = Mailing(service.people.details, settings, outside).hand_in
    return Copies(service.pool, settings.audit_copies, every, hand_in, settings.mail_from)


async def keep_copying(service: Service, outside: Outside) -> None:
    """Send copies until cancelled; begin again after a fault, more and more slowly."""
    faults = 0
    copies = copies_of(service, outside)
    while copies.targets:
        try:
            await copies.send()
        except Exception as error:  # whatever it was, the worker's own work must not end with it
            if being_cancelled():
                raise
            if isinstance(error, AWAY) and not of_a_file(error):
                log.warning("copies wait for the database", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            faults += 1
            await _failed(faults, error)
        else:
            faults = 0
            await asyncio.sleep(LOOKED_EVERY_SECONDS)


async def _failed(faults: int, error: Exception) -> None:
    log.error(  # whole the first time, and then in a line
        "copies failed, and are tried again", faults=faults, exc_info=error if faults == 1 else None
    )
    await asyncio.sleep(min(RETRY_SECONDS * faults, RETRY_SECONDS_LIMIT))
