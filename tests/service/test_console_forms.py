"""Forms made of commands: each can say all that its command takes, and is read as it was typed."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from outcomes.commands.engagement import CountConsultation
from rfp_service.console.changed_values import with_changes
from rfp_service.console.charts.waits import drawn_waits
from rfp_service.console.decided_things import THINGS
from rfp_service.console.forms.fields import OF_EVERY_DECISION, fields_of
from rfp_service.console.forms.form_values import Answers, NotUnderstood, changed, pence, standing
from rfp_service.console.pages.documents_and_comments import MENTION
from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.tender import FixCriteria
from shared.kernel.messages import Command
from shared.kernel.roles import Role
from tests.service.test_console import RITA, hidden, hidden_in, history, in_approval, send, sign_in
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.in_full import of_many
from tests.support.people import PRIYA, SCHEME, Who

SAMPLES: Mapping[str, Any] = {
    "date": "2026-09-01",
    "date-time": "2026-09-01T12:00:00+01:00",
    "uuid": "7b69ab37-bbc2-58cc-8b0f-bdcaec59546d",
}
COMMANDS = [command for thing in THINGS.values() for command in thing.decisions]
HOUR = 3600


def sampled(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    """Return something that a schema takes, with all that may be left out."""
    if "$ref" in schema:
        return sampled(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in schema:
        return sampled(schema["anyOf"][0], defs)
    if "enum" in schema:
        return schema["enum"][-1]
    plain = {"boolean": True, "integer": 1250, "number": 2.5, "string": "As it is."}
    kind = schema["type"]
    if kind in ("array", "object"):
        return sampled_whole(schema, defs)
    return SAMPLES.get(schema.get("format", ""), plain[kind])


def sampled_whole(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    """Return a list of two, or all parts of an object."""
    if schema["type"] == "array":
        item = defs.get(schema["items"].get("$ref", "")[8:], schema["items"])
        return list(item["enum"][:2]) if "enum" in item else [sampled(item, defs)] * 2
    if "properties" in schema:
        named = schema["properties"].items()
        return {name: sampled(one, defs) for name, one in named if name not in OF_EVERY_DECISION}
    (value,) = schema["patternProperties"].values()
    return {"one": sampled(value, defs), "other": sampled(value, defs)}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: str(each.__name__))
def test_a_form_says_all_that_its_command_takes(command: type[Command[Any]]) -> None:
    schema = command.model_json_schema()
    body = sampled(schema, schema.get("$defs", {}))
    fields = fields_of(command)
    answers = Answers(standing(fields, body))
    assert answers.read(fields) == body
    assert answers.errors == {}
    assert answers.typed == answers.sent


def names_in(html: str) -> Iterator[str]:
    yield from re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', html)


def test_what_is_needed_is_asked_for_by_its_name_and_blank_rows_count_for_nothing() -> None:
    fields = fields_of(FixCriteria)
    empty = Answers({"criteria.0.name": " "})
    assert empty.read(fields) == {}
    assert empty.errors == {"criteria": "Enter: criteria"}
    half = Answers({"criteria.1.name": "Price", "criteria.4.weight": "forty"})
    half.read(fields)
    assert half.typed == {"criteria.0.name": "Price", "criteria.1.weight": "forty"}
    assert half.errors == {
        "criteria.0.weight": "Enter: weight",
        "criteria.1.name": "Enter: name",
        "criteria.1.weight": "Weight: enter a whole number, such as 12",
    }


def test_a_value_that_is_given_twice_is_refused_beside_the_second() -> None:
    counts = {"counts.0.key": "Laptop", "counts.0.value": "31", "counts.2.key": "Laptop"}
    answers = Answers({**counts, "counts.2.value": "12"})
    answers.read(fields_of(CountConsultation))
    assert answers.errors == {"counts.1.key": "How many gave which answer: “Laptop” is there twice"}
    assert answers.typed["counts.1.value"] == "12"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Please look, @priya-procurement.", ["priya-procurement"]),
        ("Nearly there (@priya-procurement, @leo.b): see page 4.", ["priya-procurement", "leo.b"]),
        ("“@priya-procurement” and\n@leo", ["priya-procurement", "leo"]),
        ("Mail priya@lancashire.example or a.b-@c.example.", []),
    ],
)
def test_whoever_is_named_in_a_sentence_is_told(text: str, named: list[str]) -> None:
    assert MENTION.findall(text) == named


async def test_a_form_that_is_refused_still_says_in_whose_place(api: Api) -> None:
    tiers = [{"name": "head", "up_to_pence": 2_500_000, "approvers": ["hana-head", "hugo-head"]}]
    await api.adopts({**SCHEME, "values": {**SCHEME["values"], "tiers": tiers}})
    rfp = await api.in_approval(adopt=False)
    await api.get(f"/v1/rfps/{rfp}", Who("dora-deputy", (Role.APPROVER,)))
    give = {"delegate": "dora-deputy", "limit_pence": 2_000_000, "reason": "Leave."}
    for head in ("hana-head", "hugo-head"):
        days = {"first_day": in_days(0), "last_day": in_days(1)}
        await api.post("/v1/delegations", give | days, Who(head, (Role.APPROVER,)), 201)
    await sign_in(api, "dora-deputy")
    path = f"/console/rfps/{rfp}/decisions/approve"
    form = {**await hidden(api, path), "acting_for": "hugo-head", "reason": ""}
    refused = await send(api, path, form)
    assert (refused.status_code, "Give a reason" in refused.text) == (422, True)
    assert re.findall(r'<option value="([a-z-]+)" selected', refused.text) == ["hugo-head"]
    assert (await send(api, path, {**form, "reason": "In budget."})).status_code == 303
    assert (await history(api, rfp))[-1]["acting_for"] == "hugo-head"


def test_amounts_are_pounds_however_they_are_typed() -> None:
    assert [pence(said) for said in ("£1,250", "1250.50", " 0.07 ")] == [125_000, 125_050, 7]
    for wrong in ("1.005", "a lot", "NaN", "Infinity", ""):
        with pytest.raises(NotUnderstood):
            pence(wrong)


def test_only_what_is_put_differently_is_sent() -> None:
    fields = fields_of(AmendRfp)
    stands = standing(fields, {"title": "Laptops", "estimate_pence": 1_250_000, "cost_centre": "CC-1"})
    typed = {**stands, "title": "Tablets", "cost_centre": ""}
    sent = typed | {f"was.{name}": said for name, said in stands.items()}
    assert changed(Answers(sent).read(fields), fields, sent) == {"title": "Tablets"}


def test_a_history_says_what_took_the_place_of_what() -> None:
    said: list[dict[str, Any]] = [
        {"decision": "RfpRaised", "said": {"title": "Laptops", "stage": "draft"}},
        {"decision": "RfpAmended", "said": {"estimate_pence": 1_000_000, "title": None, "stage": "draft"}},
        {"decision": "RfpAmended", "said": {"estimate_pence": 1_250_050, "title": "Tablets"}},
        {"decision": "ApprovalRequested", "said": {"estimate_pence": 1_250_050, "title": "Phones"}},
    ]
    assert [each["changes"] for each in with_changes(said)] == [
        [],
        [],
        [("Estimate", "£10,000", "£12,500.50"), ("Title", "Laptops", "Tablets")],
        [],
    ]


def test_waits_stand_one_after_the_other_each_against_the_usual() -> None:
    items = [
        {"stage": "draft", "working_seconds": 10 * HOUR, "ended_at": "2026-01-01"},
        {"stage": "approval", "working_seconds": 30 * HOUR, "ended_at": None},
    ]
    first, second = drawn_waits(items, {"approval": 20.0 * HOUR})
    assert (first.is_long, first.usual_seconds, second.is_long, second.usual_days) == (False, None, True, "2")
    assert '<rect x="25.00%" y="3" class="wait going" width="75.00%" height="12"></rect>' in second.strip
    assert '<line x1="75.00%" x2="75.00%" y1="0" y2="18" class="mark"></line>' in second.strip
    assert 'class="mark"' not in first.strip
    assert drawn_waits([], {}) == []


async def test_an_amendment_opens_with_how_things_stand(api: Api) -> None:
    rfp = await api.raised(RITA)
    await api.get("/v1/rfps")
    await sign_in(api, "rita-requester")
    path = f"/console/rfps/{rfp}/decisions/amend"
    page = await api.client.get(path)
    assert 'value="Laptops"' in page.text
    form = hidden_in(page)
    wrong = await send(
        api, path, {**form, "title": "Laptops", "estimate_pence": "much", "needed_by": "2027-09-01"}
    )
    assert (wrong.status_code, "enter an amount in pounds" in wrong.text) == (422, True)
    assert 'value="2027-09-01"' in wrong.text
    taken = {**hidden_in(wrong), "title": "Laptops", "estimate_pence": "12,500.50", "cost_centre": "CC-1"}
    assert (await send(api, path, taken)).status_code == 303
    said = (await history(api, rfp))[-1]["said"]
    assert (said["estimate_pence"], "title" in said) == (1_250_050, False)


async def test_a_list_grows_by_a_button_that_decides_nothing(api: Api) -> None:
    rfp = await api.approved()
    await sign_in(api, "priya-procurement")
    path = f"/console/rfps/{rfp}/decisions/fix-criteria"
    form = await hidden(api, path)
    before = len(await history(api, rfp))
    typed = {"criteria.0.name": "Price", "criteria.0.weight": "60"}
    grown = await send(api, path, {**form, **typed, "more": "criteria"})
    assert grown.status_code == 200
    assert {"criteria.1.name", "criteria.2.weight"} <= set(names_in(grown.text))
    assert hidden_in(grown) == form
    assert len(await history(api, rfp)) == before
    refused = await send(
        api, path, {**form, **typed, "criteria.2.name": "Quality", "criteria.2.weight": "900"}
    )
    assert (refused.status_code, 'id="criteria.1.weight-wrong"' in refused.text) == (422, True)
    again = {**hidden_in(refused), **typed, "criteria.1.name": "Quality", "criteria.1.weight": "40"}
    assert (await send(api, path, again)).status_code == 303
    assert (await history(api, rfp))[-1]["said"]["criteria"][1] == {"name": "Quality", "weight": 40}


async def test_double_submissions_are_one_event_each(api: Api) -> None:
    rfp = await in_approval(api)
    await sign_in(api, "priya-procurement")
    path = f"/console/rfps/{rfp}/comments"
    before = await api.service.record.head()
    forms = [await hidden_comment(api, rfp) for _ in range(2)]
    assert forms[0]["key"] != forms[1]["key"]
    token = forms[0]["form_token"]
    many = of_many(100, 10)
    for n in range(many):
        form = {"form_token": token, "key": f"{forms[0]['key']}{n}", "text": f"Word {n}"}
        first, second = await asyncio.gather(send(api, path, form), send(api, path, form))
        assert (first.status_code, second.status_code) == (303, 303)
    assert await api.service.record.head() == before + many


async def hidden_comment(api: Api, rfp: str) -> dict[str, str]:
    """Return the hidden fields of the form for comments on an RFP's page."""
    page = await api.client.get(f"/console/rfps/{rfp}")
    form = page.text.split(f'action="/console/rfps/{rfp}/comments"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


async def test_a_document_is_kept_with_its_rfp_and_given_out_to_be_saved(api: Api) -> None:
    rfp = await in_approval(api)
    await sign_in(api, "priya-procurement")
    path, origin = f"/console/rfps/{rfp}/documents", {"Origin": "http://service"}
    form = await hidden_comment(api, rfp)
    none = await api.client.post(path, data=form, files={"file": ("", b"")}, headers=origin)
    assert (none.status_code, "Choose a file" in none.text) == (422, True)
    wrong = await api.client.post(path, data=form, files={"file": ("a.exe", b"MZ")}, headers=origin)
    assert (wrong.status_code, "of another kind" in wrong.text) == (422, True)
    kept = await api.client.post(path, data=form, files={"file": ("Plan.txt", b"A plan.")}, headers=origin)
    assert kept.status_code == 303
    page = (await api.client.get(f"/console/rfps/{rfp}")).text
    (file,) = re.findall(r'href="(/console/documents/[^"]+)">Plan<', page)
    given = await api.client.get(file)
    assert (given.content, "attachment" in given.headers["content-disposition"]) == (b"A plan.", True)


async def test_a_draft_is_held_against_the_catalogue_from_its_own_page(api: Api) -> None:
    await api.adopt_scheme()
    item = {"name": "Standard laptop", "description": "14 inches.", "category": "Devices"}
    priced = {**item, "price_pence": 74_900, "lead_time_days": 10}
    await api.post("/v1/catalogue-items", priced, PRIYA)
    rfp = await api.raised(RITA)
    await api.get("/v1/rfps")
    await sign_in(api, "rita-requester")
    path = f"/console/rfps/{rfp}/decisions/check-catalogue"
    assert (await send(api, path, await hidden(api, path))).status_code == 303
    page = (await api.client.get(f"/console/rfps/{rfp}")).text
    assert "Standard laptop" in page
    divert = (await api.client.get(f"/console/rfps/{rfp}/decisions/divert")).text
    assert ">Standard laptop</option>" in divert
