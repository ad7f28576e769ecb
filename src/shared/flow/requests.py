"""What questions of flow have in common: a period, an instant, an answer that is told as it is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from fastapi import Request, Response

from shared.flow.addends import Window
from shared.kernel.calendar import microseconds
from shared.kernel.errors import Unacceptable
from shared.web.pages import not_modified
from shared.web.readings import instant_of

# The stages in which an RFP has come to what it was raised for.
COMPLETED = frozenset({"contracted", "fulfilled"})


class PeriodBackwards(Unacceptable):
    """`from` is after `to`: a period begins before it ends."""


def period(start: str | None, end: str | None) -> Window:
    """Return the period that is asked for; refuse one that ends before it begins."""
    first, last = instant_of(start), instant_of(end)
    if first is not None and last is not None and first > last:
        raise PeriodBackwards(**{"from": first, "to": last})
    return Window(
        None if first is None else microseconds(first), None if last is None else microseconds(last)
    )


def instant_at(us: int) -> datetime:
    """Return the instant so many microseconds after the epoch."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def answer_told(request: Request, told: Mapping[str, Any], *, lasting: bool) -> Response:
    """Return figures: with an ETag where they are of a time that is over, since others grow by the minute."""
    body = orjson.dumps(told, option=orjson.OPT_UTC_Z)
    if not lasting:
        return Response(body, media_type="application/json")
    tag = f'W/"{told["position"]}"'
    headers = {"ETag": tag, "Vary": "Authorization"}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
