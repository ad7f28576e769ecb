"""What becomes due while a round is open is in it, whatever becomes of it before the round is closed."""

from datetime import timedelta
from typing import Any

from tests.service.test_contract_registers import undone
from tests.service.test_contracts import CORA, decide, registered, this_month
from tests.support.api import Api
from tests.support.days import in_days, today


def next_month() -> str:
    return f"{today().replace(day=28) + timedelta(days=7):%Y-%m}"


async def owing_a_notice(api: Api) -> str:
    """Register a contract of which nothing is due for years but the notice of its conclusion."""
    return await registered(
        api,
        terms={"start": in_days(0), "initial_end": f"{today().year + 9}-12-31"},
        concluded_on=in_days(0),
        procurement_begun_on="2025-03-01",
        contract_kind="services",
        value_pence=90_000_000,
        value_with_vat_pence=108_000_000,
    )


async def published(api: Api, contract: str) -> None:
    """Publish the notice that is due."""
    said = {"number": 1, "reference": "2026/S 000-000001", "published_on": in_days(0)}
    await decide(api, contract, "publish-notice", **said)


async def opened(api: Api, month: str) -> str:
    made = await api.post("/v1/renewal-rounds", {"month": month}, CORA)
    return f"/v1/renewal-rounds/{made.json()['id']}"


async def said(api: Api, path: str, decision: str, **more: Any) -> None:
    version = (await api.get(path, CORA)).json()["version"]
    await api.post(f"{path}/decisions", {"decision": decision, **more}, CORA, version=version)


async def standings(api: Api, path: str) -> list[tuple[str, str, bool, bool]]:
    """Return of each line its contract, how it stands, and how it came to be in the round."""
    lines = (await api.get(path, CORA)).json()["lines"]
    return [
        (line["contract"], line["standing"], line["carried_over"], line["joined_later"]) for line in lines
    ]


async def test_what_is_due_and_done_while_a_round_is_open_is_in_it_as_decided(api: Api) -> None:
    await api.adopt_scheme()
    path = await opened(api, this_month())
    contract = await owing_a_notice(api)
    assert await standings(api, path) == [(contract, "due", False, True)]
    await published(api, contract)
    assert await standings(api, path) == [(contract, "decided", False, True)]
    await said(api, path, "close")
    assert await standings(api, path) == [(contract, "decided", False, False)]
    [row] = (await api.get("/v1/renewal-rounds", CORA)).json()["items"]
    assert (row["lines"], row["decided"]) == (1, 1)


async def test_what_is_corrected_to_be_due_no_longer_stays_in_the_round_until_somebody_says_why(
    api: Api,
) -> None:
    await api.adopt_scheme()
    path = await opened(api, this_month())
    terms = {"start": "2020-01-01", "initial_end": in_days(9)}
    contract = await registered(api, terms=terms)
    later = terms | {"initial_end": f"{today().year + 9}-12-31"}
    await decide(api, contract, "correct-terms", terms=later, reason="Read again.")
    assert await standings(api, path) == [(contract, "due", False, True)]
    version = (await api.get(path, CORA)).json()["version"]
    refused = await api.post(f"{path}/decisions", {"decision": "close"}, CORA, 409, version)
    assert [named["id"] for named in refused.json()["contracts"]] == [contract]
    await said(api, path, "not-due", contract=contract, reason="Its end was misread.")
    await said(api, path, "close")
    assert await standings(api, path) == [(contract, "not_due", False, False)]


async def test_a_notice_published_settles_a_line_that_only_waited_for_it_in_this_round_and_the_next(
    api: Api,
) -> None:
    await api.adopt_scheme()
    contract = await owing_a_notice(api)
    first = await opened(api, this_month())
    assert await standings(api, first) == [(contract, "due", False, False)]
    until = in_days(9)
    await said(api, first, "defer", contract=contract, reason="Next week.", until=until)
    await said(api, first, "close")
    await published(api, contract)
    second = await opened(api, next_month())
    assert await standings(api, second) == [(contract, "decided", True, False)]
    await said(api, second, "close")


async def test_what_a_register_brought_and_took_back_is_in_no_round(api: Api) -> None:
    await api.adopt_scheme()
    path = await opened(api, this_month())
    rows = f"Reference,Title,End date\r\nK-1,Network,{today() + timedelta(days=9)}\r\n"
    files = {"file": ("register.csv", rows.encode())}
    handed_in = await api.client.post("/v1/contract-registers", files=files, headers=api.headers(CORA))
    batch = handed_in.json()["batch"]
    api.position = await api.service.record.head()
    [(_, standing, _, _)] = await standings(api, path)
    assert standing == "due"
    await undone(api, batch)
    assert await standings(api, path) == []
