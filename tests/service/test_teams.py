"""Teams workflows: a card with a link, to a channel or a person, at an address that nobody sees again."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rfp_service import logs
from tests.service.test_webhooks import decide, everything_in, until, until_status
from tests.shared.governance.notifications.receiver import Got, Receiver, receiving
from tests.support.api import Api, running_api, sending_here
from tests.support.deliveries import let_be_due, one_has_failed
from tests.support.patience import until_true
from tests.support.people import ADA, HANA, SAM
from tests.support.postgres import Base

SIGNATURE = "sig=c3VwZXItc2VjcmV0LXdvcmtmbG93"
CHOICE = "/v1/notification-choice"


def telling_tales(_: Got) -> tuple[int, Mapping[str, str], bytes]:
    """Take everything, and say the address back."""
    return 202, {}, f"Taken at {SIGNATURE}".encode()


@pytest.fixture
async def workflow() -> AsyncIterator[Receiver]:
    async with receiving(telling_tales) as made:
        yield made


@pytest.fixture
async def api(base: Base, tmp_path: Path) -> AsyncIterator[Api]:
    settings = sending_here(base, tmp_path)
    async with running_api(base, settings=settings) as running:
        yield running


def address(workflow: Receiver) -> str:
    return f"{workflow.url}/workflows/abc/triggers/manual/paths/invoke?api-version=1&{SIGNATURE}"


def titles(workflow: Receiver) -> list[str]:
    return [card(got)["body"][0]["text"] for got in workflow.got]


def card(got: Got) -> dict[str, Any]:
    """Return the one card of a message, which opens a link and does nothing else."""
    assert got.event["type"] == "message"
    [attachment] = got.event["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    content: dict[str, Any] = attachment["content"]
    assert (content["type"], content["version"]) == ("AdaptiveCard", "1.4")
    assert [action["type"] for action in content["actions"]] == ["Action.OpenUrl"]
    assert "webhook-signature" not in got.headers
    return content


@pytest.mark.slow
async def test_a_channel_gets_a_card_and_its_address_is_never_seen_again(
    api: Api, workflow: Receiver, base: Base, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("debug")
    try:
        body = {
            "name": "Heads",
            "owner": "ada",
            "url": address(workflow),
            "target": "teams-workflow",
            "types": ["approval.requested"],
        }
        made = await api.post("/v1/webhook-endpoints", body, ADA)
        endpoint = made.json()["id"]
        assert made.json()["secret"] is None
        seen = await until_status(api, endpoint, "active")
        assert (seen["url"], seen["host"]) == (None, None)
        rfp = await api.in_approval()
        await until(lambda: "Your approval is asked for" in titles(workflow))
        [action] = card(workflow.got[-1])["actions"]
        assert action["url"] == f"http://127.0.0.1:8000/console/rfps/{rfp}"
        await decide(api, endpoint, "rotate-secret", expect=409)
        listed = (await api.get("/v1/deliveries", ADA, target=endpoint)).json()["items"]
        answers = [made.text, (await api.get("/v1/webhook-endpoints", ADA)).text]
        answers.append((await api.get(f"/v1/audit/streams/{endpoint}", SAM)).text)
        paths = [f"/v1/deliveries/{each['id']}/attempts" for each in listed]
        answers += [(await api.get(path, SAM, after=None)).text for path in paths]
    finally:
        logs.configure("critical")
    heard = capsys.readouterr()
    dump = await everything_in(base)
    assert endpoint in dump
    for form in (SIGNATURE, SIGNATURE.encode().hex(), "workflows/abc", b"workflows/abc".hex()):
        assert form not in heard.out + heard.err + "".join(answers) + dump


async def test_a_person_is_told_by_a_workflow_of_their_own(api: Api, workflow: Receiver, base: Base) -> None:
    await api.adopt_scheme()
    await api.meets(HANA)
    choose = {"decision": "choose", "mail": False, "teams": True}
    await api.post(f"{CHOICE}/decisions", choose, HANA, expect=409, version=0)  # which workflow?
    elsewhere = {**choose, "teams_workflow": "https://elsewhere.example/?sig=1"}
    await api.post(f"{CHOICE}/decisions", elsewhere, HANA, expect=409, version=0)
    named = {**choose, "teams_workflow": address(workflow)}
    await api.post(f"{CHOICE}/decisions", named, HANA, version=0)
    await api.post(f"{CHOICE}/decisions", {**choose, "working_days_only": False}, HANA, version=1)
    shown = await api.get(CHOICE, HANA)
    assert shown.json()["teams"] is True
    assert SIGNATURE not in shown.text
    rfp = await api.in_approval(adopt=False)
    await until(lambda: titles(workflow) == ["Your approval is asked for"])
    assert card(workflow.got[0])["actions"][0]["url"].endswith(rfp)
    assert workflow.got[0].headers["content-type"] == "application/json"
    dump = await everything_in(base)
    assert SIGNATURE not in dump
    await api.post(f"{CHOICE}/decisions", {"decision": "choose"}, HANA, version=2)
    assert (await api.get(CHOICE, HANA)).json()["teams"] is False
    assert await api.service.pool.fetchval("SELECT count(*) FROM endpoint_secrets") == 0


@pytest.mark.slow
async def test_a_workflow_that_fails_is_tried_again_and_nobody_else_waits_for_it(
    api: Api, workflow: Receiver
) -> None:
    await api.adopt_scheme()
    await api.meets(HANA)
    workflow.answer = lambda _: (503, {}, b"")
    named = {"decision": "choose", "teams": True, "teams_workflow": address(workflow)}
    await api.post(f"{CHOICE}/decisions", named, HANA, version=0)
    await api.in_approval(adopt=False)
    await until(lambda: titles(workflow) == ["Your approval is asked for"])
    workflow.answer = telling_tales
    await until_true(lambda: one_has_failed(api.service.pool))
    await let_be_due(api.service.pool)
    await until(lambda: len(workflow.got) == 2)
    assert workflow.got[0].body == workflow.got[1].body
