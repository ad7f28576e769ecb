"""What is added from the console besides RFPs: orders, exemptions, promises, consultations, people."""

from tests.outcomes.test_http import programme
from tests.service.test_console import RITA, hidden, send, sign_in
from tests.service.test_console_managing import (
    ADMIN,
    ASKED,
    EXEMPTION,
    PROMISED,
    a_year_begun,
    begun,
    decided,
    listed,
    one_of,
    text,
    waiting_pages,
)
from tests.support.api import Api
from tests.support.people import ADA, PIA
from tests.support.visiting import said

EXEMPT = "/console/manage/exemptions/new"
ORDER = "/console/manage/catalogue-orders/new"
INVITE = "/console/manage/people/new"


async def test_an_item_is_ordered_from_its_page_sent_and_comes(api: Api) -> None:
    await begun(api)
    item = await one_of(api, "catalogue-items")
    await sign_in(api, "rita-requester")
    assert f"{ORDER}?item_id={item}" in await text(api, f"/console/catalogue-items/{item}")
    path = f"{ORDER}?item_id={item}"
    assert f'<option value="{item}" selected>' in await text(api, path)
    typed = {**await hidden(api, path), "item_id": item, "quantity": "0"}
    typed |= {"service_area": "Registrars", "cost_centre": "CC-1"}
    refused = await send(api, ORDER, typed)
    assert (refused.status_code, "How many" in refused.text) == (422, True)
    typed = {**await hidden(api, path), **typed, "quantity": "3", "key": (await hidden(api, path))["key"]}
    answers = [await send(api, ORDER, typed) for _ in range(2)]
    page = answers[0].headers["location"].split("?")[0]
    assert answers[1].headers["location"].split("?")[0] == page
    assert "3 × Standard laptop" in await text(api, page)  # noqa: RUF001  # as a bill says it
    assert "It waits to be sent" in said(await text(api, page))
    await sign_in(api, "priya-procurement")
    assert page in await waiting_pages(api)
    await decided(api, page, "send-order", fulfiller="IT stores")
    await sign_in(api, "rita-requester")
    shown = said(await text(api, page))
    assert "It is on its way from IT stores" in shown
    assert "Order sent" in shown  # its history


async def test_fields_of_an_rfp_are_kept_from_the_public_and_opened_again(api: Api) -> None:
    rfp = await api.raised(title="Laptops for the coroner")
    await sign_in(api, "lars-legal")
    there = f"{EXEMPT}?matter_id={rfp}"
    assert there in await text(api, f"/console/rfps/{rfp}")
    assert "First say of what" in await text(api, EXEMPT)
    assert "Laptops for the coroner (RFP-" in said(await text(api, there))
    form = await hidden(api, there)
    typed = {name: str(EXEMPTION[name]) for name in ("paragraph", "reason", "public_interest", "review_on")}
    missing = await send(api, EXEMPT, {**form, **typed})
    assert (missing.status_code, "Choose: what of it is exempt" in missing.text) == (422, True)
    answer = await send(api, EXEMPT, {**await hidden(api, there), **typed, "fields.title": "yes"})
    page = answer.headers["location"].split("?")[0]
    shown = said(await text(api, page))
    assert ("Exemption · Laptops for the coroner" in shown, "Paragraph 3 of" in shown) == (True, True)
    await sign_in(api, "sam-scrutiny")
    assert "Laptops for the coroner" not in await text(api, f"/console/rfps/{rfp}")
    assert "Laptops for the coroner" not in await text(api, page)
    await sign_in(api, "lars-legal")
    assert "be undone." in await text(api, f"{page}/decisions/release")
    await decided(api, page, "release", reason="It is public now.")
    assert "open to everybody" in said(await text(api, page))
    assert [each["status"] for each in await listed(api, "exemptions")] == ["released"]


