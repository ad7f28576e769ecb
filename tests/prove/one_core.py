"""The whole suite on one core beside a busy loop: no spec depends on how fast a machine is."""

import os
import subprocess
import sys

from tests.prove.parts import closing_line


def one_core() -> str:
    """Run every test with half of one core."""
    every_core = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(every_core)})  # what is started from here inherits it
    try:
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
            try:
                return closing_line("-n", "2", "--dist", "loadgroup")
            finally:
                busy.kill()
    finally:
        os.sched_setaffinity(0, every_core)
