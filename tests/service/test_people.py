"""People over HTTP: names come from tokens, accounts are linked, and erasing leaves no byte of anybody."""

import base64
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticSerializationError

from rfp_service.service import opened
from shared.governance.people.domain import DIRECTORY_ID
from shared.kernel.personal import Personal
from shared.kernel.roles import Role
from shared.settings import NotConfigured
from shared.web.access.claims import Identity, Scope
from tests.support.api import Api, running_api
from tests.support.dumping import bytes_of
from tests.support.people import ADA, HANA, LARS, PRIYA, RITA, SAM, Who
from tests.support.postgres import Base, session

NAME, EMAIL = "Wilhelmina Quackenbush", "w.quackenbush@council.example"
WHY = "Wilhelmina signed in twice after her wedding."
ROBIN = Who("robin", (Role.APPROVER,))


async def met(api: Api, *people: Who) -> None:
    for who in people:
        await api.get("/v1/rfps", who)


async def named(api: Api, person: str, name: str = NAME, email: str = EMAIL) -> None:
    """Let somebody sign in with a token that says who they are."""
    scopes = frozenset(Scope)
    identity = Identity("urn:rfp-service:demonstration", person, (), scopes, name=name, email=email)
    await api.service.people.person_id(identity)


async def decide(api: Api, decision: str, expect: int = 200, who: Who = ADA, **more: Any) -> Any:
    seen = (await api.get("/v1/people/ada", ADA)).json()
    body = {"decision": decision, **more}
    answer = await api.post("/v1/directory/decisions", body, who, expect, version=seen["version"])
    if decision == "link" and expect == 200:  # a second person agrees
        await decide(api, "confirm-link", who=LARS, person=more["person"])
    return answer.json()


async def test_whoever_signs_in_is_in_the_directory_with_the_name_their_token_says(api: Api) -> None:
    await named(api, "wilma")
    await met(api, RITA)
    listed = (await api.get("/v1/people", SAM)).json()["items"]
    assert {"wilma", "rita", "sam"} == {item["id"] for item in listed}
    [wilma] = (await api.get("/v1/people", ADA, name="quack")).json()["items"]
    assert (wilma["name"], wilma["email"]) == (NAME, EMAIL)
    await named(api, "wilma", name="Wilhelmina Smith")
    seen = (await api.get("/v1/people/wilma", ADA)).json()
    assert (seen["name"], seen["email"], seen["ids"]) == ("Wilhelmina Smith", EMAIL, ["wilma"])
    await api.get("/v1/people/nobody", SAM, 404)


async def test_no_name_is_in_any_event(api: Api) -> None:
    await named(api, "rita")
    await api.in_approval()
    for recorded in await api.service.record.after(0):
        assert NAME not in str(recorded.envelope)


async def test_a_second_account_is_the_same_person_from_the_link_on(api: Api) -> None:
    await met(api, ADA, RITA, ROBIN)
    await decide(api, "link", person="robin", same_as="rita", reason=WHY)
    seen = (await api.get("/v1/people/robin", SAM)).json()
    assert (seen["same_as"], seen["ids"]) == ("rita", ["rita", "robin"])
    rfp = await api.raised(Who("robin", (Role.REQUESTER,)))
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["raised_by"] == "rita"
    await decide(api, "link", 409, person="robin", same_as="rita", reason=WHY)
    await decide(api, "link", 403, who=HANA, person="robin", same_as="rita", reason=WHY)
    await decide(api, "unlink", person="robin", reason="Two people.")
    assert (await api.get("/v1/people/robin", SAM)).json()["ids"] == ["robin"]


async def test_a_link_found_late_still_keeps_somebody_from_approving_their_own(api: Api) -> None:
    """Raised by one account, approved by the other, linked in between."""
    rfp = await api.in_approval()  # Rita's
    hana = Who("hana", HANA.roles)
    await met(api, ADA, hana)
    await decide(api, "link", person="rita", same_as="hana", reason=WHY)
    refused = await api.decide(rfp, "approve", hana, 409, reason="Fine.")
    assert refused.json()["type"] == "/problems/own-rfp"
    history = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert history[0]["by"] == "rita"  # what was recorded stays as it was


async def test_what_an_account_asked_for_before_it_was_linked_is_still_ones_own(api: Api) -> None:
    old, new = Who("rita2", (Role.REQUESTER,)), RITA
    rfp = await api.raised(old)
    await met(api, ADA, new)
    await decide(api, "link", person="rita2", same_as="rita", reason=WHY)
    for who in (old, new):
        listed = (await api.get("/v1/rfps", who, mine=True)).json()["items"]
        assert [row["id"] for row in listed] == [rfp]
        await api.decide(rfp, "amend", who, title=f"By {who.id}")


