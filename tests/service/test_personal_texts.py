"""Every field of an event that is personal: in clear nowhere, read by those with the right, gone once erased.

The fields are found in the event classes, so that a new one is tried by itself. Each is said of two
people, in an event that is pinned, by a command that repeats the text under its own name, under another
one, and within a longer text.
"""

import html
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from rfp_service.events import EVENTS
from shared.governance.people.domain import DIRECTORY_ID
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Stamp
from shared.kernel.personal import PERSONAL, Personal, personal_texts_in, text_about
from tests.support.api import Api, running_api
from tests.support.dumping import bytes_of
from tests.support.erasing import erased
from tests.support.people import ADA, DEREK, HANA, LEO, RITA, SAM, Who
from tests.support.postgres import Base
from tests.support.procuring import EVE, prepared

PINNED = {
    line["topic"]: line["state"]["data"]
    for line in map(json.loads, Path(__file__).with_name("pinned_events.ndjson").read_text().splitlines())
}
FIELDS = [
    (event, name)
    for event in EVENTS
    for name, field in event.model_fields.items()
    if "Personal" in str(field.annotation)
]
ABOUT = ("wilma", "rita")


class NeverAgain(Refused):
    """It is said once."""


class Says(Command[Any]):
    """A command that repeats a text in every way."""

    reason: str
    other_name: str
    within: str
    listed: list[str]

    def decide(self, state: Any, stamp: Stamp) -> Event[Any]:
        raise NeverAgain


def secret(event: type[Event[Any]], name: str) -> str:
    return f"Quackenbush of {event.__name__}, {name}"


def saying(event: type[Event[Any]], name: str) -> Event[Any]:
    """Return a pinned event that says something of two people in one of its fields."""
    said = text_about(ABOUT, secret(event, name))
    was = getattr(event.model_validate(PINNED[event.__name__]), name)
    return event.model_validate(
        PINNED[event.__name__] | {name: said if isinstance(was, Personal) else (said,)}
    )


async def say(api: Api, event: type[Event[Any]], name: str) -> UUID:
    text = secret(event, name)
    command = Says(reason=text, other_name=text, within=f"As I said: {text}!", listed=[text])
    thing = DIRECTORY_ID if event.kind == "directory" else uuid4()
    version = len(await api.service.record.stream(thing)) + 1
    stamp = Stamp(by="ada", authority="administrator", at=datetime.now(UTC))
    receipt = await api.service.store.append_together(
        [(thing, version, saying(event, name), stamp, command, 0)]
    )
    assert receipt is not None
    api.position = receipt.position
    return thing


async def told(api: Api, who: Who = SAM) -> list[str]:
    """Return every personal text that the audit list shows somebody, page by page."""
    texts, cursor = [], ""
    while cursor is not None:
        page = (await api.get("/v1/audit/decisions", who, cursor=cursor or None)).json()
        said = [value for item in page["items"] for value in item["said"].values()]
        texts += [v["text"] for v in said if isinstance(v, dict) and v.keys() == {"about", "text"}]
        cursor = page["next"]
    return texts


async def explained(api: Api, who: Who = SAM) -> list[str]:
    """Return every way in which the audit explains what there is, decision by decision and case by case."""
    answers, things = [], set[UUID]()
    for recorded in await api.service.record.after(0):
        things.add(recorded.stream_id)
        answers.append(await api.get(f"/v1/audit/decisions/{recorded.position}", who))
    answers += [await api.get(f"/v1/audit/streams/{thing}", who) for thing in things]
    answers.append(await api.get("/v1/audit/comparisons", who, from_=0))
    return [answer.text for answer in answers]


@pytest.mark.slow
async def test_no_personal_field_leaves_a_byte_once_somebody_it_is_about_is_erased(base: Base) -> None:
    assert len(FIELDS) >= 11
    secrets = {secret(event, name) for event, name in FIELDS}
    async with running_api(base) as api:
        for event, name in FIELDS:
            await say(api, event, name)
        assert secrets <= set(await told(api))
        told_whole = "".join(await explained(api))
        assert [text for text in secrets if text not in told_whole] == []
        before = await bytes_of(base)
        assert [text for text in secrets if text.encode() in before] == []
        assert b"Quackenbush" not in before
        keys = await api.service.pool.fetch("SELECT wrapped FROM personal_keys WHERE person = 'wilma'")
        assert len(keys) >= len({event.kind for event, _ in FIELDS})
        await erased(api.service.store, api.service.texts, "wilma")
        await api.service.people.carry_out_erasures()
        after = await bytes_of(base)
        assert b"Quackenbush" not in after
        assert [key for key in keys if bytes(key["wrapped"]) in after] == []
        texts = await told(api)
        assert texts.count("[erased]") == len(FIELDS), texts
        assert not secrets & set(texts)
        assert "Quackenbush" not in "".join(await explained(api))


