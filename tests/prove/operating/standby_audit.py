"""The audit's commands on a standby: they read there, and each read is on the record of the primary."""

from pathlib import Path

import httpx
import psycopg

from rfp_service.operator.audit import ONLY_A_STANDBY
from rfp_service.operator.compared_views import ON_A_STANDBY
from tests.prove.operating.clusters import primary
from tests.prove.operating.ground import BODY, waited
from tests.prove.operating.programs import postgres_programs
from tests.prove.parts import Failed
from tests.support.running import Running, running

RFPS = 20
PERIOD = ("--from", "2000-01-01T00:00Z", "--to", "2099-01-01T00:00Z")
READS = "SELECT operation FROM audit_reads WHERE reader LIKE 'operator:%'"
SIGNED = "SELECT max(size) >= (SELECT position FROM event_head) FROM log_checkpoints"


def standby_audit() -> str:
    """Check the record and pack a bundle on a standby; expect both on the primary's log of reads."""
    with primary(postgres_programs()) as cluster:
        folder = cluster.home.parents[1]
        more = cluster.variables(cluster.port)
        with psycopg.connect(cluster.admin, autocommit=True) as asked, running(folder, **more) as service:
            _raise_some(service)
            waited("its signature", lambda: bool(asked.execute(SIGNED).fetchone()[0]))  # type: ignore[index]
        standby = cluster.double(cluster.account.private_folder(folder / "standby"))
        try:
            there = cluster.address("rfp_service", standby.port)
            _read_there(folder, more["DATABASE_URL"], there)
            alone = Running(folder, more={"DATABASE_URL": there}).run("audit", "fsck", check=False)
            if alone.returncode != 1 or ONLY_A_STANDBY not in alone.stderr:
                raise Failed(f"a standby alone: {alone.stderr}")
        finally:
            standby.stop()
        with psycopg.connect(cluster.admin) as asked:
            kept = sorted(row[0] for row in asked.execute(READS))
        if kept != ["audit bundle", "audit fsck"]:
            raise Failed(f"on the primary's log of reads: {kept}")
    return "fsck and a bundle on a standby, each read kept on the primary; refused where there is no primary"


def _raise_some(service: Running) -> None:
    headers = {"Authorization": f"Bearer {service.token('requester')}"}
    for _ in range(RFPS):
        httpx.post(f"{service.url}/v1/rfps", json=BODY, headers=headers, trust_env=False).raise_for_status()


def _read_there(folder: Path, here: str, there: str) -> None:
    auditor = Running(folder, more={"DATABASE_URL": here, "DATABASE_READER_URL": there})
    checked = auditor.run("audit", "fsck")
    if ON_A_STANDBY not in checked.stdout or " 0 findings." not in checked.stdout:
        raise Failed(f"fsck: {checked.stdout}")
    bundle = str(folder / "all.zip")
    auditor.run("audit", "bundle", bundle, *PERIOD)
    verified = auditor.run("audit", "verify", bundle, check=False)
    if "NOT SOUND" in verified.stdout or "CONSISTENT WITH ITSELF" not in verified.stdout:
        raise Failed(f"the bundle: {verified.stdout}")
