"""Logs: one JSON object a line, on standard error, without personal data or tokens."""

import logging
import re
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

# What must never be in a log, wherever it came from: a fault's message may repeat what somebody sent.
SECRETS = (
    (re.compile(r"eyJ[\w-]{5,}(\.[\w-]*)+"), "[token]"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "[token]"),
    (re.compile(r"\brfpkey_[\w-]+"), "[key]"),
    (re.compile(r"(?<=://)[^\s/@]+@"), "[password]@"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[address]"),
    (re.compile(r"(?s)DETAIL:.*"), "[detail]"),  # PostgreSQL repeats the row there
)


# From there on a fault's own message may repeat what somebody sent: in quotes, or as an argument of a query.
REPEATED = re.compile(r"(?s)['\"`].*|invalid input for query argument.*|DETAIL:.*|input_value=.*")
WITHHELD = "[…]"

# The app has logged these itself, with the trace of the request.
SAID_ALREADY = "Exception in ASGI application"


def without_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Cut the messages of faults where they may begin to repeat a value; their places stay."""
    for fault in event.get("exception") or ():
        for each in (fault, *fault.get("exceptions", ())) if isinstance(fault, dict) else ():
            each["exc_value"] = REPEATED.sub(WITHHELD, each["exc_value"])
            each["exc_notes"] = [REPEATED.sub(WITHHELD, note) for note in each.get("exc_notes", ())]
    return event


def _is_new(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(SAID_ALREADY)


def scrubbed(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Take tokens, keys, passwords and addresses out of everything that is about to be written."""
    return {name: _scrub(value) for name, value in event.items()}


def _scrub(value: object) -> object:
    if isinstance(value, str):
        for secret, mark in SECRETS:
            value = secret.sub(mark, value)
        return value
    if isinstance(value, dict):
        return {name: _scrub(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(inner) for inner in value]
    return value


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # Without the values of variables: they may be what somebody said, or a token.
    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    without_values,
]


def configure(level: str) -> None:
    """Write what happened at this level and above; libraries' own logs come in the same form."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*SHARED, scrubbed, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # Where errors go now, not where they went then: whoever redirects them may have closed that.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                scrubbed,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.getLogger("uvicorn.error").addFilter(_is_new)
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
