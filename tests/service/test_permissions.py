"""Every cell of the permission table, asked over HTTP: role by operation by whose thing it is.

The operations come from the API file, so a new one is asked for too, or fails for want of a row.
"""

import asyncio
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from rfp_service.permissions import PERMISSIONS
from rfp_service.permissions_page import permissions_page
from rfp_service.required_permissions import actions, routes
from shared.kernel.roles import Role
from shared.web.access.permissions import Condition
from tests.shared.flow.imports.examples import CASES, EVENTS
from tests.support.api import Api
from tests.support.in_full import IN_FULL, in_turn, of_many
from tests.support.patience import LOOKS
from tests.support.people import ADA, HANA, LEO, PRIYA, RITA, Who
from tests.support.sampling import API, body_of, operations

PAGE = Path(__file__).parents[2] / "deploy" / "permissions.md"
USED_BESIDE_OPERATIONS = {"read-exempt", "read-personal", "read-addresses"}


def test_every_operation_says_what_it_needs_and_somebody_may_do_it() -> None:
    for method, path, operation in operations():
        needed = operation.get("x-permissions", [])
        assert needed, f"{method} {path} has no row in the permission table"
        for action in needed:
            assert action["roles"], f"nobody may {action['action']} ({method} {path})"


def test_no_row_is_left_over() -> None:
    used = {action for route in routes() for action in actions(route)} | USED_BESIDE_OPERATIONS
    assert set(PERMISSIONS.table) == used
    for actions_named in PERMISSIONS.conditions.values():
        assert set(actions_named) <= used


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == permissions_page(), "run `make openapi`"


def test_only_health_asks_nobody() -> None:
    open_to_all = {
        path
        for path, methods in API["paths"].items()
        for operation in methods.values()
        if operation.get("security") == []
    }
    assert open_to_all == {"/healthz", "/readyz", "/metrics"}


