"""Mutates registers at random, and has pandas say what each difference is."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.prove.parts import ROOT, Failed, Missing, closing_line

HERE = Path(__file__).parent
TABLES = ROOT / ".venv" / "tables"
MUTATIONS = 1_000


def register_mutations() -> str:
    """Mutate five generated registers at random; each difference is what pandas comes to."""
    python = _python()
    with TemporaryDirectory() as folder:
        kept = Path(folder, "cases")
        said = closing_line(
            "-n",
            "2",
            "tests/projects/test_register_mutations.py",
            MUTATIONS=str(MUTATIONS),
            MUTATIONS_KEPT=str(kept),
        )
        cases = b"".join(part.read_bytes() for part in sorted(kept.parent.glob("cases-*")))
    done = subprocess.run([python, HERE / "with_pandas.py"], input=cases, capture_output=True, check=False)
    if done.returncode:
        raise Failed(done.stderr.decode()[-2_000:])
    count, differences = done.stdout.decode().split()
    if int(count) != MUTATIONS:
        raise Failed(f"{count} cases came to pandas, and not {MUTATIONS}")
    return f"5 registers mutated {count} times at random, {differences} differences as pandas says: {said}"


def _python() -> Path:
    """Return a Python of its own with pandas, installed by its hashes."""
    python = TABLES / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", TABLES], check=True)
    wanted = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", HERE / "tables.lock"]
    done = subprocess.run(
        [python, "-m", "pip", "install", *wanted], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Missing(f"pandas from PyPI: {done.stderr[-500:]}")
    return python
