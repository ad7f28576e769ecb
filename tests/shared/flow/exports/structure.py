"""What OCEL 2.0 asks of a log in JSON, checked by hand as the published structure says it."""

from datetime import datetime
from typing import Any

TYPES = {"string", "time", "integer", "float", "boolean"}


def must_be_ocel(log: dict[str, Any]) -> None:
    """Fail where a log breaks the structure, or refers to what is not in it."""
    assert set(log) == {"objectTypes", "eventTypes", "objects", "events"}
    declared = {}
    for of in ("objectTypes", "eventTypes"):
        for kind in log[of]:
            assert set(kind) == {"name", "attributes"}
            assert all(set(one) == {"name", "type"} and one["type"] in TYPES for one in kind["attributes"])
        declared[of] = {kind["name"]: {a["name"]: a["type"] for a in kind["attributes"]} for kind in log[of]}
        assert len(declared[of]) == len(log[of]), "a type stands once"
    objects = {thing["id"] for thing in log["objects"]}
    events = {event["id"] for event in log["events"]}
    assert (len(objects), len(events)) == (len(log["objects"]), len(log["events"])), "an id stands once"
    assert not objects & events
    for thing in log["objects"]:
        assert set(thing) == {"id", "type", "attributes", "relationships"}
        _must_fit(thing["attributes"], declared["objectTypes"][thing["type"]], {"name", "value", "time"})
        _must_be_there(thing["relationships"], objects)
    for event in log["events"]:
        assert set(event) == {"id", "type", "time", "attributes", "relationships"}
        assert datetime.fromisoformat(event["time"]).tzinfo is not None
        _must_fit(event["attributes"], declared["eventTypes"][event["type"]], {"name", "value"})
        _must_be_there(event["relationships"], objects)
        assert event["relationships"], "an event is about something"


def _must_fit(attributes: list[dict[str, str]], declared: dict[str, str], keys: set[str]) -> None:
    for attribute in attributes:
        assert set(attribute) == keys
        assert all(isinstance(value, str) for value in attribute.values())
        kind = declared[attribute["name"]]
        if kind == "integer":
            int(attribute["value"])
        if kind == "time":
            assert datetime.fromisoformat(attribute["value"]).tzinfo is not None
        if "time" in attribute:
            assert datetime.fromisoformat(attribute["time"]).tzinfo is not None


def _must_be_there(links: list[dict[str, str]], objects: set[str]) -> None:
    for link in links:
        assert set(link) == {"objectId", "qualifier"}
        assert link["objectId"] in objects
        assert link["qualifier"]
