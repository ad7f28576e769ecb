"""A log as OCEL 2.0 in SQLite, with the keys that the standard names; SQLite itself checks them."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

from shared.flow.exports.event_log import ExportedLog
from shared.flow.exports.objects import (
    EVENT_ATTRIBUTES,
    EVER,
    OBJECT_TYPES,
    ExportedObject,
    event_links,
    things,
)

BATCH = 500
TYPES = {"string": "TEXT", "time": "TEXT", "integer": "INTEGER"}
TABLES = """
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL UNIQUE);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL UNIQUE);
CREATE TABLE event (
    ocel_id TEXT PRIMARY KEY,
    ocel_type TEXT NOT NULL REFERENCES event_map_type (ocel_type)
);
CREATE TABLE object (
    ocel_id TEXT PRIMARY KEY,
    ocel_type TEXT NOT NULL REFERENCES object_map_type (ocel_type)
);
CREATE TABLE event_object (
    ocel_event_id TEXT NOT NULL REFERENCES event (ocel_id),
    ocel_object_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier)
);
CREATE TABLE object_object (
    ocel_source_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_target_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier)
);
"""


def write_ocel_sqlite(log: ExportedLog, path: Path) -> None:
    """Write a log to a new database."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA foreign_keys = ON")
        database.executescript(TABLES)
        database.execute("BEGIN")
        _write_types(database, log.activities)
        links = []
        for thing in things(log):
            _write_thing(database, thing)
            links += [(thing.id, link.thing_id, link.qualifier) for link in thing.links]
        _insert(database, "object_object", 3, links)
        for case in log.cases():
            for event in case.events:
                _insert(database, "event", 2, [(event.id, event.activity)])
                row = (event.id, event.at, event.stage, event.party)
                _insert(database, f'"event_{_mapped(event.activity)}"', len(row), [row])
                linked = event_links(case.facts, event)
                _insert(database, "event_object", 3, [(event.id, *link) for link in linked])


def _write_types(database: sqlite3.Connection, activities: list[str]) -> None:
    _insert(database, "event_map_type", 2, [(name, _mapped(name)) for name in activities])
    _insert(database, "object_map_type", 2, [(name, _mapped(name)) for name in OBJECT_TYPES])
    for name in activities:
        key = "ocel_id TEXT PRIMARY KEY REFERENCES event (ocel_id), ocel_time TEXT NOT NULL"
        database.execute(f'CREATE TABLE "event_{_mapped(name)}" ({key}{_columns(EVENT_ATTRIBUTES)})')
    for name, attributes in OBJECT_TYPES.items():
        key = "ocel_id TEXT NOT NULL REFERENCES object (ocel_id), ocel_time TEXT NOT NULL"
        key += ", ocel_changed_field TEXT"
        table = f"object_{_mapped(name)}"
        unique = ", PRIMARY KEY (ocel_id, ocel_time, ocel_changed_field)"
        database.execute(f'CREATE TABLE "{table}" ({key}{_columns(attributes)}{unique})')


def _columns(attributes: dict[str, str]) -> str:
    return "".join(f', "{name}" {TYPES[kind]}' for name, kind in attributes.items())


def _write_thing(database: sqlite3.Connection, thing: ExportedObject) -> None:
    _insert(database, "object", 2, [(thing.id, thing.kind)])
    attributes = [thing.attributes.get(name) for name in OBJECT_TYPES[thing.kind]]
    row = (thing.id, EVER, None, *attributes)
    _insert(database, f'"object_{_mapped(thing.kind)}"', len(row), [row])


def _mapped(name: str) -> str:
    """Return what a type's table is called; the activities of a record are names of classes."""
    assert name.isascii() and name.isalnum(), "a class is called so"  # noqa: PT018  # one thought
    return name


def _insert(database: sqlite3.Connection, table: str, width: int, rows: Iterable[tuple[object, ...]]) -> None:
    rows = iter(rows)
    marks = ", ".join("?" * width)
    while batch := list(islice(rows, BATCH)):
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", batch)  # noqa: S608  # our own names
