"""An event of a later release stops what needs it, by name: not signing, others' work, or deadlines."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from rfp_service.rfps.domain.rfp import Rfp
from shared.embedded.places import Places
from shared.governance.scheme.domain import SCHEME_ID
from shared.kernel.roles import Role
from shared.kernel.system_actors import CLOCK
from shared.web.access.issuer import demonstration_token
from tests.rfps import way
from tests.support.api import Api, running_api
from tests.support.days import in_days
from tests.support.patience import LOOKS, until_true
from tests.support.people import LARS, PRIYA, RITA, SAM
from tests.support.postgres import Base, session
from tests.support.running import Running, running
from tests.support.specs import as_stored, stamp

LATER = "RfpSuspended"
SAID = {"data": {"stage": "suspended", "price_pence": 4711}, "by": "paul"}
APPEND = "SELECT position FROM append_events('{0}', $1, $2, $3, $4, '{}', '{}', '{}', '{}')"


def of_a_later_release(at: datetime | None = None) -> bytes:
    return json.dumps({**SAID, "at": (at or datetime.now(UTC)).isoformat()}).encode()


async def poison(api: Api, stream_id: UUID, version: int) -> int:
    """Append what a later release would; return its position."""
    stored = StoredEvent(stream_id, version, LATER, of_a_later_release())
    place = await api.service.store.append([stored])
    api.position = max(api.position, place.position)
    return place.position


async def ready(api: Api, **expected: object) -> dict[str, object]:
    """Return what readiness says, once it says this."""
    for _ in range(LOOKS):
        said = (await api.client.get("/readyz")).json()
        if all(said[name] == value for name, value in expected.items()):
            return dict(said)
        await asyncio.sleep(0.05)
    raise AssertionError(said)


async def test_only_its_own_stream_is_closed_and_everything_says_so(api: Api) -> None:
    await api.adopt_scheme()
    rfp, other = await api.raised(), await api.raised(title="Chairs")
    position = await poison(api, UUID(rfp), 2)
    said = await ready(api, stopped_views=["flow_corrections", "flow_steps", "rfps"])
    assert said["status"] == "not ready"
    [view, *_] = said["stopped"]  # type: ignore[misc]
    assert (view["position"], view["event_position"], view["event_type"]) == (position - 1, position, LATER)
    assert f"install the release that knows {LATER}" in view["do"]
    [unread] = said["unread_events"]  # type: ignore[misc]
    assert (unread["stream_id"], unread["kind"], unread["why"]) == (rfp, "rfp", "unknown type")
    metrics = (await api.client.get("/metrics")).text
    assert f'rfp_view_stopped{{event_type="{LATER}",view="rfps"}} 1.0' in metrics
    assert "rfp_unread_events 1.0" in metrics

    closed = await api.post(
        f"/v1/rfps/{rfp}/decisions", {"decision": "withdraw", "reason": "No need."}, version=2, expect=503
    )
    assert closed.json()["type"] == "/problems/event-unread"
    assert (closed.json()["position"], closed.json()["event_type"]) == (position, LATER)
    assert closed.headers["Retry-After"]
    await api.get(f"/v1/rfps/{rfp}/history", expect=503)
    await api.decide(other, "amend", cost_centre="CC-1")
    assert (await api.get(f"/v1/rfps/{other}/history")).json()["version"] == 2


async def test_the_audit_shows_that_it_was_decided_and_withholds_what_it_says(api: Api) -> None:
    rfp, other = await api.raised(), await api.raised(title="Chairs")
    position = await poison(api, UUID(rfp), 2)
    await api.get(f"/v1/audit/streams/{rfp}", SAM, 503)
    await api.get(f"/v1/audit/decisions/{position}", SAM, 503)
    decided = (await api.get("/v1/audit/decisions", SAM)).json()["items"]
    assert [row["decision"] for row in decided[:2]] == [LATER, "RfpRaised"]
    assert decided[0]["by"] == "paul"
    assert "4711" not in json.dumps(decided)  # nobody can say what of it is sealed
    proof = (await api.get(f"/v1/audit/proofs/{position}", SAM, after=None)).json()
    assert proof["size"] >= position
    assert (proof["entry"], bool(proof["withheld"])) == (None, True)
    bundle = await api.get("/v1/audit/bundles", SAM, stream_id=rfp)
    assert b"4711" not in bundle.content
    changed = await api.get("/v1/audit/comparisons", SAM, from_="0")
    assert {item["stream_id"] for item in changed.json()["items"]} >= {rfp, other}


async def test_where_it_may_say_that_something_is_exempt_only_the_entitled_read_on(api: Api) -> None:
    rfp, other = await api.raised(), await api.raised(title="Chairs")
    body = {
        "matter_id": rfp,
        "fields": ["title"],
        "paragraph": 3,
        "reason": "A bidder's prices.",
        "public_interest": "A better price.",
        "review_on": in_days(180),
    }
    made = (await api.post("/v1/exemptions", body, LARS)).json()["id"]
    assert (await api.get(f"/v1/rfps/{other}")).json()["title"] == "Chairs"
    await poison(api, UUID(made), 2)
    await ready(api, stopped_views=["exemptions"])

    async def closed() -> bool:  # what is exempt is looked at once in a while
        answer = await api.client.get(f"/v1/rfps/{other}", headers=api.headers(RITA))
        return b"/problems/exemptions-not-known" in answer.content

    await until_true(closed)
    assert (await api.get(f"/v1/rfps/{other}", LARS, after=None)).json()["title"] == "Chairs"
    for text in ("chairs", "nothingofthesort"):  # a list that finds nothing tells as little
        await api.get("/v1/rfps", q=text, expect=503, after=None)
        await api.get("/v1/rfps", LARS, q=text, after=None)


async def test_without_the_schemes_rules_nothing_is_decided_and_all_else_goes_on(api: Api) -> None:
    await api.adopt_scheme()
    rfp = await api.raised()
    position = await poison(api, SCHEME_ID, 3)
    refused = await api.post("/v1/rfps", {"title": "A", "description": "B.", "service_area": "C"}, expect=503)
    assert refused.json()["type"] == "/problems/event-unread"
    said = await ready(api, stopped_views=[], visible=position)
    assert said["status"] == "ready"  # no view needs it, and reads go on
    assert [each["position"] for each in said["unread_events"]] == [position]  # type: ignore[attr-defined]
    assert (await api.get(f"/v1/rfps/{rfp}/history")).json()["version"] == 1
    assert (await api.get("/v1/audit/decisions", SAM)).json()["items"][0]["decision"] == LATER
    assert (await api.get(f"/v1/audit/proofs/{position}", SAM)).json()["size"] >= position
    await api.get("/v1/scheme", PRIYA, 503)
    await api.get("/v1/rfps", expect=503)  # it says by when each should leave its stage, by the scheme


async def test_a_deadline_of_its_stream_waits_without_being_given_up_and_others_fire(base: Base) -> None:
    async with running_api(base) as api:
        await api.adopt_scheme()
        store, pool = api.service.store, api.service.pool
        closed, other = uuid4(), uuid4()
        for case in (closed, other):
            events = [
                store.mapper.stored(case, n, as_stored(event), stamp("ann"))
                for n, event in enumerate(way.IN_STANDSTILL, start=1)
            ]
            later = StoredEvent(case, len(events) + 1, LATER, of_a_later_release())
            await store.append([*events, later] if case == closed else events)
        waiting = "SELECT attempts, settled_at, outcome FROM deadlines WHERE case_id = $1 AND kind = $2"
        for _ in range(LOOKS):  # long overdue, so they fire when they are set
            fired = await pool.fetchrow(waiting, other, "standstill")
            tried = await pool.fetchrow(waiting, closed, "standstill")
            if fired and fired["settled_at"] and tried:
                break
            await asyncio.sleep(0.05)
        assert fired["outcome"] == "moved"
        *_, last = await store.reader.stream(other)
        assert last.by == CLOCK
        assert (await store.load(other, Rfp())).version == len(way.IN_STANDSTILL) + 1
        said = await ready(api, stopped_views=["flow_corrections", "flow_steps", "rfps"])
        assert said["unread_events"][0]["waiting_deadlines"] == 2  # type: ignore[index]
        for _ in range(3):
            await pool.execute("UPDATE deadlines SET leased_until = NULL WHERE settled_at IS NULL")
            await asyncio.sleep(0.1)
        tried = await pool.fetchrow(waiting, closed, "standstill")
        assert (tried["settled_at"], tried["attempts"] <= 1) == (None, True)


async def appended(service: Running, stream_id: UUID, version: int) -> int:
    async with session(Places.of(service.data_dir).addresses().service) as connection:
        await connection.fetch(APPEND, [stream_id], [version], [LATER], [of_a_later_release()])
        return int(await connection.fetchval("SELECT position FROM event_head"))


@pytest.mark.slow
async def test_a_worker_killed_and_begun_again_signs_on_and_says_the_same(data_folder: Path) -> None:
    with running(data_folder) as service:
        position = await appended(service, uuid4(), 1)
        rfp = uuid4()
        await asyncio.to_thread(service.kill)
        service.begin()
        position = await appended(service, rfp, 1)
        said = await until(service, position)
        assert said["stopped_views"] == ["flow_corrections", "flow_steps"]
        await asyncio.to_thread(service.kill)
        service.begin()
        position = await appended(service, rfp, 2)
        said = await until(service, position)
        assert said["stopped_views"] == ["flow_corrections", "flow_steps"]
        assert said["visible"] == position
        rebuilt = await asyncio.to_thread(service.run, "rebuild")
        assert f"install the release that knows {LATER}" in rebuilt.stdout
        assert "flow_steps stands at position 0." in rebuilt.stdout
        assert f"Every other view is rebuilt as of position {position}." in rebuilt.stdout
        checked = await asyncio.to_thread(service.run, "audit", "fsck")
        assert f"{position} entries, " in checked.stdout
        assert " 0 findings" in checked.stdout


async def until(service: Running, position: int) -> dict[str, object]:
    """Return what readiness says once the process is there, and has signed and shown a position."""
    token = demonstration_token(service.data_dir, "sam", [Role.SCRUTINY_MEMBER])
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(LOOKS):
        try:
            said = await asyncio.to_thread(service.get, "/readyz")
            signed = await asyncio.to_thread(service.get, f"/v1/audit/proofs/{position}", headers)
            if said.json()["visible"] >= position and signed.json().get("size", 0) >= position:
                return dict(said.json())
        except OSError:
            pass
        except Exception as error:  # not there yet
            if "Connect" not in type(error).__name__:
                raise
        await asyncio.sleep(0.1)
    raise AssertionError("it neither signs nor shows")
