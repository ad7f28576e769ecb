"""A service with its worker, on a database that can fail, watched by Prometheus as the runbook says."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import httpx

from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
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


def waited(what: str, condition: Callable[[], bool], patience: float = PATIENCE_SECONDS) -> float:
    """Wait for something; return for how long that was."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > patience:
            raise Failed(f"{what} has not come")
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - began


def raised(service: Running) -> int:
    """Ask for an RFP to be raised; return the answer's status, 0 where there is none."""
    headers = {"Authorization": f"Bearer {demonstration_token(service.data_dir, 'rita', [Role.REQUESTER])}"}
    try:
        made = httpx.post(f"{service.url}/v1/rfps", json=BODY, headers=headers, trust_env=False)
    except httpx.HTTPError:
        return 0
    return made.status_code


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
        waited(f"before {name}", lambda: self.ready() and not self.watch.firing())
        begin()
        not_ready = waited(f"{name}: not ready", lambda: not self.ready())
        alerted = not_ready + waited(f"{name}: {alert}", lambda: alert in self.watch.firing())
        end()
        ready = waited(f"{name}: ready again", self.ready)
        quiet = ready + waited(f"{name}: no alert", lambda: not self.watch.firing())
        self.figures.append(f"{name} {not_ready:.0f}/{alerted:.0f}/{ready:.0f}/{quiet:.0f}")
        if late := [each for each in (not_ready, alerted, ready, quiet) if each > WITHIN_SECONDS]:
            raise Failed(f"{self.figures[-1]}: {max(late):.0f} s are more than {WITHIN_SECONDS:.0f}")


@contextmanager
def ground() -> Iterator[Ground]:
    """Set all of it up, as the runbook says."""
    with ExitStack() as stack:
        cluster = stack.enter_context(primary(postgres_programs()))
        road = stack.enter_context(switch(cluster.port))
        folder = cluster.home.parents[1]
        more = cluster.variables(road.port)
        Running(folder, more=more).run("migrate")
        worker = Running(folder, command=("worker",), more={**more, "WORKER_PORT": str(free_port())})
        worker.begin()
        stack.callback(lambda: worker.process and worker.process.is_alive() and worker.stop())
        serve = stack.enter_context(running(folder, "serve", **more))
        targets = [serve.port, int(worker.more["WORKER_PORT"])]
        watch = stack.enter_context(alerting(folder, targets))
        yield Ground(cluster, road, serve, worker, watch)
