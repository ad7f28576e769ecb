"""What proofs share: the tests run as a program of their own, and the two ways not to succeed."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Missing(Exception):
    """This machine lacks a part that the proof needs."""


class Failed(Exception):
    """The proof did not succeed."""


def closing_line(*arguments: str, **environment: str) -> str:
    """Run tests with more in their environment; return pytest's closing line, or fail with its end."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(done.stdout[-3_000:] + done.stderr[-1_000:])
    return re.sub(r" in [\d.]+s.*", "", done.stdout.strip().splitlines()[-1])
