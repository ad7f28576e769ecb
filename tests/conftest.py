"""The parts that specifications share; in continuous integration, none may be missing."""

import os
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from rfp_service import logs
from rfp_service.events import EVENTS
from shared.record.database import connected
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.support.api import Api, running_api
from tests.support.days import wait_past_midnight
from tests.support.postgres import Base, Server, server

settings.register_profile("test", max_examples=60, deadline=None, print_blob=True)
settings.register_profile(
    "prove", max_examples=3_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
logs.configure("critical")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A test that began today ends today."""
    wait_past_midnight()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Where CI is set, a test skipped for want of a part has failed."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in continuous integration: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres(worker_id: str) -> Iterator[Server]:
    """One server for this process's tests."""
    with server(worker_id, durable=False) as running:
        yield running


@pytest.fixture
def base(postgres: Server) -> Iterator[Base]:
    """A migrated, empty database for one test."""
    with postgres.fresh() as database:
        yield database


@pytest.fixture
async def pool(base: Base) -> AsyncIterator[asyncpg.Pool]:
    """The service's own connections to it."""
    async with connected(base.service) as connections:
        yield connections


@pytest.fixture
async def store(pool: asyncpg.Pool) -> EventStore:
    """The event store on it."""
    return EventStore(pool, Topics(EVENTS))


@pytest.fixture
async def api(base: Base) -> AsyncIterator[Api]:
    """The whole service on it: HTTP in this process, the worker beside it."""
    async with running_api(base) as running:
        yield running
