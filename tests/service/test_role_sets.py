"""Rights add up: whoever has several roles may do what each of them may by itself, and nothing more.

Every pair of roles, and a sample of triples, is tried against what single roles may, decision by decision, in
every stage, as its requester, its lead, an evaluator or a stranger. Some cells are asked for over HTTP.
"""

import re
from collections.abc import Iterator
from itertools import combinations
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from rfp_service.permissions import PERMISSIONS
from rfp_service.rfps.domain.rfp import Rfp
from shared.kernel.errors import Refused
from shared.kernel.messages import Command
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.access.permissions import Condition
from tests.rfps.way import LONG_AFTER
from tests.support.api import Api
from tests.support.moves import MOVES, Try
from tests.support.people import LEO, Who
from tests.support.sampling import body_of, operations
from tests.support.specs import RULES, TIERS, stamp
from tests.support.stages import stages

Roles = tuple[Role, ...]
CHANCE = Random(14)
PAIRS: list[Roles] = list(combinations(Role, 2))
TRIPLES: list[Roles] = CHANCE.sample(list(combinations(Role, 3)), 40)
SINGLES: list[Roles] = [(role,) for role in Role]
EVERY: Roles = tuple(Role)
DICE = (0, 1, 2)
WHO = ("ann", "priya", "eve", "zoe")  # its requester, its lead, an evaluator, and nobody to it
AREAS = frozenset({"Highways"})


def may(rfp: Rfp, command: Command[Rfp], by: str, roles: Roles) -> bool:
    """Say whether somebody with these roles may decide this: by the table, and by the rule."""
    if not PERMISSIONS.allows(Person(by, roles), type(command).__name__):
        return False
    who = stamp(
        by,
        at=LONG_AFTER,
        roles=[role.value for role in roles],
        own_tiers=[t.name for t in TIERS],
        rules=RULES,
    )
    try:
        command.decide(rfp, who)
    except Refused:
        return False
    return True


def tries() -> Iterator[tuple[Rfp, Command[Rfp], str]]:
    """Yield every decision that somebody with every role may take."""
    for rfp in stages():
        for move, dice in ((move, dice) for move in MOVES for dice in DICE):
            command = move(Try(rfp, LONG_AFTER, "paul", dice))
            yield from ((rfp, command, by) for by in WHO if may(rfp, command, by, EVERY))


@pytest.mark.slow
def test_several_roles_may_what_each_of_them_may_and_nothing_more() -> None:
    wrong, tried, seen = [], 0, set()
    for rfp, command, by in tries():
        name = type(command).__name__
        alone = {role for role in Role if may(rfp, command, by, (role,))}
        for roles in (*PAIRS, *TRIPLES):
            tried += 1
            if may(rfp, command, by, roles) != (not alone.isdisjoint(roles)):
                wrong.append((rfp.stage, name, by, roles))
        if by == "zoe":
            wrong += [(rfp.stage, name, by, (role,)) for role in alone if _only_own(role, name)]
        seen.add(rfp.stage)
    assert wrong == []
    assert tried > 20_000, tried
    assert len(seen) >= 18, seen


def _only_own(role: Role, action: str) -> bool:
    return Condition.OWN in PERMISSIONS.conditions_of(role, action)


def test_several_roles_see_the_areas_that_each_of_them_sees() -> None:
    for action in PERMISSIONS.table:
        limits = {
            role: PERMISSIONS.areas(Person("una", (role,), areas=AREAS), action)
            for role in Role
            if PERMISSIONS.allows(Person("una", (role,)), action)
        }
        for roles in (*PAIRS, *TRIPLES):
            una = Person("una", roles, areas=AREAS)
            theirs = [limits[role] for role in roles if role in limits]
            assert PERMISSIONS.allows(una, action) == bool(theirs), (action, roles)
            if theirs:
                expected = None if None in theirs else AREAS
                assert PERMISSIONS.areas(una, action) == expected, (action, roles)


async def test_over_http_a_pair_of_roles_is_refused_what_neither_may(api: Api) -> None:
    rfp = await api.raised(LEO)
    cells = [
        (method, path, operation, needed)
        for method, path, operation in operations()
        for needed in operation["x-permissions"]
    ]
    wrong, asked = [], 0
    for method, path, operation, needed in CHANCE.sample(cells, 120):
        forbidding = [p for p in PAIRS if not {r.value for r in p} & set(needed["roles"])]
        only_own = [
            p
            for p in PAIRS
            if "{rfp_id}" in path
            and (granting := [r for r in p if r.value in needed["roles"]])
            and all(_only_own(r, needed["action"]) for r in granting)
        ]
        for expected, pairs in ((403, forbidding), (409, only_own)):
            if not pairs:
                continue
            una = Who("una", CHANCE.choice(pairs))
            url = re.sub(r"\{(\w+)\}", lambda m: rfp if m[1] == "rfp_id" else str(uuid4()), path)
            body: dict[str, Any] = body_of(operation, needed["action"])
            headers = api.headers(una, If_Match='"1"')
            answer = await api.client.request(method, url, headers=headers, **body)
            asked += 1
            if answer.status_code != expected:
                wrong.append((method, path, needed["action"], una.roles, answer.text[:200]))
    assert wrong == []
    assert asked > 80, asked
