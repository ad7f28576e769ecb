"""Whoever heard of a turn hears that it is over; what was still to be told of it is not told at all."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from rfp_service.rooms import SUBJECTS
from shared.governance.notifications.fan_out import FanOut
from tests.shared.governance.notifications.ground import Ground, ground
from tests.support.postgres import as_owner, session
from tests.support.specs import NOW

HAPPENED = """
INSERT INTO notifications (message_id, position, type, case_kind, case_id, sequence, tier, wait, happened_at,
    people, spread_at)
SELECT gen_random_uuid(), (SELECT position FROM event_head), $1, 'rfp', $2, 1,
    CASE $1 WHEN 'turn.ended' THEN '' ELSE 'head' END, CASE $1 WHEN 'turn.ended' THEN 'advice' ELSE '' END,
    $3, $4, CASE WHEN cardinality($4::text[]) > 0 THEN now() END
RETURNING id
"""
TOLD = """
INSERT INTO deliveries (notification_id, target, target_kind, status, attempts, due_at)
VALUES ($1, $2 || ':hugo', $2, $3, $4, now() + interval '1 hour')
"""
OVER = """
SELECT d.target FROM deliveries d JOIN notifications n ON n.id = d.notification_id
WHERE n.type = 'approval.decided' ORDER BY d.id DESC
"""


@pytest.fixture
async def here(pool: asyncpg.Pool) -> AsyncIterator[Ground]:
    async with ground(pool) as made:
        yield made


async def told_at_the_end(here: Ground, *turns: tuple[str, list[tuple[str, str, int]]]) -> list[str]:
    """Return who is told that a turn is over, after what was told of it."""
    case = uuid4()
    async with session(as_owner(here.pool)) as owner:
        for kind, ways in turns:
            told = await owner.fetchval(HAPPENED, kind, case, NOW, ["hugo"])
            for way, status, attempts in ways:
                await owner.execute(TOLD, told, way, status, attempts)
        await owner.execute(HAPPENED, "approval.decided", case, NOW, [])
    await FanOut(here.pool, here.store, SUBJECTS, "https://rfp.example", mails=True).spread()
    return [row["target"] for row in await here.pool.fetch(OVER)]


ASKED, OVERDUE = "approval.requested", "approval.overdue"


async def test_a_reminder_that_was_still_to_come_keeps_nobody_from_hearing_that_it_is_done(
    here: Ground,
) -> None:
    of_it = ((ASKED, [("mail", "delivered", 1)]), (OVERDUE, [("mail", "pending", 0)]))
    assert await told_at_the_end(here, *of_it) == ["mail:hugo"]
    assert [row[0] for row in await here.pool.fetch("SELECT status FROM deliveries ORDER BY id")] == [
        "delivered",
        "dropped",
        "pending",
    ]


async def test_nor_does_a_digest_where_teams_has_told_it(here: Ground) -> None:
    both = (ASKED, [("teams", "delivered", 1), ("digest", "pending", 0)])
    assert await told_at_the_end(here, both) == ["mail:hugo"]


async def test_who_has_heard_nothing_of_it_or_of_an_earlier_round_only_is_told_nothing(here: Ground) -> None:
    assert await told_at_the_end(here, (ASKED, [("mail", "pending", 0)])) == []
    earlier = (ASKED, [("mail", "delivered", 1)]), ("approval.superseded", [("mail", "delivered", 1)])
    assert await told_at_the_end(here, *earlier, (ASKED, [("mail", "pending", 0)])) == []


async def test_that_something_else_of_the_case_is_over_ends_no_turn_to_approve(here: Ground) -> None:
    told, other = (ASKED, [("mail", "delivered", 1)]), ("turn.ended", [("mail", "delivered", 1)])
    assert await told_at_the_end(here, told, other) == ["mail:hugo"]
    assert await told_at_the_end(here, told, other, (OVERDUE, [("mail", "pending", 0)])) == ["mail:hugo"] * 2
