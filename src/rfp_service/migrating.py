"""Bringing a database to the shape this program needs: tables, rights, and views rebuilt where changed."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import asyncpg

from rfp_service.events import EVENTS
from rfp_service.rooms import VIEWS
from shared.record.database import Connection, connected
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.projecting.declared_views import keep, outdated
from shared.record.projecting.rebuilding import rebuild
from shared.record.projecting.unread import owing
from shared.settings import NotConfigured

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
CHAINED = re.compile(r'^revision = "(\w+)"\ndown_revision = (?:"(\w+)"|None)', re.MULTILINE)
MIGRATION_LOCK = 4_210_501


def last_of(versions: Path) -> str:
    """Return the revision that no other one follows: its number need not be the highest."""
    texts = [path.read_text() for path in versions.glob("*.py")]
    chain: dict[str, str] = dict(found for text in texts for found in CHAINED.findall(text))
    last = sorted(chain.keys() - set(chain.values()))
    assert len(last) == 1, f"one revision follows another: {last} follow the same"
    return last[0]


LATEST = last_of(MIGRATIONS / "versions")

# What the service may do: read, append through the function, and keep its views and its outbox. What it once
# might do in whole tables is taken back first.
GRANTS = """
REVOKE INSERT, UPDATE, DELETE ON people, identities, reactions, deadlines, personal_keys, notices FROM {role};
REVOKE INSERT, UPDATE, DELETE ON log_tiles, log_checkpoints, log_cosignatures, log_keys FROM {role};
REVOKE INSERT, UPDATE, DELETE ON read_checkpoints, unread_events, jobs, heartbeats, first_looks FROM {role};
REVOKE INSERT, UPDATE, DELETE ON notifications, deliveries, delivery_attempts, delivery_orders FROM {role};
REVOKE INSERT, UPDATE, DELETE ON flow_forecasts, told_waits, issued_documents, document_files FROM {role};
GRANT SELECT ON alembic_version, stored_events, event_head, idempotency_keys TO {role};
GRANT SELECT ON views, reactions, notices, people TO {role};
GRANT EXECUTE ON FUNCTION append_events, position_at TO {role};
GRANT UPDATE (position, stopped, unread, compared, differs) ON views TO {role};
GRANT SELECT, INSERT, DELETE, UPDATE (views, reactions) ON unread_events TO {role};
GRANT INSERT, UPDATE (position) ON reactions TO {role};
GRANT INSERT (position, told, about, case_id, happened_at) ON notices TO {role};
GRANT SELECT, INSERT (case_id, kind, version, due_at), UPDATE (leased_until, attempts) ON deadlines TO {role};
GRANT EXECUTE ON FUNCTION settle_deadline, postpone_deadline TO {role};
GRANT INSERT (id, source, sealed) ON people TO {role};
GRANT UPDATE (sealed, name, email, roles, roles_at, erased_at) ON people TO {role};
GRANT SELECT, INSERT (issuer, subject, person_id) ON identities TO {role};
GRANT SELECT, INSERT, UPDATE (last_used_at) ON api_key_uses TO {role};
GRANT SELECT, INSERT (id, person, stream_id, wrapped) ON personal_keys TO {role};
GRANT EXECUTE ON FUNCTION destroy_personal_keys TO {role};
GRANT SELECT ON log_tiles, log_checkpoints, log_cosignatures, log_keys, audit_reads TO {role};
GRANT EXECUTE ON FUNCTION keep_log_tiles, keep_checkpoint, keep_read_checkpoint TO {role};
GRANT EXECUTE ON FUNCTION change_log_keys, keep_cosignature, change_witness_quorum TO {role};
GRANT SELECT ON witness_quorums TO {role};
GRANT SELECT, INSERT, UPDATE ON witness_answers, log_copies TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON differing_tables TO {role};
GRANT EXECUTE ON FUNCTION append_audit_read, event_leaf, audit_read_hash TO {role};
GRANT SELECT ON read_checkpoints TO {role};
GRANT SELECT, INSERT (id, owner, kind, status, total, done, counts) ON jobs TO {role};
GRANT UPDATE (status, total, done, counts, problem, changed_at) ON jobs TO {role};
GRANT SELECT, INSERT, DELETE ON job_results, job_bodies TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON job_work TO {role};
GRANT SELECT, INSERT (sha256, media_type, content) ON issued_documents TO {role};
GRANT SELECT, INSERT (sha256, content) ON document_files TO {role};
GRANT EXECUTE ON FUNCTION destroy_document_files TO {role};
GRANT SELECT, UPDATE (spread_at, area, people, body) ON notifications TO {role};
GRANT INSERT (message_id, position, type, case_kind, case_id, sequence, tier, told_tier, people, caused_by,
    happened_at, wait, wait_turn) ON notifications TO {role};
GRANT SELECT, INSERT (notification_id, target, target_kind, status, due_at) ON deliveries TO {role};
GRANT UPDATE (target, target_kind, status, attempts, tries, due_at, leased_until, settled_at)
    ON deliveries TO {role};
GRANT SELECT, INSERT (delivery_id, number) ON delivery_attempts TO {role};
GRANT UPDATE (answered_at, status_code, answer, fault, retry_after_seconds, outcome, batch)
    ON delivery_attempts TO {role};
GRANT SELECT, INSERT (position, target, order_kind, delivery_id, since, until), UPDATE (done_at, deliveries)
    ON delivery_orders TO {role};
