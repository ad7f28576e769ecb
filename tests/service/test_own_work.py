"""Whoever tries to approve their own work, by whatever road, does not get there.

A machine lets two people with several accounts each, an administrator and a stranger do random things:
raise, lead, evaluate, delegate, decide for another, hand work over, change roles, link and unlink
accounts, approve, move procurement on, give themselves a delegation or a scheme and confirm it, recommend
what becomes of a contract and approve that, and be away, so that a step goes to the last resort. The
machine keeps its own book of who did what by which account. Whoever approves, or is stood in for, is
neither by that book nor by the links of that moment somebody who ever had a part in it; nobody takes a
part in what they approved; whoever moves procurement on never asked for it; and whoever confirms what
gives power neither proposed it nor gains by it.
"""

import os
import random

import pytest

from tests.support.api import Api, running_api
from tests.support.council import (
    ACCOUNTS,
    BY_THE_SAME,
    GIVING,
    MADE_POSSIBLE_BY,
    MOVES,
    WORK,
    Council,
    Step,
    prepared,
)
from tests.support.in_full import every_nth
from tests.support.patience import until_true
from tests.support.postgres import Server

EXAMPLES = int(os.environ.get("OWN_WORK", "2"))


def road(dice: random.Random) -> list[Step]:
    """Draw moves by anybody; before what another move makes possible, that one is made half of the time."""
    steps: list[Step] = []
    for _ in range(dice.randint(3, 10)):
        move, one, other = dice.choice(MOVES), dice.choice(ACCOUNTS), dice.choice(ACCOUNTS)
        if move in MADE_POSSIBLE_BY and dice.random() < 0.5:
            before = (one, other) if move in BY_THE_SAME else (other, one)
            steps.append((MADE_POSSIBLE_BY[move], *before))
        steps.append((move, one, other))
    return steps


async def story(api: Api, steps: list[Step]) -> Council:
    council = Council(api)
    await prepared(council)
    await goes(council, steps)
    return council


async def goes(council: Council, steps: list[Step]) -> None:
    for move, one, other in steps:
        council.happened[move] += await council.moves(move, one, other)
        await council.looks()
    council.roles = dict.fromkeys(ACCOUNTS, WORK)
    ordered = sorted(ACCOUNTS, key=lambda known: known not in council.parts)
    for last in ordered:  # those who may not try first
        await council.approves(last)


async def test_nobody_approves_their_own_work_by_any_road(postgres: Server) -> None:
    tried = approved = 0
    happened = dict.fromkeys(MOVES, 0)
    for number in range(EXAMPLES):
        steps = road(random.Random(number))  # the same roads each time
        try:
            with postgres.as_new() as base:
                async with running_api(base) as api:
                    council = await story(api, steps)
        except AssertionError as error:
            error.add_note(f"on road {number}: {steps}")
            raise
        tried += council.tried
        approved += council.approvals
        for move, times in council.happened.items():
            happened[move] += times
    assert tried >= EXAMPLES, "hardly anybody tried"
    assert approved > 0, "nobody at all could approve"
    if EXAMPLES >= 100:
        assert [move for move, times in happened.items() if not times] == []


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
    "after being replaced, and taking it back": [
        ("replace requester", "ann", "ann2"),
        ("replace requester", "ann2", "ann"),
        ("approve", "ann2", ""),
        ("approve", "ann", ""),
    ],
    "with mixed roles": [("decides and administers", "ann", ""), ("approve", "ann", "")],
    "by a delegation to oneself that somebody else confirmed": [
        ("give oneself a delegation", "ann", "zoe"),
        ("confirm delegation", "ben", "ann"),
        ("approve for", "ann", "zoe"),
    ],
    "by a scheme for oneself that somebody else confirmed": [
        ("give oneself a scheme", "ann", ""),
        ("confirm scheme", "ben", "ann"),
        ("approve", "ann", ""),
    ],
    "as an evaluator who was removed": [
        ("appoint evaluator", "ben", "zoe"),
        ("remove evaluator", "ben", "zoe"),
        ("approve", "zoe", ""),
    ],
    "as an evaluator": [("appoint evaluator", "ben", "zoe"), ("approve", "zoe", "")],
}


REMAINS = {"link", "delegate", *GIVING}  # what one road leaves behind would be on the next


def alone(roads: dict[str, list[Step]]) -> dict[str, list[Step]]:
    """Return the roads of which something remains: each has a database to itself."""
    return {name: steps for name, steps in roads.items() if REMAINS & {move for move, *_ in steps}}


def must_lead_nowhere(council: Council, steps: list[Step]) -> None:
    """Expect that all of a road was gone before somebody was refused at its end."""
    assert council.tried >= 1, steps
    made = [council.happened[move] for move, *_ in steps if not move.startswith("approve")]
    assert all(made), f"the road was closed before its end: {steps}"


TRIED_ROADS = every_nth(alone(ROADS), 4)


@pytest.mark.parametrize("steps", TRIED_ROADS.values(), ids=TRIED_ROADS)
async def test_each_road_by_itself_leads_nowhere(api: Api, steps: list[Step]) -> None:
    must_lead_nowhere(await story(api, steps), steps)


@pytest.mark.slow
async def test_each_road_of_which_nothing_remains_leads_nowhere(api: Api) -> None:
    council = Council(api)
    await prepared(council)
    for name, steps in ROADS.items():
        if name not in alone(ROADS):
            council.tried, council.happened = 0, dict.fromkeys(MOVES, 0)
            await council.prepare("ann", "ben")
            await goes(council, steps)
            must_lead_nowhere(council, steps)


