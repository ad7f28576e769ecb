"""The things that a log is about, as OCEL 2.0 has them: of which types, and how they are linked."""

from collections.abc import Iterator
from typing import NamedTuple

from shared.flow.cases import CaseFacts
from shared.flow.exports.event_log import ExportedLog, LogEvent, deadline

EVER = "1970-01-01T00:00:00.000000+00:00"  # as the standard has it of what is true from the beginning
RFP, PERSON, SERVICE, SUPPLIER = "rfp", "person", "service", "supplier"
# The attributes of each type: what they are called, and of what type they are.
OBJECT_TYPES: dict[str, dict[str, str]] = {
    RFP: {"reference": "string", "route": "string", "estimate_pence": "integer", "needed_by": "time"},
    PERSON: {},
    SERVICE: {"name": "string"},
    SUPPLIER: {"name": "string"},
}
EVENT_ATTRIBUTES = {"stage": "string", "waiting_on": "string"}


class Link(NamedTuple):
    """Another thing that something has to do with, and what."""

    thing_id: str
    qualifier: str


class ExportedObject(NamedTuple):
    """A thing with what is known of it."""

    id: str
    kind: str
    attributes: dict[str, str]
    links: list[Link]


def things(log: ExportedLog) -> Iterator[ExportedObject]:
    """Yield every thing that events or other things have to do with, each once."""
    for person in log.people:
        yield ExportedObject(person, PERSON, {}, [])
    for kind, field in ((SERVICE, "service_area"), (SUPPLIER, "supplier")):
        for name in sorted({getattr(facts, field) for facts in log.things} - {""}):
            yield ExportedObject(thing_id(kind, name), kind, {"name": name}, [])
    for facts in log.things:
        yield ExportedObject(facts.id, RFP, _attributes(facts), _links(facts))


def thing_id(kind: str, name: str) -> str:
    """Return the id of a thing that is known by its name; no two kinds share one."""
    return f"{kind}:{name}"


def event_links(facts: CaseFacts, event: LogEvent) -> list[Link]:
    """Return what an event has to do with: its case, whom that is for, and who acted.

    Some programs forget a thing that no event has to do with.
    """
    acted = [Link(event.person, "acted")] if event.person else []
    return [Link(facts.id, "case"), *_service(facts), *acted]


def _attributes(facts: CaseFacts) -> dict[str, str]:
    said = {
        "reference": facts.reference,
        "route": facts.route,
        "estimate_pence": "" if facts.estimate_pence is None else str(facts.estimate_pence),
        "needed_by": deadline(facts),
    }
    return {name: value for name, value in said.items() if value}


def _links(facts: CaseFacts) -> list[Link]:
    supplier = [Link(thing_id(SUPPLIER, facts.supplier), "awarded to")] if facts.supplier else []
    return _service(facts) + supplier


def _service(facts: CaseFacts) -> list[Link]:
    return [Link(thing_id(SERVICE, facts.service_area), "is for")] if facts.service_area else []
