"""People who try to approve their own work, and the book that is kept of what they do."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from shared.kernel.calendar import day_in_london
from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.people import ADA, LARS, Who

ACCOUNTS = ("ann", "ann2", "ann3", "ben", "ben2", "zoe")
WORK = (Role.REQUESTER, Role.PROCUREMENT_OFFICER, Role.APPROVER)
CHANGES_OF_ROLE = {
    "only approves": (Role.APPROVER,),
    "only asks": (Role.REQUESTER, Role.PROCUREMENT_OFFICER),
    "any role": WORK,
    "asks and manages contracts": (Role.REQUESTER, Role.CONTRACT_MANAGER),
    "decides and administers": (Role.PROCUREMENT_OFFICER, Role.APPROVER, Role.ADMINISTRATOR),
}
PROCURING = {
    "accept",
    "select-route",
    "reject",
    "return-for-rework",
    "fix-criteria",
    "appoint-evaluator",
    "remove-evaluator",
    "reassign-lead",
    "use-general-exception",
    "publish-decision",
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
    "remove evaluator",
    "give oneself a delegation",
    "confirm delegation",
    "give oneself a scheme",
    "confirm scheme",
    "recommend renewal",
    "refuse renewal",
    "approve renewal",
    "approve renewal for",
    "nobody is there",
    "somebody is back",
    *CHANGES_OF_ROLE,
)
# What there is something for only after another move.
MADE_POSSIBLE_BY = {
    "unlink": "link",
    "approve for": "delegate",
    "remove evaluator": "appoint evaluator",
    "confirm delegation": "give oneself a delegation",
    "confirm scheme": "give oneself a scheme",
    "refuse renewal": "recommend renewal",
    "approve renewal": "recommend renewal",
    "approve renewal for": "recommend renewal",
    "somebody is back": "nobody is there",
}
BY_THE_SAME = {"unlink", "remove evaluator"}  # as that other move; else it is by whom that one was for
AWAY = ("nobody is there", "somebody is back")
RENEWALS = ("recommend renewal", "refuse renewal", "approve renewal", "approve renewal for")
CONTRACT = {
    "title": "Network support",
    "supplier": {"name": "Fictional Networks Ltd"},
    "terms": {"initial_end": "2040-03-31", "notice": {"count": 3, "unit": "months"}},
    "value_pence": 100,
}
CORA = Who("cora", (Role.CONTRACT_MANAGER,))
SCHEME = {
    "decision": "adopt",
    "values": {
        "effective_from": "2020-01-01",
        "tiers": [{"name": "head", "up_to_pence": 10**9, "approvers": [*ACCOUNTS]}],
        "unreachable_after_working_days": 0,
        "last_resort": [*ACCOUNTS],
    },
    "reason": "Everybody may, in principle.",
}
WHY = {"reason": "They said so."}
GIVING = {"give oneself a delegation", "confirm delegation", "give oneself a scheme", "confirm scheme"}

T = TypeVar("T")
Step = tuple[str, str, str]
Way = Callable[[str, str, str], Awaitable[bool]]


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
        self.requesters: set[str] = set()  # of them, those who asked for it at some time
        self.proposed: list[tuple[str, str, str]] = []  # delegations: id, by whom, to whom
        self.schemes: list[tuple[int, str]] = []  # proposals: number, and by whom for themselves
        self.linked: list[str] = []  # accounts, and delegations, that there are to undo or to use
        self.delegated: list[tuple[str, str]] = []
        self.contract = ""
        self.recommenders: set[str] = set()  # of the renewal that is reviewed
        self.happened: dict[str, int] = dict.fromkeys(MOVES, 0)

    def who(self, account: str) -> Who:
        """Return an account with the roles that it has just now."""
        return Who(account, self.roles[account])

    async def decides(self, account: str, body: dict[str, Any], path: str | None = None) -> bool:
        """Try a decision on the version there is; say whether it was taken."""
        who = LARS if account == "lars" else ADA if path else self.who(account)
        thing = path or f"/v1/rfps/{self.rfp}"
        mine = await self.group(account) if body["decision"] in PROCURING else set()
        done = None
        while done is None:
            seen = await self.api.get("/v1/people/ada" if path else thing, who)
            procuring = seen.json().get("stage") != "approval" or body["decision"] != "return-for-rework"
            done = await self._tries(f"{path or thing}/decisions", body, who, seen.json()["version"])
        assert not (done and procuring and mine & self.requesters), (account, body, self.requesters)
        return done

    async def posts(self, path: str, body: Any, who: Who, version: int | None = None) -> bool:
        return bool(await self._tries(path, body, who, version))

    async def _tries(self, path: str, body: Any, who: Who, version: int | None) -> bool | None:
        """Post; say whether it was taken, and nothing where a clock has changed the thing meanwhile."""
        if_match = None if version is None else f'"{version}"'
        headers = self.api.headers(who, If_Match=if_match)
        answer = await self.api.client.post(path, json=body, headers=headers)
        if answer.status_code == 412:
            return None
        assert answer.status_code in (200, 201, 403, 409), answer.text
        if answer.is_success:
            self.api.position = max(self.api.position, answer.json()["position"])
        return answer.is_success

    async def prepare(self, requester: str, lead: str) -> None:
        """Bring a new RFP as far as it goes towards its approval, with whoever can."""
        if Role.REQUESTER not in self.roles[requester]:
            return
        self.rfp = await self.api.raised(self.who(requester))
        self.parts, self.deciders, self.requesters = {requester}, set(), {requester}
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
        self.requesters.add(rfp["raised_by"])
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
        if move == "withdraw and raise again":
            await self.decides(one, {"decision": "withdraw", **WHY})
            await self.prepare(one, other)
            return True
        way = next((way for moves, way in self.ways if move in moves), self.takes)
        return await way(move, one, other)

    @property
    def ways(self) -> Sequence[tuple[Collection[str], Way]]:
        """Return who makes which moves."""
        return ((RENEWALS, self.renews), (AWAY, self.is_away), (GIVING, self.gives))

    async def is_away(self, move: str, one: str, _other: str) -> bool:
        """Let all be away, so that the last resort decides, which they are as well; or one be back."""
        today = day_in_london(datetime.now(UTC)).isoformat()
        if move == "somebody is back":
            return await self.decides("ada", {"decision": "end-absence", "person": one}, "/v1/directory")
        away = [{"decision": "record-absence", "person": each, "first_day": today} for each in ACCOUNTS]
        return all([await self.decides("ada", body, "/v1/directory") for body in away])

    async def reviews(self) -> None:
        """Put another contract into the register, and begin its review."""
        number = (await self.api.get("/v1/contracts", CORA, count="true", limit=1)).json()["total"]
        made = await self.api.post("/v1/contracts", {**CONTRACT, "reference": f"K-{number}"}, CORA)
        self.contract, self.recommenders = made.json()["id"], set()
        await self.on_the_contract("start-review", CORA)

    async def on_the_contract(self, decision: str, who: Who, **said: Any) -> bool:
        path = f"/v1/contracts/{self.contract}"
        version = (await self.api.get(path, CORA)).json()["version"]
        return await self.posts(f"{path}/decisions", {"decision": decision, **said}, who, version)

    async def renews(self, move: str, one: str, other: str) -> bool:
        """Try to recommend, refuse or approve; who recommended anything in this review approves nothing."""
        if move == "recommend renewal":
            manager = Who(one, (*self.roles[one], Role.CONTRACT_MANAGER))
            said = {"outcome": "terminate", "value_pence": 0, **WHY}
            done = await self.on_the_contract("recommend", manager, **said)
            self.recommenders |= {one} if done else set()
            return done
        principal, deputy = one, one
        if move == "approve renewal for":
            principal, deputy = _of(self.delegated, one) or (other, one)
        mine = await self.group(deputy) | await self.group(principal)
        decision = "refuse-renewal" if move == "refuse renewal" else "approve-renewal"
        for_whom = {} if principal == deputy else {"acting_for": principal}
        done = await self.on_the_contract(decision, self.who(deputy), **WHY, **for_whom)
        assert not (done and mine & self.recommenders), (move, mine, self.recommenders)
        return done

    async def takes(self, move: str, one: str, other: str) -> bool:
        """Try to take or give a part, a delegation of one's own, or a link."""
        if move == "unlink":
            one = _of(self.linked, one) or one
        path, body = wanted(move, one, other)
        if path == "":
            return await self.decides(one, body)
        if path == "/v1/directory":
            made = await self.decides("ada", body, path)
        else:
            made = await self.posts(path, body, ADA if path == "/v1/hand-overs" else self.who(one))
        if made and move == "link":  # legal agrees, who has nothing to do with either
            made = await self.decides("lars", {"decision": "confirm-link", "person": one}, path)
        self.linked += [one] * (made and move == "link")
        self.delegated += [(one, other)] * (made and move == "delegate")
        return made

    async def gives(self, move: str, one: str, other: str) -> bool:
        """Let an account that administers too give itself power, or confirm what was given."""
        who = Who(one, tuple(dict.fromkeys((*self.roles[one], Role.ADMINISTRATOR))))
        if move == "give oneself a delegation":
            _, body = wanted("delegate", other, one)
            answer = await self.api.client.post(
                "/v1/delegations", json={"delegator": other, **body}, headers=self.api.headers(who)
            )
            if answer.is_success:
                self.proposed.append((answer.json()["id"], one, one))
            return answer.is_success
        if move == "confirm delegation":
            if (given := _of(self.proposed, other)) is None:
                return False
            path = f"/v1/delegations/{given[0]}/decisions"
            done = await self.posts(path, {"decision": "confirm"}, who, version=1)
            assert not (done and await self.group(one) & await self.group(given[1])), (one, given)
            return done
        version = (await self.api.get("/v1/scheme", ADA)).json()["version"]
        if move == "give oneself a scheme":
            done = await self.posts("/v1/scheme/decisions", scheme_for(one), who, version)
            if done:  # a hand-over may have proposed another before
                proposals = (await self.api.get("/v1/scheme", ADA)).json()["proposals"]
                self.schemes.append((max(each["proposal"] for each in proposals), one))
            return done
        if (proposal := _of(self.schemes, other)) is None:
            return False
        body = {"decision": "confirm", "proposal": proposal[0]}
        done = await self.posts("/v1/scheme/decisions", body, who, version)
        assert not (done and await self.group(one) & await self.group(proposal[1])), (one, proposal)
        return done


def _of(things: Sequence[T], account: str) -> T | None:
    """Return one of what there is, whichever an account's place comes to."""
    return things[ACCOUNTS.index(account) % len(things)] if things else None


def scheme_for(account: str) -> dict[str, Any]:
    """Return a scheme by which an account may approve more than anybody did."""
    today = day_in_london(datetime.now(UTC)).isoformat()
    tiers = [
        {"name": "head", "up_to_pence": 10**9, "approvers": [*ACCOUNTS]},
        {"name": "director", "up_to_pence": 2 * 10**9, "approvers": [account]},
    ]
    return {**SCHEME, "values": {"effective_from": today, "tiers": tiers}}


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
        "remove evaluator": ("", {"decision": "remove-evaluator", "evaluator": other}),
    }
    path, body = asked[move]
    return path, body if move == "appoint evaluator" else body | WHY


async def prepared(council: Council) -> None:
    """Let everybody sign in, and Ann's RFP come as far as its approval."""
    await council.api.adopts(SCHEME)
    for known in ACCOUNTS:
        await council.api.get("/v1/rfps", council.who(known))
    await council.prepare("ann", "ben")
    await council.reviews()
