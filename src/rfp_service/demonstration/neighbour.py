"""The demonstration's witness: a fictional neighbouring council, with a key and a memory of its own.

It runs beside the demonstration so that there is something to see. A real witness runs where nobody who
runs the service can reach it: see the runbook.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from shared.ledger.checkpoints import Policy
from shared.ledger.log_keys import log_keys, read_signers, write_signer
from shared.ledger.notes import KeyType, Signer
from shared.ledger.witness import Witness
from shared.settings import Settings
from shared.web.witness_server import witness_door

NAME = "neighbouring-council.example"
LOOPBACK = "127.0.0.1"


@contextmanager
def neighbour(settings: Settings) -> Iterator[Settings]:
    """Run it on loopback; yield settings by which it is asked, unless they name witnesses already."""
    if settings.audit_witnesses is not None:
        yield settings
        return
    folder = settings.data_dir / NAME
    signer = _signer(settings)
    logs = Policy(tuple(key.verifier for key in log_keys(settings).signers))
    door = witness_door(Witness(signer, logs, folder / "seen.json"))
    server = uvicorn.Server(uvicorn.Config(door, log_config=None, access_log=False, lifespan="off"))
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        port = listening.getsockname()[1]
        address = folder / "address.txt"
        address.write_text(f"{signer.verifier} http://{LOOPBACK}:{port}\n")
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield settings.model_copy(update={"audit_witnesses": address})
        finally:
            server.should_exit = True
            thread.join()


def _signer(settings: Settings) -> Signer:
    """Return its key, which is made once; the public half lies beside it, as if on paper."""
    folder = settings.data_dir / NAME
    path = folder / "key"
    if not path.exists():
        write_signer(path, Signer.new(NAME, KeyType.WITNESS))
    [signer] = read_signers(path)
    (folder / "public-key.txt").write_text(f"{signer.verifier}\n")
    return signer
