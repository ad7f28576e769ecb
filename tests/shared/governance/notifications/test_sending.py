"""Sending: nothing is lost, nothing is judged before it is written down, and nobody waits for another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from shared.governance.notifications import claims, sender
from shared.governance.notifications.commands import ResumeEndpoint
from shared.governance.notifications.domain import (
    EndpointPaused,
    EndpointResumed,
    EndpointStatus,
    WebhookEndpoint,
)
from shared.governance.notifications.places import FIRST_FEW, SendingPlaces
from shared.governance.notifications.transport import ReceiverAnswer
from tests.shared.governance.notifications.ground import Ground, ground
from tests.shared.governance.notifications.receiver import Got, Receiver, polite, receiving
from tests.support.in_full import of_many
from tests.support.specs import NOW, stamp

TO_HUGO = """
INSERT INTO deliveries (notification_id, target, target_kind, status)
SELECT id, 'mail:hugo', 'mail', 'pending' FROM notifications
"""
FAILED_FOR_DAYS = """
UPDATE target_health SET failing_since = now() - interval '6 days', spaced_failures = 5,
    last_spaced_at = now() - interval '13 hours'
"""
Said = tuple[int, dict[str, str], bytes]


@pytest.fixture
async def here(pool: asyncpg.Pool) -> AsyncIterator[Ground]:
    async with ground(pool) as made:
        yield made


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


def saying(status: int, **headers: str) -> object:
    return lambda _: (status, {n.replace("_", "-"): v for n, v in headers.items()}, b"")


async def test_what_is_taken_is_sent_once(here: Ground, receiver: Receiver) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    await here.tell(40)
    await here.send()
    await here.send()
    assert len({got.id for got in receiver.got}) == len(receiver.got) == 40
    assert await here.statuses(endpoint) == ["delivered"] * 40
    assert {row["outcome"] for row in await here.attempts()} == {"delivered"}


async def test_it_rests_until_it_is_rung_or_what_failed_is_tried_again(
    here: Ground, receiver: Receiver
) -> None:
    assert await rest_of(here) is None  # once it was nothing, and an idle service asked fifty times a second
    await here.endpoint(receiver.url)
    receiver.answer = saying(503)  # type: ignore[assignment]  # it is one
    await here.tell()
    await here.send()
    rest = await rest_of(here)
    assert rest is not None
    assert 0.02 < rest < 8
    receiver.answer = polite
    await here.time_passes()
    await here.send()
    assert await rest_of(here) is None


async def test_it_looks_again_less_and_less_often_while_the_endpoints_view_is_behind_what_happened(
    here: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(sender, "monotonic", lambda: now)

    def pass_by(seconds: float | None) -> None:
        nonlocal now
        now += seconds or 0

    await here.endpoint("https://hooks.example")
    await here.tell()
    await here.pool.execute("UPDATE views SET position = position - 1 WHERE name = 'webhook_endpoints'")
    rests = await rests_of(here, 10, pass_by)
    assert rests == pytest.approx([0.02, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1, 1, 1])
    stopped = "UPDATE views SET stopped = $1 WHERE name = 'webhook_endpoints'"
    await here.pool.execute(stopped, "an event that this release can't read")
    assert await rest_of(here) is None
    await here.pool.execute(stopped, None)
    assert await rest_of(here) == 0.02, "it is held up anew"


async def rest_of(here: Ground) -> float | None:
    """Return for how many seconds a sender waits that has sent what is due; nothing: until it is rung."""
    return (await rests_of(here, 1))[0]


async def rests_of(
    here: Ground, looks: int, pass_by: Callable[[float | None], None] = lambda _: None
) -> list[float | None]:
    """Return for how many seconds it waits after each of so many looks, which pass by."""
    told: list[float | None] = []

    async def wait(seconds: float | None) -> None:
        told.append(seconds)
        pass_by(seconds)
        if len(told) == looks:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await here.sender.run(wait, lambda: None)
    return told


async def test_a_failure_is_tried_again_with_the_same_bytes_and_another_time(
    here: Ground, receiver: Receiver
) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    receiver.answer = saying(503)  # type: ignore[assignment]  # it is one
    await here.tell()
    await here.send()
    [attempt] = await here.attempts()
    assert (attempt["status_code"], attempt["outcome"]) == (503, "failed")
    assert timedelta(seconds=3) < attempt["due_at"] - attempt["answered_at"] < timedelta(seconds=8)
    await here.send()
    assert len(receiver.got) == 1
    receiver.answer = polite
    await here.time_passes()
    await here.send()
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert await here.statuses(endpoint) == ["delivered"]


@pytest.mark.parametrize("status", [301, 401, 403, 404, 429, 500, 502, 503])
async def test_whatever_is_not_on_the_short_list_is_tried_again(
    here: Ground, receiver: Receiver, status: int
) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    receiver.answer = saying(status)  # type: ignore[assignment]  # the same
    await here.tell()
    await here.send()
    assert await here.statuses(endpoint) == ["pending"]


async def test_what_is_refused_as_malformed_is_not_tried_again_and_can_be_recovered(
    here: Ground, receiver: Receiver
) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    receiver.answer = saying(422)  # type: ignore[assignment]  # the same
    await here.tell()
    await here.send()
    assert await here.statuses(endpoint) == ["failed"]


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (ReceiverAnswer(550, fault="SMTPRecipientsRefused"), "failed"),
        (ReceiverAnswer(554, fault="SMTPDataError"), "failed"),
        (ReceiverAnswer(550, fault="NoMailAddress"), "failed"),
        (ReceiverAnswer(451, fault="SMTPDataError"), "pending"),
        (ReceiverAnswer(535, fault="SMTPAuthenticationError"), "pending"),  # a password that has run out
        (ReceiverAnswer(530, fault="SMTPSenderRefused"), "pending"),
        (ReceiverAnswer(554, fault="SMTPConnectResponseError"), "pending"),
        (ReceiverAnswer(550, fault="SMTPHeloError"), "pending"),
    ],
)
async def test_only_what_is_refused_of_one_mail_or_its_reader_is_not_tried_again(
    here: Ground, answer: ReceiverAnswer, becomes: str
) -> None:
    await here.tell()
    await here.pool.execute(TO_HUGO)
    [claimed] = await claims.claim_for_people(here.pool, SendingPlaces(), 60)
    await claims.answered(here.pool, claimed, answer)
    await here.leases_run_out()
    await here.send()
    assert await here.statuses("mail:hugo") == [becomes]


async def test_who_says_it_is_gone_is_disabled_at_once(here: Ground, receiver: Receiver) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    receiver.answer = saying(410)  # type: ignore[assignment]  # the same
    await here.tell()
    await here.send()
    state = (await here.store.load(UUID(endpoint), WebhookEndpoint())).state
    assert state.status is EndpointStatus.DISABLED
    await here.store.handle(UUID(endpoint), ResumeEndpoint(), stamp("ada"), blank=WebhookEndpoint())


async def test_one_that_was_resumed_is_not_given_up_for_what_it_failed_before(
    here: Ground, receiver: Receiver
) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    receiver.answer = saying(503)  # type: ignore[assignment]  # the same
    await here.tell()
    await here.send()
    await here.pool.execute(FAILED_FOR_DAYS)
    await here.happened(UUID(endpoint), EndpointPaused(reason="Works."), EndpointResumed())
    await here.time_passes()
    await here.send()
    assert [row["outcome"] for row in await here.attempts()] == ["failed", "failed"]
    state = (await here.store.load(UUID(endpoint), WebhookEndpoint())).state
    assert state.status is EndpointStatus.ACTIVE
    assert await here.pool.fetchval("SELECT failures FROM target_health") == 1


async def test_an_answer_that_was_written_down_is_judged_by_the_next_without_another_request(
    here: Ground, receiver: Receiver
) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    await here.tell()
    await here.spreading.spread()
    [claimed] = await claims.claim_for_endpoints(here.pool, SendingPlaces(), 60)
    await claims.answered(here.pool, claimed, ReceiverAnswer(200))
    await here.send()
    assert await here.statuses(endpoint) == ["pending"]  # its sender may live
    await here.leases_run_out()
    await here.send()
    assert await here.statuses(endpoint) == ["delivered"]
    assert receiver.got == []


async def test_who_takes_something_and_says_nothing_in_time_may_have_it(pool: asyncpg.Pool) -> None:
    async def slow(_: Got) -> Said:
        await asyncio.sleep(60)
        return 200, {}, b""

    async with receiving(slow) as receiver, ground(pool, seconds=1) as here:
        endpoint, _ = await here.endpoint(receiver.url)
        await here.tell(1)
        await here.send()
        [attempt] = await here.attempts()
        assert (attempt["outcome"], attempt["status_code"]) == ("unknown", None)
        assert await here.statuses(endpoint) == ["pending"]


async def test_an_attempt_without_an_answer_is_of_unknown_outcome_and_made_again(
    here: Ground, receiver: Receiver
) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    await here.tell()
    await here.spreading.spread()
    await claims.claim_for_endpoints(here.pool, SendingPlaces(), 60)
    await here.leases_run_out()
    await here.send()
    assert [row["outcome"] for row in await here.attempts()] == ["unknown", "delivered"]
    assert await here.statuses(endpoint) == ["delivered"]


async def test_a_dead_and_a_hanging_endpoint_hold_up_no_healthy_one(here: Ground, receiver: Receiver) -> None:
    under_way = (
        "SELECT count(DISTINCT d.id) FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id"
        " WHERE d.target = $1 AND a.answered_at IS NULL"
    )
    at_most = 0

    async def hang(_: Got) -> Said:
        await asyncio.sleep(3_600)
        return 200, {}, b""

    async with receiving() as hanging:
        hanging.answer = hang
        await here.endpoint("http://127.0.0.1:9/")
        hung, _ = await here.endpoint(hanging.url)
        await here.tell(of_many(2_000, 500))
        await here.sender.start_what_is_due()
        healthy, _ = await here.endpoint(receiver.url)
        await here.tell(50)
        while len(receiver.got) < 50:
            await here.sender.start_what_is_due()
            at_most = max(at_most, await here.pool.fetchval(under_way, hung))
        assert 0 < at_most <= FIRST_FEW
        await here.sender.finish()
        assert await here.statuses(healthy) == ["delivered"] * 50


async def test_first_failures_that_come_at_once_are_each_counted(here: Ground) -> None:
    together = asyncio.Barrier(3)

    async def fails() -> int:
        async with here.pool.acquire() as connection, connection.transaction():
            await together.wait()
            health = await claims.health_after_failure(connection, "desk", NOW)
            await claims.keep_health(connection, "desk", health, None)
            return health.failures

    assert sorted(await asyncio.gather(*(fails() for _ in range(3)))) == [1, 2, 3]


async def test_after_an_outage_a_backlog_is_let_go_evenly(here: Ground, receiver: Receiver) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    receiver.answer = saying(503)  # type: ignore[assignment]  # the same
    await here.tell(400)
    await here.send()
    assert len(receiver.got) <= 5 + FIRST_FEW  # it rests from then on
    receiver.answer = polite
    await here.time_passes()
    await here.sender.start_what_is_due()
    await here.sender.finish()
    rows = await here.pool.fetch(
        "SELECT floor(extract(epoch FROM due_at - now())) AS second, count(*) AS number FROM deliveries"
        " WHERE target = $1 AND status = 'pending' GROUP BY 1",
        endpoint,
    )
    assert sum(row["number"] for row in rows) > 350
    assert max(row["number"] for row in rows) <= 0.05 * 400


async def test_in_order_nothing_is_sent_before_what_came_before_it(here: Ground, receiver: Receiver) -> None:
    await here.endpoint(receiver.url, in_order=True)
    await here.tell(30)
    failing = iter([200] * 10 + [503] + [200] * 50)
    receiver.answer = lambda _: (next(failing), {}, b"")
    await here.send()
    assert len(receiver.got) == 11
    rest = await rest_of(here)
    assert rest is not None
    assert rest > 2  # until what failed is tried again: what waits behind it can't go before
    await here.time_passes()
    await here.send()
    sequence = [int(got.event["sequence"]) for got in receiver.got]
    assert sequence == [*range(1, 12), *range(11, 31)]


async def test_what_was_to_be_sent_while_it_is_paused_is_held(here: Ground, receiver: Receiver) -> None:
    endpoint, _ = await here.endpoint(receiver.url)
    await here.tell()
    await here.happened(UUID(endpoint), EndpointPaused(reason="Works."))
    await here.tell()
    await here.send()
    assert await here.statuses(endpoint) == ["pending", "held"]  # the first waits until it is resumed
    assert receiver.got == []


async def test_no_secret_is_in_the_database_in_the_clear(here: Ground, receiver: Receiver) -> None:
    _, secret = await here.endpoint(receiver.url)
    await here.tell()
    await here.send()
    for table in ("endpoint_secrets", "stored_events", "deliveries", "delivery_attempts", "notifications"):
        rows = await here.pool.fetch(f"SELECT t::text AS said FROM {table} t")
        assert rows
        for row in rows:
            assert secret not in row["said"]
            assert secret.removeprefix("whsec_").encode().hex() not in row["said"]


async def test_two_senders_send_each_thing_once(here: Ground, pool: asyncpg.Pool, receiver: Receiver) -> None:
    await here.endpoint(receiver.url)
    await here.tell(60)
    async with ground(pool) as other:
        await asyncio.gather(here.send(), other.send())
    assert sorted(got.id for got in receiver.got) == sorted({got.id for got in receiver.got})
    assert len(receiver.got) == 60


async def test_of_a_digest_only_what_was_looked_at_goes_and_what_came_due_since_waits_for_the_next(
    here: Ground,
) -> None:
    await here.tell(2)
    to_digest = """
    INSERT INTO deliveries (notification_id, target, target_kind, status, due_at)
    SELECT id, 'digest:hugo', 'digest', 'pending', now() + interval '1 hour' FROM notifications RETURNING id
    """
    first, second = sorted(row["id"] for row in await here.pool.fetch(to_digest))
    looked_at: list[int] = []
    for due, goes in ((first, []), (second, [second])):
        await here.pool.execute("UPDATE deliveries SET due_at = now() WHERE id = $1", due)
        assert [
            each.id for each in await claims.claim_for_people(here.pool, SendingPlaces(), 60, looked_at)
        ] == goes
        looked_at.append(second)
    await here.leases_run_out()
    again = await claims.claim_for_people(
        here.pool, SendingPlaces(), 60, [second]
    )  # what was tried goes once more as the mail that it was
    assert [each.id for each in again] == [second]
