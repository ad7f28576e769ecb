"""An XES log (IEEE 1849) as the two tables an import reads; run in a child that is confined.

Only what a log says of itself is read: no document type, no entity, nothing from elsewhere. A trace's
`open_at`, `close_at` and `deadline` count where it has them; otherwise it opens with its first event.
"""

import csv
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from shared.flow.imports.files import PLAIN_BYTES_LIMIT, FileTooLarge, NotReadable, opened
from shared.flow.imports.xes_refusals import HasDocumentType, NotXes, cases_beside

EVENT_COLUMNS = (
    "case_id",
    "activity",
    "stage",
    "stage_if_unmapped",
    "entered_at",
    "actor",
    "role",
    "party",
    "lifecycle",
)
CASE_COLUMNS = ("case_id", "open_at", "close_at", "deadline", "opens_with_event")
IN_LOG, IN_TRACE = 1, 2  # how deep an element is
VALUES = frozenset(["string", "date", "int", "float", "boolean", "id"])

Attributes = dict[str, str]
Element = Any  # its library has no types


def convert(source: Path, target: Path) -> dict[str, int]:
    """Write a log's events to `target`, its cases beside it; return how many; refuse other XML."""
    counted = {"traces": 0, "events": 0}
    with ExitStack() as stack:
        log = stack.enter_context(_Bounded(source))
        events = csv.writer(stack.enter_context(target.open("w", encoding="utf-8", newline="")))
        cases = csv.writer(stack.enter_context(cases_beside(target).open("w", encoding="utf-8", newline="")))
        events.writerow(EVENT_COLUMNS)
        cases.writerow(CASE_COLUMNS)
        try:
            for trace, steps in _traces(log):
                if trace is not None:
                    cases.writerow(_case(trace, steps))
                    counted["traces"] += 1
                events.writerows(_event(trace or {}, step) for step in steps)
                counted["events"] += len(steps)
        except (etree.XMLSyntaxError, OSError, EOFError, zlib.error) as error:
            raise NotReadable from error
    return counted


class _Bounded(ExitStack):
    """A file, decompressed, that is refused where it goes on for longer than an import may be."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file: BinaryIO = self.enter_context(opened(path))
        self._size = 0

    def read(self, size: int) -> bytes:
        """Return the next bytes; refuse a file that unpacks to more than is read."""
        chunk = self._file.read(size)
        self._size += len(chunk)
        if self._size > PLAIN_BYTES_LIMIT:
            raise FileTooLarge(limit_bytes=PLAIN_BYTES_LIMIT)
        return chunk


def _traces(log: _Bounded) -> Iterator[tuple[Attributes | None, list[Attributes]]]:
    """Yield each trace with its events; an event that is in no trace comes alone."""
    found = etree.iterparse(
        log,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth, steps = 0, list[Attributes]()
    for moment, element in found:
        if moment == "start":
            if depth == 0:
                _must_be_log(element)
            depth += 1
            continue
        depth -= 1
        name = etree.QName(element).localname
        if depth == IN_LOG:
            if name == "trace":
                yield _attributes(element), steps
            elif name == "event":
                yield None, [_attributes(element)]
            steps = []
            _let_go(element)
        elif depth == IN_TRACE and name == "event":
            steps.append(_attributes(element))
            element.clear()


def _must_be_log(root: Element) -> None:
    document = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise HasDocumentType
    if etree.QName(root).localname != "log":
        raise NotXes(element=etree.QName(root).localname[:100])


def _attributes(element: Element) -> Attributes:
    """Return what an element says of itself, not what is said of its attributes."""
    return {
        child.get("key", ""): child.get("value", "")
        for child in element
        if etree.QName(child).localname in VALUES
    }


def _let_go(element: Element) -> None:
    """Drop what has been read, and all that stands before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _case(trace: Attributes, steps: list[Attributes]) -> list[str]:
    said = [trace.get(name, "") for name in ("concept:name", "open_at", "close_at", "deadline")]
    return [*said, "yes" if steps else ""]


def _event(trace: Attributes, step: Attributes) -> list[str]:
    activity = step.get("concept:name", "")
    return [
        trace.get("concept:name", ""),
        activity,
        step.get("stage", ""),
        activity,
        step.get("time:timestamp", ""),
        step.get("org:resource", ""),
        step.get("org:role") or step.get("org:group", ""),
        step.get("party", ""),
        step.get("lifecycle:transition", ""),
    ]
