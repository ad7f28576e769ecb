"""Endpoints in the console: registered, challenged, told, paused, and told again what they missed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.test_console import hidden, send, sign_in
from tests.service.test_console_managing import ADMIN, decided, text
from tests.service.test_webhooks import until, until_status
from tests.shared.governance.notifications.receiver import Receiver, receiving
from tests.support.api import Api, running_api, sending_here
from tests.support.postgres import Base
from tests.support.visiting import said

NEW = "/console/manage/webhook-endpoints/new"
NOBODY = "http://127.0.0.1:9/rfp"  # where nobody listens


@pytest.fixture
async def api(base: Base, tmp_path: Path) -> AsyncIterator[Api]:
    """The whole service, which may send to this machine."""
    settings = sending_here(base, tmp_path)
    async with running_api(base, settings=settings) as running:
        await running.meets(ADMIN)
        yield running


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


async def registered(api: Api, url: str, **more: str) -> tuple[str, str]:
    """Register an endpoint from its form; return its page, and the page that shows its secret."""
    await sign_in(api, "ada-admin")
    typed = {**await hidden(api, NEW), "name": "Desk", "owner": "ada-admin", "url": url, **more}
    answer = await send(api, NEW, typed)
    assert answer.status_code == 200, answer.text
    page = re.search(r'href="(/console/webhook-endpoints/[0-9a-f-]{36})', answer.text)
    assert page is not None
    return page[1], answer.text


async def test_an_endpoint_is_registered_and_its_secret_shown_once(api: Api) -> None:
    await sign_in(api, "ada-admin")
    shown = await text(api, NEW)
    assert "nothing else before it has answered" in said(shown)
    page, secret = await registered(api, NOBODY, **{"types.approval.requested": "yes"})
    assert "whsec_" in secret
    shown = await text(api, f"{page}?done=created")
    assert "whsec_" not in shown
    assert "Nothing else is sent there until it has answered" in said(shown)
    assert "Told of Approval requested" in said(shown)
    assert "This endpoint has yet to answer its challenge." in said(shown)  # why it can't be asked or paused
    answer = await decided(api, page, "challenge")
    assert answer.headers["location"] == f"{page}?done=challenge"
    assert "Send its challenge again: recorded." in await text(api, answer.headers["location"])


async def test_an_address_that_is_not_allowed_is_refused_with_what_was_typed(api: Api) -> None:
    await sign_in(api, "ada-admin")
    typed = {
        **await hidden(api, NEW),
        "name": "Desk",
        "owner": "ada-admin",
        "url": "https://elsewhere.example/",
    }
    refused = await send(api, NEW, typed)
    assert (refused.status_code, 'value="https://elsewhere.example/"' in refused.text) == (409, True)
    assert (
        "The list of allowed receivers does not include this address."
        " The allow-list does not name its host with that port."
    ) in said(refused.text)


@pytest.mark.slow
async def test_an_endpoint_is_paused_resumed_and_told_again_what_it_missed(
    api: Api, receiver: Receiver
) -> None:
    page, _ = await registered(api, receiver.url)
    endpoint = page.rpartition("/")[2]
    await until_status(api, endpoint, "active")
    assert "is told what happens" in said(await text(api, page))
    await decided(api, page, "ping")
    await until(lambda: receiver.of("endpoint.ping"))
    log = f"/console/deliveries?target={endpoint}"
    assert "Endpoint ping" in await text(api, log)
    await decided(api, page, "pause", reason="Maintenance.")
    assert "Nothing is sent there." in said(await text(api, page))
    await decided(api, page, "resume")
    [first, *_] = re.findall(r"/console/deliveries/(\d+)\?[^\"]*", await text(api, log))
    one = await text(api, f"/console/deliveries/{first}?target={endpoint}")
    path = f"{page}/decisions/resend"
    assert f"{path}?delivery_id={first}" in one
    assert f'<option value="{first}" selected>' in await text(api, f"{path}?delivery_id={first}")
    before = len(receiver.got)
    await decided(api, page, "resend", delivery_id=first)
    await until(lambda: len(receiver.got) > before)
    answer = await decided(api, page, "recover", since="2026-01-01T00:00", until="2026-01-01T00:00")
    assert (answer.status_code, "A period must end after it begins." in answer.text) == (409, True)
    assert 'value="2026-01-01T00:00"' in answer.text


async def test_what_it_is_told_opens_as_it_stands_and_is_said_whole(api: Api) -> None:
    page, _ = await registered(api, NOBODY, areas="Registrars", **{"types.approval.requested": "yes"})
    opened = await text(api, f"{page}/decisions/change-filters")
    assert 'name="types.approval.requested" type="checkbox" value="yes" checked' in opened
    await decided(api, page, "change-filters", **{"types.job.ended": "yes"})
    shown = said(await text(api, page))
    assert "Told of Job ended" in shown
    assert "Cases of Every service" in shown


async def test_a_stale_page_of_an_endpoint_keeps_what_was_typed(api: Api) -> None:
    page, _ = await registered(api, NOBODY)
    path = f"{page}/decisions/delete"
    form = await hidden(api, path)
    await decided(api, page, "challenge")
    stale = await send(api, path, {**form, "reason": "No longer there."})
    assert (stale.status_code, "No longer there." in stale.text) == (412, True)
    assert "changed while you had it open" in stale.text


@pytest.mark.slow
async def test_a_new_secret_is_shown_once_and_the_attempts_are_as_recorded(
    api: Api, receiver: Receiver
) -> None:
    page, before = await registered(api, receiver.url)
    await until_status(api, page.rpartition("/")[2], "active")
    answer = await decided(api, page, "rotate-secret")
    assert (answer.status_code, "whsec_" in answer.text, answer.text == before) == (200, True, False)
    assert "2 secrets" in await text(api, page)
    assert "is as the record says" in said(await text(api, "/console/deliveries?checked=yes"))


async def test_the_log_is_for_those_who_may_read_it(api: Api) -> None:
    await sign_in(api, "rita-requester")
    for path in ("/console/deliveries", "/console/webhook-endpoints", "/console/deliveries/1"):
        assert (await api.client.get(path)).status_code == 403
