"""The runbook's own commands, word for word, from an empty PostgreSQL to a backup that was restored.

Only what it leaves open is filled in: names of hosts, passwords, and a token of the identity provider's.
"""

import json
import re
import secrets
import subprocess
import time
from collections.abc import Mapping

import httpx
import psycopg

from tests.prove.operating.clusters import Cluster, primary
from tests.prove.operating.ground import waited
from tests.prove.operating.programs import postgres_programs
from tests.prove.parts import ROOT, Failed
from tests.support.issuing import RSA, Issuer
from tests.support.running import PROGRAM, free_port

RUNBOOK = ROOT / "deploy" / "runbook.md"
WITHIN_SECONDS = 30 * 60
LONG = ("rfp-service serve", "rfp-service worker")


def first_day() -> str:
    """Follow the runbook until something is decided, backed up, restored and checked."""
    began = time.monotonic()
    with primary(postgres_programs(), roles=False) as cluster:
        Day(cluster).live_through()
    seconds = time.monotonic() - began
    if seconds > WITHIN_SECONDS:
        raise Failed(f"it took {seconds:.0f} s")
    return (
        "every command of setting up, backing up, restoring and changing a secret was run as it stands,"
        f" in {seconds:.0f} s"
    )


def blocks(heading: str) -> list[str]:
    """Return the commands under a heading of the runbook, block by block."""
    text = RUNBOOK.read_text()
    section = text[text.index(f"\n## {heading}\n") :]
    section = section[: section.index("\n## ", 1)]
    return [block.partition("\n")[2] for block in re.findall(r"```(.*?)```", section, re.DOTALL)]


class Day:
    """What is filled in where the runbook leaves something open."""

    def __init__(self, cluster: Cluster) -> None:
        """Begin with an empty server."""
        self._cluster = cluster
        self._folder = cluster.home.parents[1]
        self._port = free_port()
        self._issuer = Issuer(says_it_is="https://issuer.example")
        keys = self._folder / "keys.json"
        keys.write_text(json.dumps({"keys": [RSA.as_dict(private=False)]}))
        self._filled: Mapping[str, str] = {
            "PASSWORD '…'": "PASSWORD 'spec'",
            ":…@host/": f":spec@127.0.0.1:{cluster.port}/",
            "TOKEN_ISSUER=https://…": f"TOKEN_ISSUER=https://issuer.example TOKEN_KEYS={keys}",
            "TOKEN_AUDIENCE=…": "TOKEN_AUDIENCE=rfp-service",
            "TOKEN_TENANT=…": "TOKEN_TENANT=",
            "PERSONAL_SECRET=…": "PERSONAL_SECRET=$(cat secret)",
            "/etc/rfp-service": str(self._folder),
            "/opt/rfp-service/bin": f"{PROGRAM.parent}:{cluster.programs}",
            "127.0.0.1:8000": f"127.0.0.1:{self._port}",
        }
        done = subprocess.run(["openssl", "rand", "-base64", "32"], capture_output=True, check=True)
        (self._folder / "secret").write_bytes(done.stdout)

    def live_through(self) -> None:
        roles, configured, decided = blocks("Setting up")
        with psycopg.connect(self._cluster.administration, autocommit=True) as administrator:
            for statement in self._with_all(roles).split(";"):
                if statement.strip():
                    administrator.execute(statement.encode())
        once, running = _apart(self._with_all(configured))
        exports = "\n".join(line for line in once.splitlines() if line.startswith("export "))
        self._run(once)
        processes = [self._begin(exports, line) for line in running]
        try:
            waited("readiness", self._is_ready)
            said = self._run(f"{exports}\nTOKEN={self._token()}\n{self._with_all(decided)}")
            if '"version":1' not in said:
                raise Failed(f"the first decision: {said}")
            self._backed_up_and_restored(exports)
            self._secret_changed(exports)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(60)

    def _backed_up_and_restored(self, exports: str) -> None:
        """Dump it, restore it elsewhere, check it: the checkpoint is there once the decision is signed."""
        dumped, restored = blocks("Backing up")
        waited("a signature", lambda: self._has("SELECT EXISTS (SELECT FROM log_checkpoints)"))
        self._run(f"{exports}\n{self._with_all(dumped)}")
        with psycopg.connect(self._cluster.administration, autocommit=True) as administrator:
            administrator.execute(b"CREATE DATABASE rfp_restored OWNER rfp_owner")
        said = self._run(f"{exports}\n{self._with_all(restored)}")
        if " 0 findings." not in said or "0 differences." not in said:
            raise Failed(f"of the restored record: {said}")

    def _secret_changed(self, exports: str) -> None:
        """Wrap every key anew; with the new secret alone there is nothing more to wrap."""
        [changed] = blocks("Changing secrets")
        again = changed.splitlines()[1]
        said = self._run(f"{exports}\n{self._with_all(changed)}{self._with_all(again)}").splitlines()
        if len(said) != 2 or said[0].startswith("0 ") or not said[1].startswith("0 keys were wrapped anew"):
            raise Failed(f"of the changed secret: {said}")

    def _has(self, question: str) -> bool:
        with psycopg.connect(self._cluster.admin) as administrator:
            row = administrator.execute(question.encode()).fetchone()
        return bool(row and row[0])

    def _with_all(self, text: str) -> str:
        for gap, filling in self._filled.items():
            text = text.replace(gap, filling)
        if "…" in text:
            raise Failed(f"the runbook leaves more open than is known here: {text}")
        return text

    def _token(self) -> str:
        claims = {"iss": "https://issuer.example", "aud": "rfp-service", "tid": None}
        return self._issuer.token(**claims, sub=secrets.token_hex(4))

    def _environment(self) -> dict[str, str]:
        own = {"HOME": str(self._folder), "PORT": str(self._port), "LOG_LEVEL": "critical"}
        return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "DATA_DIR": str(self._folder / "data"), **own}

    def _run(self, script: str) -> str:
        done = subprocess.run(
            ["bash", "-c", f"set -eu\n{script}"],
            cwd=self._folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"{script}\n{done.stdout}{done.stderr}")
        return done.stdout

    def _begin(self, exports: str, command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            ["bash", "-c", f"{exports}\nexec {command}"],
            cwd=self._folder,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
        )

    def _is_ready(self) -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self._port}/readyz", trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK


def _apart(block: str) -> tuple[str, list[str]]:
    """Return what ends by itself, and what runs until it is stopped."""
    lines = block.splitlines()
    running = [line.partition("#")[0].strip() for line in lines if line.startswith(LONG)]
    return "\n".join(line for line in lines if not line.startswith(LONG)), running
