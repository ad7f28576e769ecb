"""`audit key` and `audit witness`: keys that sign, and somebody else who countersigns."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from rfp_service import logs
from rfp_service.terminal import say
from shared.ledger.checkpoints import Policy
from shared.ledger.log_keys import read_policy, read_signers, write_signer
from shared.ledger.notes import KeyType, Signer
from shared.ledger.witness import Witness
from shared.settings import NotConfigured
from shared.web.witness_server import witness_door


def key(
    file: Annotated[Path, typer.Argument(help="The key is added to this file, which stays private.")],
    *,
    name: Annotated[str, typer.Option(help="The log's name, or the witness's.")],
    witness: Annotated[bool, typer.Option("--witness", help="For a witness.")] = False,
) -> None:
    signer = Signer.new(name, KeyType.WITNESS if witness else KeyType.LOG)
    write_signer(file, signer)
    say(f"{signer.verifier}\n# fingerprint, to be compared on paper: {signer.verifier.fingerprint}")


def witness(
    *,
    key: Annotated[Path, typer.Option(exists=True, help="The witness's private key.")],
    logs_keys: Annotated[Path, typer.Option("--log", exists=True, help="The keys of the logs it watches.")],
    state: Annotated[Path, typer.Option(help="Where it remembers how far each log has come.")],
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8100,
) -> None:
    logs.configure("info")
    signers = read_signers(key)
    if signers[0].verifier.type is not KeyType.WITNESS:
        raise NotConfigured("A witness's key is made with `audit key --witness`.")
    known = read_policy(logs_keys)
    door = witness_door(Witness(signers[0], Policy(known.logs), state))
    say(f"{signers[0].verifier} http://{host}:{port}")
    uvicorn.run(door, host=host, port=port, log_config=None, access_log=False, server_header=False)
