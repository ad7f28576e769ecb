"""Whatever of a programme's things is exempt, its board, its lists and its paper are still answered."""

from typing import Any

import pytest

from tests.outcomes.test_http import PROGRAMME
from tests.outcomes.test_papers import LARS, REPORT, told
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import SAM

QUERY = {"programme": str(PROGRAMME)}


async def exempted(api: Api, thing: str, name: str, expect: int = 201) -> Any:
    body = {
        "matter_id": thing,
        "fields": [name],
        "paragraph": 3,
        "reason": "Bargaining",
        "public_interest": "It would tell them.",
        "review_on": in_days(90),
    }
    return (await api.post("/v1/exemptions", body, LARS, expect)).json()


async def failing(api: Api, since: int) -> list[str]:
    """Return what can't be read any more."""
    found = []
    for path, more in (
        ("/v1/outcomes", {}),
        ("/v1/milestones", {}),
        ("/v1/promised-data", {}),
        (REPORT, {"since": str(since), "form": "html"}),
    ):
        answer = await api.client.get(
            path, params={**QUERY, **more, "after": api.position}, headers=api.headers(SAM)
        )
        if answer.status_code != 200:
            found.append(path)
    return found


@pytest.mark.slow
async def test_a_board_and_a_paper_can_be_had_whatever_is_exempt(api: Api) -> None:
    since = await told(api)
    board = (await api.get("/v1/outcomes", SAM, **QUERY)).json()
    milestones = (await api.get("/v1/milestones", SAM, **QUERY)).json()["items"]
    things = [board["programme"], board["outcomes"][0], *board["promised_data"], *milestones]
    broken = []
    for thing in things:
        may = (await exempted(api, thing["id"], "nothing-of-it", 409))["may_be_withheld"]
        assert may
        for name in may:
            declared = (await exempted(api, thing["id"], name))["id"]
            broken += [(name, path) for path in await failing(api, since)]
            release = {"decision": "release", "reason": "It is over."}
            await api.post(f"/v1/exemptions/{declared}/decisions", release, LARS, version=1)
    assert broken == []
