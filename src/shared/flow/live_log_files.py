"""The columns of live cases in files, as they were at a position, so that a start need not fetch them all.

They count only for the record that they were made from: what is kept names the leaf of its last event,
and how the journal was made. Anything else, or a file that can't be read, is fetched again.
"""

import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import asyncpg
import numpy as np
import orjson

from shared.flow.columns import FORM, MAKING, NAMED, Columns, log_of
from shared.flow.log import Cases

LEAF = """
SELECT v.fingerprint || ' ' || encode(e.leaf_hash, 'hex') FROM stored_events e, views v
WHERE e.notification_id = $1 AND v.name = 'flow_steps'
"""
KEPT_AFTER = 5_000  # so many new steps are worth writing everything again
BROKEN = (OSError, ValueError, KeyError, EOFError)


class LiveLogFiles:
    """One folder, replaced whole each time."""

    def __init__(self, folder: Path) -> None:
        """Keep the columns in a folder beside those of imports."""
        self._folder = folder
        self._path = folder / f"live-{FORM}"
        self._position = 0
        self._length = 0

    async def find(self, pool: asyncpg.Pool, position: int) -> tuple[Columns, int] | None:
        """Return what is kept of this record by a position, and as of which; nothing if there is none."""
        try:
            mark = orjson.loads((self._path / "mark.json").read_bytes())
            at, leaf = int(mark["position"]), str(mark["leaf"])
            if at > position or await pool.fetchval(LEAF, at) != leaf:
                return None
            columns = _read(self._path)
        except BROKEN:
            return None
        self._position, self._length = at, len(columns.position)
        return columns, at

    def is_worth_keeping(self, length: int) -> bool:
        """Say whether there are so many more steps that they should be kept."""
        return length >= self._length + KEPT_AFTER

    async def leaf(self, pool: asyncpg.Pool, position: int) -> str | None:
        """Return by what a record is known that has come to a position, and how its journal was made."""
        found: str | None = await pool.fetchval(LEAF, position)
        return found

    def keep(self, columns: Columns, position: int, leaf: str) -> None:
        """Write the columns whole or not at all; where they can't be kept, the next start fetches them."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            making = Path(mkdtemp(prefix=MAKING, dir=self._folder))
            try:
                _write(making, columns, {"position": position, "leaf": leaf})
                shutil.rmtree(self._path, ignore_errors=True)
                making.rename(self._path)
            finally:
                shutil.rmtree(making, ignore_errors=True)
        self._position, self._length = position, len(columns.position)


def _write(folder: Path, columns: Columns, mark: dict[str, Any]) -> None:
    log = columns.log
    plain: dict[str, Any] = {"case": log.case, "at": log.at, "ends": log.ends, "position": columns.position}
    plain |= {"done": log.done, "bridged": log.bridged}
    plain |= {name: getattr(log, name).codes for name in NAMED}
    np.savez(folder / "columns.npz", **plain)
    (folder / "ids.json").write_bytes(orjson.dumps(list(log.cases.ids)))
    names = {name: getattr(log, name).names for name in NAMED}
    (folder / "names.json").write_bytes(orjson.dumps(names))
    (folder / "mark.json").write_bytes(orjson.dumps(mark))


def _read(folder: Path) -> Columns:
    with np.load(folder / "columns.npz", allow_pickle=False) as kept:
        plain = {name: kept[name] for name in kept.files}
    names = orjson.loads((folder / "names.json").read_bytes())
    ids = orjson.loads((folder / "ids.json").read_bytes())
    blank = np.zeros(len(ids), np.int64)
    return Columns(log_of(plain, names, Cases(ids, blank, blank)), plain["position"])
