"""The sender: claims what is due, sends it, writes the answer down, and only then judges it.

Whoever dies between any two of these loses nothing: a claim runs out, an answer that was written down is
judged by the next, and an attempt without one is known to have an unknown outcome.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TypeVar
from uuid import UUID

import asyncpg
import orjson

from shared.governance.notifications import claims
from shared.governance.notifications.alone import alone, put_off
from shared.governance.notifications.attempts_log import hash_attempts
from shared.governance.notifications.claims import Claimed
from shared.governance.notifications.delivery_steps import DeliverySteps, delivery_steps
from shared.governance.notifications.digests import digest_message, drop_what_no_longer_waits
from shared.governance.notifications.domain import TargetKind, WebhookEndpoint
from shared.governance.notifications.endpoint_secrets import EndpointSecrets
from shared.governance.notifications.fan_out import BLOCK, FanOut
from shared.governance.notifications.mail import Mailing, is_refused_for_good, mail_message
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.orders import carry_out_next
from shared.governance.notifications.outside import Outside
from shared.governance.notifications.payloads import CLOUD_EVENTS
from shared.governance.notifications.places import SendingPlaces
from shared.governance.notifications.resumed_endpoints import resumed_at
from shared.governance.notifications.retries import (
    GONE,
    NEVER_AGAIN,
    TargetHealth,
    pause_seconds,
    rest_seconds,
)
from shared.governance.notifications.sender_commands import GiveEndpointUp, VerifyEndpoint, WarnOfEndpoint
from shared.governance.notifications.signatures import signed_headers
from shared.governance.notifications.teams import PersonalWorkflows, adaptive_card
from shared.governance.notifications.transport import ReceiverAnswer
from shared.kernel.messages import Command
from shared.kernel.system_actors import SENDER, stamp_of
from shared.record.eventstore.store import EventStore

AGENT = "rfp-service"
JSON = "application/json"
VOUCH_SECONDS = 60.0
SOON_SECONDS, HELD_SECONDS = 0.02, 1.0  # until it looks again at what can't go yet: at first, and at last
GIVEN_UP, SAID_GONE = "It has failed for five days.", "It answered that it is gone."

A = TypeVar("A")
Parcel = Sequence[Claimed]  # what is sent as one


class Sender:
    """Sends whatever is due. Two of them on one database do no harm."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        store: EventStore,
        spreading: FanOut,
        secrets: EndpointSecrets,
        outside: Outside,
        mailing: Mailing,
        *,
        lease_seconds: float = 60.0,
    ) -> None:
        """Send by this way out what is spread of this record."""
        self._pool = pool
        self._store = store
        self._spreading = spreading
        self._secrets = secrets
        self._outside = outside
        self._mailing = mailing
        self._workflows = PersonalWorkflows(pool, store, secrets)
        self._vouched_at = float("-inf")
        self._lease = lease_seconds
        self._places = SendingPlaces()
        self._under_way: set[asyncio.Task[None]] = set()
        self._held_since: float | None = None  # when what is due could not go, and nothing else has since

    async def run(self, wait: Callable[[float | None], Awaitable[None]], ring: Callable[[], None]) -> None:
        """Send until cancelled: `wait` returns when there may be something to do, and `ring` makes it."""
        try:
            while True:
                if await self.start_what_is_due(ring):
                    self._held_since = None
                else:
                    await self._vouch()
                    await wait(await self._seconds_to_next())
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def start_what_is_due(self, ring: Callable[[], None] = lambda: None) -> int:
        """Begin to send what is due; return how much of it there was."""
        while spread := await self._spreading.spread():
            self._held_since = None
            if spread < BLOCK:
                break
        while await carry_out_next(self._pool):
            pass
        for answer, parcel in _parcels(await claims.unjudged(self._pool)):
            if not await alone(parcel, partial(self._judge, parcel, answer)):
                await put_off(self._pool, parcel, self._lease)
        if self._places.free:
            await self._outside.must_be_there()  # before anything counts as tried
        # All is claimed before any of it begins: a fault between the two would break off what was just begun.
        waits = await drop_what_no_longer_waits(self._pool, self._store, self._spreading.subjects)
        found = await claims.claim_for_endpoints(self._pool, self._places, self._lease)
        places = self._places.after(each.place for each in found)
        found += await claims.claim_for_people(self._pool, places, self._lease, waits)
        return self._begin(found, ring)

    def _begin(self, found: Sequence[Claimed], ring: Callable[[], None]) -> int:
        """Begin to send what was claimed; return how much of it there was."""
        for _, parcel in _parcels((claimed, None) for claimed in found):
            place = parcel[0].place
            self._places.take(place)
            task = asyncio.create_task(self._deliver_alone(parcel))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            task.add_done_callback(partial(self._done, place))
            task.add_done_callback(lambda _: ring())
        return len(found)

    def _done(self, place: str, _: "asyncio.Task[None]") -> None:
        self._places.give_back(place)

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def _vouch(self) -> None:
        """Hash judged attempts into the record, once in a while."""
        now = monotonic()
        if now - self._vouched_at >= VOUCH_SECONDS:
            self._vouched_at = now
            stamp = stamp_of(SENDER, datetime.now(UTC), "delivery")
            await hash_attempts(self._pool, self._store, stamp)

    async def _seconds_to_next(self) -> float | None:
        """Return when the next delivery comes by itself; what is under way rings when it is done.

        What is due and can't go yet, as while a view is made anew, is looked at less and less often.
        """
        seconds: float | None = await self._pool.fetchval(claims.NEXT)
        if seconds != 0:
            self._held_since = None
        elif self._held_since is None:
            self._held_since = monotonic()
        if seconds is None:
            return None
        held = 0.0 if self._held_since is None else monotonic() - self._held_since
        pause = min(max(held, SOON_SECONDS), HELD_SECONDS)
        return max(seconds, await self._spreading.rest_seconds(), 0.25 if self._under_way else pause)

    async def _deliver_alone(self, parcel: Parcel) -> None:
        await alone(parcel, partial(self._deliver, parcel))

    async def _deliver(self, parcel: Parcel) -> None:
        steps = await delivery_steps(self._store.reader, parcel)
        answer = await self._sent(parcel, steps)
        steps.end(answer)
        for claimed in parcel:
            await claims.answered(self._pool, claimed, answer)
        await self._judge(parcel, answer)

    async def _sent(self, parcel: Parcel, steps: DeliverySteps) -> ReceiverAnswer:
        first = parcel[0]
        match first.target_kind:
            case claims.DIGEST:
                bodies, ids = [each.body for each in parcel], [each.message_id for each in parcel]
                return await self._mailing.send(first.person, partial(digest_message, bodies, ids))
            case claims.MAIL:
                event = orjson.loads(first.body)
                return await self._mailing.send(first.person, partial(mail_message, event))
            case claims.TEAMS:
                return await self._to_workflow(await self._workflows.address_of(first.person), first)
            case _:
                return await self._to_endpoint(first, steps)

    async def _to_endpoint(self, claimed: Claimed, steps: DeliverySteps) -> ReceiverAnswer:
        """Post a body, signed by every secret that counts now; or a card, to a channel's workflow."""
        endpoint = (await self._store.load(UUID(claimed.target), WebhookEndpoint())).state
        at = datetime.now(UTC)
        wanted = [*endpoint.live_secrets(at), *([endpoint.address_id] if endpoint.address_id else [])]
        opened = await self._secrets.opened(wanted)
        url = opened.get(endpoint.address_id, "") if endpoint.address_id else endpoint.url
        if endpoint.target is TargetKind.TEAMS_WORKFLOW:
            return await self._to_workflow(url, claimed)
        live = [opened[secret] for secret in endpoint.live_secrets(at) if secret in opened]
        if not url or not live:
            return ReceiverAnswer(fault="SecretNotThere")
        headers = {
            "Content-Type": CLOUD_EVENTS,
            "User-Agent": AGENT,
            "Content-Length": str(len(claimed.body)),
            **steps.headers,
            **signed_headers(claimed.message_id, claimed.body, live, at),
        }
        return await self._outside.post(url, claimed.body, headers)

    async def _to_workflow(self, url: str, claimed: Claimed) -> ReceiverAnswer:
        """Post a card; of what comes back no more is kept than the status, for it may hold the address."""
        if not url:
            return ReceiverAnswer(fault="SecretNotThere")
        card = adaptive_card(orjson.loads(claimed.body))
        headers = {"Content-Type": JSON, "User-Agent": AGENT, "Content-Length": str(len(card))}
        return replace(await self._outside.post(url, card, headers), body="")

    async def _judge(self, parcel: Parcel, answer: ReceiverAnswer) -> None:
        first = parcel[0]
        if answer.is_yes and _is_met(first, answer):
            if first.type == NotificationType.ENDPOINT_CHALLENGE:
                await self._decide(first.target, VerifyEndpoint())
            if first.target_kind not in claims.PERSONAL:
                self._places.went_well(first.target)
            await claims.well_again(self._pool, first.lane)
            for claimed in parcel:
                await claims.settle(self._pool, claimed, "delivered", "delivered")
            return
        pause = await self._pause_after_failure(first, answer)
        for claimed in parcel:
            if pause is None:
                await claims.settle(self._pool, claimed, answer.outcome, "failed")
            else:
                await claims.try_again(self._pool, claimed, answer.outcome, pause)

    async def _pause_after_failure(self, claimed: Claimed, answer: ReceiverAnswer) -> float | None:
        """Keep how the endpoint does; return after how long to try again, if ever."""
        mailed = claimed.target_kind in claims.MAILED
        if mailed and is_refused_for_good(answer):
            return None
        async with self._places.judging(claimed.lane):  # so that many failures hold one connection
            health = await self._health_after(claimed)
        if claimed.target_kind not in claims.PERSONAL:
            self._places.failed(claimed.target)
            await self._consider(claimed, answer, health)
        refused = answer.is_yes or (answer.status in NEVER_AGAIN and not mailed)
        return None if refused else pause_seconds(claimed.tries, answer.retry_after_seconds)

    async def _health_after(self, claimed: Claimed) -> TargetHealth:
        """Keep how an endpoint, or the mail server, does after one more failure."""
        at, resumed = datetime.now(UTC), await resumed_at(self._store.reader, claimed)
        async with self._pool.acquire() as connection, connection.transaction():
            health = await claims.health_after_failure(connection, claimed.lane, at)
            health = health.counted_from(resumed, at)
            await claims.keep_health(connection, claimed.lane, health, rest_seconds(health.failures))
        return health

    async def _consider(self, claimed: Claimed, answer: ReceiverAnswer, health: TargetHealth) -> None:
        """Give an endpoint up that said it is gone or failed too long; warn half-way."""
        at = datetime.now(UTC)
        since = health.failing_since or at
        if answer.status == GONE or health.is_given_up(at):
            reason = SAID_GONE if answer.status == GONE else GIVEN_UP
            given_up = GiveEndpointUp(reason=reason, failing_since=since, failures=health.failures)
            await self._decide(claimed.target, given_up)
        elif health.needs_a_look(at):
            warning = WarnOfEndpoint(failing_since=since, failures=health.failures)
            await self._decide(claimed.target, warning)

    async def _decide(self, target: str, command: Command[WebhookEndpoint]) -> None:
        stamp = stamp_of(SENDER, datetime.now(UTC), "delivery")
        await self._store.handle(UUID(target), command, stamp, blank=WebhookEndpoint())


def _parcels(claimed: Iterable[tuple[Claimed, A]]) -> Iterator[tuple[A, Parcel]]:
    """Yield what is sent as one: the parts of a digest together, and everything else by itself."""
    digests: dict[tuple[str, A], list[Claimed]] = {}
    for each, answer in claimed:
        if each.target_kind == claims.DIGEST:
            digests.setdefault((each.target, answer), []).append(each)
        else:
            yield answer, [each]
    for (_, answer), parcel in digests.items():
        yield answer, parcel


def _is_met(claimed: Claimed, answer: ReceiverAnswer) -> bool:
    """Say whether an answer is what was asked for: of a challenge, the challenge itself."""
    if claimed.type != NotificationType.ENDPOINT_CHALLENGE or claimed.target_kind != TargetKind.WEBHOOK:
        return True
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return False
    wanted = orjson.loads(claimed.body)["data"]["challenge"]
    return isinstance(said, dict) and said.get("challenge") == wanted
