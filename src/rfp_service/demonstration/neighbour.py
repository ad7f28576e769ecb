"""The demonstration's witnesses: two fictional councils, each with a key and a memory of its own.

They run beside the demonstration so that there is something to see. Real witnesses run where nobody who
runs the service can reach them: see the runbook.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import uvicorn

from shared.ledger.checkpoints import Policy
from shared.ledger.log_keys import log_keys, read_signers, write_signer
from shared.ledger.notes import KeyType, Signer
from shared.ledger.witness import Witness
from shared.settings import Settings
from shared.web.witness_server import witness_door

NAMES = ("neighbouring-council.example", "council-across-the-river.example")
LOOPBACK = "127.0.0.1"


@contextmanager
def neighbours(settings: Settings) -> Iterator[Settings]:
    """Run them on loopback; yield settings by which both are asked, unless they name witnesses already."""
    if settings.audit_witnesses is not None:
        yield settings
        return
    with ExitStack() as stack:
        lines = [stack.enter_context(_witness(settings, name)) for name in NAMES]
        addresses = settings.data_dir / "witnesses.txt"
        addresses.write_text("".join(lines) + f"quorum {len(NAMES)}\n")
        yield settings.model_copy(update={"audit_witnesses": addresses})


@contextmanager
def _witness(settings: Settings, name: str) -> Iterator[str]:
    """Run one; yield the line by which it is asked."""
    signer = _signer(settings, name)
    logs = Policy(tuple(key.verifier for key in log_keys(settings).signers))
    door = witness_door(Witness(signer, logs, settings.data_dir / name / "seen.json"))
    server = uvicorn.Server(uvicorn.Config(door, log_config=None, access_log=False, lifespan="off"))
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        port = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"{signer.verifier} http://{LOOPBACK}:{port}\n"
        finally:
            server.should_exit = True
            thread.join()


def _signer(settings: Settings, name: str) -> Signer:
    """Return its key, which is made once; the public half lies beside it, as if on paper."""
    folder = settings.data_dir / name
    path = folder / "key"
    if not path.exists():
        write_signer(path, Signer.new(name, KeyType.WITNESS))
    [signer] = read_signers(path)
    (folder / "public-key.txt").write_text(f"{signer.verifier}\n")
    return signer
