"""The scheme over HTTP: adopted by decisions, in force from a day on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.kernel.calendar import day_in_london
from tests.support.api import Api
from tests.support.people import ADA, HANA, RITA, SCHEME


def scheme(**values: Any) -> dict[str, Any]:
    """Return an adoption with other values."""
    return {**SCHEME, "values": {**SCHEME["values"], **values}}  # type: ignore[dict-item]


async def test_the_first_scheme_may_reach_into_the_past(api: Api) -> None:
    assert (await api.get("/v1/scheme")).json() == {
        "next": [],
        "version": 0,
        "scheme_version": 0,
        "values": None,
        "unconfirmed": False,
        "proposals": [],
        "ahead": [],
    }
    await api.adopt_scheme()
    seen = (await api.get("/v1/scheme")).json()
    assert (seen["version"], seen["scheme_version"]) == (2, 1)
    assert seen["values"]["tiers"][0]["name"] == "head"


async def test_a_later_scheme_takes_effect_on_its_day(api: Api) -> None:
    await api.adopt_scheme()
    today = day_in_london(datetime.now(UTC))
    for days, expect in ((-1, 409), (1, 200)):
        day = (today + timedelta(days)).isoformat()
        body = scheme(effective_from=day, closed_days=["2027-12-24"])
        if expect == 200:
            await api.adopts(body, 2)
            continue
        answer = await api.post("/v1/scheme/decisions", body, ADA, expect, version=2)
        assert answer.json()["type"] == "/problems/adopted-for-the-past"
    seen = (await api.get("/v1/scheme")).json()
    assert (seen["version"], seen["scheme_version"]) == (4, 1)  # tomorrow's is not in force yet


async def test_tiers_rise(api: Api) -> None:
    falling = [
        {"name": "head", "up_to_pence": 10, "approvers": []},
        {"name": "director", "up_to_pence": 10, "approvers": []},
    ]
    problem = await api.post("/v1/scheme/decisions", scheme(tiers=falling), ADA, 409, version=0)
    assert problem.json()["type"] == "/problems/tiers-not-rising"
    await api.post("/v1/scheme/decisions", scheme(tiers=[]), ADA, 422, version=0)


async def test_only_an_administrator_adopts(api: Api) -> None:
    await api.post("/v1/scheme/decisions", SCHEME, RITA, 403, version=0)
    await api.post("/v1/scheme/decisions", SCHEME, ADA, 428)


async def test_a_changed_scheme_counts_for_the_next_decision(api: Api) -> None:
    rfp = await api.in_approval()
    today = day_in_london(datetime.now(UTC)).isoformat()
    nobody = [{"name": "head", "up_to_pence": 2_500_000, "approvers": ["somebody-else"]}]
    body = scheme(effective_from=today, tiers=nobody)
    await api.adopts(body, 2)
    refused = await api.decide(rfp, "approve", HANA, 409, reason="Yes.")
    assert refused.json()["type"] == "/problems/not-your-tier"
