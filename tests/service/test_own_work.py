"""Whoever tries to approve their own work, by whatever road, does not get there.

A machine lets two people with several accounts each, an administrator and a stranger do random things:
raise, lead, evaluate, delegate, decide for another, hand work over, change roles, link and unlink
accounts, approve. The machine keeps its own book of who did what by which account. Whoever approves,
or is stood in for, is neither by that book nor by the links of that moment somebody who ever had a part
in it; and nobody takes a part in what they approved.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.kernel.roles import Role
from tests.support.api import Api, running_api
from tests.support.people import ADA, Who
from tests.support.postgres import Base, Server

EXAMPLES = int(os.environ.get("OWN_WORK", "5"))
ACCOUNTS = ("ann", "ann2", "ann3", "ben", "ben2", "zoe")
WORK = (Role.REQUESTER, Role.PROCUREMENT_OFFICER, Role.APPROVER)
CHANGES_OF_ROLE = {
    "only approves": (Role.APPROVER,),
    "only asks": (Role.REQUESTER, Role.PROCUREMENT_OFFICER),
    "any role": WORK,
}
MOVES = (
    "link",
    "unlink",
    "approve",
    "return",
    "withdraw and raise again",
    "delegate",
    "approve for",
    "hand over",
    "replace requester",
    "reassign lead",
    "appoint evaluator",
    *CHANGES_OF_ROLE,
)
SCHEME = {
    "decision": "adopt",
    "values": {
        "effective_from": "2020-01-01",
        "tiers": [{"name": "head", "up_to_pence": 10**9, "approvers": [*ACCOUNTS]}],
    },
    "reason": "Everybody may, in principle.",
}
WHY = {"reason": "They said so."}

T = TypeVar("T")
Step = tuple[str, str, str]
account = st.sampled_from(ACCOUNTS)
moves = st.lists(st.tuples(st.sampled_from(MOVES), account, account), min_size=3, max_size=12)


class Council:
    """People who try, and what is known of them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.rfp = ""
        self.approvals = 0
        self.tried = 0
        self.roles: dict[str, tuple[Role, ...]] = dict.fromkeys(ACCOUNTS, WORK)
        self.parts: set[str] = set()  # accounts, and ids as recorded, with a part in this RFP
        self.deciders: set[str] = set()
        self.linked: list[str] = []  # accounts, and delegations, that there are to undo or to use
        self.delegated: list[tuple[str, str]] = []
        self.happened: dict[str, int] = dict.fromkeys(MOVES, 0)

    def who(self, account: str) -> Who:
        """Return an account with the roles that it has just now."""
        return Who(account, self.roles[account])

    async def decides(self, account: str, body: dict[str, Any], path: str | None = None) -> bool:
        """Try a decision on the version there is; say whether it was taken."""
        who = ADA if path else self.who(account)
        thing = path or f"/v1/rfps/{self.rfp}"
        seen = await self.api.get("/v1/people/ada" if path else thing, who)
        return await self.posts(f"{path or thing}/decisions", body, who, seen.json()["version"])

    async def posts(self, path: str, body: Any, who: Who, version: int | None = None) -> bool:
        if_match = None if version is None else f'"{version}"'
        headers = self.api.headers(who, If_Match=if_match)
        answer = await self.api.client.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201, 403, 409), answer.text
        if answer.is_success:
            self.api.position = max(self.api.position, answer.json()["position"])
        return answer.is_success

    async def prepare(self, requester: str, lead: str) -> None:
        """Bring a new RFP as far as it goes towards its approval, with whoever can."""
        if Role.REQUESTER not in self.roles[requester]:
            return
        self.rfp = await self.api.raised(self.who(requester))
        self.parts, self.deciders = {requester}, set()
        check = await self.api.post("/v1/catalogue-checks", {"query": "x"}, self.who(requester))
        amended = {
            "decision": "amend",
            "cost_centre": "CC-1",
            "needed_by": "2027-01-01",
            "estimate_pence": 100,
            "estimate_with_vat_pence": 120,
        }
        route = {
            "decision": "select-route",
            "regime": "procurement_act_2023",
            "route": "open_tender",
            "lead": lead,
        }
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
            if await self.decides(account, route):
                self.parts.add(lead)
        await self.decides(requester, {"decision": "request-approval", **asked})
        await self.looks()

    async def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.api.get(f"/v1/rfps/{self.rfp}", ADA)).json()
        return found

    async def looks(self) -> None:
        """Note who has which part by the record; nobody among them has approved anything of it."""
        rfp = await self.seen()
        now = {rfp["raised_by"], rfp["lead"], *rfp["evaluators"]} - {"", None}
        for newcomer in now - self.parts:
            group = await self.group(newcomer)
            assert not group & self.deciders, f"{newcomer} ({group}) had approved {rfp}"
        self.parts |= now

    async def group(self, account: str) -> set[str]:
        """Return all ids of a person, as the directory says at this moment."""
        return set((await self.api.get(f"/v1/people/{account}", ADA)).json()["ids"]) | {account}

    async def approves(self, account: str, principal: str = "") -> bool:
        """Try to approve, also in somebody's place; where it is taken, it was nobody's own."""
        mine = await self.group(account)
        if principal:
            mine |= await self.group(principal)
        waiting = (await self.seen())["stage"] == "approval"
        own = waiting and bool(mine & self.parts)
        for_whom = {"acting_for": principal} if principal else {}
        done = await self.decides(account, {"decision": "approve", "reason": "Fine.", **for_whom})
        self.tried += own
        self.approvals += done
        assert not (own and done), f"{account} ({mine}) approved {await self.seen()}, {self.parts}"
        if done:
            self.deciders |= mine
        return done

    async def moves(self, move: str, one: str, other: str) -> bool:
        """Try one move; say whether it was made."""
        if move in CHANGES_OF_ROLE:
            self.roles[one] = CHANGES_OF_ROLE[move]
            return True
        if move == "approve":
            return await self.approves(one)
        if move == "approve for":
            principal, deputy = _of(self.delegated, one) or (other, one)
            return await self.approves(deputy, principal)
        if move == "unlink":
            one = _of(self.linked, one) or one
        if move == "withdraw and raise again":
            await self.decides(one, {"decision": "withdraw", **WHY})
            await self.prepare(one, other)
            return True
        path, body = wanted(move, one, other)
        if path == "":
            return await self.decides(one, body)
        if path == "/v1/directory":
            made = await self.decides("ada", body, path)
        else:
            made = await self.posts(path, body, ADA if path == "/v1/hand-overs" else self.who(one))
        self.linked += [one] * (made and move == "link")
        self.delegated += [(one, other)] * (made and move == "delegate")
        return made


