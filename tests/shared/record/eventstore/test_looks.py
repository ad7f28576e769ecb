"""What follows from a look at other things is appended only while these stand as they were seen."""

from uuid import UUID, uuid4

import pytest

from shared.kernel.errors import OutOfDate
from shared.kernel.messages import IdempotencyKey
from shared.record.eventstore.looks import Look, LookedTooEarly
from shared.record.eventstore.store import EventStore
from tests.shared.record.eventstore.examples import Count, Counter
from tests.support.specs import stamp

ANN = stamp("ann")
A = UUID("aaaaaaaa-0000-4000-8000-000000000001")
KEY = IdempotencyKey("ann", "first", b"what-was-asked")
COUNTERS, OTHERS = ("counter",), ("contract",)


async def test_nothing_is_appended_where_something_that_was_looked_at_has_changed_since(
    store: EventStore,
) -> None:
    seen = await store.create(A, Count(), ANN, blank=Counter())
    await store.create(uuid4(), Count(), ANN, blank=Counter())
    early = store.as_seen(Look(COUNTERS, seen.position))
    with pytest.raises(LookedTooEarly):
        await early.handle(A, Count(), ANN, blank=Counter(), key=KEY)
    assert await store.reader.head() == 2
    assert await store.repeated(KEY) is None
    receipt = await store.as_seen(Look(COUNTERS, 2)).handle(A, Count(), ANN, blank=Counter(), key=KEY)
    assert (receipt.version, receipt.position) == (2, 3)


async def test_what_happens_to_things_of_other_kinds_does_not_matter(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    receipt = await store.as_seen(Look(OTHERS, 0)).handle(A, Count(times=3), ANN, blank=Counter())
    assert (receipt.version, receipt.position) == (4, 4)


async def test_a_repeat_is_answered_as_the_first_time_whatever_has_changed_since(store: EventStore) -> None:
    seen = await store.create(A, Count(), ANN, blank=Counter())
    look = store.as_seen(Look(COUNTERS, seen.position))
    first = await look.handle(A, Count(), ANN, blank=Counter(), key=KEY)
    assert await look.handle(A, Count(), ANN, blank=Counter(), key=KEY) == first
    assert await store.reader.head() == 2


async def test_a_stale_version_is_refused_before_it_matters_what_was_looked_at(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    await store.handle(A, Count(), ANN, blank=Counter())
    with pytest.raises(OutOfDate):
        await store.as_seen(Look(COUNTERS, 0)).handle(A, Count(), ANN, blank=Counter(), expected=1)
