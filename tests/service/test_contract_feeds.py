"""A private calendar address: whoever has it reads, nobody guesses it, and revoked it is gone at once."""

from hashlib import sha256

from icalendar import Calendar

from tests.service.test_contracts import CORA, registered
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.people import LEO, RITA, SAM, Who


async def test_a_private_address_shows_the_calendar_until_it_is_revoked(api: Api) -> None:
    await api.adopt_scheme()
    shown = await registered(api, owner="olga")
    await registered(api, reference="C-9", title="Payroll", owner="otto")
    opened = (await api.post("/v1/contract-feeds", {"owner": "olga"}, LEO, key="once")).json()
    address = opened["address"]
    again = (await api.post("/v1/contract-feeds", {"owner": "olga"}, LEO, key="once")).json()
    assert (again["id"], again["address"]) == (opened["id"], None)
    await api.get("/v1/contracts")
    calendar = await api.client.get(address)
    assert calendar.status_code == 200
    names = [str(entry["summary"]) for entry in Calendar.from_ical(calendar.content).walk("VEVENT")]
    assert names == [f"{words} (not confirmed): C-1 Network support" for words in ("Last safe date", "Ends")]
    tag = {"If-None-Match": calendar.headers["etag"]}
    assert (await api.client.get(address, headers=tag)).status_code == 304
    await exempted(api, shown, "title")
    entries = Calendar.from_ical((await api.client.get(address)).content).walk("VEVENT")
    assert "Network" not in str(entries[0]["summary"])


async def test_only_a_hash_of_its_token_is_kept_and_revoked_it_is_gone_at_once(api: Api) -> None:
    opened = (await api.post("/v1/contract-feeds", {}, LEO)).json()
    address = opened["address"]
    token = address.split("/")[3]
    kept = b"".join(
        [bytes(row["state"]) for row in await api.service.pool.fetch("SELECT state FROM stored_events")]
    )
    assert token.encode() not in kept
    assert sha256(token.encode()).hexdigest().encode() in kept
    wrong = address.replace(token, token[::-1])
    assert (await api.client.get(address)).status_code == 200
    assert (await api.client.get(wrong)).status_code == 404
    path, revoke = f"/v1/contract-feeds/{opened['id']}/decisions", {"decision": "revoke", "reason": "Left."}
    refused = await api.post(path, revoke, SAM, 409, version=1)
    assert refused.json()["type"] == "/problems/not-your-calendar-feed"
    await api.post(path, revoke, CORA, version=1)
    assert (await api.client.get(address)).status_code == 404
    refused = await api.post(path, revoke, LEO, 409, version=2)
    assert refused.json()["type"] == "/problems/calendar-feed-over"


async def test_whoever_opened_an_address_finds_it_and_whoever_manages_contracts_finds_all(api: Api) -> None:
    highways = Who("hugo", RITA.roles, frozenset({"Highways"}))
    own = (await api.post("/v1/contract-feeds", {"owner": "olga"}, LEO)).json()
    limited = (await api.post("/v1/contract-feeds", {}, highways)).json()

    async def found(who: Who, **query: object) -> list[str]:
        page = await api.get("/v1/contract-feeds", who, **query)
        assert "token" not in page.text
        return [each["id"] for each in page.json()["items"]]

    assert await found(LEO) == [own["id"]]
    assert await found(SAM) == []
    assert await found(CORA) == [limited["id"], own["id"]]
    first, second = (await api.get("/v1/contract-feeds", CORA)).json()["items"]
    assert (second["opened_by"], second["owner"], second["revoked"]) == ("leo", "olga", False)
    assert (first["owner"], first["version"], first["areas"]) == (None, 1, None)
    revoke = {"decision": "revoke", "reason": "He has left."}
    await api.post(f"/v1/contract-feeds/{own['id']}/decisions", revoke, LEO, version=1)
    assert await found(CORA, revoked="false") == [limited["id"]]
    assert await found(LEO, revoked="true") == [own["id"]]
