"""`make bench`: every figure, one line each."""

import sys
from collections.abc import Callable, Iterable

from rfp_service import logs
from tests.bench.auditing import by_value, lag, leaf, proofs
from tests.bench.bulk import at_risk, categorising
from tests.bench.bundling import bundling
from tests.bench.checking import checking
from tests.bench.contracts import due_and_exposed, taking_in
from tests.bench.doors import at_the_door
from tests.bench.first_pages import first_pages
from tests.bench.flowing import flow, flow_by_size, flow_live
from tests.bench.foreseeing import foreseeing
from tests.bench.ground import ground
from tests.bench.log_importing import log_import
from tests.bench.pages import pages
from tests.bench.papers import papers
from tests.bench.posting import posting
from tests.bench.projecting import rebuilding, the_past, visibility
from tests.bench.registers import registers
from tests.bench.signing_in import signing_in
from tests.bench.starting import starting
from tests.bench.starving import starving
from tests.bench.storing import appending, folding
from tests.bench.telling import telling
from tests.support.postgres import Server

FIGURES: dict[str, Callable[[Server], Iterable[str]]] = {
    "append": appending,
    "post": posting,
    "door": at_the_door,
    "rebuild": rebuilding,
    "fold": folding,
    "visible": visibility,
    "past": the_past,
    "leaf": leaf,
    "lag": lag,
    "proofs": proofs,
    "by-value": by_value,
    "bundles": bundling,
    "fsck": checking,
    "sign-in": signing_in,
    "bulk": categorising,
    "risk": at_risk,
    "contracts": taking_in,
    "registers": registers,
    "due": due_and_exposed,
    "next": foreseeing,
    "paper": papers,
    "first-page": first_pages,
    "pages": pages,
    "start": starting,
    "starving": starving,
    "flow": flow,
    "flow-by-size": flow_by_size,
    "flow-live": flow_live,
    "log-import": log_import,
    "telling": telling,
}


def main() -> None:
    """Measure what is named on the command line, or everything."""
    logs.configure("critical")
    wanted = sys.argv[1:] or list(FIGURES)
    with ground() as server:
        for name in wanted:
            for line in FIGURES[name](server):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
