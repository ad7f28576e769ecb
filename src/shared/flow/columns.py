"""A log's columns, straight from the journals: numbered by PostgreSQL, kept in files, mapped into memory.

Python never sees a single row, so that nothing waits for it.
"""

import asyncio
import csv
import shutil
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, BinaryIO, Literal

import asyncpg
import numpy as np
import orjson
from numpy.typing import NDArray

from shared.flow.copied_rows import copied, copied_blocks, row_type, rows_in
from shared.flow.log import STILL_OPEN, Cases, FlowLog, Names

FORM = "1"  # raised whenever what is kept in files changes, so that older files are left alone
NAMED = ("activity", "stage", "party", "actor")
MAKING = "making-"
FOLDERS_LIMIT = 64  # so many sources are kept in files; others are made again when they are asked for
STEP_COLUMNS = {
    "case": "int4",
    "at": "int8",
    "seq": "int8",
    "position": "int8",
    "done": "int8",
    "flags": "int4",
    **dict.fromkeys(NAMED, "int4"),
}
CASE_COLUMNS = {"case": "int4", "opened": "int8", "closed": "int8"}
ENDS, BRIDGED = 1, 2

# Nobody can estimate how many names there are: a loop over them for each step would take minutes.
ONLY_HASHES = "SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off"
GROUPED = """
    SELECT CASE {kinds} END AS kind, coalesce({columns}) AS name
      FROM flow_steps WHERE source = '{source}' AND position <= {position}
     GROUP BY GROUPING SETS ({sets})
"""
OF_CASES = "UNION ALL SELECT 'cases', case_id FROM flow_cases WHERE source = '{source}'"
NUMBERED = """
    SELECT kind, name, (row_number() OVER (PARTITION BY kind ORDER BY name COLLATE "C") - 1)::int4 AS n
      FROM ({grouped}) named
"""
NAMES = "SELECT kind, name FROM ({numbered}) numbered ORDER BY kind, n"
STEPS = """
    WITH names AS MATERIALIZED ({numbered})
    SELECT cases.n, s.at_us, s.seq, s.position, coalesce(s.done_us, {open}),
           s.ends::int4 + 2 * s.bridged::int4, activity.n, stage.n, party.n, actor.n
      FROM flow_steps s
      JOIN names cases ON cases.kind = 'cases' AND cases.name = s.case_id
      JOIN names activity ON activity.kind = 'activity' AND activity.name = s.activity
      JOIN names stage ON stage.kind = 'stage' AND stage.name = s.stage
      JOIN names party ON party.kind = 'party' AND party.name = s.party
      JOIN names actor ON actor.kind = 'actor' AND actor.name = s.actor
     WHERE s.source = '{source}' AND s.position <= {position}
"""
# An import's steps come in order, so that however many there are, they need not be held to be sorted.
IN_ORDER = " ORDER BY cases.n, s.at_us, s.seq, s.position"
CASES = """
    SELECT row_number() OVER (ORDER BY case_id COLLATE "C")::int4, opened_us, coalesce(closed_us, {open})
      FROM flow_cases WHERE source = '{source}' ORDER BY case_id COLLATE "C"
"""


@dataclass(frozen=True)
class Columns:
    """A log with the position at which each of its steps was recorded."""

    log: FlowLog
    position: NDArray[np.int64]