def _of(things: Sequence[T], account: str) -> T | None:
    """Return one of what there is, whichever an account's place comes to."""
    return things[ACCOUNTS.index(account) % len(things)] if things else None


def wanted(move: str, one: str, other: str) -> tuple[str, dict[str, Any]]:
    """Return what is asked for, and of what: of the RFP where there is no path."""
    today = datetime.now(UTC).date().isoformat()
    days = {"first_day": today, "last_day": today}
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "link": ("/v1/directory", {"decision": "link", "person": one, "same_as": other}),
        "unlink": ("/v1/directory", {"decision": "unlink", "person": one}),
        "delegate": ("/v1/delegations", {"delegate": other, "limit_pence": 10**9, **days}),
        "hand over": ("/v1/hand-overs", {"leaver": one, "successor": other}),
        "replace requester": ("", {"decision": "replace-requester", "requester": other}),
        "reassign lead": ("", {"decision": "reassign-lead", "lead": other}),
        "return": ("", {"decision": "return-for-rework", "reason_code": "other"}),
        "appoint evaluator": ("", {"decision": "appoint-evaluator", "evaluator": other}),
    }
    path, body = asked[move]
    return path, body if move == "appoint evaluator" else body | WHY


async def story(api: Api, steps: list[Step]) -> Council:
    council = Council(api)
    await api.adopts(SCHEME)
    for known in ACCOUNTS:
        await api.get("/v1/rfps", council.who(known))
    await council.prepare("ann", "ben")
    for move, one, other in steps:
        council.happened[move] += await council.moves(move, one, other)
        await council.looks()
    council.roles = dict.fromkeys(ACCOUNTS, WORK)
    ordered = sorted(ACCOUNTS, key=lambda known: known not in council.parts)
    for last in ordered:  # those who may not try first
        await council.approves(last)
    return council