async def test_a_delegation_to_one_account_counts_for_the_other(api: Api) -> None:
    rfp = await api.in_approval()
    dora, second = Who("dora", HANA.roles), Who("dora2", HANA.roles)
    await met(api, ADA, HANA, dora, second)
    await decide(api, "link", person="dora2", same_as="dora", reason=WHY)
    today = datetime.now(UTC).date().isoformat()
    give = {"limit_pence": 2_000_000, "first_day": today, "last_day": today, "reason": "Leave."}
    await api.post("/v1/delegations", {**give, "delegate": "dora2"}, HANA)
    await api.post("/v1/delegations", {**give, "delegate": "hana"}, second, 409)
    [waiting] = (await api.get("/v1/approvals", dora)).json()["items"]
    assert (waiting["id"], waiting["acting_for"]) == (rfp, "hana")
    await api.decide(rfp, "approve", dora, acting_for="hana", reason="In budget.")


async def test_nobody_leads_what_their_other_account_asked_for(api: Api) -> None:
    rfp = await api.raised()
    await api.adopt_scheme()
    await met(api, Who("rita2", (Role.PROCUREMENT_OFFICER,)))
    await decide(api, "link", person="rita2", same_as="rita", reason=WHY)
    await api.decide(
        rfp, "amend", cost_centre="CC-1", needed_by="2027-01-01", estimate_pence=1, estimate_with_vat_pence=1
    )
    check = await api.post("/v1/catalogue-checks", {"query": "laptop"})
    await api.decide(rfp, "check-catalogue", check_id=check.json()["id"])
    await api.decide(rfp, "confirm-no-match")
    await api.decide(rfp, "submit")
    await api.decide(rfp, "accept", PRIYA)
    route = {"regime": "procurement_act_2023", "route": "open_tender"}
    refused = await api.decide(rfp, "select-route", PRIYA, 409, lead="rita2", **route)
    assert refused.json()["type"] == "/problems/lead-is-requester"


async def test_a_personal_text_is_read_by_those_with_the_right_until_it_is_erased(api: Api) -> None:
    await met(api, ADA, RITA, ROBIN)
    await decide(api, "link", person="robin", same_as="rita", reason=WHY)
    assert await _said(api, SAM, 1) == {"about": "robin", "text": WHY}
    await decide(api, "erase", person="robin", ground="Left in 2019")
    assert await _said(api, SAM, 2) == {"about": "robin", "text": "[erased]"}
    await decide(api, "unlink", 409, person="robin", reason="Something new about her.")


async def _said(api: Api, who: Who, number: int = 0) -> Any:
    listed = await api.get("/v1/audit/decisions", who, kind="directory")
    return listed.json()["items"][number]["said"]["reason"]


def test_a_personal_text_is_never_written_in_the_clear() -> None:
    with pytest.raises(PydanticSerializationError, match="NotSealed"):
        Personal(about="ann", text="clear").model_dump_json()


async def test_after_an_erasure_the_database_holds_no_byte_of_them_and_every_proof(base: Base) -> None:
    async with running_api(base) as api:
        await met(api, ADA, RITA)
        await named(api, "wilma")
        await decide(api, "link", person="wilma", same_as="rita", reason=WHY)
        secrets = [NAME, EMAIL, "Quackenbush", "wedding"]
        before = await bytes_of(base)
        assert [text for text in (NAME, EMAIL, WHY) if text.encode() in before] == []  # not even before
        wrapped = await api.service.pool.fetchval("SELECT wrapped FROM personal_keys")
        assert wrapped in before
        leaves = await _leaves(api)
        await decide(api, "erase", person="wilma", ground="Schedule, line 4")
        after = await bytes_of(base)
        for secret in secrets:
            assert secret.encode() not in after
        assert wrapped not in after
        assert b"wilma" in after  # the id stays, and what was decided under it
        assert (await _leaves(api))[: len(leaves)] == leaves
        assert await _valid(api)


async def _leaves(api: Api) -> list[bytes]:
    rows = await api.service.pool.fetch("SELECT leaf_hash FROM stored_events ORDER BY notification_id")
    return [row[0] for row in rows]


async def _valid(api: Api) -> bool:
    wrong = await api.service.pool.fetchval(
        "SELECT count(*) FROM stored_events WHERE leaf_hash <> event_leaf(notification_id,"
        " originator_id, originator_version, topic, recorded_at, state)"
    )
    return bool(wrong == 0)


