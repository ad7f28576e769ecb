"""A record with endpoints and things to tell of, and a sender, without the rest of the service."""

import asyncio
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID, uuid4

import asyncpg

from rfp_service.events import EVENTS
from rfp_service.rooms import SUBJECTS, VIEWS
from shared.governance.notifications.domain import (
    EndpointRegistered,
    EndpointVerified,
    TargetKind,
    WebhookEndpoint,
)
from shared.governance.notifications.endpoint_secrets import EndpointSecrets, new_signing_secret
from shared.governance.notifications.fan_out import FanOut
from shared.governance.notifications.mail import Mailing
from shared.governance.notifications.outside import Outside, direct
from shared.governance.notifications.sender import Sender
from shared.kernel.messages import Event
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.store import EventStore
from shared.record.projecting.projector import Projector
from shared.settings import Settings
from shared.web.access.names import PeopleNames
from tests.support.patience import LEASE_SECONDS
from tests.support.postgres import as_owner, session
from tests.support.specs import NOW, stamp

SECRET = b"k" * 32
SECONDS = 2.0

NOTIFY = """
INSERT INTO notifications (message_id, position, type, case_kind, case_id, sequence, tier, happened_at)
SELECT gen_random_uuid(), (SELECT position FROM event_head), 'approval.requested', 'rfp', gen_random_uuid(),
       n, 'head', $2
FROM generate_series(1, $1) AS n
"""
STATES = "SELECT status FROM deliveries WHERE target = $1 ORDER BY id"
ATTEMPTS = """
SELECT a.*, d.due_at, d.target, n.message_id
FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id
JOIN notifications n ON n.id = d.notification_id ORDER BY a.id
"""


@dataclass
class Ground:
    """What a specification of sending stands on."""

    pool: asyncpg.Pool
    store: EventStore
    spreading: FanOut
    sender: Sender
    secrets: EndpointSecrets

    async def endpoint(self, url: str, *, in_order: bool = False) -> tuple[str, str]:
        """Register an endpoint that has answered its challenge; return its id and its secret."""
        secret, endpoint = new_signing_secret(), uuid4()
        registered = EndpointRegistered(
            target=TargetKind.WEBHOOK,
            name="Desk",
            owner="ada",
            host="127.0.0.1",
            url=url,
            address_id=None,
            types=(),
            people=(),
            teams=(),
            areas=(),
            in_order=in_order,
            secret_id=await self.secrets.keep(secret),
        )
        await self.happened(endpoint, registered, EndpointVerified())
        return str(endpoint), secret

    async def happened(self, stream: UUID, *events: Event[WebhookEndpoint]) -> None:
        """Append events, and let the views come so far."""
        version = (await self.store.load(stream, WebhookEndpoint())).version
        mapper = self.store.mapper
        await self.store.append(
            [
                mapper.stored(stream, n, event, stamp("ada"))
                for n, event in enumerate(events, start=version + 1)
            ]
        )
        projector = Projector(self.pool, self.store.reader, VIEWS)
        while await projector.catch_up():
            pass

    async def tell(self, number: int = 1) -> None:
        """Let so much happen that is to be told: the record has none of it, so the owner writes it."""
        async with session(as_owner(self.pool)) as owner:
            await owner.execute(NOTIFY, number, NOW)

    async def send(self) -> None:
        """Send what is due, until nothing is, nor was before the database's clock was set back."""
        latest = await self._clock()
        while True:
            at, began = await self._clock(), monotonic()
            started = await self.sender.start_what_is_due()
            await self.sender.finish()
            if not started and latest <= at <= await self._clock():
                return
            latest = max(latest, at + timedelta(seconds=monotonic() - began))

    async def _clock(self) -> datetime:
        at: datetime = await self.pool.fetchval("SELECT clock_timestamp()")
        return at

    async def statuses(self, endpoint: str) -> list[str]:
        return [row["status"] for row in await self.pool.fetch(STATES, endpoint)]

    async def attempts(self) -> list[asyncpg.Record]:
        found: list[asyncpg.Record] = await self.pool.fetch(ATTEMPTS)
        return found

    async def leases_run_out(self) -> None:
        await self.pool.execute("UPDATE deliveries SET leased_until = now() - interval '1 second'")

    async def time_passes(self) -> None:
        """Make everything due that waits, and let every endpoint have rested."""
        await self.pool.execute("UPDATE deliveries SET due_at = now() - interval '1 second'")
        await self.pool.execute("UPDATE target_health SET open_until = now() - interval '1 second'")


@asynccontextmanager
async def ground(
    pool: asyncpg.Pool,
    seconds: float = SECONDS,
    outside: Outside | None = None,
    *,
    unknown: Container[str] = (),
) -> AsyncIterator[Ground]:
    """Lend it; what is sent goes out from this process, or by another way.

    A release that was rolled back does not know some events.
    """
    topics = Topics(event for event in EVENTS if event.__name__ not in unknown)
    store, secrets = EventStore(pool, topics), EndpointSecrets(pool, SECRET)
    settings = Settings(webhook_loopback=True, webhook_seconds=seconds)
    async with direct(settings) if outside is None else nullcontext(outside) as way:
        spreading = FanOut(pool, store, SUBJECTS, "https://rfp.example")
        yield Ground(
            pool,
            store,
            spreading,
            Sender(
                pool,
                store,
                spreading,
                secrets,
                way,
                Mailing(PeopleNames(pool, PersonalTexts(pool, SECRET)), settings, way),
                lease_seconds=LEASE_SECONDS,
            ),
            secrets,
        )


async def send_for_ever(database_url: str) -> None:
    """Send what is due on a database until killed."""
    from shared.record.database import connected

    async with connected(database_url) as pool, ground(pool) as made:
        while True:
            await made.sender.start_what_is_due()
            await asyncio.sleep(0.005)


def sending(database_url: str) -> None:
    """Do so as a process."""
    asyncio.run(send_for_ever(database_url))
