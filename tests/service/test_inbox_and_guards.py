"""The inbox is what the guards say, asked one by one: of random people, at random moments of random work."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from shared.governance.scheme.domain import SCHEME_ID
from shared.kernel.roles import Role
from tests.service.test_next import WANTED, WHY
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import ADA, DEREK, HANA, LARS, LEO, PAUL, PIA, PRIYA, RITA, Who
from tests.support.procuring import EVAN, EVE

MOMENTS = int(os.environ.get("INBOX_MOMENTS", "30"))
RFPS = 5 + MOMENTS // 100
ABE, DORA = Who("abe", (Role.ADMINISTRATOR,)), Who("dora", (Role.APPROVER,))
PEOPLE = (RITA, LEO, PRIYA, PAUL, HANA, DEREK, DORA, LARS, EVE, EVAN, ADA, ABE, PIA)

# What waits for somebody exactly where they may take a decision: its kind, by the room and the decision.
DECIDED_BY: Mapping[tuple[str, str], str] = {
    ("rfps", "approve"): "approval",
    ("rfps", "grant-waiver"): "waiver",
    ("rfps", "take-key-decision"): "key-decision",
    ("rfps", "approve-award"): "award-approval",
    ("service-accounts", "confirm"): "service-account",
    ("delegations", "confirm"): "delegation",
    ("scheme", "confirm"): "scheme",
}
SAID: Mapping[str, Any] = {
    **{decision: says for decision, (_, says) in WANTED.items()},
    "hold": lambda n: {"waiting_on": ("finance", "legal", "requester", "procurement")[n % 4], **WHY},
    "end-hold": lambda _: {},
    "confirm": lambda _: {},
    "return-for-rework": lambda _: {"reason_code": "unclear", **WHY},
}


# What has a place of its own each time is said so often; all else a few times, for work comes back.
OFTEN = dict.fromkeys(SAID, 4) | {d: often for d, (often, _) in WANTED.items() if often > 1}


class Walk:
    """Work that goes on at random, and what there is of it so far."""

    def __init__(self, api: Api, dice: Random) -> None:
        self.api, self.dice = api, dice
        self.things: dict[str, list[str]] = {"rfps": [], "service-accounts": [], "delegations": []}
        self.done = Counter[tuple[str, str]]()
        self.compared = Counter[str]()

    def paths(self) -> Iterator[tuple[str, str, str]]:
        yield "scheme", "", "/v1/scheme"
        for room, ids in self.things.items():
            yield from ((room, each, f"/v1/{room}/{each}") for each in ids)

    async def step(self) -> None:
        """Let somebody do something that they may."""
        chance = self.dice.random()
        if len(self.things["rfps"]) < RFPS and chance < 0.2:
            raised = await self.api.raised(self.dice.choice((RITA, LEO)))
            self.things["rfps"].append(raised)
        elif chance < 0.26:
            await self._propose()
        else:
            for _ in range(6):
                await self._decide()

    async def _propose(self) -> None:
        """Propose what a second person must confirm: an account, or a delegation."""
        by = self.dice.choice((ADA, ABE))
        if self.dice.random() < 0.5 and len(self.things["service-accounts"]) < 3:
            body = {"name": "Portal", "owner": self.dice.choice(("ada", "lars")), "scopes": ["rfp.read"]}
            made = (await self.api.post("/v1/service-accounts", body, by)).json()
            self.things["service-accounts"].append(made["id"])
            return
        body = {
            "delegator": "hana",
            "delegate": self.dice.choice(("dora", "derek")),
            "limit_pence": 2_500_000,
            "first_day": in_days(0),
            "last_day": in_days(9),
            **WHY,
        }
        answer = await self.api.post("/v1/delegations", body, by, 201) if self._few_delegations() else None
        if answer is not None:
            self.things["delegations"].append(answer.json()["id"])

    def _few_delegations(self) -> bool:
        return len(self.things["delegations"]) < 2

    async def _decide(self) -> None:
        """Take a random decision that `next` allows a random person on a random thing."""
        room, thing, path = self.dice.choice([*self.paths()])
        who = self.dice.choice(PEOPLE)
        seen = await self.seen(path, who)
        allowed = [e["decision"] for e in (seen or {}).get("next") or () if e["allowed"]]
        taken = [decision for decision in allowed if self.done[thing, decision] < OFTEN.get(decision, 0)]
        if not taken or room == "scheme":
            return
        furthest = [decision for decision in WANTED if decision in taken]
        decision = furthest[0] if furthest and self.dice.random() < 0.7 else self.dice.choice(taken)
        body = {"decision": decision, **SAID[decision](self.done[thing, decision])}
        if decision == "check-catalogue":
            check = await self.api.post("/v1/catalogue-checks", {"query": "laptop"}, who)
            body["check_id"] = check.json()["id"]
        assert seen is not None
        headers = self.api.headers(who, If_Match=f'"{seen["version"]}"')
        answer = await self.api.client.post(f"{path}/decisions", json=body, headers=headers)
        assert answer.status_code < 500, answer.text
        if answer.is_success:  # else its own words were refused, or a clock was faster
            self.api.position = max(self.api.position, answer.json()["position"])
            self.done[thing, decision] += 1

    async def seen(self, path: str, who: Who) -> dict[str, Any] | None:
        """Return a thing as somebody sees it, if they may."""
        answer = await self.api.client.get(
            path, params={"after": self.api.position}, headers=self.api.headers(who)
        )
        assert answer.status_code in (200, 403, 404), answer.text
        return answer.json() if answer.status_code == 200 else None

    async def compare(self, who: Who) -> None:
        """Compare somebody's inbox with the guards of every thing; a clock that moved one is asked again."""
        while True:
            head = await self.api.service.record.head()
            self.api.position = head
            items = (await self.api.get("/v1/inbox", who, limit=200)).json()["items"]
            allowed, anything = await self._guards(who)
            told = {(i["kind"], i["id"], i["acting_for"]) for i in items if i["kind"] in DECIDED_BY.values()}
            expected = {(kind, thing) for kind, thing, _ in allowed}
            # Whom it is for: themselves first, then any of those who delegated it.
            same = {(kind, thing) for kind, thing, _ in told} == expected and told <= allowed
            rest = {i["id"] for i in items if i["kind"] not in (*DECIDED_BY.values(), "finance")}
            if same and rest <= anything:
                self.compared.update(item["kind"] for item in items)
                return
            assert await self.api.service.record.head() != head, (who.id, told, allowed, rest - anything)

    async def _guards(self, who: Who) -> tuple[set[tuple[str, str, str]], set[str]]:
        """Return what somebody may decide that waits for it, for whom, and on which things anything."""
        allowed, anything = set[tuple[str, str, str]](), set[str]()
        for room, thing, path in self.paths():
            for each in (await self.seen(path, who) or {}).get("next") or ():
                if not each["allowed"]:
                    continue
                anything.add(thing)
                if kind := DECIDED_BY.get((room, each["decision"])):
                    identity = thing or str(SCHEME_ID)
                    allowed |= {(kind, identity, whom) for whom in each.get("acting_for") or (None,)}
        return allowed, anything


async def test_the_inbox_is_what_the_guards_say(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(*PEOPLE)
    walk = Walk(api, Random(21))
    for estimate in (2_000_000, 9_000_000):
        walk.things["rfps"].append(await api.in_approval(estimate, adopt=False))
    for _ in range(MOMENTS):
        await walk.step()
        await walk.compare(walk.dice.choice(PEOPLE))
    for who in PEOPLE:
        await walk.compare(who)
    assert {"request", "procurement", "approval", "delegation", "service-account"} <= walk.compared.keys()
