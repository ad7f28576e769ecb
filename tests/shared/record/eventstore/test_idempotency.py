"""One key, one event: however often, and from wherever, a request is repeated."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from rfp_service.events import EVENTS
from shared.kernel.errors import KeyUsedOtherwise
from shared.kernel.messages import IdempotencyKey
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.shared.record.eventstore.examples import Count, Counted, Counter, Opens, TooMuch
from tests.support.specs import stamp

ANN = stamp("ann")
A = UUID("aaaaaaaa-0000-4000-8000-000000000001")
KEY = IdempotencyKey("ann", "first", b"what-was-asked")


async def test_a_repeat_is_answered_as_the_first_time(store: EventStore) -> None:
    first = await store.create(A, Count(), ANN, blank=Counter(), key=KEY)
    again = await store.create(uuid4(), Count(), ANN, blank=Counter(), key=KEY)
    assert again == first
    assert await store.reader.head() == 1


async def test_a_repeat_is_recognised_though_the_thing_has_moved_on(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    first = await store.handle(A, Count(), ANN, blank=Counter(), expected=1, key=KEY)
    await store.handle(A, Count(), ANN, blank=Counter())
    again = await store.handle(A, Count(), ANN, blank=Counter(), expected=1, key=KEY)
    assert again == first


async def test_a_repeat_of_what_the_rules_would_refuse_by_now_is_no_refusal(store: EventStore) -> None:
    await store.create(A, Count(by=50), ANN, blank=Counter())
    first = await store.handle(A, Count(by=50), ANN, blank=Counter(), key=KEY)
    assert await store.handle(A, Count(by=50), ANN, blank=Counter(), key=KEY) == first


async def test_a_beginning_that_the_rules_would_refuse_by_now_is_answered_as_the_first_time(
    store: EventStore,
) -> None:
    while_they_may = ANN.model_copy(update={"authority": "requester"})
    first = await store.create(A, Opens(), while_they_may, blank=Counter(), key=KEY)
    assert await store.create(uuid4(), Opens(), ANN, blank=Counter(), key=KEY) == first
    with pytest.raises(TooMuch):
        await store.create(uuid4(), Opens(), ANN, blank=Counter())


async def test_a_key_names_one_request(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter(), key=KEY)
    other = IdempotencyKey("ann", "first", b"something else")
    with pytest.raises(KeyUsedOtherwise):
        await store.create(uuid4(), Count(), ANN, blank=Counter(), key=other)


async def test_keys_belong_to_their_callers(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter(), key=KEY)
    bens = IdempotencyKey("ben", "first", b"what-was-asked")
    await store.create(uuid4(), Count(), stamp("ben"), blank=Counter(), key=bens)
    assert await store.reader.head() == 2


async def test_a_hundred_repeats_at_once_from_two_processes_make_one_event(
    store: EventStore, pool: asyncpg.Pool
) -> None:
    other = EventStore(pool, Topics([*EVENTS, Counted]))  # shares nothing but the database
    receipts = await asyncio.gather(
        *(
            (store if n % 2 else other).create(uuid4(), Count(), ANN, blank=Counter(), key=KEY)
            for n in range(100)
        )
    )
    assert len(set(receipts)) == 1
    assert await store.reader.head() == 1
