"""`make prove`: one line for each thing that was proved; the exit status says whether all of it was."""

import os
import sys
import time
from collections.abc import Callable

from rfp_service import logs
from tests.prove.auditing import edits, the_past
from tests.prove.counts import (
    clients,
    crashes,
    every_cell,
    every_day,
    guards,
    idle_sockets,
    inboxes,
    journeys,
    malformed_requests,
    many_at_once,
    own_work,
    pages,
    programs,
    properties,
    random_decisions,
    sampled,
    sender_kills,
    slow,
    told,
)
from tests.prove.flow_figures import figures_of_a_real_log
from tests.prove.followers import nothing_is_missed
from tests.prove.object_store.running import object_store
from tests.prove.one_core import one_core
from tests.prove.open_contracting import open_contracting
from tests.prove.operating.configurations import configurations
from tests.prove.operating.faults import faults
from tests.prove.operating.first_day import first_day
from tests.prove.operating.manifests import manifests
from tests.prove.operating.standby_audit import standby_audit
from tests.prove.operating.standby_erasing import standby_erasing
from tests.prove.parts import Failed, Missing
from tests.prove.published import published_cases
from tests.prove.second_postgres import the_machines_own
from tests.prove.tables.running import register_mutations
from tests.prove.verifiers.running import other_verifiers

PROOFS: dict[str, Callable[[], str]] = {
    "slow": slow,
    "sampled": sampled,
    "properties": properties,
    "random-decisions": random_decisions,
    "guards": guards,
    "every-day": every_day,
    "crashes": crashes,
    "programs": programs,
    "sender-kills": sender_kills,
    "told": told,
    "malformed": malformed_requests,
    "idle-sockets": idle_sockets,
    "edits": edits,
    "past": the_past,
    "own-work": own_work,
    "every-cell": every_cell,
    "clients": clients,
    "inboxes": inboxes,
    "pages": pages,
    "journeys": journeys,
    "register-mutations": register_mutations,
    "many-at-once": many_at_once,
    "followers": nothing_is_missed,
    "flow": figures_of_a_real_log,
    "verifiers": other_verifiers,
    "object-store": object_store,
    "ocds": open_contracting,
    "published": published_cases,
    "faults": faults,
    "first-day": first_day,
    "configurations": configurations,
    "manifests": manifests,
    "standby": standby_audit,
    "standby-erasing": standby_erasing,
    "second-postgres": the_machines_own,
    "one-core": one_core,
}


def main() -> None:
    """Prove what is named on the command line, or everything."""
    logs.configure("critical")
    outcomes = [_proved(name) for name in sys.argv[1:] or list(PROOFS)]
    sys.exit(0 if all(outcomes) else 1)


def _proved(name: str) -> bool:
    """Prove one thing and say so; a missing part counts as a failure in continuous integration only."""
    began = time.monotonic()
    try:
        outcome, said = True, PROOFS[name]()
    except Missing as missing:
        outcome, said = not os.environ.get("CI"), f"not tried: {missing}"
    except Failed as failed:
        outcome, said = False, f"FAILED: {failed}"
    sys.stdout.write(f"{name:<16} {said}  ({time.monotonic() - began:.0f} s)\n")
    sys.stdout.flush()
    return outcome


if __name__ == "__main__":
    main()
