"""The parts that specifications share; in continuous integration, none may be missing."""

import asyncio
import gc
import os
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

import asyncpg
import pytest
import uvloop
from _pytest.nodeid import NodeId
from hypothesis import HealthCheck, settings

from rfp_service import logs
from rfp_service.events import EVENTS
from rfp_service.serving import COLLECT_AFTER
from shared.record import database
from shared.record.database import connected
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.support.api import Api, running_api
from tests.support.days import wait_past_midnight
from tests.support.kept import LENDER
from tests.support.known_types import remember_known_types
from tests.support.postgres import Base, Server, server

settings.register_profile("test", max_examples=60, deadline=None, print_blob=True)
settings.register_profile(
    "prove", max_examples=3_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
logs.configure("critical")
remember_known_types()
database.Pool = LENDER.pool  # type: ignore[misc, assignment]  # `connected` takes it from there
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


# The collector would look at millions of objects, anew each time that 700 came: a tenth of the time.
gc.disable()


def pytest_collection_finish() -> None:
    """Look seldom for circles, as the service does, and never among what was there before the first spec."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """Let specifications run on the loop that the service runs on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Write into an item's id which group it is of: xdist deals out by it, and writes it no more."""
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        groups = {str(mark.args[0]) for mark in item.iter_markers("xdist_group")}
        suffix = f"@{'_'.join(sorted(groups))}"
        if groups and not item.nodeid.endswith(suffix):
            item._id = NodeId.parse(item.nodeid + suffix)  # noqa: SLF001  # there is no other way


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A test that began today ends today."""
    wait_past_midnight()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """What a test began has ended with it: the next one runs in the same loop."""
    yield
    LENDER.nothing_goes_on()


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


@pytest.fixture(scope="session", autouse=True)
async def loop() -> AsyncIterator[None]:
    """The one loop in which all specifications of this process run: connections are kept in it."""
    LENDER.loop = asyncio.get_running_loop()
    yield
    await LENDER.close()


@pytest.fixture
def base(postgres: Server) -> Iterator[Base]:
    """A migrated, empty database for one test: others may have used it, and connections to it, before."""
    with postgres.as_new() as lent:
        yield lent


@pytest.fixture
def new_base(postgres: Server) -> Iterator[Base]:
    """A migrated database to which nobody has ever connected."""
    with postgres.fresh() as lent:
        yield lent


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
