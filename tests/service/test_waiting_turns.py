"""Turns of any kind that the inbox shows: whoever can act is told, once, and told again when it is over."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from rfp_service.rooms import WAITING
from rfp_service.waiting_turns import WaitingTurns
from shared.governance.notifications.notification_types import WAITS
from shared.kernel.roles import Role
from tests.outcomes.test_http import MINUTE, PROGRAMME, decided, milestone, outcome, programme
from tests.service.test_contracts import CORA, decide, registered
from tests.service.test_disclosure import declared
from tests.service.test_four_eyes import CONFIRM
from tests.service.test_inbox import FINN, kinds
from tests.support.api import Api, running_api
from tests.support.days import in_days, today
from tests.support.patience import until_true
from tests.support.people import ADA, HANA, LARS, LEO, PAUL, PIA, PRIYA, RITA, SAM, SCHEME, Who
from tests.support.postgres import Base
from tests.support.procuring import bids, closed, opened

ABE = Who("abe", (Role.ADMINISTRATOR,))
WANDA = Who("wanda", (Role.SCRUTINY_MEMBER,))
PAM, PETRA = (Who(name, (Role.PROGRAMME_OFFICER,)) for name in ("pam", "petra"))
TOLD = "SELECT people FROM notifications WHERE type = $1 AND wait = $2 AND spread_at IS NOT NULL ORDER BY id"
BEGAN, ENDED = "turn.began", "turn.ended"


@pytest.fixture
async def api(base: Base) -> AsyncIterator[Api]:
    async with running_api(base) as running:
        await running.meets(ADA, ABE, LARS, PIA, PAM, PETRA, FINN, CORA, HANA, PRIYA)
        yield running


async def told(api: Api, kind: str, wait: str) -> list[list[str]]:
    """Return who was told that something waits, or no longer does, each time that somebody was."""
    return [row["people"] for row in await api.service.pool.fetch(TOLD, kind, wait)]


async def are_told(api: Api, kind: str, wait: str, *people: str) -> None:
    """Wait until these, and nobody else, have been told something."""

    async def so() -> bool:
        return await told(api, kind, wait) == [sorted(people)]

    await until_true(so)


async def look_tomorrow(api: Api, days: int = 1) -> None:
    """Look as on the morning of a day to come, once the views have come so far."""
    await api.get("/v1/rfps", limit=1)
    noon = datetime.combine(today() + timedelta(days=days), time(12), UTC)
    await WaitingTurns(api.service).look(noon)


async def test_who_could_confirm_what_gives_power_is_told_and_not_who_proposed_it(api: Api) -> None:
    await api.post("/v1/scheme/decisions", SCHEME, ADA, version=0)
    await are_told(api, BEGAN, "scheme", "abe", "lars")
    await api.post("/v1/scheme/decisions", {**CONFIRM, "proposal": 1}, LARS, version=1)
    await are_told(api, ENDED, "scheme", "abe")  # Lars knows

    account = {"name": "Portal", "owner": "ada", "scopes": ["rfp.read"]}
    made = (await api.post("/v1/service-accounts", account, ADA, 201)).json()["id"]
    path = f"/v1/service-accounts/{made}/decisions"
    await are_told(api, BEGAN, "service-account", "abe", "lars")
    await api.post(path, {"decision": "confirm"}, ABE, version=1)
    await are_told(api, ENDED, "service-account", "lars")
    await api.post(path, {"decision": "issue-key", "key_name": "2026-11"}, ABE, version=2)
    await are_told(api, BEGAN, "api-key", "lars")  # Ada answers for the account
    await api.post(path, {"decision": "confirm-key", "key_name": "2026-11"}, LARS, version=3)

    await api.meets(RITA, LEO)
    linked = {"decision": "link", "person": "leo", "same_as": "rita", "reason": "One person."}
    version = (await api.get("/v1/people/leo", ADA)).json()["version"]
    await api.post("/v1/directory/decisions", linked, ADA, version=version)
    await are_told(api, BEGAN, "person-link", "abe", "lars")

    day, given = f"{today()}", {"delegator": "hana", "delegate": "ada", "limit_pence": 1}
    body = {**given, "first_day": day, "last_day": day, "reason": "Away."}
    await api.post("/v1/delegations", body, ADA)
    await are_told(api, BEGAN, "delegation", "abe", "lars")


async def test_what_was_handed_in_or_claimed_waits_for_somebody_else(api: Api) -> None:
    await programme(api)
    made = await milestone(api, await outcome(api), due=in_days(0))
    await decided(api, f"milestones/{made}", "submit-evidence", document=MINUTE)
    await are_told(api, BEGAN, "evidence", "pam", "petra")
    await decided(api, f"milestones/{made}", "accept", PAM, version=2, reason="Seen in use.")
    await are_told(api, ENDED, "evidence", "petra")
    await api.adopt_scheme()
    contract = await registered(api, owner="cora", value_pence=1_200_000, value_basis="yearly")
    await decide(api, contract, "start-review")
    await decide(api, contract, "recommend", outcome="let_lapse", value_pence=0, reason="Not needed.")
    await decide(api, contract, "approve-renewal", HANA, reason="Yes.")
    await are_told(api, BEGAN, "renewal", "cora")
    await decide(api, contract, "claim-saving", number=1, yearly_after_pence=200_000, reason="Let go.")
    await are_told(api, BEGAN, "saving", "finn")


@pytest.mark.slow
async def test_the_lead_hears_of_each_question_until_it_is_answered_or_time_is_up(api: Api) -> None:
    rfp = await opened(api)
    for question in ("Which dock?", "Which colour?"):
        await api.decide(rfp, "record-clarification", PRIYA, question=question)

    async def both() -> bool:
        return await told(api, BEGAN, "clarification") == [["priya"], ["priya"]]

    await until_true(both)
    await api.meets(PAUL)
    await api.decide(rfp, "answer-clarification", PAUL, number=1, answer="USB-C.")
    await are_told(api, ENDED, "clarification", "priya")
    seen = (await api.get("/v1/inbox", PRIYA)).json()["items"]
    assert [item["why"] for item in seen] == ["Bidders' question 2 has no answer yet."]
    parties = "SELECT count(*) FROM notifications WHERE case_id = $1 AND type = $2 AND wait = '' AND id > $3"
    asked = "SELECT min(id) FROM notifications WHERE case_id = $1 AND wait = 'clarification'"
    first = await api.service.pool.fetchval(asked, UUID(rfp))
    assert await api.service.pool.fetchval(parties, UUID(rfp), BEGAN, first) == 0  # and by no other way
    await bids(api, rfp, "A")
    await closed(api, rfp)

    async def of_both() -> bool:
        return await told(api, ENDED, "clarification") == [["priya"], ["priya"]]

    await until_true(of_both)


async def test_members_of_a_body_hear_that_its_advice_is_asked_for_until_it_is_given(api: Api) -> None:
    values: Any = SCHEME["values"]
    members = ["sam", "wanda", "rita"]  # Rita asked for the RFP, and may give no advice on it
    await api.meets(RITA, SAM, WANDA)
    await api.adopts(
        {**SCHEME, "values": {**values, "advisory_bodies": [{"name": "Working group", "members": members}]}}
    )
    rfp = await api.in_approval(adopt=False)
    asked = {"body": "Working group", "question": "Is it wanted?"}
    await api.decide(rfp, "request-advice", PRIYA, **asked)
    await are_told(api, BEGAN, "advice", "sam", "wanda")
    [item] = (await api.get("/v1/inbox", SAM)).json()["items"]
    assert (item["kind"], item["id"]) == ("advice", rfp)
    assert "advice" not in await kinds(api, RITA)
    await api.decide(rfp, "give-advice", SAM, advice="It is.")
    await are_told(api, ENDED, "advice", "wanda")


async def test_who_answers_for_a_contract_hears_once_that_it_is_flagged_if_they_can_answer(api: Api) -> None:
    for number, owner in enumerate(("finn", "cora")):  # Finn may look only
        contract = await registered(api, owner=owner, reference=f"C-{number}", regime="pa23")
    await are_told(api, BEGAN, "flag", "cora")
    await decide(api, contract, "flag", PRIYA, code="value_repeated")
    await decide(api, contract, "answer-flag", PRIYA, code="value_repeated", answer="One price for all.")
    await decide(api, contract, "answer-flag", PRIYA, code="review_date_missing", answer="None is needed.")
    await are_told(api, ENDED, "flag", "cora")
    await are_told(api, BEGAN, "flag", "cora")


async def test_days_that_pass_are_told_in_the_morning_after_and_once(api: Api) -> None:
    await programme(api)
    of_it, day = {"programme": str(PROGRAMME)}, f"{today()}"
    data = {**of_it, "what": "Licences", "promised_by": "Fictional Ltd", "due": day}
    late = (await api.post("/v1/promised-data", data, PIA, 201)).json()["id"]
    asked = {**of_it, "about": "Devices", "opened_on": day, "closes_on": day}
    await api.post("/v1/consultations", asked, PIA, 201)
    owned = {"title": "Network", "origin": "other", "owner": "pam", "forecast_end": day}
    await api.post("/v1/projects", owned, PIA, 201)
    rfp = await api.in_approval(adopt=True)
    await declared(api, rfp, review_on=in_days(2))
    for _ in range(2):
        await look_tomorrow(api)
    assert await told(api, BEGAN, "exemption-review") == []
    for _ in range(2):
        await look_tomorrow(api, 7)  # by then a working day has begun, whatever today is
    await are_told(api, BEGAN, "promised-data", "pam", "petra", "pia")
    await are_told(api, BEGAN, "consultation", "pam", "petra", "pia")
    await are_told(api, BEGAN, "forecast", "pam")
    await are_told(api, BEGAN, "exemption-review", "lars")
    arrived = {"decision": "record-arrived", "arrived_on": day}
    await api.post(f"/v1/promised-data/{late}/decisions", arrived, PIA, version=1)
    await are_told(api, ENDED, "promised-data", "pam", "petra")


async def test_the_absent_are_not_told_while_somebody_is_there_and_who_comes_later_is(api: Api) -> None:
    version = (await api.get("/v1/people/abe", ADA)).json()["version"]
    away = {"decision": "record-absence", "person": "abe", "first_day": f"{today()}"}
    await api.post("/v1/directory/decisions", away, ADA, version=version)
    await api.post("/v1/scheme/decisions", SCHEME, ADA, version=0)
    await are_told(api, BEGAN, "scheme", "lars")
    await api.meets(Who("amy", (Role.ADMINISTRATOR,)))
    await look_tomorrow(api)

    async def both() -> bool:
        return await told(api, BEGAN, "scheme") == [["lars"], ["amy"]]

    await until_true(both)


def test_of_one_kind_of_thing_one_room_says_what_is_told() -> None:
    kinds = [things.kind for things in WAITING if things.told]
    assert sorted(kinds) == sorted({*kinds})


def test_each_kind_of_wait_that_is_told_has_words_and_those_of_no_other() -> None:
    assert {kind for things in WAITING for kind in things.told} == WAITS.keys()
