"""The sender of audit copies beside the worker: a place that is not there holds up nothing else."""

import asyncio
from datetime import timedelta

from rfp_service.service import Service
from shared.governance.audit.copies import LOOKED_EVERY_SECONDS, Copies
from shared.governance.notifications.mail import Mailing
from shared.governance.notifications.outside import Outside
from shared.record.backoff import Backoff, keep_at


def copies_of(service: Service, outside: Outside) -> Copies:
    """Return the copies of this service's log, to where its settings say."""
    settings = service.settings
    every = timedelta(minutes=settings.audit_copies_minutes)
    hand_in = Mailing(service.people.details, settings, outside).hand_in
    return Copies(service.pool, settings.audit_copies, every, hand_in, settings.mail_from)


async def keep_copying(service: Service, outside: Outside) -> None:
    """Send copies until cancelled, where there is a place for them."""
    copies = copies_of(service, outside)
    backoff = Backoff("copies", gives_up=False)

    async def send() -> None:
        await copies.send()
        backoff.went_well()
        await asyncio.sleep(LOOKED_EVERY_SECONDS)

    if copies.targets:
        await keep_at(send, backoff)
