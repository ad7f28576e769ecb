"""The scheme as a page: who approves what, what a proposal would change, and a second person's yes."""

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from rfp_service.console.people_names import marked
from rfp_service.console.scheme_words import said_one_by_one, scheme_changes
from rfp_service.console.visits import Visit
from rfp_service.demonstration.people import CAST
from rfp_service.demonstration.storyboard import SCHEME as THE_COUNCILS
from shared.governance.scheme.domain import SchemeValues
from tests.service.test_console import TIERS, hidden, send, sign_in
from tests.service.test_console_managing import ADMIN, HANA, begun, text, waiting_pages
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import SCHEME, Who
from tests.support.visiting import PAGE_BYTES_LIMIT, said

FROM = in_days(30)
WHY = {"reason": "Prices rose."}
HIGHER = [{**TIERS[0], "up_to_pence": 5_000_000}, {**TIERS[1], "approvers": ["dev-director", "dora-deputy"]}]
VALUES = {
    **SCHEME["values"],
    "effective_from": FROM,
    "tiers": HIGHER,
    "stage_targets": [{"stage": "approval", "working_days": 10}],
}


class Form(HTMLParser):
    """What stands in the fields of a page's form, as a browser would send it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._within = ""  # the text area or choice whose content comes next
        self.feed(page.split("<main", 1)[1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("textarea", "select"):
            self._within = str(said["name"])
            self.fields[self._within] = ""
        elif tag == "option" and "selected" in said:
            self.fields[self._within] = said["value"] or ""
        elif tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.fields[str(said["name"])] = said.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea":
            self.fields[self._within] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.lasttag = ""


async def proposed(api: Api, values: dict[str, Any]) -> None:
    """Let the administrator propose another scheme."""
    version = (await api.get("/v1/scheme", ADMIN)).json()["version"]
    body = {"decision": "adopt", "values": values, "reason": "Prices rose."}
    await api.post("/v1/scheme/decisions", body, ADMIN, version=version)
    await api.get("/v1/inbox", ADMIN)  # until it waits there


async def test_the_scheme_is_read_as_a_page_and_whoever_comes_may(api: Api) -> None:
    await sign_in(api, "rita-requester")
    assert "There is none yet" in await text(api, "/console/scheme")
    await api.adopts({**SCHEME, "values": {**SCHEME["values"], "tiers": TIERS}})
    shown = said(await text(api, "/console/scheme"))
    assert "Head Hana Head-of-Service £25,000" in shown
    assert "Director Dev Director £250,000" in shown
    assert "No targets are set." in shown
    assert "Readiness checklist receiving team named, scope" in shown  # all else that it says
    assert "Take back" not in shown


async def test_a_proposal_says_what_it_changes_and_who_can_not_confirm_it(api: Api) -> None:
    await begun(api)
    await proposed(api, VALUES)
    await sign_in(api, "ada-admin")
    shown = said(await text(api, "/console/scheme"))
    assert "Tier head: up to £25,000 £50,000" in shown
    assert "Tier director: approvers Dev Director Dev Director, Dora Deputy-Director" in shown
    assert "Target for approval: working days Not set 10" in shown
    assert "Stage targets" not in shown  # they had none, which is no change of its own
    assert "Withdraw adopted" not in shown  # nobody looks for it now
    assert "Nor can whoever gains by it: Dora Deputy-Director, Hana Head-of-Service." in shown
    assert "Confirm Somebody else must confirm what you have proposed." in shown


async def test_a_second_person_confirms_a_proposal_having_read_what_it_changes(api: Api) -> None:
    await begun(api)
    await proposed(api, VALUES)
    await sign_in(api, "lars-legal")
    assert "/console/scheme" in await waiting_pages(api)
    path = "/console/scheme/in-force/decisions/confirm"
    assert f"{path}?proposal=2" in await text(api, "/console/scheme")
    asked = await text(api, f"{path}?proposal=2")
    assert "£25,000 becomes £50,000" in asked
    assert '<option value="2" selected>' in asked
    answer = await send(api, path, {**await hidden(api, path), "proposal": "2"})
    assert (answer.status_code, answer.headers.get("location")) == (303, "/console/scheme?done=confirm")
    shown = said(await text(api, answer.headers["location"]))
    assert "Confirm: recorded." in shown
    assert "Version 2 takes effect on" in shown
    assert "waits for a second person" not in shown
    seen = (await api.get("/v1/scheme", ADMIN)).json()
    assert [each["scheme_version"] for each in seen["ahead"]] == [2]


async def test_a_proposal_is_taken_back_and_an_adopted_scheme_before_it_takes_effect(api: Api) -> None:
    await begun(api)
    await proposed(api, VALUES)
    await proposed(api, {**VALUES, "effective_from": f"{FROM}"})
    await sign_in(api, "lars-legal")
    path = "/console/scheme/in-force/decisions"
    await send(api, f"{path}/confirm", {**await hidden(api, f"{path}/confirm"), "proposal": "3"})
    await sign_in(api, "ada-admin")
    for decision, meant in (("withdraw", {"proposal": "2"}), ("withdraw-adopted", {"scheme_version": "2"})):
        fields = {**await hidden(api, f"{path}/{decision}"), **meant}
        assert "Give a reason" in (await send(api, f"{path}/{decision}", fields)).text
        answer = await send(api, f"{path}/{decision}", {**fields, "reason": "Too early."})
        assert (answer.status_code, answer.headers.get("location")) == (
            303,
            f"/console/scheme?done={decision}",
        )
    seen = (await api.get("/v1/scheme", ADMIN)).json()
    assert (seen["proposals"], seen["ahead"], seen["scheme_version"]) == ([], [], 1)


@pytest.mark.slow
async def test_another_scheme_is_proposed_by_changing_what_the_one_in_force_says(api: Api) -> None:
    values = THE_COUNCILS.model_dump(mode="json")
    values |= {"standstills": [], "effective_from": "2020-01-01"}  # emptied: it isn't so by default
    await api.meets(*(Who(each.id, (each.role,)) for each in CAST))
    await api.adopts({**SCHEME, "values": values})
    await sign_in(api, "ada-admin")
    path = "/console/scheme/in-force/decisions/adopt"
    typed = Form(await text(api, path)).fields
    unsaid = await send(api, path, {**typed, "reason": "Prices rose."})
    assert (unsaid.status_code, "Enter: in force from" in unsaid.text) == (422, True)
    typed |= {"reason": "Prices rose.", "values.effective_from": FROM, "values.tiers.0.up_to_pence": "60,000"}
    refused = await send(api, path, {**typed, "values.tiers.1.up_to_pence": "5"})
    assert (refused.status_code, "limit must be above the one before" in refused.text) == (409, True)
    typed = {**Form(refused.text).fields, "values.tiers.1.up_to_pence": "90,000"}
    looked = await send(api, path, {**typed, "preview": "yes"})
    assert (looked.status_code, (await api.get("/v1/scheme", ADMIN)).json()["proposals"]) == (200, [])
    assert changes_in(looked.text) >= {f"Tier {values['tiers'][1]['name']}: up to", "Effective from"}
    answer = await send(api, path, Form(looked.text).fields)
    assert answer.headers.get("location") == "/console/scheme?done=adopt", answer.text
    [proposal] = (await api.get("/v1/scheme", ADMIN)).json()["proposals"]
    first, second, *others = values["tiers"]
    tiers = [{**first, "up_to_pence": 6_000_000}, {**second, "up_to_pence": 9_000_000}, *others]
    assert proposal["values"] == {**values, "effective_from": FROM, "tiers": tiers}


def changes_in(page: str) -> set[str]:
    """Return what a page says is about to change."""
    about = page.split('id="differs"')[1].split("</section>", maxsplit=1)[0]
    return {html.unescape(each) for each in re.findall(r'<th scope="row">(.*?)</th>', about)}


async def test_a_long_form_has_parts_and_the_one_with_a_slip_is_open(api: Api) -> None:
    await begun(api)
    await sign_in(api, "ada-admin")
    path = "/console/scheme/in-force/decisions/adopt"
    assert path in await text(api, "/console/scheme")
    asked = await text(api, path)
    assert len(asked) < PAGE_BYTES_LIMIT
    assert asked.count('<details class="part" open>') == 1
    assert "Everything else" not in asked  # each of its values has its part
    same = await send(
        api, path, {**Form(asked).fields, "values.effective_from": FROM, "preview": "yes", **WHY}
    )
    assert changes_in(same.text) == {"Effective from"}  # all else is as it was
    slip = await send(api, path, {**Form(asked).fields, "values.minimum_evaluators": "some", **WHY})
    assert slip.status_code == 422
    part = slip.text.split("Tenders: which law")[0].rpartition("<details")[2]
    assert " open>" in part


async def test_the_first_scheme_is_proposed_from_what_is_usual(api: Api) -> None:
    await api.meets(HANA, ADMIN)
    await sign_in(api, "ada-admin")
    path = "/console/scheme/in-force/decisions/adopt"
    tier = {"name": "head", "up_to_pence": "25,000", "approvers": "hana-head"}
    typed = Form(await text(api, path)).fields | {"values.effective_from": FROM, "reason": "The first."}
    typed |= {f"values.tiers.0.{name}": value for name, value in tier.items()}
    answer = await send(api, path, typed)
    assert answer.headers.get("location") == "/console/scheme?done=adopt", answer.text
    [proposal] = (await api.get("/v1/scheme", ADMIN)).json()["proposals"]
    expected = {"effective_from": FROM, "tiers": [{**TIERS[0]}]}
    assert proposal["values"] == SchemeValues.model_validate(expected).model_dump(mode="json")


async def test_whoever_confirms_says_anew_who_they_are(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await begun(api)
    await proposed(api, VALUES)
    await sign_in(api, "lars-legal")
    path = "/console/scheme/in-force/decisions/confirm"
    form = {**await hidden(api, path), "proposal": "2"}
    monkeypatch.setattr(Visit, "said_who_lately", lambda *_: False)
    asked = (await api.client.get(f"{path}?proposal=2")).headers["location"]
    assert asked.startswith("/console/sign-in/begin?again=yes")
    assert asked.endswith("confirm%3Fproposal%3D2")  # and comes back to the same proposal
    assert (await send(api, path, form)).headers["location"].startswith("/console/sign-in/begin?again=yes")
    assert len((await api.get("/v1/scheme", ADMIN)).json()["proposals"]) == 1  # nothing was decided
    assert (await api.client.get(path.replace("confirm", "withdraw"))).status_code == 200


def test_every_part_of_a_scheme_has_a_name_of_its_own_and_differs_only_where_it_does() -> None:
    regimes = [
        {"regime": "one_act", "kind": "works", "value_pence": 100},
        {"regime": "one_act", "kind": "goods"},
    ]
    values = {"tiers": TIERS, "thresholds": regimes, "key_decision_pence": None, "flag": True}
    assert said_one_by_one(values) == {
        "Tier head: up to": "£25,000",
        "Tier head: approvers": marked("hana-head"),
        "Tier director: up to": "£250,000",
        "Tier director: approvers": marked("dev-director"),
        "Thresholds one act, works: value": "£1",
        "Thresholds one act, goods": "Yes",
        "Key decision": "Not set",
        "Flag": "Yes",
    }
    assert scheme_changes(values, values) == []
    twice = {**values, "thresholds": [regimes[0], {**regimes[0], "value_pence": 200}]}
    assert ("Thresholds one act, works (2): value", "Not set", "£2") in scheme_changes(values, twice)
    assert scheme_changes(values, {**values, "thresholds": regimes[:1], "flag": False}) == [
        ("Flag", "Yes", "No"),
        ("Thresholds one act, goods", "Yes", "Not set"),
    ]
