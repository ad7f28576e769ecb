"""A log as XES (IEEE 1849), such as our own import reads it again."""

import re
from pathlib import Path
from typing import Any

from lxml import etree

from shared.flow.exports.event_log import ExportedLog, LogCase, LogEvent, deadline

XES = "http://www.xes-standard.org/"
EXTENSIONS = (
    ("Concept", "concept", "concept.xesext"),
    ("Time", "time", "time.xesext"),
    ("Organizational", "org", "org.xesext"),
)
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_xes(log: ExportedLog, path: Path) -> None:
    """Write a log as it goes: no more than one case is in memory."""
    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        with file.element("log", {"xes.version": "1849.2016", "xes.features": ""}, nsmap={None: XES}):
            for name, prefix, where in EXTENSIONS:
                file.write(etree.Element("extension", name=name, prefix=prefix, uri=XES + where))
            file.write(etree.Element("classifier", name="Activity", keys="concept:name"))
            for case in log.cases():
                file.write(_trace(case))


def _trace(case: LogCase) -> Any:  # noqa: ANN401  # its library has no types
    facts, trace = case.facts, etree.Element("trace")
    _string(trace, "concept:name", facts.id)
    _string(trace, "reference", facts.reference)
    _string(trace, "service_area", facts.service_area)
    _string(trace, "route", facts.route)
    _date(trace, "open_at", case.opened_at)
    _date(trace, "close_at", case.closed_at)
    _date(trace, "deadline", deadline(facts))
    for event in case.events:
        trace.append(_event(event))
    return trace


def _event(event: LogEvent) -> Any:  # noqa: ANN401  # the same
    element = etree.Element("event")
    _string(element, "concept:name", event.activity)
    _date(element, "time:timestamp", event.at)
    _string(element, "org:resource", event.person)
    _string(element, "stage", event.stage)
    _string(element, "party", event.party)
    return element


def _string(parent: Any, key: str, value: str) -> None:  # noqa: ANN401  # the same
    if value:
        etree.SubElement(parent, "string", key=key, value=NO_XML.sub("\ufffd", value))


def _date(parent: Any, key: str, value: str) -> None:  # noqa: ANN401  # the same
    if value:
        etree.SubElement(parent, "date", key=key, value=value)
