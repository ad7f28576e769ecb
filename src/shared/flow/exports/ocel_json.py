"""A log as OCEL 2.0 in JSON, written as it goes: no more than one case is in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from shared.flow.cases import CaseFacts
from shared.flow.exports.event_log import ExportedLog, LogEvent
from shared.flow.exports.objects import (
    EVENT_ATTRIBUTES,
    EVER,
    OBJECT_TYPES,
    ExportedObject,
    Link,
    event_links,
    things,
)


def write_ocel_json(log: ExportedLog, path: Path) -> None:
    """Write a log; values are texts, as the standard's schema wants them, of the types declared."""
    with path.open("wb") as file:
        file.write(b'{"objectTypes":')
        file.write(orjson.dumps([_type(name, columns) for name, columns in OBJECT_TYPES.items()]))
        file.write(b',\n"eventTypes":')
        file.write(orjson.dumps([_type(name, EVENT_ATTRIBUTES) for name in log.activities]))
        file.write(b',\n"objects":')
        _write_list(file, (_object(thing) for thing in things(log)))
        file.write(b',\n"events":')
        _write_list(file, (_event(case.facts, event) for case in log.cases() for event in case.events))
        file.write(b"}\n")


def _write_list(file: BinaryIO, items: Iterator[dict[str, Any]]) -> None:
    before = b"[\n"
    for item in items:
        file.write(before + orjson.dumps(item))
        before = b",\n"
    file.write(b"[]" if before == b"[\n" else b"\n]")


def _type(name: str, columns: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": column, "type": kind} for column, kind in columns.items()]}


def _object(thing: ExportedObject) -> dict[str, Any]:
    attributes = [{"name": name, "time": EVER, "value": value} for name, value in thing.attributes.items()]
    told = {"id": thing.id, "type": thing.kind, "attributes": attributes}
    return {**told, "relationships": [_link(link) for link in thing.links]}


def _event(facts: CaseFacts, event: LogEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.activity,
        "time": event.at,
        "attributes": [{"name": "stage", "value": event.stage}, {"name": "waiting_on", "value": event.party}],
        "relationships": [_link(link) for link in event_links(facts, event)],
    }


def _link(link: Link) -> dict[str, str]:
    return {"objectId": link.thing_id, "qualifier": link.qualifier}
