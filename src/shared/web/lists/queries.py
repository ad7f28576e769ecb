"""What one request asks of a list: text, filters, order, counts, which page, in which form."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from shared.kernel.fields import ASKED, Flag
from shared.record.projecting.row_models import plain
from shared.web.reads.cursors import CURSOR_LIMIT, CURSOR_PATTERN
from shared.web.reads.media_types import wanted
from shared.web.reads.pages import PAGE_LIMIT, PAGE_USUAL
from shared.web.reads.readings import Reading, reading, replaying

TEXT_LIMIT = 200
SORT_LIMIT = 4  # fields


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One request's reading of a list."""

    request: Request
    reading: Reading
    media_type: str
    limit: int
    cursor: str | None
    q: str
    sort: tuple[str, ...]
    count: bool
    count_by: str | None
    asked: Mapping[str, Any]


Asking = Callable[..., Awaitable[ListQuery]]


def asking(
    stated: object,
    filters: type[BaseModel],
    sorts: tuple[str, ...],
    counts: tuple[str, ...],
    *,
    searches: bool,
    replays: bool,
) -> Asking:
    """Return the function that reads what is asked of a list, with a parameter for each filter.

    It carries the list's statement, so that a route's list can be found.
    """
    names = tuple(filters.model_fields)

    async def asked(**given: Any) -> ListQuery:
        request: Request = given["request"]
        return ListQuery(
            request,
            given["reading"],
            wanted(request.headers.get("accept", "")),
            given["limit"],
            given["cursor"],
            (given.get("q") or "").strip(),
            tuple((given.get("sort") or "").split(",")) if given.get("sort") else (),
            given["count"],
            given.get("count_by"),
            {name: given[name] for name in names},
        )

    parameters = [
        _parameter("request", Request),
        _parameter("reading", Annotated[Reading, Depends(replaying if replays else reading)]),
        *_common(sorts, counts, searches=searches),
        *(_filter(name, field) for name, field in filters.model_fields.items()),
    ]
    asked.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # FastAPI asks for it
    asked.stated = stated  # type: ignore[attr-defined]  # for whoever looks at all routes
    return asked


def _common(sorts: tuple[str, ...], counts: tuple[str, ...], *, searches: bool) -> list[inspect.Parameter]:
    """Return the parameters that lists have in common; a list without a text has no `q`."""
    said = [
        _parameter(
            "limit", Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="How many at most.")], PAGE_USUAL
        ),
        _parameter("cursor", Annotated[str | None, _cursor()], None),
    ]
    if searches:
        said.append(_parameter("q", Annotated[str | None, _text()], None))
    if sorts:
        said.append(_parameter("sort", Annotated[str | None, _sort(sorts)], None))
    total = Query(description="Say how many there are, as `total`; in JSON.")
    said.append(_parameter("count", Annotated[Flag, total], default=False))
    if counts:
        by = Query(description="Say how many there are of each value of this field, as `counts`; in JSON.")
        said.append(_parameter("count_by", Annotated[Literal[counts] | None, by], None))
    return said


def _cursor() -> Any:
    return Query(
        max_length=CURSOR_LIMIT,
        description="Where to go on: `next` of the page before. It goes with the same question only.",
        json_schema_extra={"pattern": CURSOR_PATTERN},
    )


def _text() -> Any:
    return Query(
        max_length=TEXT_LIMIT,
        pattern=ASKED,
        description="Words to look for, all of them, in what you may see: by their stems and beginnings, and"
        " by a spelling nearly alike where nothing is found so.",
        examples=["laptops registrars"],
    )


def _sort(names: tuple[str, ...]) -> Any:
    one = f"-?({'|'.join(names)})"
    return Query(
        max_length=TEXT_LIMIT,
        pattern=f"^{one}(,{one}){{0,{SORT_LIMIT - 1}}}$",
        description="Fields to sort by, a comma between them, the first one first; `-` for descending."
        " What has no value comes last.",
        examples=[f"-{names[-1]}"],
    )


def _filter(name: str, field: Any) -> inspect.Parameter:
    """Return a filter's parameter; a text says which it takes, or some would hold what no database does."""
    kinds = plain(field.annotation)[0]
    if kinds in (str, list[str]) and not _says_which(field):
        raise TypeError(f"the filter '{name}' takes any text: give it a pattern, or make it AskedText")
    query = Query(
        alias=field.alias,
        description=field.description,
        examples=field.examples,
        json_schema_extra=field.json_schema_extra,
    )
    kind: Any = field.annotation
    for constraint in field.metadata:
        kind = Annotated[kind, constraint]
    default = inspect.Parameter.empty if field.default is PydanticUndefined else field.default
    return _parameter(name, Annotated[kind, query], default)


def _says_which(field: Any) -> bool:
    patterns = (getattr(each, "pattern", None) for each in field.metadata)
    return any(patterns) or "pattern" in (field.json_schema_extra or {})


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
