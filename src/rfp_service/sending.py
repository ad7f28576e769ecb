"""The sender beside the worker: a fault in it, or a receiver that hangs, holds up nothing else."""

import asyncio

import structlog

from rfp_service.rooms import SUBJECTS
from rfp_service.service import Service
from shared.governance.notifications.fan_out import FanOut
from shared.governance.notifications.mail import Mailing
from shared.governance.notifications.outside import CourierAway, Outside
from shared.governance.notifications.sender import Sender
from shared.record.backoff import RETRY_SECONDS, Backoff, keep_at
from shared.record.projecting.projector import NotificationListener

log = structlog.get_logger(__name__)


def sender_of(service: Service, outside: Outside) -> Sender:
    """Return a sender of this service's notifications, which are taken out by this way."""
    settings = service.settings
    mailing = Mailing(service.people.details, settings, outside)
    return Sender(
        service.pool,
        service.store,
        FanOut(service.pool, service.store, SUBJECTS, settings.public_url, mails=mailing.is_set_up),
        service.endpoint_secrets,
        outside,
        mailing,
        lease_seconds=settings.webhook_lease_seconds,
    )


async def keep_sending(service: Service, outside: Outside, listener: NotificationListener) -> None:
    """Send until cancelled."""
    sender = sender_of(service, outside)
    backoff = Backoff("sender", gives_up=False)

    async def wait(seconds: float | None) -> None:
        backoff.went_well()
        await listener.wait(seconds)

    async def send() -> None:
        try:
            await sender.run(wait, listener.ring)
        except CourierAway:
            log.warning("sender waits for its courier")
            await asyncio.sleep(RETRY_SECONDS)

    await keep_at(send, backoff)
