"""Tags are held against the editions on the record, not against a view that may lag behind them."""

import asyncio
from typing import Any

from tests.support.api import Api, running_api
from tests.support.days import in_days
from tests.support.people import PIA
from tests.support.postgres import Base

ROUNDS = 6


def edition(name: str, *priorities: str) -> dict[str, Any]:
    return {
        "name": "Digital strategy",
        "edition": name,
        "sha256": "ab" * 32,
        "adopted_on": in_days(0),
        "themes": [{"name": "Platforms", "priorities": list(priorities)}],
    }


async def tagged(api: Api, rfp: str, priority: str, version: int, expect: int | None = None) -> None:
    tag = {"on": "rfp", "id": rfp, "priorities": [priority]}
    await api.post("/v1/priority-tags", tag, PIA, expect, version)


async def test_an_edition_counts_for_tags_from_the_moment_it_is_adopted_however_late_views_are(
    base: Base,
) -> None:
    async with running_api(base, worker=False) as api:  # no view is ever written
        rfp = await api.raised()
        await tagged(api, rfp, "Telephony", 0, expect=409)
        await api.post("/v1/strategies", edition("1.5", "Telephony", "Networks"), PIA, version=0)
        await tagged(api, rfp, "Telephony", 0)
        await api.post("/v1/strategies", edition("1.6", "Networks"), PIA, version=1)
        await tagged(api, rfp, "Telephony", 1, expect=409)
        await tagged(api, rfp, "Networks", 1)
    async with running_api(base) as api:  # with views of all that, and then of less than there is
        await api.get("/v1/strategies", PIA, after=await api.service.record.head())
        await tagged(api, rfp, "Telephony", 2, expect=409)
    async with running_api(base, worker=False) as api:
        await api.post("/v1/strategies", edition("1.7", "Telephony"), PIA, version=2)
        await tagged(api, rfp, "Networks", 2, expect=409)
        await tagged(api, rfp, "Telephony", 2)


async def test_of_two_tags_given_at_once_one_counts_and_the_other_is_asked_to_look_again(api: Api) -> None:
    rfp = await api.raised()
    await api.post("/v1/strategies", edition("1", "Telephony", "Networks"), PIA, version=0)
    headers = api.headers(PIA, If_Match='"0"')
    tags = [{"on": "rfp", "id": rfp, "priorities": [name]} for name in ("Telephony", "Networks")]
    answers = await asyncio.gather(
        *(api.client.post("/v1/priority-tags", json=tag, headers=headers) for tag in tags)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_a_tag_given_while_the_next_edition_is_adopted_was_held_against_one_that_was_adopted(
    api: Api,
) -> None:
    """Whichever comes first: the tag says which priorities it was held against."""
    rfp = await api.raised()
    await api.post("/v1/strategies", edition("0", "P0"), PIA, version=0)
    version = 0
    for number in range(1, ROUNDS + 1):
        headers = api.headers(PIA, If_Match=f'"{version}"')
        tag = {"on": "rfp", "id": rfp, "priorities": [f"P{number - 1}"]}
        _, answer = await asyncio.gather(
            api.post("/v1/strategies", edition(str(number), f"P{number}"), PIA, version=number),
            api.client.post("/v1/priority-tags", json=tag, headers=headers),
        )
        if answer.status_code == 200:
            version = answer.json()["version"]
            [recorded] = await api.service.record.at([answer.json()["position"]])
            known = recorded.envelope["known"]
            assert isinstance(known, dict)
            assert known["facts"]["priorities"] == [f"P{number - 1}"]
        else:
            assert answer.json()["missing"] == [f"P{number - 1}"]
        await tagged(api, rfp, f"P{number}", version)
        version += 1
