"""What operations answer, as the API file says it: lists, single things, and the problems of each."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, create_model

from shared.record.projecting.row_models import said_or_null
from shared.web.access.areas import in_sight
from shared.web.reads.lists_at_hand import with_json
from shared.web.reads.pages import CSV, NDJSON, json_of, not_modified
from shared.web.reads.readings import Reading

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "Stable; made of the rule's name."},
        "title": {"type": "string", "description": "The rule as a sentence."},
        "status": {"type": "integer"},
        "instance": {"type": "string", "description": "The trace of this request."},
        "errors": {
            "type": "array",
            "description": "What is wrong with the request, and where.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body."},
                    "in": {"type": "string"},
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
    "additionalProperties": True,
}

MEANINGS = {
    401: "No valid bearer token",
    403: "Your role may never do this",
    404: "There is no such thing here",
    406: "This is not available in any form that Accept names",
    409: "A rule says no, with its sentence and facts",
    412: "Somebody changed this since you last saw it",
    413: "Too large",
    415: "Another media type is needed",
    422: "The request can't be understood; `errors` point at the reasons",
    428: "If-Match is needed",
    429: "More than one client may ask for just now; `Retry-After` says how long to wait",
    503: "The views lag, or the database is away: ask again",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the declarations of these problems, and of those that every operation has."""
    return {
        status: {
            "description": MEANINGS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, 401, 403, 422, 429, 503})
    }


READS_ONE = problems(404)
READS_MANY = problems()
CREATES = problems(409, 413, 415)
DECIDES = problems(404, 409, 412, 413, 415, 428)

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "You hold this already"}}


def listed(item: type[BaseModel], *, tagged: bool = True) -> dict[int | str, dict[str, Any]]:
    """Return the declaration of a list in its three forms; one without an ETag is always sent."""
    many = create_model(
        f"{item.__name__}List",
        __doc__="A page of a list; `next` is the cursor of the following page.",
        items=(list[item], ...),  # type: ignore[valid-type]  # a model made at run time
        next=(str | None, ...),
        position=(int, ...),
    )
    text = {"schema": {"type": "string"}}
    return {
        200: {
            "description": "A page; `Link` holds the next one",
            "model": many,
            "content": {CSV: text, NDJSON: text},
        },
        **(NOT_MODIFIED if tagged else {}),
        **problems(406),
    }


def one(item: type[BaseModel], *, lasting: bool = True) -> dict[int | str, dict[str, Any]]:
    """Return the declaration of a single thing; one that does not last is always sent."""
    held = NOT_MODIFIED if lasting else {}
    return {200: {"description": "The thing", "model": item}, **held, **READS_ONE}


def table(item: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """Return the declaration of a single thing whose rows come as CSV, and in no other form."""
    declared = one(item)
    text = {"schema": {"type": "string"}}
    return {**declared, 200: {**declared[200], "content": {CSV: text}}, **problems(406)}


def answer_one(request: Request, item: BaseModel, etag: str) -> Response:
    """Return a single thing that its ETag says all of, or say that the caller holds it already."""
    headers = {"ETag": etag, "Vary": "Authorization"}
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(item.model_dump_json(by_alias=True), media_type="application/json", headers=headers)


def answer_now(item: BaseModel, version: int) -> Response:
    """Return a single thing that changes otherwise than by decisions on it, too: always whole.

    Its ETag is the version that If-Match takes; whoever holds that may hold yesterday's answer.
    """
    headers = {"ETag": f'"{version}"', "Vary": "Authorization"}
    return Response(item.model_dump_json(by_alias=True), media_type="application/json", headers=headers)


NOTHING: Mapping[str, object] = MappingProxyType({})


async def seen(
    request: Request,
    reading: Reading,
    item: BaseModel,
    etag: str,
    *,
    sealed: bool = True,
    personal: Mapping[str, object] = NOTHING,
) -> Response:
    """Return a single thing without what its reader may not see, which `withheld` then names.

    Where somebody else has said that its reader may open what is `sealed`, only what is exempt is withheld.

    It then has no ETag: what a caller holds without some fields is not the thing at that version. Nor
    has one with `personal` fields, given as they are stored: a text may be destroyed at any time.
    """
    shown = await _redacted(reading, item, personal, sealed=sealed)
    if "withheld" not in shown and not personal:
        return answer_one(request, item, etag)
    return answer_untagged(shown)


def _untold(_: dict[str, Any]) -> None:
    """Leave a thing as it is."""


async def seen_now(
    reading: Reading,
    item: BaseModel | Mapping[str, Any],
    version: int,
    *,
    personal: Mapping[str, object] = NOTHING,
    told: Callable[[dict[str, Any]], None] = _untold,
) -> Response:
    """Return as `seen` does a single thing that changes otherwise than by decisions on it, too.

    It is always sent, so that a personal text in it costs it no ETag. `told` takes out what would tell that
    which is withheld. What is no model is at hand for many readers: all its personal texts are `personal`.
    """
    shown = await _redacted(reading, item, personal, sealed=True)
    told(shown)
    if "withheld" in shown:
        return answer_untagged(shown)
    if isinstance(item, BaseModel) and not personal:
        return answer_now(item, version)
    return answer_untagged(shown, ETag=f'"{version}"')


def answer_untagged(shown: Mapping[str, object], **more: str) -> Response:
    """Return what nobody can hold on to."""
    headers = {"Vary": "Authorization", **more}
    return Response(json_of(with_json(shown)), media_type="application/json", headers=headers)


async def _redacted(
    reading: Reading, item: BaseModel | Mapping[str, Any], personal: Mapping[str, object], *, sealed: bool
) -> dict[str, Any]:
    """Return what a reader may see of a single thing, if they may see it at all."""
    whole = item.model_dump(by_alias=True) if isinstance(item, BaseModel) else item
    texts = said_or_null(type(item)) if isinstance(item, BaseModel) else ()
    shown = {**whole, **personal}
    in_sight(reading.person, reading.areas, shown.get("service_area"), shown.get("raised_by"))
    known = None if isinstance(item, BaseModel) else personal
    await reading.redacted([shown], sealed=sealed, texts=texts, personal=known)
    return shown
