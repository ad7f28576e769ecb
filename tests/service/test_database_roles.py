"""Who may do what to the database: the service appends and reads, scrutiny reads, neither owns a thing."""

import json
from pathlib import Path

import asyncpg
import pytest
from joserfc.jwk import KeySet, OKPKey

from rfp_service.migrating import migrate, rebuild_views
from rfp_service.service import opened
from shared.settings import NotConfigured, Profile, Settings
from tests.support.postgres import PASSWORD, Base, session

READER = "spec_reader"


def production(folder: Path, base: Base) -> Settings:
    keys = folder / "jwks.json"
    key = OKPKey.generate_key("Ed25519", {"kid": "one"})
    keys.write_text(json.dumps(KeySet([key]).as_dict()))
    return Settings(
        profile=Profile.PRODUCTION,
        database_url=base.service,
        token_keys=keys,
        token_issuer="https://issuer.example",
    )


async def test_in_production_the_services_role_owns_nothing(base: Base, tmp_path: Path) -> None:
    settings = production(tmp_path, base)
    async with opened(settings, base.service) as service:
        assert await service.record.head() == 0
    for owner in (base.owner, base.admin):
        with pytest.raises(NotConfigured, match="must own no table"):
            async with opened(settings, owner):
                pass


@pytest.fixture
async def reader(base: Base) -> str:
    async with session(base.admin) as admin:
        await admin.execute(
            f"DO $$ BEGIN CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}';"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    return base.service.replace("spec_service", READER)


async def test_scrutinys_own_role_reads_and_has_it_kept(base: Base, reader: str) -> None:
    await migrate(base.owner, base.service, reader)
    await rebuild_views(base.owner, base.service, reader)
    async with session(reader) as connection:
        for table in ("stored_events", "decisions", "rfps", "log_checkpoints", "audit_reads"):
            assert await connection.fetch(f"SELECT * FROM {table}") == []
        await connection.execute("SELECT append_audit_read('operator:sam', 'operator', 'x', '/', 200, '')")
        for statement in (
            "INSERT INTO log_keys VALUES ('x', 'log', 1)",
            "DELETE FROM decisions",
            "SELECT append_events('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
            "INSERT INTO audit_reads SELECT * FROM audit_reads",
            "SELECT * FROM idempotency_keys",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