class Cells:
    """Asks one cell after the other."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.wrong: list[str] = []
        self.asked = 0

    async def ask(
        self, method: str, path: str, operation: dict[str, Any], action: str, who: Who, rfp: str
    ) -> httpx.Response:
        """Do one action on one thing as somebody."""
        url = re.sub(r"\{(\w+)\}", lambda m: rfp if m[1] == "rfp_id" else str(uuid4()), path)
        self.asked += 1
        return await self.api.client.request(
            method, url, headers=self.api.headers(who, If_Match='"1"'), **body_of(operation, action)
        )

    def expect(self, right: object, cell: str, answer: httpx.Response) -> None:
        if not right:
            self.wrong.append(f"{cell}: {answer.status_code} {answer.text[:300]}")


@pytest.mark.parametrize("role", list(Role))
async def test_every_cell_of_role_operation_and_owner_is_as_the_table_says(api: Api, role: Role) -> None:
    """What one of the roles by turns may do, and whatever a condition limits; in full, every cell.

    What a role may not, the next specification asks of all such roles at once.
    """
    cells = Cells(api)
    una = Who("una", (role,))
    owners = {"own": Who("una", (Role.REQUESTER,)), "other": LEO}
    untouched: dict[str, str] = {}
    for method, path, operation in operations():
        for needed in operation["x-permissions"]:
            action = needed["action"]
            allowed = role.value in needed["roles"]
            limits = PERMISSIONS.conditions_of(role, action)
            if not (IN_FULL or (allowed and limits) or role.value in in_turn(action, needed["roles"])):
                continue
            for owner in owners if "{rfp_id}" in path else ["own"]:
                rfp = untouched.get(owner) or await api.raised(owners[owner])
                untouched[owner] = "" if allowed else rfp  # what was refused has changed nothing
                answer = await cells.ask(method, path, operation, action, una, rfp)
                cell = f"{role.value} by {method} {path} {action} by {owner}"
                if not allowed:
                    cells.expect(answer.status_code == 403, cell, answer)
                    continue
                cells.expect(answer.status_code not in (401, 403, 500), cell, answer)
                if owner == "other" and Condition.OWN in limits:
                    cells.expect(answer.status_code == 409, cell, answer)
                each = "{rfp_id}" in path  # a batch says so of each item
                if owner == "own" and each and Condition.INDEPENDENT in limits:
                    cells.expect(answer.status_code == 409, cell, answer)
    assert cells.wrong == []
    assert cells.asked > of_many(20, 0)


async def test_with_all_the_roles_together_that_may_not_nobody_does_it(api: Api) -> None:
    """What several roles may is what one of them may: a no to all of them is a no to each."""
    cells = Cells(api)
    rfps = [await api.raised(Who("una", (Role.REQUESTER,))), await api.raised(LEO)]
    for method, path, operation in operations():
        for needed in operation["x-permissions"]:
            others = tuple(role for role in Role if role.value not in needed["roles"])
            if not others:
                continue
            for rfp in rfps if "{rfp_id}" in path else rfps[:1]:
                answer = await cells.ask(method, path, operation, needed["action"], Who("una", others), rfp)
                cell = f"{others} by {method} {path} {needed['action']}"
                cells.expect(answer.status_code == 403, cell, answer)
    assert cells.wrong == []
    assert cells.asked > 100


async def test_nobody_without_a_role_or_a_token_does_anything(api: Api) -> None:
    rfp = await api.raised()
    cells = Cells(api)
    for method, path, operation in operations():
        for needed in operation["x-permissions"]:
            answer = await cells.ask(method, path, operation, needed["action"], Who("n", ()), rfp)
            cells.expect(answer.status_code == 403, f"no role by {method} {path}", answer)
        url = re.sub(r"\{\w+\}", str(uuid4()), path)
        answer = await api.client.request(method, url, headers={"If-Match": '"1"'})
        cells.expect(answer.status_code == 401, f"no token by {method} {path}", answer)
    assert cells.wrong == []


async def test_every_decision_asks_for_a_version_and_takes_a_key(api: Api) -> None:
    """If-Match and Idempotency-Key, on every command that the file has."""
    everything = Who("una", tuple(Role))
    for method, path, operation in operations():
        headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        if method != "POST" or is_form(operation) or path in SAID_TWICE:
            continue
        assert "Idempotency-Key" in headers, path
        if not path.endswith("/decisions"):
            continue
        assert "If-Match" in headers, path
        rfp = await api.raised(everything)
        url = re.sub(r"\{\w+\}", rfp, path)
        action = operation["x-permissions"][0]["action"]
        answer = await api.client.post(url, headers=api.headers(everything), **body_of(operation, action))
        there = "{rfp_id}" in path or "{" not in path
        assert answer.status_code == (428 if there else 404), (path, answer.text)


SAID_TWICE = {"/v1/inbox/marks"}  # to have read something again says nothing new
REGISTER = (  # of any room: all that every row of one needs is a title
    b"RFP number,Title,Department,Requested by,Status,Waiting since,Value\n"
    b"SR-8,Tills,Libraries,una,submitted,2026-02-02,500\n"
)
FORMS: dict[str, dict[str, Any]] = {
    "/v1/imports": {
        "data": {"kind": "rfp-log", "name": "Permits"},
        "files": {"events": ("e.csv", EVENTS.encode()), "cases": ("c.csv", CASES.encode())},
    }
}


def is_form(operation: dict[str, Any]) -> bool:
    return "multipart/form-data" in operation.get("requestBody", {}).get("content", {})


async def test_a_file_needs_no_key_for_what_it_says_is_taken_in_once(api: Api) -> None:
    """Every operation that takes a form: a repeat, with or without a key, adds nothing to the record."""
    everything = Who("una", tuple(Role))
    about = {"case_id": await api.raised(), "title": "Quotation", "media_type": "text/plain"}
    document = {"data": about, "files": {"file": ("q.txt", b"Three suppliers were asked.")}}
    paths = {path for _, path, operation in operations() if is_form(operation)}
    registers = {
        path: {"files": {"file": ("r.csv", REGISTER)}} for path in paths if path.endswith("-registers")
    }
    forms = {**FORMS, **registers, "/v1/documents/files": document}
    assert paths == set(forms)
    for path, form in forms.items():
        heads = []
        for key in (None, "mine", "mine", None):
            headers = api.headers(everything, Idempotency_Key=key)
            answer = await api.client.post(path, headers=headers, **form)
            assert answer.is_success, answer.text
            heads.append(await settled(api))
        assert heads[0] > 0, path
        assert len(set(heads)) == 1, (path, heads)


async def settled(api: Api) -> int:
    """Return how far the record has come once nothing is being taken in any more."""
    for _ in range(LOOKS):
        api.position = await api.service.record.head()
        listed = (await api.get("/v1/audit/decisions", ADA, kind="import")).json()["items"]
        if not listed or listed[0]["decision"] != "ImportStarted":
            return await api.service.record.head()
        await asyncio.sleep(0.05)
    raise AssertionError("something is still being taken in")


@pytest.fixture
async def of_two_areas(api: Api) -> dict[str, str]:
    """Raise one RFP in each of three service areas, the last one by somebody limited to another."""
    made = {}
    for area, who in (("Highways", LEO), ("Schools", LEO), ("Libraries", RITA)):
        body = {"title": area, "description": "Forty.", "service_area": area}
        made[area] = (await api.post("/v1/rfps", body, who)).json()["id"]
    await api.get("/v1/rfps")
    return made


async def test_a_requester_of_one_service_area_sees_it_and_their_own_and_nothing_else(
    api: Api, of_two_areas: dict[str, str]
) -> None:
    limited = Who("rita", RITA.roles, areas=("Highways",))
    listed = (await api.get("/v1/rfps", limited)).json()["items"]
    assert {item["service_area"] for item in listed} == {"Highways", "Libraries"}
    for area, rfp in of_two_areas.items():
        expect = 404 if area == "Schools" else 200
        for path in (f"/v1/rfps/{rfp}", f"/v1/rfps/{rfp}/history"):
            await api.get(path, limited, expect)
        answer = await api.post(
            f"/v1/rfps/{rfp}/decisions",
            {"decision": "withdraw", "reason": "No."},
            limited,
            {"Schools": 404, "Highways": 409, "Libraries": 200}[area],
            version=1,
        )
        assert "leo" not in answer.text or area == "Highways"
    then = (await api.get("/v1/rfps", limited, as_of=api.position)).json()["items"]
    assert {item["service_area"] for item in then} == {"Highways", "Libraries"}


async def test_a_requester_of_one_service_area_asks_for_no_other(api: Api) -> None:
    limited = Who("rita", RITA.roles, areas=("Highways",))
    body = {"title": "T", "description": "D", "service_area": "Schools"}
    refused = await api.post("/v1/rfps", body, limited, 403)
    assert refused.json()["type"] == "/problems/outside-your-areas"
    made = (await api.post("/v1/rfps", {**body, "service_area": "Highways"}, limited)).json()
    move = {"decision": "amend", "service_area": "Schools"}
    await api.post(f"/v1/rfps/{made['id']}/decisions", move, limited, 403, version=1)


async def test_who_works_for_every_service_sees_every_service(api: Api, of_two_areas: dict[str, str]) -> None:
    for who in (PRIYA, HANA, ADA, Who("rita", (Role.REQUESTER, Role.PROCUREMENT_OFFICER))):
        limited = Who(who.id, who.roles, areas=("Highways",))
        assert len((await api.get("/v1/rfps", limited)).json()["items"]) == len(of_two_areas)
