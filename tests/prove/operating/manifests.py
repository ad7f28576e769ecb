"""The manifests for Kubernetes, judged by its published schemas, with a checker of its own."""

import subprocess
import sys
from pathlib import Path

from tests.prove.parts import ROOT, Failed, Missing

HERE = Path(__file__).parent
CHECKER = ROOT / ".venv" / "manifest-checker"
MANIFESTS = ROOT / "deploy" / "kubernetes" / "service.yaml"
PASSED, THINGS = " passed for resource ", 7


def manifests() -> str:
    """Have each manifest judged strictly: a field that Kubernetes does not know is a fault."""
    checker = _checker()
    faulty = MANIFESTS.read_text().replace("replicas:", "replicaz:", 1)
    if _judged(checker, faulty).returncode == 0:
        raise Failed("a field that Kubernetes does not know is not found")
    done = _judged(checker, MANIFESTS.read_text())
    passed = (done.stdout + done.stderr).count(PASSED)
    if done.returncode or passed != THINGS:
        raise Failed(f"{passed} passed: {done.stdout[-1_000:]}{done.stderr[-1_000:]}")
    return f"{passed} manifests are as Kubernetes' published schemas have them"


def _judged(checker: Path, text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([checker, "--strict", "-"], input=text, capture_output=True, text=True, check=False)


def _checker() -> Path:
    """Return kubernetes-validate, in a Python of its own, installed by its hashes."""
    python = CHECKER / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", CHECKER], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    done = subprocess.run(
        [*install, "-r", HERE / "manifest-checker.lock"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Missing(f"kubernetes-validate from PyPI: {done.stderr[-500:]}")
    return CHECKER / "bin" / "kubernetes-validate"
