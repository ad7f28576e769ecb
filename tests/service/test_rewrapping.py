"""`PERSONAL_SECRET` is changed for another while the service answers; who is killed loses nothing."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from rfp_service.service import Service, opened
from shared.governance.audit.log_history.domain import HISTORY_ID, KeysRewrapped
from shared.record.eventstore.wrapping import UnderAnotherSecret
from shared.settings import NotConfigured, Settings
from tests.support.erasing import erased
from tests.support.issuing import RSA
from tests.support.patience import until_true
from tests.support.postgres import Base, session
from tests.support.running import Running

OLD, NEW = (base64.b64encode(bytes(31) + bytes([n])).decode() for n in (1, 2))
PEOPLE = 1_500  # more than one block
STATES = "SELECT id, wrapped FROM personal_keys ORDER BY id"
KEPT = "INSERT INTO personal_keys (id, person, stream_id, wrapped) VALUES ($1, $2, gen_random_uuid(), 'x')"
WAITING = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock' AND query LIKE '%destroy_personal_keys%')
"""


@asynccontextmanager
async def knowing(base: Base, *secrets: str) -> AsyncIterator[Service]:
    """Open the service with these secrets."""
    settings = Settings(database_url=base.service, personal_secret=SecretStr(" ".join(secrets)))
    async with opened(settings, base.service) as service:
        yield service


def program(base: Base, folder: Path, *secrets: str) -> Running:
    """Return `rewrap` with these secrets, as an operator runs it."""
    keys = folder / "keys.json"
    keys.write_text(json.dumps({"keys": [RSA.as_dict(private=False)]}))
    more = {
        "PROFILE": "production",
        "DATABASE_URL": base.service,
        "DATABASE_OWNER_URL": base.owner,
        "TOKEN_ISSUER": "https://issuer.example",
        "TOKEN_KEYS": str(keys),
        "PERSONAL_SECRET": "\n".join(secrets),
    }
    return Running(folder, command=("rewrap",), more=more)


async def kept(service: Service, number: int = PEOPLE) -> list[dict[str, str]]:
    """Keep a text about each of so many people, and the secret of an endpoint."""
    texts = {f"person-{n}": f"text {n}" for n in range(number)}
    return list((await service.texts.sealed_about(uuid4(), texts)).values())


async def all_open(service: Service, sealed: list[dict[str, str]]) -> bool:
    return await service.texts.opened(sealed) == [f"text {n}" for n in range(len(sealed))]


async def test_it_answers_before_while_and_after_and_says_so_on_the_record(
    base: Base, tmp_path: Path
) -> None:
    async with knowing(base, OLD) as service:
        sealed, endpoint = await kept(service, 3), await service.endpoint_secrets.keep("whsec")
    async with knowing(base, NEW, OLD) as service:  # it went on answering with both
        assert await all_open(service, sealed)
        done = await asyncio.to_thread(program(base, tmp_path, NEW, OLD).run, "rewrap")
        assert done.stdout.startswith(
            "4 keys were wrapped anew. All 3 keys of personal texts and 1 of endpoints are under the first"
        )
        assert await all_open(service, sealed)
    async with knowing(base, NEW) as service:
        assert await all_open(service, sealed)
        assert await service.endpoint_secrets.opened([endpoint]) == {endpoint: "whsec"}
        [recorded] = await service.record.stream(HISTORY_ID)
        assert isinstance(recorded.event, KeysRewrapped)
        assert (recorded.event.personal_keys, recorded.event.endpoint_secrets) == (3, 1)
        assert recorded.by.startswith("operator:")
        assert NEW not in recorded.event.secret_name
    async with session(base.admin) as admin:
        await admin.execute("UPDATE endpoint_secrets SET wrapped = 'kept under a secret that was lost'")
    again = await asyncio.to_thread(program(base, tmp_path, NEW).run, "rewrap")
    assert again.stdout.startswith("0 keys were wrapped anew. ")
    assert "1 secrets of endpoints open under none" in again.stdout
    async with knowing(base, NEW) as service:
        assert len(await service.record.stream(HISTORY_ID)) == 1


async def test_killed_in_the_middle_nothing_is_lost_and_the_next_goes_on(base: Base, tmp_path: Path) -> None:
    async with knowing(base, OLD) as service:
        sealed = await kept(service)
    rewrapping = program(base, tmp_path, NEW, OLD)
    async with session(base.admin) as holder, session(base.admin) as admin:
        before = await admin.fetch(STATES)
        async with holder.transaction():
            await holder.execute("SELECT FROM personal_keys WHERE id = $1 FOR UPDATE", before[-1]["id"])
            rewrapping.begin()

            async def first_block_is_done() -> bool:
                return bool(await number_changed(admin, before))

            await until_true(first_block_is_done)
            await asyncio.to_thread(rewrapping.kill)
        assert 0 < await number_changed(admin, before) < PEOPLE
    with pytest.raises(NotConfigured, match="until `rewrap` is done"):
        async with knowing(base, NEW):
            pass
    async with knowing(base, NEW, OLD) as service:
        assert await all_open(service, sealed)
    await asyncio.to_thread(rewrapping.run, "rewrap")
    async with knowing(base, NEW) as service:
        assert await all_open(service, sealed)
        assert len(await service.record.stream(HISTORY_ID)) == 1


async def test_whoever_is_erased_meanwhile_waits_for_no_key_that_waits_for_theirs(base: Base) -> None:
    """Wrapping anew takes keys in the order of their ids; so does destroying, wherever they lie."""
    things = sorted((uuid4() for _ in range(2)), reverse=True)
    async with knowing(base, OLD) as service, session(base.owner) as owner, session(base.admin) as watching:
        for thing in things:  # the larger id lies first
            await owner.execute(KEPT, thing, "wilma")
        async with owner.transaction():
            await owner.execute("SELECT FROM personal_keys WHERE id = $1 FOR UPDATE", things[1])
            erasing = asyncio.create_task(erased(service.store, service.texts, "wilma"))

            async def waits() -> bool:
                return bool(await watching.fetchval(WAITING))

            await until_true(waits)
            await owner.execute("SELECT FROM personal_keys WHERE id = $1 FOR UPDATE", things[0])
        await erasing
        left = "SELECT count(*) FROM personal_keys WHERE person = 'wilma' AND wrapped IS NOT NULL"
        assert await watching.fetchval(left) == 0


async def number_changed(connection: asyncpg.Connection, before: list[asyncpg.Record]) -> int:
    now = await connection.fetch(STATES)
    return sum(one != other for one, other in zip(before, now, strict=True))


async def test_without_the_old_secret_nothing_is_touched(base: Base, tmp_path: Path) -> None:
    async with knowing(base, OLD) as service:
        await kept(service, 3)
    async with session(base.admin) as admin:
        before = await admin.fetch(STATES)
        done = await asyncio.to_thread(program(base, tmp_path, NEW).run, "rewrap", check=False)
        assert done.returncode == 1
        assert "name the old one after the new" in done.stderr
        assert await admin.fetch(STATES) == before


async def test_a_process_that_was_not_told_says_what_it_lacks(base: Base, tmp_path: Path) -> None:
    async with knowing(base, OLD) as service:
        sealed = await kept(service, 3)
        await asyncio.to_thread(program(base, tmp_path, NEW, OLD).run, "rewrap")
        with pytest.raises(UnderAnotherSecret, match="must be restarted"):
            await service.texts.opened(sealed)