async def test_a_story_shows_the_mark_of_every_personal_text_and_never_its_ciphertext(api: Api) -> None:
    things = {(event, name): await say(api, event, name) for event, name in FIELDS}
    sealed = {thing for (event, _), thing in things.items() if event.sealed}
    await api.get("/v1/audit/checkpoint", SAM)
    kept = await api.service.pool.fetch("SELECT convert_from(state, 'UTF8') AS state FROM stored_events")
    hidden = {text for row in kept for text in re.findall(r'"sealed":"([^"]+)"', row["state"])}
    assert len(hidden) >= len(FIELDS)
    for thing in {*things.values()}:
        told = (await api.get(f"/v1/audit/streams/{thing}", SAM)).text
        assert [text for text in hidden if text in told] == []
        taken = await api.get("/v1/audit/bundles", SAM, stream_id=thing)
        with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
            page = archive.read("story.html").decode()
        assert [text for text in hidden if html.escape(text) in page] == []
        mark = f"About: {' '.join(sorted(ABOUT))}<br>Text: {PERSONAL}"
        assert ("What was said here is withheld: [sealed]." if thing in sealed else mark) in page


def test_every_personal_field_loads_as_it_was_once_kept_openly() -> None:
    for event, name in FIELDS:
        said = PINNED[event.__name__] | {name: "Openly."}
        if isinstance(getattr(event.model_validate(PINNED[event.__name__]), name), Personal):
            loaded = event.model_validate(said)
            assert loaded.model_dump(mode="json")[name] == "Openly."
            assert [text.about for text in personal_texts_in(loaded)] == [""]


WHY = "Wilhelmina is unwell."


async def test_why_somebody_was_removed_is_read_by_those_with_the_right_and_whom_it_is_about(
    api: Api,
) -> None:
    rfp = await prepared(api)
    await api.meets(LEO)
    await api.decide(rfp, "replace-requester", ADA, requester="leo", reason=WHY)
    for who, text in ((SAM, WHY), (HANA, WHY), (ADA, WHY), (RITA, WHY), (LEO, PERSONAL)):
        *_, last = (await api.get(f"/v1/rfps/{rfp}/history", who)).json()["items"]
        assert last["said"]["reason"] == {"about": "rita", "text": text}, who
    csv = await api.get(f"/v1/rfps/{rfp}/history", EVE, headers={"Accept": "text/csv"})
    assert WHY not in csv.text


async def test_a_conflict_is_sealed_and_that_there_is_none_is_not(api: Api) -> None:
    rfp = await api.in_approval()
    *_, asked = (await api.get(f"/v1/rfps/{rfp}/history", LEO)).json()["items"]
    assert asked["said"]["conflicts"] == "None"
    await api.decide(rfp, "return-for-rework", HANA, reason_code="unclear", reason="Who?")
    await api.meets(Who("wilma", RITA.roles), DEREK)
    await api.decide(
        rfp,
        "request-approval",
        budget_code="IT-1",
        options_considered="None",
        conflicts="Wilma's brother sells laptops.",
        conflicted=["wilma", "derek"],
    )
    *_, asked = (await api.get(f"/v1/rfps/{rfp}/history", LEO)).json()["items"]
    assert asked["said"]["conflicts"] == {"about": "derek wilma", "text": PERSONAL}
    assert asked["said"]["conflicted"] == ["wilma", "derek"]
    again = (await api.get(f"/v1/audit/decisions/{api.position}", SAM)).json()["reexecution"]
    assert again["same"] is True
    await erased(api.service.store, api.service.texts, "derek")  # one of them is enough
    *_, asked = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert asked["said"]["conflicts"]["text"] == "[erased]"


async def test_what_concerns_somebody_who_was_erased_can_still_be_decided(api: Api) -> None:
    rfp = await prepared(api)
    await erased(api.service.store, api.service.texts, "rita")
    await api.meets(LEO)
    await api.decide(rfp, "replace-requester", ADA, requester="leo", reason=WHY)
    told = await api.get(f"/v1/rfps/{rfp}/history", SAM)
    assert told.json()["items"][-1]["said"]["reason"] == {"about": "rita", "text": "[erased]"}
    assert "etag" not in told.headers


async def test_a_delegation_and_a_hand_over_show_their_reason_to_those_with_the_right(api: Api) -> None:
    await api.adopt_scheme()
    today = datetime.now(UTC).date().isoformat()
    await api.meets(Who("dora", HANA.roles), Who("henry", HANA.roles))
    given = {"delegate": "dora", "limit_pence": 100, "first_day": today, "last_day": today}
    await api.post("/v1/delegations", {**given, "reason": WHY}, HANA, key="once")
    await api.post("/v1/delegations", {**given, "reason": WHY}, HANA, key="once")
    await api.post("/v1/delegations", {**given, "reason": "Other."}, HANA, 422, key="once")
    made = await api.post("/v1/hand-overs", {"leaver": "hana", "successor": "henry", "reason": WHY}, ADA)
    for who, text in ((SAM, WHY), (HANA, WHY), (LEO, PERSONAL)):
        items = (await api.get("/v1/delegations", who)).json()["items"]
        assert {item["reason"]["text"] for item in items} == {text}, who
    path = f"/v1/hand-overs/{made.json()['id']}"
    seen = await api.get(path, SAM)
    assert seen.json()["reason"] == {"about": "hana", "text": WHY}
    assert "etag" not in seen.headers
    await erased(api.service.store, api.service.texts, "hana")
    assert (await api.get(path, SAM)).json()["reason"]["text"] == "[erased]"
    [scheme] = [
        item["said"]["reason"]
        for item in (await api.get("/v1/audit/decisions", SAM, decision="SchemeProposed")).json()["items"][:1]
    ]
    assert scheme == "Work handed over: henry in place of hana."