GRANT SELECT, INSERT, UPDATE ON target_health, turn_looks TO {role};
GRANT SELECT, DELETE, INSERT (thing, wait, turn, person) ON told_waits TO {role};
GRANT SELECT ON delivery_log TO {role};
GRANT SELECT, INSERT (notification_id, person) ON first_looks TO {role};
GRANT SELECT, INSERT, DELETE ON endpoint_secrets TO {role};
GRANT SELECT, INSERT, UPDATE ON inbox_marks TO {role};
GRANT SELECT, INSERT (name, process), UPDATE (process, beaten_at) ON heartbeats TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON console_sessions, console_files TO {role};
GRANT SELECT, INSERT (week, within_days, case_id, made_us, position, chance, chance_by_age, finish_p50_us,
    finish_p85_us, finish_p95_us) ON flow_forecasts TO {role};
"""
# What scrutiny's own role may do: read, and have it kept that it read. No keys, no secrets.
READER_GRANTS = """
GRANT SELECT ON stored_events, event_head, views, notices, people TO {role};
GRANT SELECT ON log_tiles, log_checkpoints, log_cosignatures, log_keys, audit_reads TO {role};
GRANT SELECT ON witness_quorums, read_checkpoints, delivery_log, delivery_attempts TO {role};
GRANT SELECT ON deadlines, reactions TO {role};
GRANT SELECT (sha256, kept_at) ON document_files TO {role};
GRANT SELECT ON deliveries, delivery_orders, told_waits, first_looks, differing_tables TO {role};
GRANT SELECT (id, message_id, position, type, case_kind, case_id, sequence, tier, told_tier, people,
    caused_by, happened_at, wait, wait_turn) ON notifications TO {role};
GRANT SELECT (person_id) ON identities TO {role};
GRANT SELECT (sha256) ON issued_documents TO {role};
GRANT SELECT (week, made_us, kept_at) ON flow_forecasts TO {role};
GRANT SELECT (id, person, stream_id, destroyed_at) ON personal_keys TO {role};
GRANT EXECUTE ON FUNCTION append_audit_read, event_leaf, audit_read_hash, position_at TO {role};
"""
READER_VIEW_GRANT = "GRANT SELECT ON {table} TO {role}"
VIEW_GRANT = "GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}"


def role_of(url: str) -> str:
    """Return the role that a database address connects as, quoted for SQL."""
    user = unquote(urlsplit(url).username or "")
    if not user:
        raise NotConfigured("A database address names its user: postgresql://user:password@host/name")
    return '"' + user.replace('"', '""') + '"'


async def migrate(owner_url: str, service_url: str, reader_url: str | None = None) -> list[str]:
    """Bring a database up to date, as its owner; return the names of the views that were rebuilt."""
    role, reader = role_of(service_url), role_of(reader_url) if reader_url else None
    async with connected(owner_url, 1) as pool, pool.acquire() as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        try:
            if await _revision(connection) != LATEST:
                await _upgrade(owner_url)
            await connection.execute(GRANTS.format(role=role))
            rebuilt = await keep(
                owner_url, connection, Topics(EVENTS), VIEWS, lambda table: _view_grants(table, role, reader)
            )
            if reader is not None:
                await _let_read(connection, reader)
            return rebuilt
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)


async def rebuild_views(owner_url: str, service_url: str, reader_url: str | None = None) -> int:
    """Rebuild every view, as the database's owner; return the position they have come to."""
    role, reader = role_of(service_url), role_of(reader_url) if reader_url else None
    return await rebuild(
        owner_url, Topics(EVENTS), VIEWS, grant=lambda table: _view_grants(table, role, reader)
    )


async def stopped_views(owner_url: str) -> list[str]:
    """Return a line for each view that has stopped: its name, where it stands, why, and what to do."""
    async with connected(owner_url, 1) as pool:
        rows = await pool.fetch(
            "SELECT name, position, stopped FROM views WHERE stopped IS NOT NULL ORDER BY name"
        )
    return [f"{row['name']} stands at position {row['position']}. {row['stopped']}" for row in rows]


async def _let_read(connection: Connection, reader: str) -> None:
    await connection.execute(READER_GRANTS.format(role=reader))
    for view in VIEWS:
        await connection.execute(READER_VIEW_GRANT.format(table=view.name, role=reader))


async def is_current(connection: Connection) -> bool:
    """Say whether a database has the shape this program needs, and lets the service use it."""
    try:
        return (
            await _revision(connection) == LATEST
            and not await outdated(connection, VIEWS)
            and not await owing(connection, EnvelopeMapper(Topics(EVENTS)), VIEWS)
        )
    except asyncpg.InsufficientPrivilegeError:
        return False


def migration_sql(service_url: str) -> str:
    """Return the SQL that an owner would have to run, for whoever may not hand their address over."""
    from alembic import command  # alembic is slow to import, and seldom needed

    text = io.StringIO()
    command.upgrade(_config(text), LATEST, sql=True)
    return text.getvalue() + GRANTS.format(role=role_of(service_url))


async def _revision(connection: Connection) -> str | None:
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision


async def _upgrade(owner_url: str) -> None:
    from alembic import command  # alembic is slow to import, and seldom needed
    from sqlalchemy.ext.asyncio import create_async_engine  # the same

    url = "postgresql+asyncpg" + owner_url[owner_url.index("://") :]
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(connection=sync), LATEST))
    await engine.dispose()


def _config(text: io.StringIO | None = None, connection: object = None) -> "Config":
    from alembic.config import Config  # alembic is slow to import, and seldom needed

    config = Config(output_buffer=text, attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _view_grants(table: str, role: str, reader: str | None = None) -> Sequence[str]:
    grants = [VIEW_GRANT.format(table=table, role=role)]
    return [*grants, READER_VIEW_GRANT.format(table=table, role=reader)] if reader else grants
