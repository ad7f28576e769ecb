"""Runs other people's verifiers on a log of ours: each must accept all that is true, and nothing else."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench.ground import ground
from tests.prove.parts import ROOT, Failed, Missing
from tests.prove.verifiers.cases import Case, as_sent, log_of_a_year, sound_cases, tampered_cases

HERE = Path(__file__).parent
OTHERS = ROOT / ".venv" / "others"
GO_LIBRARY = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
DEBIAN = ("golang-go", "golang-golang-x-mod-dev")


def other_verifiers() -> str:
    """Have three programs by others judge every checkpoint, cosignature and proof of a log."""
    with ground() as server, server.fresh() as base:
        log = asyncio.run(log_of_a_year(base))
    sound = [as_sent(case) for case in sound_cases(log)]
    tampered = [as_sent(case) for case in tampered_cases(log)]
    said = [_judged(name, command, sound, tampered) for name, command in _verifiers()]
    return f"{len(sound)} sound and {len(tampered)} tampered: " + "; ".join(said)


def _verifiers() -> list[tuple[str, Sequence[str | Path]]]:
    python = _python()
    return [
        ("golang.org/x/mod/sumdb", [_go(), "run", HERE / "verify.go"]),
        ("metamorphic-log", [python, HERE / "with_metamorphic.py"]),
        ("proofbundle", [python, HERE / "with_proofbundle.py"]),
    ]


def _judged(name: str, command: Sequence[str | Path], sound: list[Case], tampered: list[Case]) -> str:
    """Return how one verifier judged; what is not its business it leaves open."""
    accepted, refused = _answers(command, sound), _answers(command, tampered)
    wrong = [case for case, answer in zip(sound, accepted, strict=True) if answer is False]
    wrong += [case for case, answer in zip(tampered, refused, strict=True) if answer is True]
    if wrong:
        raise Failed(f"{name} judges {len(wrong)} otherwise, first {json.dumps(wrong[0])[:2_000]}")
    judged = sum(answer is not None for answer in accepted)
    return f"{name} accepts {judged}, refuses {sum(a is False for a in refused)}"


def _answers(command: Sequence[str | Path], cases: list[Case]) -> list[bool | None]:
    done = subprocess.run(
        command,
        input="".join(json.dumps(case) + "\n" for case in cases),
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE,
        env={**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""},
    )
    if done.returncode:
        raise Failed(f"{command[-1]}: {done.stderr[-2_000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _go() -> str:
    """Return Go with its library, installed from Debian where we may."""
    if not (shutil.which("go") and GO_LIBRARY.exists()):
        if os.geteuid() == 0 and shutil.which("apt-get"):
            subprocess.run(
                ["apt-get", "install", "-y", "-qq", *DEBIAN],
                capture_output=True,
                check=False,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
        if not (shutil.which("go") and GO_LIBRARY.exists()):
            raise Missing(f"Go and its x/mod (Debian: apt-get install {' '.join(DEBIAN)})")
    return str(shutil.which("go"))


def _python() -> Path:
    """Return a Python of its own with the two packages, installed by their hashes."""
    python = OTHERS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", OTHERS], check=True)
    done = subprocess.run(
        [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            HERE / "verifiers.lock",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Missing(f"metamorphic-log and proofbundle from PyPI: {done.stderr[-500:]}")
    return python
