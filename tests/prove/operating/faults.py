"""Each fault of what the service stands on: it is not ready, somebody is woken, and both end with it."""

from contextlib import suppress

import psycopg

from tests.prove.operating.ground import Ground, ground, raised, waited
from tests.prove.operating.roads import issuer_away, transaction_pooling

FIVE_MINUTES = 360.0  # and what a scrape, and a busy machine, add to them
CUT_OFF = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE usename = 'rfp_service' AND pid <> pg_backend_pid()"
)


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


def log_locked(ground: Ground) -> None:
    """Somebody holds the table of checkpoints, so that the worker at work can't sign."""
    holder = psycopg.connect(ground.cluster.admin)

    def held() -> None:
        holder.execute("LOCK TABLE log_checkpoints IN EXCLUSIVE MODE")
        raised(ground.serve)

    try:
        ground.faulty("not signed", "RfpUnsigned", begin=held, end=holder.rollback)
    finally:
        holder.close()


def requests_fail(ground: Ground) -> None:
    """Writes are answered with faults for a while: the alert looks at five minutes, and passes with them."""
    waited("before faults", lambda: ground.ready() and not ground.watch.firing())
    ground.cluster.do("ALTER ROLE rfp_service CONNECTION LIMIT 0", CUT_OFF)
    try:
        waited("faults: RfpFaults", lambda: raised(ground.serve) > 0 and "RfpFaults" in ground.watch.firing())
    finally:
        ground.cluster.do("ALTER ROLE rfp_service CONNECTION LIMIT -1")
    quiet = waited("faults: no alert", lambda: not ground.watch.firing(), FIVE_MINUTES)
    ground.figures.append(f"faults quiet after {quiet:.0f}")


def gone(ground: Ground) -> None:
    """The service itself has ended."""
    ground.faulty("no service", "RfpGone", begin=ground.serve.kill, end=ground.serve.start)


FAULTS = (
    a_standby,
    transaction_pooling,
    slots_full,
    no_worker,
    log_locked,
    issuer_away,
    disk_full,
    gone,
    requests_fail,
)


def faults() -> str:
    """Cause each fault; say for each after how many seconds it was not ready, alerted, ready, quiet."""
    with ground() as on:
        for fault in FAULTS:
            fault(on)
        return f"seconds to not ready/alert/ready/quiet: {', '.join(on.figures)}"
