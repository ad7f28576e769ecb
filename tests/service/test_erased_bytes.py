"""Somebody is erased: what is left of them in which files, and until when, is as the runbook says."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from shared.web.access.claims import Identity, Scope
from tests.service.test_people import decide, met
from tests.support.api import Api, running_api
from tests.support.dumping import dump_of, files_of, logged_writes_of, until_nobody_looks_back
from tests.support.people import ADA, RITA
from tests.support.postgres import Base, session

RUNBOOK = Path(__file__).parents[2] / "deploy" / "runbook.md"
# Nobody else in any spec is called so: the log of writes is one for all databases of a server.
NAME, EMAIL = "Ottoline Featherstonehaugh", "o.featherstonehaugh@council.example"
WHY = "Ottoline married a Featherstonehaugh of Crumpsall."
CLEAR = [text.encode() for text in (NAME, EMAIL, WHY, "Featherstonehaugh", "Crumpsall")]
STATISTICS = "ANALYZE people, personal_keys, identities"
KEYS = "SELECT wrapped FROM personal_keys WHERE person = 'ottoline' AND wrapped IS NOT NULL"


def told_by_the_runbook() -> list[str]:
    """Return the statements that the runbook gives whoever must be sure at once."""
    [block] = re.findall(r"```sql\n(VACUUM FULL.*?)```", RUNBOOK.read_text(), re.DOTALL)
    return [said for line in block.split("\n") if (said := line.partition("--")[0].strip())]


@asynccontextmanager
async def logged_writes_removed(base: Base) -> AsyncIterator[asyncpg.Connection]:
    """Let the server do as the runbook asks: what is no longer needed of the log of writes is removed."""
    async with session(base.admin) as admin:
        await admin.execute("ALTER SYSTEM SET wal_recycle = off")
        await admin.execute("SELECT pg_reload_conf()")
        try:
            yield admin
        finally:
            await admin.execute("ALTER SYSTEM RESET wal_recycle")
            await admin.execute("SELECT pg_reload_conf()")


async def begun(api: Api) -> list[bytes]:
    """Let somebody sign in by name, and say something about them; return their wrapped keys."""
    await met(api, ADA, RITA)
    scopes = frozenset(Scope)
    identity = Identity("urn:rfp-service:demonstration", "ottoline", (), scopes, name=NAME, email=EMAIL)
    await api.service.people.person_id(identity)
    assert (await api.get("/v1/people/ottoline", ADA)).json()["name"] == NAME
    await decide(api, "link", person="ottoline", same_as="rita", reason=WHY)
    return [bytes(row["wrapped"]) for row in await api.service.pool.fetch(KEYS)]


async def test_who_was_erased_is_nowhere_in_the_clear_and_their_keys_go_when_the_runbook_says(
    base: Base,
) -> None:
    async with logged_writes_removed(base) as admin, running_api(base) as api:
        keys = await begun(api)
        assert len(keys) == 2  # of the name and address, and of what was said of them
        await admin.execute(STATISTICS)
        places = [await files_of(base), await dump_of(base), await logged_writes_of(base)]
        for place in places:
            assert [text for text in CLEAR if text in place] == []  # not even before
            assert b"ottoline" in place  # the id stays: it is looked for in the right place
        assert [[key in place for key in keys] for place in (places[0], places[2])] == [[True] * 2] * 2
        await decide(api, "erase", person="ottoline", ground="Schedule, line 4")
        await until_nobody_looks_back(base)
        for statement in told_by_the_runbook():
            await admin.execute(statement)
        places = [await files_of(base), await dump_of(base), await logged_writes_of(base)]
        for place in places:
            assert [text for text in CLEAR if text in place] == []
            assert [key for key in keys if key in place or key.hex().encode() in place] == []
        assert b"ottoline" in places[0]


async def test_until_the_log_of_writes_is_removed_a_key_stands_in_it_wrapped(base: Base) -> None:
    """So the runbook says, and what opens it is not in the database."""
    async with logged_writes_removed(base), running_api(base) as api:
        keys = await begun(api)
        await decide(api, "erase", person="ottoline", ground="Schedule, line 4")
        assert [key in await logged_writes_of(base) for key in keys] == [True, True]


@pytest.mark.slow
async def test_a_name_from_before_the_upgrade_is_left_in_old_rows_and_logged_writes_until_they_are_removed(
    base: Base,
) -> None:
    """Sealed at the first start: from then on no row and no dump has it, and what was written before does."""
    async with logged_writes_removed(base) as admin:
        await admin.execute("INSERT INTO people (id, name, email) VALUES ('ottoline', $1, $2)", NAME, EMAIL)
        async with running_api(base) as api:
            assert (await api.get("/v1/people/ottoline", ADA)).json()["name"] == NAME
            assert [text for text in CLEAR if text in await dump_of(base)] == []
            assert NAME.encode() in await logged_writes_of(base)
            assert NAME.encode() in await files_of(base)
            await until_nobody_looks_back(base)
            for statement in told_by_the_runbook():
                await admin.execute(statement)
            for place in (await files_of(base), await dump_of(base), await logged_writes_of(base)):
                assert [text for text in CLEAR if text in place] == []
            assert (await api.get("/v1/people/ottoline", ADA)).json()["name"] == NAME