def test_nobody_approves_their_own_work_by_any_road(postgres: Server) -> None:
    tried = approved = 0
    happened = dict.fromkeys(MOVES, 0)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(moves)
    def machine(steps: list[Step]) -> None:
        nonlocal tried, approved
        council = _run(postgres, lambda api: story(api, steps))
        tried += council.tried
        approved += council.approvals
        for move, times in council.happened.items():
            happened[move] += times

    machine()
    assert tried > EXAMPLES, "hardly anybody tried"
    assert approved > 0, "nobody at all could approve"
    if EXAMPLES >= 100:
        assert all(happened.values()), happened


def _run(server: Server, told: Callable[[Api], Coroutine[Any, Any, Council]]) -> Council:
    async def run(base: Base) -> Council:
        async with running_api(base) as api:
            return await told(api)

    with server.fresh() as base:
        return asyncio.run(run(base))


ROADS: dict[str, list[Step]] = {
    "myself": [("approve", "ann", "")],
    "second account": [("link", "ann2", "ann"), ("approve", "ann2", "")],
    "first of two": [("link", "ann", "ann2"), ("approve", "ann2", "")],
    "third": [("link", "ann2", "ann3"), ("link", "ann3", "ann"), ("approve", "ann2", "")],
    "the lead's second": [("link", "ben2", "ben"), ("approve", "ben2", "")],
    "raised by it": [
        ("link", "zoe", "ann"),
        ("withdraw and raise again", "zoe", "ben"),
        ("approve", "ann", ""),
    ],
    "raised by it, and unlinked": [
        ("link", "zoe", "ann"),
        ("withdraw and raise again", "zoe", "ben"),
        ("unlink", "zoe", ""),
        ("approve", "zoe", ""),
    ],
    "unlinked, and linked to a third": [
        ("link", "zoe", "ann"),
        ("withdraw and raise again", "zoe", "ben"),
        ("unlink", "zoe", ""),
        ("link", "zoe", "ben2"),
        ("approve", "ben2", ""),
        ("approve", "zoe", ""),
    ],
    "as a delegate": [("delegate", "zoe", "ann"), ("approve for", "ann", "zoe")],
    "by a delegate": [("delegate", "ann", "zoe"), ("approve for", "zoe", "ann")],
    "as a delegate by the second account": [
        ("link", "ann2", "ann"),
        ("delegate", "zoe", "ann2"),
        ("approve for", "ann2", "zoe"),
    ],
    "by a delegate of the second account": [
        ("delegate", "ann2", "zoe"),
        ("link", "ann2", "ann"),
        ("approve for", "zoe", "ann2"),
    ],
    "after a change of role": [("only approves", "ann", ""), ("approve", "ann", "")],
    "after handing the work over": [("hand over", "ann", "zoe"), ("approve", "ann", "")],
    "once the work was handed to them": [("hand over", "ann", "zoe"), ("approve", "zoe", "")],
    "after giving the lead away": [("reassign lead", "ben", "ben2"), ("approve", "ben", "")],
    "after being replaced": [("replace requester", "ann", "ann2"), ("approve", "ann", "")],
    "as an evaluator": [("appoint evaluator", "ben", "zoe"), ("approve", "zoe", "")],
}


@pytest.mark.parametrize("steps", ROADS.values(), ids=ROADS)
async def test_each_road_by_itself_leads_nowhere(api: Api, steps: list[Step]) -> None:
    council = await story(api, steps)
    assert council.tried >= 1
    made = [council.happened[move] for move, *_ in steps if not move.startswith("approve")]
    assert all(made), "the road was closed before its end"


async def test_nobody_takes_a_part_in_what_they_approved(api: Api) -> None:
    steps = [
        ("approve", "zoe", ""),
        ("reassign lead", "ben", "zoe"),
        ("replace requester", "ann", "zoe"),
        ("appoint evaluator", "ben", "zoe"),
        ("hand over", "ann", "zoe"),
    ]
    council = await story(api, steps)
    assert council.approvals == 1
    assert "zoe" not in council.parts
