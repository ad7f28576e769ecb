"""A batch holds to what single decisions hold to: service areas, and personal texts under keys."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from pydantic import BaseModel

from rfp_service.events import EVENTS
from shared.kernel.messages import Command, Event, Stamp
from shared.kernel.personal import Personal
from shared.kernel.states import replace
from shared.record.eventstore.bulk_appender import BulkAppender
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.store import EventStore
from shared.web.bulk.batches import Mode
from shared.web.bulk.items import Item
from shared.web.bulk.outcomes import Outcome
from shared.web.bulk.requests import BatchRequest, Operation
from shared.web.bulk.runner import Runner
from tests.support.erasing import erased
from tests.support.specs import stamp

OFFICER = stamp("ann", roles=["officer"]).model_copy(update={"causation": "batch:1"})


@dataclass(frozen=True)
class Case:
    """Something of a service area about somebody."""

    kind: ClassVar[str] = "case"

    service_area: str = ""


class CaseNoted(Event[Case]):
    """Something was said about somebody."""

    kind: ClassVar[str] = "case"

    service_area: str
    said: Personal | None = None

    def apply(self, case: Case) -> Case:
        return replace(case, service_area=self.service_area)


class Note(Command[Case]):
    """Say something about somebody."""

    service_area: str | None = None
    said: str = ""

    def decide(self, case: Case, stamp: Stamp) -> CaseNoted:
        said = Personal(about="bob", text=self.said) if self.said else None
        return CaseNoted(service_area=self.service_area or case.service_area, said=said)


class NoteItem(BaseModel):
    id: UUID
    said: str = ""
    service_area: str | None = None


@pytest.fixture
def store(pool: asyncpg.Pool) -> EventStore:
    return EventStore(pool, Topics([*EVENTS, CaseNoted]), PersonalTexts(pool, bytes(32)))


def noting(*, fast: bool) -> Operation[NoteItem, Case]:
    return Operation(
        "note",
        NoteItem,
        Case(),
        lambda item: item.id,
        lambda _: None,
        lambda item: Note(said=item.said, service_area=item.service_area),
        lambda _: {},
        lambda _command, _event: True,
        sees=("service_area",) if fast else (),
        words=(lambda item: (item.said, item.service_area)) if fast else None,
    )


async def run(store: EventStore, asked: BatchRequest, *items: NoteItem, fast: bool) -> list[Outcome]:
    found: Iterator[Any] = iter([Item(n, item) for n, item in enumerate(items, start=1)])
    runner = Runner(store.bulk_appender(), noting(fast=fast), asked)
    return [outcome async for outcomes in runner.outcomes(found) for outcome in outcomes]


async def begun(store: EventStore, area: str) -> UUID:
    stream_id = uuid4()
    await store.create(stream_id, Note(service_area=area), stamp("eve"), blank=Case())
    return stream_id


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("mode", list(Mode))
async def test_personal_texts_are_encrypted_as_those_of_single_decisions(
    store: EventStore, pool: asyncpg.Pool, mode: Mode, *, fast: bool
) -> None:
    ids = [await begun(store, "Roads") for _ in range(3)]
    items = [NoteItem(id=ids[0], said="Is ill."), NoteItem(id=ids[1], said="Is ill."), NoteItem(id=ids[2])]
    assert [o.result for o in await run(store, BatchRequest(OFFICER, mode), *items, fast=fast)] == (
        ["done"] * 3
    )
    rows = await pool.fetch("SELECT state FROM stored_events ORDER BY notification_id")
    assert not any(b"Is ill" in row["state"] for row in rows)
    kept = [orjson.loads(row["state"]) for row in rows[3:]]
    sealed = [one["data"]["said"] for one in kept[:2]]
    assert sealed[0]["key"] != sealed[1]["key"], "each thing has a key of its own"
    texts = PersonalTexts(pool, bytes(32))
    assert await texts.opened(sealed) == ["Is ill.", "Is ill."]
    assert "said" not in kept[2]["data"]


@pytest.mark.parametrize("fast", [True, False])
async def test_what_is_only_tried_makes_no_key(store: EventStore, pool: asyncpg.Pool, *, fast: bool) -> None:
    item = NoteItem(id=await begun(store, "Roads"), said="Is ill.")
    told = await run(store, BatchRequest(OFFICER, dry_run=True), item, fast=fast)
    assert [(o.result, o.version) for o in told] == [("possible", 2)]
    assert await pool.fetchval("SELECT count(*) FROM personal_keys") == 0


async def test_what_is_said_of_somebody_who_was_erased_is_destroyed_at_once(
    store: EventStore, pool: asyncpg.Pool
) -> None:
    texts = PersonalTexts(pool, bytes(32))
    await erased(store, texts, "bob")
    one, other = await begun(store, "Roads"), await begun(store, "Roads")
    items = [NoteItem(id=one, said="Is ill."), NoteItem(id=other)]
    assert [o.result for o in await run(store, BatchRequest(OFFICER), *items, fast=True)] == ["done"] * 2
    rows = await pool.fetch("SELECT state FROM stored_events ORDER BY notification_id")
    kept = orjson.loads(rows[3]["state"])["data"]["said"]
    assert await texts.opened([kept]) == [None]


@pytest.mark.parametrize("fast", [True, False])
async def test_what_is_of_another_service_area_is_not_there(store: EventStore, *, fast: bool) -> None:
    roads, schools = await begun(store, "Roads"), await begun(store, "Schools")
    asked = BatchRequest(OFFICER, areas=frozenset({"Roads"}))
    told = await run(store, asked, NoteItem(id=roads), NoteItem(id=schools), fast=fast)
    assert [o.result for o in told] == ["done", "refused"]
    assert told[1].problem is not None
    assert told[1].problem["type"] == "/problems/not-found"
    assert (await store.load(schools, Case())).version == 1


async def test_nothing_is_moved_to_another_service_area(store: EventStore) -> None:
    item = NoteItem(id=await begun(store, "Roads"), service_area="Schools")
    asked = BatchRequest(OFFICER, areas=frozenset({"Roads"}))
    (told,) = await run(store, asked, item, fast=False)
    assert told.problem is not None
    assert told.problem["type"] == "/problems/outside-your-areas"
    assert told.problem["yours"] == ["Roads"]


async def test_what_is_just_being_committed_is_not_abandoned_where_the_batch_is_broken_off(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, began, go_on, append = (
        await begun(store, "Roads"),
        asyncio.Event(),
        asyncio.Event(),
        BulkAppender.append,
    )

    async def slowly(*given: Any) -> list[int | None]:
        began.set()
        await go_on.wait()
        return await append(*given)

    monkeypatch.setattr(BulkAppender, "append", slowly)
    running = asyncio.create_task(run(store, BatchRequest(OFFICER), NoteItem(id=one), fast=True))
    await began.wait()
    running.cancel()
    asyncio.get_running_loop().call_later(0.01, go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await store.load(one, Case())).version == 2
