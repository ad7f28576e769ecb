"""The sender beside the worker: a fault in it, or a receiver that hangs, holds up nothing else."""

import asyncio

import structlog

from rfp_service.rooms import SUBJECTS
from rfp_service.service import Service
from shared.governance.notifications.fan_out import FanOut
from shared.governance.notifications.mail import Mailing
from shared.governance.notifications.outside import CourierAway, Outside
from shared.governance.notifications.sender import Sender
from shared.record.database import AWAY, being_cancelled
from shared.record.projecting.projector import NotificationListener

RETRY_SECONDS = 1.0
RETRY_SECONDS_LIMIT = 30.0

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
    """Send until cancelled; begin again after a fault, more and more slowly."""
    faults = 0
    sender = sender_of(service, outside)
    while True:
        try:
            await sender.run(listener.wait, listener.ring)
        except CourierAway:
            log.warning("sender waits for its courier")
            await asyncio.sleep(RETRY_SECONDS)
        except AWAY as error:
            if being_cancelled():
                raise
            log.warning("sender waits for the database", error=type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)
        except Exception:  # whatever it was, the worker's own work must not end with it
            faults += 1
            log.exception("sender failed, and begins again", faults=faults)
            await asyncio.sleep(min(RETRY_SECONDS * faults, RETRY_SECONDS_LIMIT))
