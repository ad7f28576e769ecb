"""Whoever tries to approve their own work, by whatever road, does not get there.

A machine lets two people with several accounts each, an administrator and a stranger do random things:
raise, lead, hand over to another account, change roles, link and unlink accounts, approve. Whatever is
approved in the end was approved by somebody who is, by the links known at that moment, neither its
requester nor its lead.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.access.roles import Role
from tests.support.api import Api, running_api
from tests.support.people import ADA, Who
from tests.support.postgres import Base, Server

EXAMPLES = int(os.environ.get("OWN_WORK", "5"))
ACCOUNTS = ("ann", "ann2", "ann3", "ben", "ben2", "zoe")
WORK = (Role.REQUESTER, Role.PROCUREMENT_OFFICER, Role.APPROVER)
SCHEME = {
    "decision": "adopt",
    "values": {
        "effective_from": "2020-01-01",
        "tiers": [{"name": "head", "up_to_pence": 10**9, "approvers": [*ACCOUNTS]}],
    },
    "reason": "Everybody may, in principle.",
}

account = st.sampled_from(ACCOUNTS)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("link"), account, account),
        st.tuples(st.just("unlink"), account, account),
        st.tuples(st.just("approve"), account, account),
        st.tuples(st.just("return"), account, account),
        st.tuples(st.just("withdraw and raise again"), account, account),
    ),
    min_size=3, max_size=10,
)  # fmt: skip


class Council:
    """People who try, and what is known of them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.rfp = ""
        self.approvals = 0
        self.tried = 0

    def who(self, account: str) -> Who:
        """Return an account with every role that could help; roles are the token's, and change freely."""
        return Who(account, WORK)

    async def decides(self, account: str, body: dict[str, Any], path: str | None = None) -> bool:
        """Try a decision on the version there is; say whether it was taken."""
        who = ADA if path else self.who(account)
        thing = path or f"/v1/rfps/{self.rfp}"
        seen = await self.api.get("/v1/people/ada" if path else thing, who)
        answer = await self.api.client.post(
            f"{path or thing}/decisions", json=body,
            headers=self.api.headers(who, If_Match=f'"{seen.json()["version"]}"'),
        )  # fmt: skip
        assert answer.status_code in (200, 409), answer.text
        return answer.status_code == 200

    async def prepare(self, requester: str, lead: str) -> None:
        """Bring a new RFP as far as it goes towards its approval, with whoever can."""
        self.rfp = await self.api.raised(self.who(requester))
        check = await self.api.post("/v1/catalogue-checks", {"query": "x"}, self.who(requester))
        amended = {
            "decision": "amend", "cost_centre": "CC-1", "needed_by": "2027-01-01",
            "estimate_pence": 100, "estimate_with_vat_pence": 120,
        }  # fmt: skip
        route = {
            "decision": "select-route", "regime": "procurement_act_2023",
            "route": "open_tender", "lead": lead,
        }  # fmt: skip
        asked = {"budget_code": "IT-1", "options_considered": "None", "conflicts": "None"}
        for body in (
            amended,
            {"decision": "check-catalogue", "check_id": check.json()["id"]},
            {"decision": "confirm-no-match"},
            {"decision": "submit"},
        ):
            await self.decides(requester, body)
        for account in ACCOUNTS:
            await self.decides(account, {"decision": "accept"})
        for account in ACCOUNTS:
            await self.decides(account, route)
        await self.decides(requester, {"decision": "request-approval", **asked})

    async def group(self, account: str) -> set[str]:
        """Return all ids of a person, as the directory says at this moment."""
        return set((await self.api.get(f"/v1/people/{account}", ADA)).json()["ids"])

    async def approves(self, account: str) -> None:
        """Try to approve; where it is taken, it was nobody's own."""
        mine = await self.group(account)
        rfp = (await self.api.get(f"/v1/rfps/{self.rfp}", self.who(account))).json()
        waiting = rfp["stage"] == "approval"
        own = waiting and bool(mine & {rfp["raised_by"], rfp["lead"]})
        done = await self.decides(account, {"decision": "approve", "reason": "Fine."})
        self.tried += own
        self.approvals += done
        assert not (own and done), f"{account} ({mine}) approved {rfp}"


async def story(api: Api, steps: list[tuple[str, str, str]]) -> Council:
    council = Council(api)
    await api.post("/v1/scheme/decisions", SCHEME, ADA, version=0)
    for known in ACCOUNTS:
        await api.get("/v1/rfps", council.who(known))
    await council.prepare("ann", "ben")
    reason = {"reason": "They said so."}
    for step, one, other in steps:
        match step:
            case "link":
                body = {"decision": "link", "person": one, "same_as": other, **reason}
                await council.decides("ada", body, "/v1/directory")
            case "unlink":
                await council.decides(
                    "ada", {"decision": "unlink", "person": one, **reason}, "/v1/directory"
                )
            case "approve":
                await council.approves(one)
            case "return":
                await council.decides(
                    one, {"decision": "return-for-rework", "reason_code": "other", **reason}
                )
            case _:
                await council.decides(one, {"decision": "withdraw", **reason})
                await council.prepare(one, other)
    rfp = (await api.get(f"/v1/rfps/{council.rfp}", ADA)).json()
    own = await council.group(rfp["raised_by"]) | await council.group(rfp["lead"] or "zoe")
    for last in sorted(ACCOUNTS, key=lambda known: known not in own):  # those who may not try first
        await council.approves(last)
    return council


def test_nobody_approves_their_own_work_by_any_road(postgres: Server) -> None:
    tried = approved = 0

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(moves)
    def machine(steps: list[tuple[str, str, str]]) -> None:
        nonlocal tried, approved
        council = _run(postgres, lambda api: story(api, steps))
        tried += council.tried
        approved += council.approvals

    machine()
    assert tried > EXAMPLES, "hardly anybody tried"
    assert approved > 0, "nobody at all could approve"


def _run(server: Server, told: Callable[[Api], Coroutine[Any, Any, Council]]) -> Council:
    async def run(base: Base) -> Council:
        async with running_api(base) as api:
            return await told(api)

    with server.fresh() as base:
        return asyncio.run(run(base))


@pytest.mark.parametrize(
    "steps",
    [
        [("approve", "ann", "ann")],
        [("link", "ann2", "ann"), ("approve", "ann2", "ann")],
        [("link", "ann", "ann2"), ("approve", "ann2", "ann")],
        [("link", "ann2", "ann3"), ("link", "ann3", "ann"), ("approve", "ann2", "ann")],
        [("link", "ben2", "ben"), ("approve", "ben2", "ben")],
        [
            ("link", "zoe", "ann"),
            ("withdraw and raise again", "zoe", "ben"),
            ("approve", "ann", ""),
        ],
    ],
    ids=["myself", "second account", "first of two", "third", "the lead's second", "raised by it"],
)
async def test_each_road_by_itself_leads_nowhere(
    api: Api, steps: list[tuple[str, str, str]]
) -> None:
    council = await story(api, steps)
    assert council.tried >= 1
