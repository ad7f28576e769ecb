"""`audit fsck` says how far a record is signed: the rest could have been written anew."""

import asyncio
from pathlib import Path

import pytest

from shared.ledger.log_writer import LogWriter
from tests.shared.governance.audit.examples import LOG
from tests.support.api import running_api
from tests.support.postgres import Base
from tests.support.running import Running


async def checked(base: Base, folder: Path) -> tuple[int, str]:
    """Return how the check of a whole record ends, and what it says."""
    program = Running(folder, more={"DATABASE_URL": base.service})
    done = await asyncio.to_thread(program.run, "audit", "fsck", check=False)
    return done.returncode, done.stdout


@pytest.mark.slow
async def test_a_record_that_nobody_has_signed_is_called_that_and_then_how_far_it_is(
    base: Base, tmp_path: Path
) -> None:
    async with running_api(base, worker=False) as api:
        for _ in range(2):  # an operator's first look, while a worker is there
            status, said = await checked(base, tmp_path)
            assert (status, "NOT SIGNED" in said) == (0, False)  # there is nothing to sign
            await LogWriter(api.service.pool, [LOG]).catch_up()
        await api.raised()
        status, said = await checked(base, tmp_path)
        assert status == 3
        assert "NOT SIGNED: no checkpoint vouches for any entry of this record." in said
        assert "0 findings." in said
        await LogWriter(api.service.pool, [LOG]).catch_up()
        assert (await checked(base, tmp_path))[0] == 0
        await api.raised()
        status, said = await checked(base, tmp_path)
        assert status == 0
        assert "note: entries 2 to 2 are not signed" in said