class Fetching:
    """The queries of one source as of a position."""

    def __init__(self, pool: asyncpg.Pool, source: str, position: int, *, has_cases: bool) -> None:
        """Fetch a source; one that has no cases of its own opens each with its first step."""
        self._pool = pool
        facts: dict[str, object] = {"source": source, "position": position, "open": STILL_OPEN}
        named = {name: name for name in NAMED} | ({} if has_cases else {"cases": "case_id"})
        grouped = GROUPED.format(
            **facts,
            kinds=" ".join(f"WHEN grouping({column}) = 0 THEN '{kind}'" for kind, column in named.items()),
            columns=", ".join(named.values()),
            sets=", ".join(f"({column})" for column in named.values()),
        )
        if has_cases:
            grouped += OF_CASES.format(**facts)
        self._facts = {**facts, "numbered": NUMBERED.format(grouped=grouped)}

    async def names(self, path: Path) -> None:
        """Copy the names of every column to a file, in the order of their numbers."""
        await self._copy(NAMES, path, "csv")

    async def steps(self, path: Path, *, in_order: bool = False) -> None:
        """Copy the steps to a file, as numbers; by case, instant and source order where that is asked."""
        await self._copy(STEPS + IN_ORDER * in_order, path, "binary")

    async def cases(self, path: Path) -> None:
        """Copy the cases to a file, in the order of their numbers."""
        await self._copy(CASES, path, "binary")

    async def _copy(self, query: str, path: Path, form: Literal["csv", "binary"]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(ONLY_HASHES)
            await connection.copy_from_query(query.format(**self._facts), output=path, format=form)


def named_in(path: Path) -> dict[str, list[str]]:
    """Return the names of each column, as they were copied."""
    found: dict[str, list[str]] = {kind: [] for kind in ("cases", *NAMED)}
    with path.open(newline="", encoding="utf-8") as file:
        for kind, name in csv.reader(file):
            found[kind].append(name)
    return found


def plain_columns(rows: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the columns of steps as this machine writes numbers."""
    plain = {name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in STEP_COLUMNS}
    flags = plain.pop("flags")
    return {**plain, "ends": (flags & ENDS) != 0, "bridged": (flags & BRIDGED) != 0}


def by_source(rows: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the columns of steps by case and source order."""
    plain = plain_columns(rows)
    order = np.lexsort([plain[key] for key in ("seq", "case")])
    return {name: column[order] for name, column in plain.items() if name != "seq"}


def log_of(columns: Mapping[str, NDArray[Any]], names: Mapping[str, list[str]], cases: Cases) -> FlowLog:
    """Put columns together."""
    named = {name: Names(columns[name].astype(np.int64, copy=False), names[name]) for name in NAMED}
    return FlowLog(
        case=columns["case"].astype(np.int64, copy=False),
        at=columns["at"],
        ends=columns["ends"],
        done=columns["done"],
        bridged=columns["bridged"],
        cases=cases,
        **named,
    )


class KeptColumns:
    """The columns of imports in files: an import never changes, so they are made once."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder."""
        self._folder = folder
        self._own: TemporaryDirectory[str] | None = None

    def path(self, source: str) -> Path:
        """Return where a source's columns are."""
        return self._folder / f"{source}-{FORM}"

    async def make(self, pool: asyncpg.Pool, source: str, position: int) -> Path:
        """Make a source's columns, if they are not there yet; whoever makes them last has made them all."""
        folder = await asyncio.to_thread(self._begin, source)
        if folder is None:
            return self.path(source)
        try:
            fetching = Fetching(pool, source, position, has_cases=True)
            await fetching.names(folder / "names.copy")
            await fetching.cases(folder / "cases.copy")
            await fetching.steps(folder / "steps.copy", in_order=True)
            return await asyncio.to_thread(self._finish, folder, self.path(source))
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _begin(self, source: str) -> Path | None:
        """Return a folder to make columns in; none if they are there.

        Where ours can't be written to, there is one for as long as this process runs.
        """
        if self.path(source).exists():
            return None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return Path(mkdtemp(prefix=MAKING, dir=self._folder))
        except OSError:
            self._own = self._own or TemporaryDirectory(prefix="rfp-flow-")
            self._folder = Path(self._own.name)
            return Path(mkdtemp(prefix=MAKING, dir=self._folder))

    def _finish(self, folder: Path, path: Path) -> Path:
        """Write the columns, whole or not at all, and let go of the oldest ones."""
        _keep(folder)
        with suppress(OSError):  # somebody else was faster: theirs are the same
            folder.rename(path)
        kept = [p for p in self._folder.iterdir() if not p.name.startswith(MAKING)]
        kept.sort(key=lambda p: p.stat().st_mtime)
        for old in kept[:-FOLDERS_LIMIT]:
            shutil.rmtree(old, ignore_errors=True)
        return path


def _keep(folder: Path) -> None:
    """Write the columns of what was copied, each to a file of its own, a block of rows after the other."""
    names = named_in(folder / "names.copy")
    cases = copied(folder / "cases.copy", CASE_COLUMNS)
    for name in ("opened", "closed"):
        np.save(folder / f"{name}.npy", cases[name].astype(np.int64))
    count = rows_in(folder / "steps.copy", row_type(STEP_COLUMNS))
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for block in copied_blocks(folder / "steps.copy", STEP_COLUMNS):
            for name, column in plain_columns(block).items():
                if name == "seq":
                    continue
                if name not in files:
                    files[name] = stack.enter_context((folder / f"{name}.npy").open("wb"))
                    _head(files[name], column, count)
                files[name].write(column.tobytes())
    (folder / "ids.json").write_bytes(orjson.dumps(names["cases"]))
    (folder / "names.json").write_bytes(orjson.dumps({name: names[name] for name in NAMED}))
    for copy in folder.glob("*.copy"):
        copy.unlink()


def _head(file: BinaryIO, column: NDArray[Any], count: int) -> None:
    """Begin the file of a column of so many numbers."""
    head = np.lib.format.header_data_from_array_1_0(column)
    np.lib.format.write_array_header_1_0(file, {**head, "shape": (count,)})


def mapped(folder: Path) -> FlowLog:
    """Return a log whose columns stay in their files until they are looked at."""
    columns = {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}
    names = orjson.loads((folder / "names.json").read_bytes())
    ids = orjson.loads((folder / "ids.json").read_bytes())
    return log_of(columns, names, Cases(ids, columns["opened"], columns["closed"]))


async def fetched(pool: asyncpg.Pool, source: str, position: int, folder: Path) -> Columns:
    """Return the columns of live cases as they were recorded, in memory."""
    fetching = Fetching(pool, source, position, has_cases=False)
    await fetching.names(folder / "names.copy")
    await fetching.steps(folder / "steps.copy")

    def read() -> Columns:
        names = named_in(folder / "names.copy")
        columns = by_source(copied(folder / "steps.copy", STEP_COLUMNS))
        blank = np.zeros(len(names["cases"]), np.int64)
        return Columns(log_of(columns, names, Cases(names["cases"], blank, blank)), columns["position"])

    return await asyncio.to_thread(read)
