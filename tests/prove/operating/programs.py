"""Other people's programs that a proof needs, where this machine has them."""

import os
import shutil
from pathlib import Path

from tests.prove.parts import Missing

INSTALLED = Path("/usr/lib/postgresql")


def program(name: str, package: str) -> Path:
    """Return where a program is; say which package of Debian's has it where it is not there."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise Missing(f"no {name} (Debian: apt-get install {package})")
    return Path(found)


def postgres_programs() -> Path:
    """Return the folder of the machine's own PostgreSQL."""
    found = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise Missing("no PostgreSQL in /usr/lib/postgresql (Debian: apt-get install postgresql)")
    return found[0].parent
