"""Clients that others' generators make of the API file: their types hold, and people get about with them."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.api import Api
from tests.support.in_full import IN_FULL
from tests.support.people import HANA, PRIYA, RITA
from tests.support.procuring import EVAN, EVE, LARS, closed
from tests.support.served import served

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
FILE = ROOT / "openapi" / "openapi.json"
BIN = ROOT / ".venv" / "bin"
NODE_TOOLS = ROOT / "node_modules" / ".bin"
GENERATOR = ROOT / ".venv" / "generator" / "bin" / "openapi-python-client"
NOT_YET = str(UUID(int=0))
PEOPLE = (RITA, PRIYA, HANA, EVE, EVAN, LARS)
AS_SENT = ("--default-non-nullable", "false")  # what has a default need not be sent
STRICT = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True,
    "noEmit": True,
    "allowImportingTsExtensions": True,
    "skipLibCheck": True,  # TypeScript's own
    "target": "es2022",
    "module": "nodenext",
    "resolveJsonModule": True,
    "types": [],
}


async def run(folder: Path, *command: object) -> str:
    """Run something to its end, and return what it printed."""
    env = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), "CI": "true"}
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        cwd=folder,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = (await process.communicate())[0].decode()
    assert process.returncode == 0, printed[-4000:]
    return printed


async def prepare(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(*PEOPLE)


def write_down(api: Api, address: str, folder: Path, rfp: str = NOT_YET) -> None:
    """Write down for a journey where the service is, who may speak to it, and how far it has come."""
    tokens = {who.id: api.token(who) for who in PEOPLE}
    told = {"address": address, "position": api.position, "tokens": tokens, "rfp": rfp}
    (folder / "served.json").write_text(json.dumps(told))


@pytest.mark.slow
async def test_a_client_in_typescript_goes_from_a_need_to_an_approval(api: Api, tmp_path: Path) -> None:
    if not (NODE_TOOLS / "tsc").exists():
        pytest.skip("the npm tools are not installed: make .venv/clients.stamp")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": STRICT, "files": ["journey.ts"]}))
    shutil.copy(HERE / "journey.ts", tmp_path)
    await run(tmp_path, "node", NODE_TOOLS / "openapi-typescript", FILE, *AS_SENT, "-o", "api.ts")
    async with served(api.app) as address:
        await prepare(api)
        write_down(api, address, tmp_path)
        await run(tmp_path, "node", NODE_TOOLS / "tsc")
        printed = await run(tmp_path, "node", "journey.ts")
    assert printed.split() == ["ready_to_issue"]


@pytest.mark.slow
async def test_a_client_in_python_goes_from_a_need_to_a_contract(api: Api, tmp_path: Path) -> None:
    if not GENERATOR.exists():
        pytest.skip("the generator is not installed: make .venv/generator.stamp")
    config = ROOT / "openapi" / "python-client.yaml"
    said = ("--path", FILE, "--config", config, "--meta", "none", "--output-path", "council_rfp")
    warned = await run(tmp_path, GENERATOR, "generate", *said)
    assert "will not be generated" not in warned, "every operation is there"
    shutil.copy(HERE / "journey.py", tmp_path)
    checked = ("journey.py", "council_rfp") if IN_FULL else ("journey.py",)  # with what it uses
    await run(tmp_path, BIN / "mypy", "--strict", "--cache-dir", os.devnull, *checked)
    async with served(api.app) as address:
        await prepare(api)
        write_down(api, address, tmp_path)
        rfp = (await run(tmp_path, sys.executable, "journey.py", "ask")).strip()
        await closed(api, rfp)
        write_down(api, address, tmp_path, rfp)
        printed = await run(tmp_path, sys.executable, "journey.py", "award")
    assert printed.split() == ["contracted"]
