"""A page of a list in the form asked for: JSON, CSV or NDJSON, with a link to the next one."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from pydantic import BaseModel, Field, create_model

from shared.web.lists.list_readings import ListPage
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import NOT_MODIFIED, NOTHING, problems
from shared.web.reads.media_types import CSV, JSON, NDJSON
from shared.web.reads.pages import csv_of, json_of, not_modified

TEXT = {"schema": {"type": "string"}}


class ValueCount(BaseModel):
    """How many there are of one value; of none, or of one that you may not see, where it is null."""

    value: str | bool | int | None
    count: int


def page_of(model: type[BaseModel], said: str = "A page, newest first") -> dict[int | str, dict[str, Any]]:
    """Return the declaration of a list whose page says more than its rows, in its three forms."""
    whole = {"model": model, "description": said, "content": {CSV: TEXT, NDJSON: TEXT}}
    return {200: whole, **NOT_MODIFIED, **problems(406)}


@cache
def responses(row: type[BaseModel], *, tagged: bool) -> dict[int | str, dict[str, Any]]:
    """Return the declaration of a list in its three forms; one without an ETag is always sent."""
    many = create_model(
        f"{row.__name__}List",
        __doc__="A page of a list; `next` is the cursor of the following page.",
        items=(list[row], ...),  # type: ignore[valid-type]  # a model made at run time
        next=(str | None, ...),
        position=(int, ...),
        total=(int, Field(default_factory=int, description="How many there are; where `count` asks for it.")),
        counts=(
            list[ValueCount],
            Field(
                default_factory=list,
                description="How many of each value, most first; where `count_by` asks for it.",
            ),
        ),
    )
    return {
        200: {
            "description": "A page; `Link` holds the next one",
            "model": many,
            "content": {CSV: TEXT, NDJSON: TEXT},
        },
        **(NOT_MODIFIED if tagged else {}),
        **problems(406),
    }


def answer(
    query: ListQuery,
    page: ListPage,
    *,
    columns: Sequence[str],
    tagged: bool,
    beside: Mapping[str, object] = NOTHING,
) -> Response:
    """Return a page in the form asked for; what the caller holds already is not sent again.

    As JSON, it says something `beside` its items.
    """
    headers = {"Vary": "Accept, Authorization", **_link(query, page)}
    if tagged:
        headers["ETag"] = page.reading.tag
        if not_modified(query.request, page.reading.tag):
            return Response(status_code=304, headers=headers)
    return Response(
        _content(query.media_type, page, columns, beside), media_type=query.media_type, headers=headers
    )


def _content(media_type: str, page: ListPage, columns: Sequence[str], beside: Mapping[str, object]) -> bytes:
    if media_type == CSV:
        return csv_of(page.items, [name for name in columns if name != "withheld"])
    if media_type == NDJSON:
        return b"".join(json_of(item) + b"\n" for item in page.items)
    assert media_type == JSON, "there is no other form"
    said: dict[str, Any] = {**beside, "items": page.items, "next": page.following}
    said["position"] = page.reading.position
    if page.total is not None:
        said["total"] = page.total
    if page.counts is not None:
        said["counts"] = page.counts
    return json_of(said)


def _link(query: ListQuery, page: ListPage) -> dict[str, str]:
    """Return the header that names the next page, where there is one."""
    if page.following is None:
        return {}
    sent = [pair for pair in query.request.query_params.multi_items() if pair[0] != "cursor"]
    asked = urlencode([*sent, ("cursor", page.following)])
    return {"Link": f'<{query.request.url.path}?{asked}>; rel="next"'}