async def test_an_erasure_is_applied_again_after_a_restore(base: Base) -> None:
    async with running_api(base) as api:
        await met(api, ADA)
        await named(api, "wilma")
        await decide(api, "link", person="wilma", same_as="ada2", expect=409, reason=WHY)
        await met(api, RITA)
        await decide(api, "link", person="wilma", same_as="rita", reason=WHY)
        keys = [dict(row) for row in await api.service.pool.fetch("SELECT * FROM personal_keys")]
        await decide(api, "erase", person="wilma", ground="Schedule, line 4")
    async with session(base.admin) as admin:  # what an older backup of these two tables would bring back
        await admin.execute("UPDATE people SET name = $1, erased_at = NULL WHERE id = 'wilma'", NAME)
        await admin.execute(
            "UPDATE personal_keys SET wrapped = $1, destroyed_at = NULL WHERE id = $2",
            keys[0]["wrapped"],
            UUID(str(keys[0]["id"])),
        )
    async with running_api(base) as api:
        assert (await api.get("/v1/people/wilma", SAM)).json()["name"] is None
        left = await api.service.pool.fetchval("SELECT count(*) FROM personal_keys WHERE wrapped IS NOT NULL")
        assert left == 0


async def test_names_that_an_earlier_release_wrote_in_the_clear_are_sealed_at_the_start(base: Base) -> None:
    async with session(base.admin) as admin:
        await admin.execute("INSERT INTO people (id, name, email) VALUES ('wilma', $1, $2)", NAME, EMAIL)
        async with running_api(base) as api:
            seen = (await api.get("/v1/people/wilma", ADA)).json()
            assert (seen["name"], seen["email"]) == (NAME, EMAIL)
        row = await admin.fetchrow("SELECT name, email, sealed FROM people WHERE id = 'wilma'")
        assert (row["name"], row["email"]) == ("", "")
        assert NAME not in row["sealed"]


async def test_a_service_with_another_secret_than_the_keys_are_under_does_not_start(base: Base) -> None:
    async with running_api(base) as api:
        await named(api, "wilma")
        own = api.service.settings
    other = SecretStr(base64.b64encode(bytes(31) + b"1").decode())
    with pytest.raises(NotConfigured, match="another PERSONAL_SECRET"):
        async with opened(own.model_copy(update={"personal_secret": other}), base.service):
            pass


async def test_the_directory_is_searched_sorted_and_paged_by_names_that_no_table_holds(api: Api) -> None:
    for person, name in (("wilma", NAME), ("zoe", "Zoë Quickly"), ("bob", "Bob Quackenbush")):
        await named(api, person, name)
    await met(api, ADA)

    async def listed(**asked: Any) -> list[str]:
        return [item["id"] for item in (await api.get("/v1/people", ADA, **asked)).json()["items"]]

    assert await listed(q="quackenbush", sort="name") == ["bob", "wilma"]
    assert await listed(name="QUICK") == ["zoe"]
    assert await listed(sort="-name", limit=2) == ["zoe", "wilma"]
    first = (await api.get("/v1/people", ADA, sort="-name", limit=2)).json()
    assert await listed(sort="-name", limit=2, cursor=first["next"]) == ["bob", "ada"]
    assert (await listed())[:3] == ["ada", "bob", "zoe"]  # latest first


async def test_who_was_erased_is_not_named_again_by_signing_in(api: Api) -> None:
    await met(api, ADA)
    await named(api, "wilma")
    await decide(api, "erase", person="wilma", ground="Schedule, line 4")
    await named(api, "wilma")
    assert (await api.get("/v1/people/wilma", SAM)).json()["name"] is None
    assert (await api.service.store.reader.stream(DIRECTORY_ID))[-1].by == "ada"


async def test_who_has_not_signed_in_is_invited_before_a_decision_names_them(api: Api) -> None:
    rfp = await api.in_approval()
    refused = await api.decide(rfp, "appoint-evaluator", PRIYA, 409, evaluator="zoe")
    assert refused.json()["type"] == "/problems/no-such-person"
    invite = {"decision": "invite", "person": "zoe"}
    await api.post("/v1/directory/decisions", invite, RITA, 403, version=0)
    await api.post("/v1/directory/decisions", invite, PRIYA, version=0)
    await api.post("/v1/directory/decisions", invite, PRIYA, 409, version=1)
    assert (await api.get("/v1/people/zoe")).json()["source"] == "invited"
    await api.decide(rfp, "appoint-evaluator", PRIYA, evaluator="zoe")
    today = datetime.now(UTC).date().isoformat()
    give = {"limit_pence": 100, "first_day": today, "last_day": today, "reason": "Leave."}
    unknown = await api.post("/v1/delegations", {**give, "delegate": "yan"}, HANA, 409)
    assert unknown.json()["type"] == "/problems/no-such-person"
    await api.post("/v1/delegations", {**give, "delegate": "zoe"}, HANA)
