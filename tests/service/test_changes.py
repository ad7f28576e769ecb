"""Following the record: what changed in what one may see, once each, whatever happens meanwhile."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from rfp_service.changes.api import told
from rfp_service.changes.feed import Feed
from rfp_service.events import EVENTS
from rfp_service.permissions import PERMISSIONS
from rfp_service.rooms import CONTEXTS
from rfp_service.service import SEEN_WITH
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.service.test_crash import Writers
from tests.support.api import Api
from tests.support.in_full import of_many
from tests.support.patience import PATIENCE_SECONDS
from tests.support.people import ADA, HANA, LEO, PRIYA, RITA, SAM, Who
from tests.support.running import running

CHANGES = "/v1/changes"
MANY_WRITERS, ENOUGH = 32, of_many(400, 100)
STREAM = {"Accept": "text/event-stream"}


def test_each_kind_of_thing_says_who_is_told_that_it_changed() -> None:
    kinds = {event.kind for event in EVENTS}
    assert kinds == SEEN_WITH.keys() | {kind for context in CONTEXTS for kind in context.never_told}
    assert set(SEEN_WITH.values()) <= PERMISSIONS.table.keys()


async def changed(api: Api, who: Who = RITA, **query: object) -> list[tuple[str, str]]:
    page = (await api.get(CHANGES, who, **{"after": 0, "wait": 30, **query})).json()
    return [(item["kind"], item["id"]) for item in page["items"]]


async def shown_by_now(api: Api) -> None:
    """Wait until the views show all that was decided through this client."""
    await api.get("/v1/rfps", SAM)


async def test_ids_and_kinds_are_told_and_nothing_else(api: Api) -> None:
    rfp = await api.raised()
    await shown_by_now(api)
    page = (await api.get(CHANGES, SAM, after=0)).json()
    assert page == {"items": [{"position": 1, "kind": "rfp", "id": rfp}], "next": 1, "more": False}
    await api.decide(rfp, "withdraw", reason="Closed.")
    await shown_by_now(api)
    assert await changed(api, SAM, after=page["next"]) == [("rfp", rfp)]
    first = (await api.get(CHANGES, SAM, after=0, limit=1)).json()
    assert (len(first["items"]), first["next"], first["more"]) == (1, 1, True)
    assert (await api.get(CHANGES, SAM, after=first["next"])).json()["next"] == 2


async def test_without_a_position_it_is_told_where_the_changes_stand(api: Api) -> None:
    await api.raised()
    await shown_by_now(api)
    answer = await api.client.get(CHANGES, headers=api.headers(SAM))
    assert answer.json() == {"items": [], "next": 1, "more": False}


async def test_what_waits_is_answered_with_the_first_change(api: Api) -> None:
    waiting = asyncio.create_task(changed(api, SAM, after=0))
    rfp = await api.raised()
    assert await waiting == [("rfp", rfp)]
    before = api.position
    assert await changed(api, SAM, after=before, wait=0) == []


async def test_nobody_is_told_of_what_they_may_not_see(api: Api) -> None:
    mine = await api.raised()
    body = {"title": "Chairs", "description": "Ten.", "service_area": "Highways"}
    theirs = (await api.post("/v1/rfps", body, LEO)).json()["id"]
    account = {"name": "Intranet", "owner": "ada", "scopes": ["rfp.read"]}
    await api.post("/v1/service-accounts", account, ADA)
    await shown_by_now(api)
    kinds = {kind for kind, _ in await changed(api, ADA)}
    assert "service-account" in kinds
    assert "service-account" not in {kind for kind, _ in await changed(api, PRIYA)}
    limited = Who("rob", RITA.roles, areas=("Highways",))
    assert await changed(api, limited) == [("rfp", theirs)]
    own = Who("rita", RITA.roles, areas=("Highways",))  # what one raised oneself one sees everywhere
    assert await changed(api, own) == [("rfp", mine), ("rfp", theirs)]
    assert ("rfp", mine) in await changed(api, HANA)


async def test_a_position_that_the_record_has_not_reached_is_refused(api: Api) -> None:
    answer = await api.get(CHANGES, SAM, 422, after=10)
    assert answer.json()["type"] == "/problems/beyond-the-record"
    await api.get(CHANGES, SAM, 406, headers={"Accept": "image/png"}, after=0)
    await api.get(CHANGES, SAM, 422, headers={**STREAM, "Last-Event-ID": "x"}, after=0)


async def test_a_stream_goes_on_after_the_last_event_and_waits_for_a_slow_reader(api: Api) -> None:
    rfps = [await api.raised() for _ in range(3)]
    await shown_by_now(api)
    service = api.service
    sam = Person("sam", SAM.roles)
    feed = Feed(service.pool, service.record, service.visibility, service.permissions, SEEN_WITH, sam)
    stream = told(feed, 1, 1, beat=0.01)
    assert (await anext(stream)).startswith(b"retry")
    for number, rfp in enumerate(rfps[1:], start=2):
        [event] = events((await anext(stream)).decode())
        assert event == {"position": number, "kind": "rfp", "id": rfp}
    later = await api.raised()  # while nobody reads
    text = ""
    while not events(text):
        text = (await anext(stream)).decode()
    assert [event["id"] for event in events(text)] == [later]
    assert text.rstrip().endswith("id: 4\n: here")
    await stream.aclose()


def events(text: str) -> list[dict[str, object]]:
    """Return what server-sent events say."""
    return [
        json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")
    ]


class Follower:
    """Somebody who follows all changes, and asks again from where they are wherever the line breaks."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url, self.headers = url, headers
        self.position, self.told = 0, list[int]()
        self.until: int | None = None

    @property
    def is_through(self) -> bool:
        return self.until is not None and self.position >= self.until

    async def by_asking(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_SECONDS) as client:
            while not self.is_through:
                query = {"after": self.position, "wait": 1, "limit": 7}
                try:
                    answer = await client.get(CHANGES, params=query, headers=self.headers)
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code == 200:
                    page = answer.json()
                    self.told += [item["position"] for item in page["items"]]
                    self.position = page["next"]
                else:
                    assert answer.status_code in (422, 503), answer.text  # it knows no position yet
                    await asyncio.sleep(0.05)

    async def slowly_by_stream(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_SECONDS) as client:
            while not self.is_through:
                try:
                    await self._read_on(client)
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)

    async def _read_on(self, client: httpx.AsyncClient) -> None:
        headers = {**self.headers, **STREAM, "Last-Event-ID": str(self.position)}
        async with client.stream("GET", CHANGES, headers=headers) as answer:
            if answer.status_code != 200:
                await asyncio.sleep(0.05)
                return
            async for line in answer.aiter_lines():
                for event in events(line):
                    self.told.append(int(str(event["position"])))
                    self.position = self.told[-1]
                    await asyncio.sleep(0.001)  # it has something else to do
                if self.is_through:
                    return


@pytest.mark.slow
async def test_nothing_is_missed_or_told_twice_under_writers_a_crash_and_a_slow_reader(
    data_folder: Path,
) -> None:
    with running(data_folder) as service:
        token = demonstration_token(data_folder, "rita", [Role.REQUESTER, Role.AUDITOR])
        writers = Writers(service.url, token)
        asking, slow = (Follower(service.url, writers.headers) for _ in range(2))
        following = [asyncio.create_task(each) for each in (asking.by_asking(), slow.slowly_by_stream())]
        writing = [asyncio.create_task(writers.write()) for _ in range(MANY_WRITERS)]
        await writers.have_written(ENOUGH // 2)
        await asyncio.to_thread(service.kill)
        await asyncio.to_thread(service.start)
        await writers.have_written(ENOUGH)
        writers.enough = True
        await asyncio.gather(*writing)
        asking.until = slow.until = max(position for _, position in writers.receipts.values())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*following)
        everything = list(range(1, asking.until + 1))  # nothing else is in this record
        assert len(writers.receipts) == len(everything) >= ENOUGH
        assert asking.told == everything
        assert slow.told == everything