# What ends with a move that is refused, whatever was made before it.
CLOSED: dict[str, list[Step]] = {
    "leading what one asked for": [("reassign lead", "ben", "ann")],
    "asking for what one leads": [("replace requester", "ann", "ben")],
    "choosing one's own judges": [("appoint evaluator", "ann", "zoe")],
    "choosing them by the second account": [("link", "ann2", "ann"), ("appoint evaluator", "ann2", "zoe")],
    "choosing them after being replaced": [
        ("replace requester", "ann", "zoe"),
        ("appoint evaluator", "ann", "ann3"),
    ],
    "removing them after being replaced": [
        ("appoint evaluator", "ben", "ann3"),
        ("replace requester", "ann", "zoe"),
        ("remove evaluator", "ann", "ann3"),
    ],
    "giving the lead away after being replaced": [
        ("replace requester", "ann", "zoe"),
        ("reassign lead", "ann", "ann3"),
    ],
    "leading it after being replaced": [("replace requester", "ann", "zoe"), ("reassign lead", "ben", "ann")],
    "asking for it after giving the lead away": [
        ("reassign lead", "ben", "ben2"),
        ("replace requester", "ann", "ben"),
    ],
    "taking over with another role beside": [
        ("asks and manages contracts", "zoe", ""),
        ("replace requester", "zoe", "zoe"),
    ],
    "withdrawing with another role beside": [
        ("asks and manages contracts", "zoe", ""),
        ("replace requester", "zoe", "ann2"),
    ],
    "confirming one's own delegation": [
        ("give oneself a delegation", "zoe", "ann"),
        ("confirm delegation", "zoe", "ann"),
    ],
    "confirming it by the second account": [
        ("link", "ann2", "ann"),
        ("give oneself a delegation", "ann", "zoe"),
        ("confirm delegation", "ann2", "ann"),
    ],
    "confirming one's own scheme": [("give oneself a scheme", "zoe", ""), ("confirm scheme", "zoe", "ann")],
    "confirming it by another account": [
        ("link", "ann2", "ann"),
        ("give oneself a scheme", "ann", ""),
        ("confirm scheme", "ann2", "ann"),
    ],
    "deciding by an unconfirmed delegation": [
        ("give oneself a delegation", "zoe", "ben"),
        ("approve for", "zoe", "ben"),
    ],
}


async def closed_at_its_end(council: Council, steps: list[Step]) -> None:
    for move, one, other in steps[:-1]:
        assert await council.moves(move, one, other), f"the road was closed before: {move}"
    move, one, other = steps[-1]
    assert not await council.moves(move, one, other), steps


TRIED_CLOSED = every_nth(alone(CLOSED), 4)


@pytest.mark.parametrize("steps", TRIED_CLOSED.values(), ids=TRIED_CLOSED)
async def test_each_of_these_roads_is_closed_at_its_end(api: Api, steps: list[Step]) -> None:
    council = Council(api)
    await prepared(council)
    await closed_at_its_end(council, steps)


@pytest.mark.slow
async def test_each_road_of_parts_is_closed_at_its_end(api: Api) -> None:
    council = Council(api)
    await prepared(council)
    for name, steps in CLOSED.items():
        if name not in alone(CLOSED):
            council.roles = dict.fromkeys(ACCOUNTS, WORK)
            await council.prepare("ann", "ben")
            await closed_at_its_end(council, steps)


RENEWED: dict[str, list[Step]] = {
    "myself": [("recommend renewal", "ann", ""), ("approve renewal", "ann", "")],
    "for somebody else": [
        ("recommend renewal", "ann", ""),
        ("delegate", "zoe", "ann"),
        ("approve renewal for", "ann", "zoe"),
    ],
    "by somebody else": [
        ("recommend renewal", "ann", ""),
        ("delegate", "ann", "zoe"),
        ("approve renewal for", "zoe", "ann"),
    ],
    "once somebody else recommends it again": [
        ("recommend renewal", "ann", ""),
        ("refuse renewal", "zoe", ""),
        ("recommend renewal", "ben", ""),
        ("approve renewal", "ann", ""),
    ],
    "by the second account": [
        ("recommend renewal", "ann", ""),
        ("link", "ann2", "ann"),
        ("approve renewal", "ann2", ""),
    ],
}


@pytest.mark.slow
async def test_each_road_to_a_renewal_of_one_s_own_is_closed_at_its_end(api: Api) -> None:
    council = Council(api)
    await prepared(council)
    for steps in RENEWED.values():
        await council.reviews()
        council.delegated = []
        await closed_at_its_end(council, steps)
    await council.reviews()
    for move, one in (("recommend renewal", "ann"), ("refuse renewal", "zoe"), ("recommend renewal", "ben")):
        assert await council.moves(move, one, "")
    assert await council.moves("approve renewal", "zoe", "")  # who recommended nothing


async def test_a_tier_that_was_passed_up_is_no_road_to_one_s_own_work(api: Api) -> None:
    """All of the tier are away, and the step is the last resort's: of which the requester is one."""
    council = Council(api)
    await prepared(council)
    assert await council.moves("nobody is there", "", "")
    await council.prepare("ann", "ben")

    async def is_passed_up() -> bool:
        return bool((await council.seen())["approval_waits_for"] == "last resort")

    await until_true(is_passed_up)
    assert await council.moves("link", "ann2", "ann")
    for one in ("ann", "ann2", "ben"):
        assert not await council.moves("approve", one, "")
    assert await council.moves("approve", "zoe", "")


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
