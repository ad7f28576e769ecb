"""Webhooks from door to door: registered, challenged, told, and checked by other people's libraries."""

import asyncio
import base64
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook

from rfp_service import logs
from tests.shared.governance.notifications.receiver import Receiver, receiving
from tests.support.api import Api, running_api, sending_here
from tests.support.days import in_days
from tests.support.patience import PATIENCE_SECONDS
from tests.support.people import ADA, DEREK, HANA, LARS, SAM
from tests.support.postgres import Base, session


async def until(condition: Callable[[], Any]) -> Any:
    """Wait for something that becomes true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if found := condition():
                return found
            await asyncio.sleep(0.02)


@pytest.fixture
async def api(base: Base, tmp_path: Path) -> AsyncIterator[Api]:
    """The whole service, which may send to this machine."""
    settings = sending_here(base, tmp_path)
    async with running_api(base, settings=settings) as running:
        yield running


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


async def registered(api: Api, receiver: Receiver, **more: Any) -> tuple[str, str]:
    """Register an endpoint, and wait until it has answered its challenge; return its id and secret."""
    body = {"name": "Desk", "owner": "ada", "url": receiver.url, **more}
    made = (await api.post("/v1/webhook-endpoints", body, ADA)).json()
    await until_status(api, made["id"], "active")
    return made["id"], made["secret"]


async def until_status(api: Api, endpoint: str, status: str) -> Any:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            seen = (await api.get(f"/v1/webhook-endpoints/{endpoint}", ADA)).json()
            if seen["status"] == status:
                api.position = max(api.position, (await api.service.record.head()))
                return seen
            await asyncio.sleep(0.02)


async def decide(api: Api, endpoint: str, decision: str, expect: int = 200, **more: Any) -> Any:
    seen = (await api.get(f"/v1/webhook-endpoints/{endpoint}", ADA)).json()
    body = {"decision": decision, **more}
    path = f"/v1/webhook-endpoints/{endpoint}/decisions"
    return (await api.post(path, body, ADA, expect, version=seen["version"])).json()


async def test_a_program_hears_that_an_approval_is_requested_and_decided(
    api: Api, receiver: Receiver
) -> None:
    _endpoint, secret = await registered(api, receiver)
    rfp = await api.in_approval()
    [asked] = await until(lambda: receiver.of("approval.requested"))
    assert asked.event["data"] == {
        "case": {
            "kind": "rfp",
            "id": rfp,
            "link": f"http://127.0.0.1:8000/v1/rfps/{rfp}",
            "page": f"http://127.0.0.1:8000/console/rfps/{rfp}",
        },
        "tier": "head",
        "party": "",
        "position": asked.event["data"]["position"],
        "wait": "",
        "withheld": False,
        "challenge": "",
    }
    assert asked.headers["webhook-id"] == asked.event["id"]
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    [told] = await until(lambda: receiver.of("approval.decided"))
    assert int(told.event["sequence"]) > int(asked.event["sequence"])
    for got in receiver.got:
        for library in (Webhook(secret), SvixWebhook(secret)):
            library.verify(got.body, dict(got.headers))
            with pytest.raises(Exception, match=r".+"):
                library.verify(got.body + b" ", dict(got.headers))
    assert "rita" not in b"".join(got.body for got in receiver.got).decode()


async def test_both_secrets_sign_while_one_replaces_the_other(api: Api, receiver: Receiver) -> None:
    endpoint, old = await registered(api, receiver)
    new = (await decide(api, endpoint, "rotate-secret"))["secret"]
    assert new.startswith("whsec_")
    assert new != old
    await decide(api, endpoint, "ping")
    [ping] = await until(lambda: receiver.of("endpoint.ping"))
    for secret in (old, new):
        assert Webhook(secret).verify(ping.body, dict(ping.headers)) == ping.event
    seen = (await api.get(f"/v1/webhook-endpoints/{endpoint}", SAM)).text
    assert "whsec_" not in seen


async def test_an_endpoint_says_what_is_next_before_and_after_it_has_answered(api: Api) -> None:
    body = {"name": "Desk", "owner": "ada", "url": "http://127.0.0.1:9/nobody-listens"}
    endpoint = (await api.post("/v1/webhook-endpoints", body, ADA)).json()["id"]
    seen = (await api.get(f"/v1/webhook-endpoints/{endpoint}", ADA)).json()
    said = {each["decision"]: each for each in seen["next"]}
    assert {name for name, each in said.items() if each["allowed"]} == {
        "change-filters",
        "challenge",
        "rotate-secret",
        "delete",
    }
    assert said["pause"]["why_not"]["type"] == "/problems/endpoint-not-verified"
    await decide(api, endpoint, "delete", reason="A slip.")
    seen = (await api.get(f"/v1/webhook-endpoints/{endpoint}", ADA)).json()
    assert {each["why_not"]["type"] for each in seen["next"]} == {"/problems/endpoint-gone"}
    assert (await api.get(f"/v1/webhook-endpoints/{endpoint}", SAM)).json()["next"] == []


@pytest.mark.slow
async def test_what_an_endpoint_is_not_told_of_does_not_come(api: Api, receiver: Receiver) -> None:
    await api.adopt_scheme()
    await registered(api, receiver, types=["approval.requested"], teams=["director"])
    async with receiving() as other:
        await registered(api, other, types=["approval.decided"], areas=["Registrars"])
        rfp = await api.in_approval(adopt=False)
        await api.decide(rfp, "approve", HANA, reason="In budget.")
        await until(lambda: other.of("approval.decided"))
        assert [got.event["type"] for got in other.got] == ["endpoint.challenge", "approval.decided"]
    assert [got.event["type"] for got in receiver.got] == ["endpoint.challenge"]


@pytest.mark.slow
async def test_paused_it_is_held_and_a_period_is_recovered_exactly(api: Api, receiver: Receiver) -> None:
    endpoint, _ = await registered(api, receiver, types=["approval.requested"])
    await decide(api, endpoint, "pause", reason="Works.")
    await api.in_approval()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if "held" in await _statuses(api, endpoint):
                break
            await asyncio.sleep(0.02)
    await decide(api, endpoint, "ping", expect=409)
    await decide(api, endpoint, "resume")
    await decide(api, endpoint, "recover", since="2020-01-01T00:00:00Z", until="2020-01-02T00:00:00Z")
    await decide(api, endpoint, "recover", since="2020-01-01T00:00:00Z", until="2099-01-01T00:00:00Z")
    [asked] = await until(lambda: receiver.of("approval.requested"))
    orders = await api.service.pool.fetch("SELECT deliveries FROM delivery_orders ORDER BY id")
    assert [row["deliveries"] for row in orders] == [0, 1]
    page = (await api.get("/v1/deliveries", ADA, type="approval.requested")).json()
    [delivery] = page["items"]
    await decide(api, endpoint, "resend", delivery_id=delivery["id"])
    await until(lambda: len(receiver.of("approval.requested")) == 2)
    again = receiver.of("approval.requested")[1]
    assert (again.id, again.body) == (asked.id, asked.body)
    await decide(api, endpoint, "resend", expect=409, delivery_id=delivery["id"] + 1_000)


async def _statuses(api: Api, endpoint: str) -> list[str]:
    rows = await api.service.pool.fetch("SELECT status FROM deliveries WHERE target = $1", endpoint)
    return [row["status"] for row in rows]


async def test_attempts_are_checked_against_the_record(api: Api, receiver: Receiver) -> None:
    endpoint, _ = await registered(api, receiver)
    delivery = (await api.get("/v1/deliveries", ADA, target=endpoint)).json()["items"][0]
    seen = (await api.get(f"/v1/deliveries/{delivery['id']}/attempts", SAM, after=None)).json()["attempts"]
    assert [attempt["status_code"] for attempt in seen] == [200]
    await api.get("/v1/deliveries/999999/attempts", SAM, expect=404, after=None)
    await api.get("/v1/deliveries/proof", HANA, expect=403, after=None)
    assert (await api.get("/v1/deliveries/proof", SAM, after=None)).json()["differing"] == []


async def test_of_an_exempt_matter_no_more_is_said_than_that_there_is_one(
    api: Api, receiver: Receiver
) -> None:
    await api.adopt_scheme()
    await registered(api, receiver)
    rfp = await api.in_approval(adopt=False)
    await until(lambda: receiver.of("approval.requested"))
    exemption = {
        "matter_id": rfp,
        "fields": ["estimate_pence"],
        "paragraph": 3,
        "reason": "It shows our ceiling.",
        "public_interest": "A better price.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", exemption, LARS)
    await api.get("/v1/exemptions", LARS)  # its view is there
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    [told] = await until(lambda: receiver.of("approval.decided"))
    said = told.event["data"]
    assert (said["withheld"], said["tier"], said["case"]["id"]) == (True, "", rfp)
    assert "head" not in told.body.decode()


@pytest.mark.slow
async def test_people_and_areas_of_others_are_none_of_an_endpoints_business(
    api: Api, receiver: Receiver
) -> None:
    await api.adopt_scheme()
    await api.meets(HANA, DEREK)
    for named in ({"owner": "nobody"}, {"people": ["nobody"]}):  # whom nobody could ever tell
        body = {"name": "Desk", "owner": "ada", "url": receiver.url, **named}
        refused = (await api.post("/v1/webhook-endpoints", body, ADA, 409)).json()
        assert (refused["type"], refused["person"]) == ("/problems/no-such-person", "nobody")
    await registered(api, receiver, people=["hana"], areas=["Registrars"])
    async with receiving() as other, receiving() as elsewhere:
        await registered(api, other, people=["derek"])
        await registered(api, elsewhere, areas=["Libraries"])
        rfp = await api.in_approval(20_000_000, adopt=False)
        await until(lambda: receiver.of("approval.requested"))
        await api.decide(rfp, "approve", HANA, reason="In budget.")
        [asked] = await until(lambda: other.of("approval.requested"))
        assert asked.event["data"]["tier"] == "director"
        rows = "SELECT 1 FROM notifications WHERE spread_at IS NULL"
        assert await api.service.pool.fetch(rows) == []
        assert elsewhere.of("approval.requested") == elsewhere.of("approval.decided") == []
        assert [got.event["data"]["tier"] for got in receiver.of("approval.requested")] == ["head"]


async def test_no_secret_is_in_a_log_an_answer_or_a_dump(
    api: Api, receiver: Receiver, base: Base, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("debug")
    try:
        endpoint, old = await registered(api, receiver)
        new = (await decide(api, endpoint, "rotate-secret"))["secret"]
        receiver.answer = lambda _: (503, {}, b"")
        await decide(api, endpoint, "ping")
        await until(lambda: receiver.of("endpoint.ping"))
        answers = [(await api.get(f"/v1/webhook-endpoints/{endpoint}", ADA)).text]
        answers += [(await api.get(path, SAM)).text for path in ("/v1/deliveries", "/v1/audit/decisions")]
        answers.append((await api.get(f"/v1/audit/streams/{endpoint}", SAM)).text)
    finally:
        logs.configure("critical")
    heard = capsys.readouterr()
    dump = await everything_in(base)
    assert endpoint in dump
    for secret in (old, new):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        for form in (secret, secret.removeprefix("whsec_"), key.hex()):
            assert form not in heard.out + heard.err + "".join(answers) + dump


async def test_a_refusal_names_the_host_and_what_is_wrong_with_its_address_and_no_more(api: Api) -> None:
    refused = {
        "https://hooks.elsewhere.example/s3cret": ("hooks.elsewhere.example", "does not name"),
        "http://hooks.elsewhere.example/s3cret": ("hooks.elsewhere.example", "https"),
        "https://s3cret@hooks.elsewhere.example/": ("hooks.elsewhere.example", "user name"),
        "https://10.0.0.1/s3cret": ("", "number"),
        "https://hooks.example:s3cret/": ("", "port"),
    }
    for url, (host, why) in refused.items():
        for target in ("webhook", "teams-workflow"):
            body = {"name": "Desk", "owner": "ada", "url": url, "target": target}
            answer = await api.post("/v1/webhook-endpoints", body, ADA, 409)
            assert answer.json()["host"] == host, url
            assert why in answer.json()["why"]
            assert "s3cret" not in answer.text


def couriers() -> list[int]:
    """Return the couriers that this process has begun."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            words = stat.with_name("cmdline").read_text().split("\0")
            if "shared.governance.notifications.courier" in words:
                parent = stat.read_text().rpartition(")")[2].split()[1]
                found += [int(stat.parent.name)] if int(parent) == os.getpid() else []
    return found


@pytest.mark.slow
async def test_what_is_sent_goes_by_a_child_and_by_another_when_that_dies(
    api: Api, receiver: Receiver
) -> None:
    endpoint, _ = await registered(api, receiver)
    [first] = couriers()
    await asyncio.to_thread(os.kill, first, signal.SIGKILL)
    await decide(api, endpoint, "ping")
    await until(lambda: receiver.of("endpoint.ping"))
    [second] = couriers()
    assert second != first
    assert "DATABASE_URL" not in Path("/proc", str(second), "environ").read_text()  # noqa: ASYNC240  # no disk


async def everything_in(base: Base) -> str:
    """Return every row of every table as text, as a dump would hold it."""
    async with session(base.owner) as owner:
        tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [await owner.fetch(f'SELECT t::text FROM "{table["tablename"]}" t') for table in tables]
    return "\n".join(row[0] for found in rows for row in found)
