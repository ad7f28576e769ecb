"""Each fault of what the service stands on: it is not ready, somebody is woken, and both end with it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import httpx
import psycopg

from tests.prove.operating.alerting import Alerting, alerting
from tests.prove.operating.clusters import Cluster, primary
from tests.prove.operating.programs import postgres_programs
from tests.prove.operating.switch import Switch, switch
from tests.prove.parts import Failed
from tests.support.running import Running, free_port, running

WITHIN_SECONDS = 15.0
PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.2
BODY = {"title": "Laptops", "description": "Forty.", "service_area": "Registrars"}
CUT_OFF = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE usename = 'rfp_service' AND pid <> pg_backend_pid()"
)


@dataclass
class Ground:
    """A service with its worker, on a database that can fail, watched by Prometheus."""

    cluster: Cluster
    road: Switch
    serve: Running
    worker: Running
    watch: Alerting
    figures: list[str] = field(default_factory=list)

    def ready(self) -> bool:
        with suppress(httpx.HTTPError):
            return self.serve.get("/readyz").status_code == httpx.codes.OK
        return False

    def faulty(
        self, name: str, alert: str, *, begin: Callable[[], object], end: Callable[[], object]
    ) -> None:
        """Cause a fault, and expect what must follow of it, and of its end, each within its time."""
        self._until(f"before {name}", lambda: self.ready() and not self.watch.firing())
        begin()
        not_ready = self._until(f"{name}: not ready", lambda: not self.ready())
        alerted = not_ready + self._until(f"{name}: {alert}", lambda: alert in self.watch.firing())
        end()
        ready = self._until(f"{name}: ready again", self.ready)
        quiet = ready + self._until(f"{name}: no alert", lambda: not self.watch.firing())
        self.figures.append(f"{name} {not_ready:.0f}/{alerted:.0f}/{ready:.0f}/{quiet:.0f}")
        if late := [each for each in (not_ready, alerted, ready, quiet) if each > WITHIN_SECONDS]:
            raise Failed(f"{self.figures[-1]}: {max(late):.0f} s are more than {WITHIN_SECONDS:.0f}")

    def _until(self, what: str, condition: Callable[[], bool]) -> float:
        """Wait for something; return for how long that was."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise Failed(f"{what} has not come: {self.serve.get('/readyz').text}; {self.watch.firing()}")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began


@contextmanager
def ground() -> Iterator[Ground]:
    """Set all of it up, as the runbook says."""
    with ExitStack() as stack:
        cluster = stack.enter_context(primary(postgres_programs()))
        road = stack.enter_context(switch(cluster.port))
        folder = cluster.home.parents[1]
        more = {
            "DATABASE_URL": cluster.address("rfp_service", road.port),
            "DATABASE_OWNER_URL": cluster.address("rfp_owner", cluster.port),
        }
        Running(folder, more=more).run("migrate")
        worker = Running(folder, command=("worker",), more={**more, "WORKER_PORT": str(free_port())})
        worker.begin()
        stack.callback(lambda: worker.process and worker.stop())
        serve = stack.enter_context(running(folder, "serve", **more))
        targets = [serve.port, int(worker.more["WORKER_PORT"])]
        watch = stack.enter_context(alerting(folder, targets))
        yield Ground(cluster, road, serve, worker, watch)


def a_standby(ground: Ground) -> None:
    """The database's address leads to a standby."""
    account = ground.cluster.account
    standby = ground.cluster.double(account.private_folder(ground.cluster.home.parents[1] / "standby"))
    try:
        ground.faulty(
            "standby",
            "RfpNotReady",
            begin=lambda: ground.road.lead_to(standby.port),
            end=lambda: ground.road.lead_to(ground.cluster.port),
        )
    finally:
        standby.stop()


def slots_full(ground: Ground) -> None:
    """Somebody else has every connection that the database gives."""
    ground.faulty(
        "slots full",
        "RfpNotReady",
        begin=lambda: ground.cluster.do("ALTER ROLE rfp_service CONNECTION LIMIT 0", CUT_OFF),
        end=lambda: ground.cluster.do("ALTER ROLE rfp_service CONNECTION LIMIT -1"),
    )


def no_worker(ground: Ground) -> None:
    """The only worker is killed."""
    ground.faulty("no worker", "RfpNoWorker", begin=ground.worker.kill, end=ground.worker.begin)


def disk_full(ground: Ground) -> None:
    """The disk of the database is full; a server that gave up is started again once there is room."""
    ballast = ground.cluster.home.parent / "ballast"
    with suppress(OSError), ballast.open("wb") as file:
        while True:
            file.write(bytes(2**20))
            file.flush()

    def written_until_it_fails() -> None:
        with suppress(psycopg.Error):
            while True:
                ground.cluster.do("SELECT pg_switch_wal()", "CREATE TABLE IF NOT EXISTS filler AS SELECT 1")
                ground.cluster.do("INSERT INTO filler SELECT generate_series(1, 10000)")

    def room_again() -> None:
        ballast.unlink()
        assert ground.cluster.process is not None
        if ground.cluster.process.poll() is not None:
            ground.cluster.start()

    ground.faulty("disk full", "RfpNotReady", begin=written_until_it_fails, end=room_again)


def gone(ground: Ground) -> None:
    """The service itself has ended."""
    with suppress(httpx.HTTPError):
        ground.faulty("no service", "RfpGone", begin=ground.serve.kill, end=ground.serve.start)


FAULTS = (a_standby, slots_full, no_worker, disk_full, gone)


def faults() -> str:
    """Cause each fault; say for each after how many seconds it was not ready, alerted, ready, quiet."""
    with ground() as on:
        for fault in FAULTS:
            fault(on)
        return f"seconds to not ready/alert/ready/quiet: {', '.join(on.figures)}"
