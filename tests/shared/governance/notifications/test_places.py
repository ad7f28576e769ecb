"""Places: sick endpoints, or a mail server that hangs, never hold those of others."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.governance.notifications import claims
from shared.governance.notifications.places import (
    AT_ONE_ENDPOINT,
    FIRST_FEW,
    MAILS_LIMIT,
    PLACES_LIMIT,
    WORKFLOWS_LIMIT,
    SendingPlaces,
)
from tests.shared.governance.notifications.ground import Ground, ground
from tests.support.postgres import by_owner


@pytest.fixture
async def here(pool: asyncpg.Pool) -> AsyncIterator[Ground]:
    async with ground(pool) as made:
        yield made


async def test_however_many_hang_that_used_to_answer_another_has_its_places(here: Ground) -> None:
    places, hanging = SendingPlaces(), [(await here.endpoint("http://127.0.0.1:9/"))[0] for _ in range(9)]
    for endpoint in hanging * 3:
        places.went_well(endpoint)
    await here.tell(AT_ONE_ENDPOINT)
    await here.spreading.spread()
    while found := await claims.claim_for_endpoints(here.pool, places, 60):
        for each in found:
            places.take(each.place)
    assert 0 < places.free < PLACES_LIMIT / 2
    healthy, _ = await here.endpoint("http://127.0.0.1:9/")
    await here.tell(AT_ONE_ENDPOINT)
    await here.spreading.spread()
    found = await claims.claim_for_endpoints(here.pool, places, 60)
    assert [each.target for each in found] == [healthy] * FIRST_FEW


async def test_a_mail_server_that_hangs_holds_no_more_than_its_own_places(here: Ground) -> None:
    await here.tell(3 * MAILS_LIMIT)
    to_people = """
    INSERT INTO deliveries (notification_id, target, target_kind, status)
    SELECT id, $1 || ':hugo', $1, 'pending' FROM notifications
    """
    for kind in (claims.MAIL, claims.TEAMS):
        await by_owner(here.pool, to_people, kind)
    places = SendingPlaces()
    for each in await claims.claim_for_people(here.pool, places, 60):
        places.take(each.place)
    assert places.left(claims.MAIL, MAILS_LIMIT) == 0
    assert PLACES_LIMIT - places.free == MAILS_LIMIT + WORKFLOWS_LIMIT
    assert await claims.claim_for_people(here.pool, places, 60) == []
    places.give_back(claims.MAIL)
    assert [each.place for each in await claims.claim_for_people(here.pool, places, 60)] == [claims.MAIL]


def test_an_endpoint_that_answers_gets_more_places_and_one_that_fails_a_single_one() -> None:
    places = SendingPlaces()
    given = []
    for _ in range(4):
        places.went_well("desk")
        given.append(dict(zip(*places.given, strict=True))["desk"])
    places.failed("desk")
    assert (given, places.given) == ([4, 8, 16, 16], (["desk"], [1]))
