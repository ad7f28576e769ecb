"""A name from before an upgrade is on a standby's disk, too, until the runbook's statements were given."""

from pathlib import Path

import psycopg

from tests.prove.operating.clusters import Cluster, primary
from tests.prove.operating.ground import waited
from tests.prove.operating.programs import postgres_programs
from tests.prove.parts import Failed
from tests.service.test_erased_bytes import EMAIL, NAME, told_by_the_runbook
from tests.support.running import Running, running

CLEAR = (NAME.encode(), EMAIL.encode())
REMOVED = ("ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()")
CAUGHT_UP = "SELECT pg_last_wal_replay_lsn() >= %s"


def standby_erasing() -> str:
    """Seal a name on the primary; expect it on both disks until the statements, and on neither afterwards."""
    with primary(postgres_programs()) as cluster:
        folder = cluster.home.parents[1]
        more = cluster.variables(cluster.port)
        Running(folder, more=more).run("migrate")
        standby = cluster.double(cluster.account.private_folder(folder / "standby"))
        try:
            for each in (cluster, standby):
                each.do(*REMOVED)
            cluster.do(f"INSERT INTO people (id, name, email) VALUES ('ottoline', '{NAME}', '{EMAIL}')")
            with running(folder, **more):  # the first start after the upgrade seals it
                pass
            _on_both(cluster, standby, there=True)
            cluster.do(*told_by_the_runbook())
            _caught_up(cluster, standby)
            standby.do("CHECKPOINT")
            _on_both(cluster, standby, there=False)
        finally:
            standby.stop()
    return "a name from before an upgrade: on the disks of primary and standby until the runbook's statements"


def _caught_up(cluster: Cluster, standby: Cluster) -> None:
    with psycopg.connect(cluster.admin) as asked, psycopg.connect(standby.admin, autocommit=True) as there:
        end = asked.execute("SELECT pg_current_wal_lsn()").fetchone()
        waited("the standby", lambda: bool(there.execute(CAUGHT_UP, end).fetchone()[0]))  # type: ignore[index]


def _on_both(cluster: Cluster, standby: Cluster, *, there: bool) -> None:
    _caught_up(cluster, standby)
    for which in (cluster, standby):
        found = [path for path in _files(which.data) if any(text in path.read_bytes() for text in CLEAR)]
        if bool(found) != there:
            raise Failed(f"{which.home.name}: {'nothing' if there else found}")


def _files(data: Path) -> list[Path]:
    return [path for where in ("base", "pg_wal") for path in (data / where).rglob("*") if path.is_file()]
