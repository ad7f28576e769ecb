"""Service accounts over HTTP: a key is shown once, works at once, and stops at once."""

from typing import Any

import httpx

from tests.support.api import Api
from tests.support.people import ADA, LARS, RITA, SAM, Who
from tests.support.postgres import Base, session

RAISE = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}


async def opened(api: Api, *scopes: str) -> str:
    body = {"name": "Intranet", "owner": "ada", "scopes": list(scopes or ("rfp.read",))}
    made: str = (await api.post("/v1/service-accounts", body, ADA)).json()["id"]
    await decide(api, made, "confirm", who=LARS)
    return made


async def decide(
    api: Api, account: str, decision: str, expect: int = 200, who: Who = ADA, **more: Any
) -> Any:
    """Decide on an account; what gives a key is confirmed by a second person."""
    seen = (await api.get(f"/v1/service-accounts/{account}", ADA)).json()
    path = f"/v1/service-accounts/{account}/decisions"
    body = {"decision": decision, **more}
    made = (await api.post(path, body, who, expect, version=seen["version"])).json()
    if decision in ("issue-key", "rotate-key") and expect == 200:
        await decide(api, account, "confirm-key", who=LARS, key_name=more["key_name"])
    return made


async def asked(api: Api, key: str, path: str = "/v1/rfps") -> httpx.Response:
    return await api.client.get(path, headers={"Authorization": f"Bearer {key}"})


async def test_a_program_reads_with_its_key_and_decides_nothing(api: Api) -> None:
    account = await opened(api)
    key = (await decide(api, account, "issue-key", key_name="one"))["key"]
    assert key.startswith("rfpkey_")
    assert (await asked(api, key)).status_code == 200
    refused = await api.client.post("/v1/rfps", json=RAISE, headers={"Authorization": f"Bearer {key}"})
    assert refused.json()["type"] == "/problems/reads-only"
    assert (await asked(api, key, "/v1/audit/decisions")).status_code == 403


async def test_a_program_holds_no_persons_role_even_with_every_scope(api: Api) -> None:
    account = await opened(api, "rfp.read", "rfp.decide")
    key = (await decide(api, account, "issue-key", key_name="one"))["key"]
    refused = await api.client.post("/v1/rfps", json=RAISE, headers={"Authorization": f"Bearer {key}"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")


async def test_a_key_shows_when_it_was_last_used(api: Api) -> None:
    account = await opened(api)
    key = (await decide(api, account, "issue-key", key_name="one"))["key"]
    [seen] = (await api.get(f"/v1/service-accounts/{account}", SAM)).json()["key_list"]
    assert (seen["live"], seen["last_used_at"]) == (True, None)
    await asked(api, key)
    [seen] = (await api.get(f"/v1/service-accounts/{account}", SAM)).json()["key_list"]
    assert seen["last_used_at"] is not None


async def test_both_keys_work_while_one_replaces_the_other(api: Api) -> None:
    account = await opened(api)
    old = (await decide(api, account, "issue-key", key_name="one"))["key"]
    new = (await decide(api, account, "rotate-key", replaces="one", key_name="two"))["key"]
    for key in (old, new):
        assert (await asked(api, key)).status_code == 200
    third = await decide(api, account, "rotate-key", replaces="two", key_name="three", overlap_hours=0)
    assert (await asked(api, new)).status_code == 401
    assert (await asked(api, third["key"])).status_code == 200


async def test_a_revoked_key_and_a_closed_account_open_nothing_from_then_on(api: Api) -> None:
    account = await opened(api)
    one = (await decide(api, account, "issue-key", key_name="one"))["key"]
    two = (await decide(api, account, "issue-key", key_name="two"))["key"]
    revoked = await decide(api, account, "revoke-key", key_name="one", reason="Leaked.")
    assert revoked["key"] is None
    assert [(await asked(api, key)).status_code for key in (one, two)] == [401, 200]
    await decide(api, account, "close", reason="Replaced.")
    assert (await asked(api, two)).status_code == 401
    await decide(api, account, "issue-key", 409, key_name="three")


async def test_a_key_with_a_slip_opens_nothing(api: Api) -> None:
    account = await opened(api)
    key = (await decide(api, account, "issue-key", key_name="one"))["key"]
    rfp = await api.raised()
    for wrong in (
        key[:-1],
        key + "x",
        key[:-1] + ("A" if key[-1] != "A" else "B"),
        key.upper(),
        key.replace(account.replace("-", ""), rfp.replace("-", "")),
        "rfpkey_",
        "rfpkey__",
    ):
        assert (await asked(api, wrong)).status_code == 401


async def test_the_secret_is_shown_once_and_kept_nowhere(api: Api, base: Base) -> None:
    account = await opened(api)
    path = f"/v1/service-accounts/{account}/decisions"
    body = {"decision": "issue-key", "key_name": "one"}
    first = (await api.post(path, body, ADA, 200, version=2, key="k")).json()
    again = (await api.post(path, body, ADA, 200, version=2, key="k")).json()
    assert first["key"] is not None
    assert again == {**first, "key": None}
    secret = first["key"].rpartition(account.replace("-", "") + "_")[2]
    async with session(base.admin) as admin:
        for table in ("stored_events", "service_accounts", "api_key_uses", "idempotency_keys"):
            for row in await admin.fetch(f"SELECT * FROM {table}"):
                assert secret not in str(dict(row))
    for who in (ADA, SAM):
        seen = await api.get(f"/v1/service-accounts/{account}", who)
        assert secret not in seen.text
        assert "hash" not in seen.text
    await api.get("/v1/service-accounts", RITA, 403)
