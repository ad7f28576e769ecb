"""What becomes of an item: done, repeated, refused with its problem; as JSON, NDJSON or CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.kernel.errors import Refused
from shared.kernel.fields import SHORT_TEXT_LIMIT
from shared.web.bulk.batches import Counts
from shared.web.reads.pages import defused
from shared.web.requests.problem_types import type_of
from shared.web.requests.problems import pointed, status_of
from shared.web.security.security_log import SecurityEvent, kind_of

ItemResult = Literal["done", "repeated", "refused", "possible", "not-done", "broken"]

HEADINGS = ("item", "reference", "id", "outcome", "version", "position", "problem", "detail")


class ItemProblem(BaseModel):
    """Why an item was refused: RFC 9457, as a single decision would have been answered, with its facts."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    errors: list[dict[str, str]] | None = None


class ItemOutcome(BaseModel):
    """What became of one item.

    `item` is its place as sent, from 1; in a table, its row as a spreadsheet numbers it, the heading being
    row 1. `reference` is what it named its thing by, where it did. The outcome is `possible` where nothing
    was to be written, `not-done` where another item was refused and all or nothing was asked for, and
    `broken` (the last line) where the stream broke off.
    """

    item: int
    reference: str | None
    id: UUID | None
    outcome: ItemResult
    version: int | None
    position: int | None
    problem: ItemProblem | None


class Outcome(NamedTuple):
    """What became of one item, numbered as it was sent; a tuple because there may be a million."""

    item: int
    result: ItemResult
    id: UUID | None = None
    version: int | None = None
    position: int | None = None
    problem: Mapping[str, Any] | None = None
    reference: str | None = None
    noted: SecurityEvent | None = None  # in the security log, and nowhere else

    def shown(self) -> dict[str, Any]:
        """Return it as it is answered."""
        return {
            "item": self.item,
            "reference": self.reference,
            "id": None if self.id is None else str(self.id),
            "outcome": self.result,
            "version": self.version,
            "position": self.position,
            "problem": self.problem,
        }


def refused(item: int, refusal: Refused, stream_id: UUID | None = None) -> Outcome:
    """Return the outcome of an item that a rule refuses."""
    return Outcome(item, "refused", stream_id, problem=told(refusal), noted=kind_of(refusal))


def told(refusal: Refused) -> dict[str, Any]:
    """Return a refusal as the problem that a single decision would be answered with."""
    return {
        "type": type_of(type(refusal)),
        "title": refusal.sentence(),
        "status": status_of(type(refusal)),
        **refusal.facts,
    }


def unreadable(item: int, error: ValidationError, reference: str | None = None) -> Outcome:
    """Return the outcome of an item that can't be understood, with pointers to why."""
    errors = [pointed({**found, "loc": ("body", *found["loc"])}) for found in error.errors()]
    return Outcome(item, "refused", problem=not_understood(errors), reference=reference)


def as_named(said: object) -> str | None:
    """Return what an item that can't be understood names its thing by, where that can be told again."""
    text = said.strip() if isinstance(said, str) else ""
    return text if text.isprintable() and 0 < len(text) <= SHORT_TEXT_LIMIT else None


def not_understood(errors: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the problem of an item that can't be understood."""
    return {
        "type": "/problems/invalid-request",
        "title": "Some of this item can't be understood.",
        "status": 422,
        "errors": list(errors),
    }


def counted(outcomes: Sequence[Outcome]) -> Counts:
    """Return how many items were done, repeated and refused; what is possible counts as done."""
    done = sum(outcome.result in ("done", "possible") for outcome in outcomes)
    repeated = sum(outcome.result == "repeated" for outcome in outcomes)
    return Counts(done=done, repeated=repeated, refused=len(outcomes) - done - repeated)


DONE = (
    '{"item":%d,"reference":%s,"id":"%s-%s-%s-%s-%s","outcome":"done","version":%d,"position":%d,'
    '"problem":null}\n'
)


def lines(outcomes: Sequence[Outcome]) -> bytes:
    """Return outcomes as NDJSON; most of them are done, and all of those look alike."""
    return "".join([_done(o) if o.result == "done" else _line(o) for o in outcomes]).encode()


def _done(outcome: Outcome) -> str:
    item, _, stream_id, version, position, _, reference, _ = outcome
    assert stream_id is not None
    name = f"{stream_id.int:032x}"  # `str` of an id takes twice as long
    return DONE % (
        item,
        orjson.dumps(reference).decode(),
        name[:8],
        name[8:12],
        name[12:16],
        name[16:20],
        name[20:],
        version,
        position,
    )


def _line(outcome: Outcome) -> str:
    return orjson.dumps(outcome.shown(), default=str).decode() + "\n"


def csv_heading() -> bytes:
    """Return the heading of outcomes as CSV."""
    return (",".join(HEADINGS) + "\r\n").encode()


def csv_rows(outcomes: Sequence[Outcome]) -> bytes:
    """Return outcomes as rows of CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for o in outcomes:
        problem = o.problem or {}
        errors = "; ".join(_pointed(error) for error in problem.get("errors", ()))
        writer.writerow(
            (
                o.item,
                defused(o.reference or ""),
                o.id,
                o.result,
                o.version,
                o.position,
                problem.get("type"),
                defused(errors or problem.get("title", "")),
            )
        )
    return text.getvalue().encode()


def _pointed(error: Mapping[str, str]) -> str:
    """Return an error with what it points to; the shape of a row points to nothing in it."""
    return f"{error['pointer']}: {error['detail']}" if "pointer" in error else error["detail"]