async def test_a_person_is_invited_once_and_a_stale_directory_keeps_what_was_typed(api: Api) -> None:
    await begun(api)
    await sign_in(api, "ada-admin")
    form = await hidden(api, INVITE)
    link = {"decision": "invite", "person": "somebody"}
    await api.post("/v1/directory/decisions", link, ADA, version=int(form["version"]))
    stale = await send(api, INVITE, {**form, "person": "nora-new"})
    assert (stale.status_code, 'value="nora-new"' in stale.text) == (412, True)
    assert "Nothing was done" in stale.text
    answer = await send(api, INVITE, {**await hidden(api, INVITE), "person": "nora-new"})
    assert answer.headers["location"] == "/console/people/nora-new?done=created"
    assert "nora-new" in await text(api, "/console/people/nora-new")
    again = await send(api, INVITE, {**await hidden(api, INVITE), "person": "nora-new"})
    assert again.status_code == 409
    assert "nora-new" in {each["id"] for each in (await api.get("/v1/people", ADMIN)).json()["items"]}


async def test_promised_data_are_noted_chased_and_come(api: Api) -> None:
    await sign_in(api, "pia-programme")
    assert "There is none here yet." in await text(api, "/console/promised-data")
    made = await programme(api)
    await api.get("/v1/programmes", PIA)  # until the views show it
    path = "/console/manage/promised-data/new"
    assert f'<option value="{made}" selected>' in await text(api, path)
    answer = await send(api, path, {**await hidden(api, path), "programme": made, **PROMISED})
    page = answer.headers["location"].split("?")[0]
    assert page in await text(api, "/console/promised-data")
    form = await hidden(api, f"{page}/decisions/record-arrived")
    await decided(api, page, "chase", note="Asked again.")
    stale = await send(api, f"{page}/decisions/record-arrived", {**form, "note": "All of it."})
    assert (stale.status_code, "It came on" in stale.text) == (422, True)
    typed = {**form, "arrived_on": ASKED["opened_on"], "note": "All of it."}
    stale = await send(api, f"{page}/decisions/record-arrived", typed)
    assert (stale.status_code, "All of it." in stale.text) == (412, True)
    assert "Data chased" in stale.text  # what changed meanwhile
    await decided(api, page, "record-arrived", arrived_on=ASKED["opened_on"])
    shown = said(await text(api, page))
    assert "in time." in shown
    assert "Chased" in shown


async def test_a_consultation_is_opened_counted_and_closed(api: Api) -> None:
    made = await programme(api)
    await api.get("/v1/programmes", PIA)  # until the views show it
    await sign_in(api, "pia-programme")
    path = "/console/manage/consultations/new"
    answer = await send(api, path, {**await hidden(api, path), "programme": made, **ASKED, "asked": "50"})
    page = answer.headers["location"].split("?")[0]
    assert "0 of 50 asked have answered so far" in said(await text(api, page))
    counts = {"counts.0.key": "Laptop", "counts.0.value": "31", "counts.1.key": "Own", "counts.1.value": "12"}
    await decided(api, page, "count", **counts)
    opened = await text(api, f"{page}/decisions/count")
    assert ('value="Laptop"' in opened, 'value="31"' in opened) == (True, True)  # as it stands
    await decided(api, page, "close", conclusion="Laptops it is.")
    shown = said(await text(api, page))
    assert "43 of 50 asked have answered." in shown
    assert "Laptops it is." in shown
    assert "43" in said(await text(api, "/console/consultations"))


async def test_a_pipeline_notice_says_when_it_is_due_and_where_it_was_published(api: Api) -> None:
    page = f"/console/pipeline-notices/{await a_year_begun(api)}"
    await sign_in(api, "carlo-contracts")
    assert page in await waiting_pages(api)
    assert page in await text(api, "/console/pipeline-notices")
    assert "It is to be published by 26 May" in said(await text(api, page))
    await decided(api, page, "publish", reference="UK1-1", published_on=ASKED["opened_on"])
    shown = said(await text(api, page))
    assert "It was published on" in shown
    assert "Reference UK1-1" in shown


async def test_what_is_for_others_is_not_offered(api: Api) -> None:
    await api.meets(RITA)
    await sign_in(api, "sam-scrutiny")
    for path in (EXEMPT, ORDER, INVITE, "/console/manage/consultations/new"):
        assert "It is for others than your role." in await text(api, path)
    rfp = await api.raised()
    assert EXEMPT not in await text(api, f"/console/rfps/{rfp}")
