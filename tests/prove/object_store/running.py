"""Copies checkpoints to an S3 server of other people that keeps every version: nothing is overwritten."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import asyncpg
import httpx
import obstore
import uvloop
from obstore.store import ObjectStore, from_url

from rfp_service.events import EVENTS
from shared.record.database import connected
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from shared.web.monitoring.alarms import alarms
from tests.bench.ground import ground
from tests.prove.parts import ROOT, Failed, Missing
from tests.service.test_log_outside import copies
from tests.shared.governance.audit.examples import kept
from tests.support.postgres import Base
from tests.support.running import free_port

HERE = Path(__file__).parent
STORE = ROOT / ".venv" / "store"
BUCKET, TARGET = "digests", "s3://digests/rfp"
PATH = "council.example_log/checkpoint-{:012}.txt"
LOCKED = {"x-amz-bucket-object-lock-enabled": "true"}
START_SECONDS = 120
NAMES = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def object_store() -> str:
    """Copy to a store that is not there yet, that has a bucket, and in which somebody else was first."""
    with _running() as address, ground() as server, server.fresh() as base:
        os.environ |= {
            "AWS_ENDPOINT_URL": address,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "prove",
            "AWS_SECRET_ACCESS_KEY": "prove",
            "AWS_REGION": "us-east-1",
        }
        return uvloop.run(_copied(base, address))


async def _copied(base: Base, address: str) -> str:
    async with (
        connected(base.service) as pool,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        store = EventStore(pool, Topics(EVENTS))
        first = await kept(pool, store, 0, 20)
        await copies(pool, TARGET).send()
        _must(len(await alarms(pool)) == 1, "a bucket that is not there is no alarm")
        (await client.put(f"/{BUCKET}", headers=LOCKED)).raise_for_status()
        for _ in range(2):
            await copies(pool, TARGET).send()
        second = await kept(pool, store, 20, 30)
        await copies(pool, TARGET).send()
        _must(await alarms(pool) == [], "what was copied is an alarm still")
        lies = from_url(TARGET)
        read = [await (await obstore.get_async(lies, PATH.format(size))).bytes_async() for size in (20, 30)]
        _must([bytes(each).decode() for each in read] == [first, second], "what lies there was not signed")
        await _somebody_else_was_first(pool, store, lies)
        listed = (await client.get(f"/{BUCKET}?versions")).content
    number = len(ET.fromstring(listed).findall(f"{NAMES}Version"))
    _must(number == 3, f"{number} versions of three checkpoints")
    return "3 checkpoints to an S3 server, each in one version; a missing bucket and another root are alarms"


async def _somebody_else_was_first(pool: asyncpg.Pool, store: EventStore, lies: ObjectStore) -> None:
    await kept(pool, store, 30, 40)
    other = b"council.example/log\n40\nanother root\n\nsigned\n"
    await obstore.put_async(lies, PATH.format(40), other)
    await copies(pool, TARGET).send()
    [told] = await alarms(pool)
    _must("AnotherLies" in told, f"another checkpoint of that size is no alarm: {told}")


def _must(holds: object, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)


@contextmanager
def _running() -> Iterator[str]:
    """Lend the address of the store while it runs."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with TemporaryDirectory() as folder, Path(folder, "said").open("wb") as said:
        command = [_program(), "-H", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=folder)
        try:
            _wait_for(address)
            yield address
        finally:
            process.kill()
            process.wait()


def _wait_for(address: str) -> None:
    for _ in range(START_SECONDS * 10):
        try:
            httpx.get(address, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise Failed("the store does not start")


def _program() -> Path:
    """Return moto's server in an environment of its own, installed by its hashes."""
    python = STORE / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", STORE], check=True)
    wanted = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", HERE / "store.lock"]
    done = subprocess.run(
        [python, "-m", "pip", "install", *wanted], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Missing(f"moto from PyPI: {done.stderr[-500:]}")
    return STORE / "bin" / "moto_server"
