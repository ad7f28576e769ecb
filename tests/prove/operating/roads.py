"""Faults on the ways from the service: a pooler that shares sessions out, an issuer out of reach."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
from pydantic import SecretStr

from rfp_service import logs
from rfp_service.databases import Database
from rfp_service.serving import serve
from shared.settings import Profile, Settings
from tests.prove.operating.alerting import alerting
from tests.prove.operating.clusters import Cluster
from tests.prove.operating.ground import BODY, Ground, waited
from tests.prove.operating.programs import program
from tests.prove.operating.switch import switch
from tests.prove.parts import Failed
from tests.support.forked import process_of
from tests.support.issuing import issuing
from tests.support.running import Running, free_port, running

SENTENCE = "pooler in transaction or statement mode"
SECRET = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@contextmanager
def pgbouncer(cluster: Cluster, mode: str) -> Iterator[str]:
    """Run the real one in a mode; lend the address that leads through it."""
    port, place = free_port(), cluster.account.private_folder(cluster.home / f"pgbouncer-{mode}")
    config, people = place / "pgbouncer.ini", place / "people"
    people.write_text('"rfp_service" "spec"\n')
    config.write_text(
        "[databases]\n"
        f"rfp = host=127.0.0.1 port={cluster.port} dbname=rfp user=rfp_service password=spec\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = plain\n"
        f"auth_file = {people}\npool_mode = {mode}\ndefault_pool_size = 30\n"
    )
    for file in (config, people):
        cluster.account.give(file)
    process = subprocess.Popen(
        [program("pgbouncer", "pgbouncer"), config],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **cluster.account.for_subprocess(),
    )
    try:
        yield cluster.address("rfp_service", port)
    finally:
        process.terminate()
        process.wait(60)


def transaction_pooling(ground: Ground) -> None:
    """The service is started through a pooler that shares sessions out; one in session mode is none."""
    with pgbouncer(ground.cluster, "transaction") as address:

        def through_it() -> None:
            ground.serve.stop()
            more = {**ground.serve.more, "DATABASE_URL": address}
            done = replace(ground.serve, process=None, more=more).run("serve", check=False)
            if done.returncode == 0 or SENTENCE not in done.stderr:
                raise Failed(f"through a pooler in transaction mode: {done.stderr}")

        ground.faulty("transaction pooling", "RfpGone", begin=through_it, end=ground.serve.start)
    with pgbouncer(ground.cluster, "session") as address:
        more = {**ground.serve.more, "DATABASE_URL": address}
        with running(ground.serve.data_dir, "serve", **more) as service:
            headers = {"Authorization": f"Bearer {service.token('requester')}"}
            made = httpx.post(f"{service.url}/v1/rfps", json=BODY, headers=headers, trust_env=False)
            if made.status_code != httpx.codes.CREATED:
                raise Failed(f"through a pooler in session mode: {made.text}")


def council(given: str) -> None:
    """Serve a council's own set-up, whose issuer is on this machine and so without TLS."""
    said = json.loads(given)
    logs.configure("critical")
    settings = Settings(
        profile=Profile.PRODUCTION,
        data_dir=Path(said["folder"]),
        port=said["port"],
        database_url=said["database"],
        token_issuer=said["issuer"],
        personal_secret=SecretStr(SECRET),
        log_level="critical",
    )
    serve(settings, Database(said["database"], None), worker=False)


def issuer_away(ground: Ground) -> None:
    """The service is started while nobody can reach the identity provider."""
    folder = ground.serve.data_dir / "council"
    folder.mkdir()
    with issuing() as issuer, switch(issuer.port) as road:
        address = f"http://127.0.0.1:{road.port}/tenant"
        issuer.says_it_is, issuer.jwks_uri = address, f"http://127.0.0.1:{road.port}/keys"
        service = Running(folder, port=free_port())
        database = ground.cluster.address("rfp_service", ground.road.port)
        given = {"folder": str(folder), "port": service.port, "database": database, "issuer": address}

        def begin() -> None:
            service.process = process_of(council, json.dumps(given))

        def anew_without_it() -> None:
            service.kill()
            road.lead_to(free_port())
            begin()

        begin()
        waited("a council's service", lambda: _is_ready(service))
        try:
            with alerting(folder, [service.port]) as watch:
                on = replace(ground, serve=service, watch=watch)
                on.faulty(
                    "issuer away", "RfpNotReady", begin=anew_without_it, end=lambda: road.lead_to(issuer.port)
                )
        finally:
            service.kill()


def _is_ready(service: Running) -> bool:
    with suppress(httpx.HTTPError):
        return service.get("/readyz").status_code == httpx.codes.OK
    return False
