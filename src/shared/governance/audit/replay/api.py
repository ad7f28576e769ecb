"""Replay over HTTP: a decision explained, a case as a story, two times compared, a period at a glance."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from pydantic.config import JsonDict
from sqlalchemy import ColumnElement, true

from shared.governance.audit.countersignatures import countersigned
from shared.governance.audit.journal import decisions
from shared.governance.audit.log_api import LARGEST
from shared.governance.audit.reads import READ_AUDIT, AuditRoute
from shared.governance.audit.redaction import redact_decisions
from shared.governance.audit.replay.authority import authority_in_words
from shared.governance.audit.replay.comparison import Difference, last_changes, with_changes
from shared.governance.audit.replay.explanation import Explanation, explained
from shared.governance.audit.replay.lateness import scheme_at
from shared.governance.audit.replay.notification_proofs import Telling, tellings
from shared.governance.audit.replay.periods import Period, period
from shared.governance.audit.replay.states import title_in
from shared.governance.audit.replay.story import Story, happened_by, story
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound, Unacceptable
from shared.record.eventstore.reader import ReadBasis
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.lists.filters import AT_MOST, ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import READS_MANY, READS_ONE
from shared.web.reads.readings import (
    AS_OF_PATTERN,
    DAY_ALONE,
    INSTANT_PATTERN,
    POSITION_DIGITS,
    OnBasis,
    Read,
    Reading,
    end_of_day,
    instant_of,
)

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)

TOLD = (
    "SELECT position, told, about, written_at FROM notices WHERE case_id = $1 AND position <= $2 ORDER BY id"
)

Instant: JsonDict = {"pattern": INSTANT_PATTERN}
Time: JsonDict = {"pattern": AS_OF_PATTERN}


class ToldStory(Story):
    """A case's story, and who was told of it: by which way, and when they first looked and decided."""

    tellings: list[Telling]


class PeriodReversed(Unacceptable):
    """A period must end after it begins."""


class TimesReversed(Unacceptable):
    """A comparison must lead from an earlier time (`from`) to a later one (`as_of`, or now)."""


@router.get(
    "/decisions/{position}",
    summary="Explain a decision, and take it again",
    dependencies=[may(READ_AUDIT)],
    responses=READS_ONE,
)
async def explain(
    request: Request,
    reading: Read,
    position: Annotated[int, Path(ge=1, le=LARGEST, description="The decision's position.")],
) -> Explanation:
    """Show by which rule, on what authority and knowing what somebody decided, and ask the rule again.

    Beside when it was written stands by when a witness had seen it (`countersigned`): from then on it could
    not have been changed unnoticed, whoever keeps the record.
    """
    found = (await explained(reading.record, position, reading.position)).model_dump()
    found["countersigned"] = (await countersigned(reading.pool, [position]))[position]
    await redact_decisions(reading, found["stream_id"], [found])
    rule = found["reexecution"]["rule"]
    found["authority_in_words"] = authority_in_words(found, rule, core_service(request).permissions)
    return Explanation.model_validate(found)


@router.get(
    "/streams/{stream_id}",
    summary="See a case as a story",
    dependencies=[may(READ_AUDIT)],
    responses=READS_ONE,
)
async def tell(
    reading: Read,
    stream_id: Annotated[UUID, Path(description="The case's id.")],
    basis: OnBasis = ReadBasis.KNOWN_THEN,
) -> ToldStory:
    """Show each decision on a case: what it changed, the wait before it, gaps explained; and who was told.

    Of each telling: by which way, when it was accepted, when they first looked, and when they decided.
    """
    if basis is ReadBasis.KNOWN_THEN:
        events = await reading.record.stream(stream_id, reading.position)
    else:
        events = happened_by(await reading.record.stream(stream_id), reading.as_of, reading.position)
    if not events:
        raise NotFound
    told = await _told(reading, stream_id, events[-1].position)
    shown = story(events, told, reading.as_of, basis).model_dump()
    seen = await countersigned(reading.pool, [step["position"] for step in shown["items"]])
    for step in shown["items"]:
        step["countersigned"] = seen[step["position"]]
    shown |= {"tellings": await tellings(reading, stream_id, events)}
    await redact_decisions(reading, stream_id, shown["items"])
    names = ("state", "reference")
    state = {"stream_id": stream_id, "withheld": {}, **{name: shown[name] for name in names}}
    await reading.redacted([state])
    return ToldStory.model_validate({**shown, **state, "title": title_in(state["state"])})


def _is_no_filter(_: str, __: ListMoment) -> ColumnElement[bool]:
    """Return no condition: since when is what the list itself goes by."""
    return true()


class ComparisonFilters(BaseModel):
    """Since when cases are compared, and which."""

    start: Annotated[
        str,
        Where(_is_no_filter),
        Field(
            alias="from",
            max_length=40,
            json_schema_extra=Time,
            description="The earlier time, as a position or an instant; the later one is `as_of`.",
        ),
    ]
    stream_id: Annotated[list[UUID] | None, AT_MOST, Field(description="Only this case.")] = None


async def _start(query: ListQuery, reading: Reading) -> int:
    """Return the position that a comparison leads from."""
    first = await _position(reading, query.asked["start"])
    if first > reading.position:
        raise TimesReversed(from_position=first, position=reading.position)
    return first


COMPARISON_LIST = ListOf(
    name="audit-comparisons",
    row=Difference,
    table=decisions,
    filters=ComparisonFilters,
    key="position",
    facts=_start,
    within=last_changes,
    derive=with_changes,
    thing="stream_id",
    tagged=False,
)


@router.get(
    "/comparisons",
    summary="Compare two times",
    dependencies=[may(READ_AUDIT)],
    responses=COMPARISON_LIST.responses,
)
async def compare(query: Annotated[ListQuery, COMPARISON_LIST.asked]) -> Response:
    """List every case on which something was decided in between, as it stood before and after."""
    return await COMPARISON_LIST.answer(query)


@router.get(
    "/periods", summary="See a period at a glance", dependencies=[may(READ_AUDIT)], responses=READS_MANY
)
async def see_period(
    reading: Read,
    start: Annotated[
        str, Query(alias="from", max_length=40, json_schema_extra=Instant, description="Its beginning.")
    ],
    end: Annotated[
        str,
        Query(
            alias="to",
            max_length=40,
            json_schema_extra=Instant,
            description="Its end, which is no longer part of it.",
        ),
    ],
) -> Period:
    """Count a period's decisions by kind, and the exceptions among them: as known then, as recorded now."""
    first, last = instant_of(start), instant_of(end)
    assert first is not None
    assert last is not None
    if first >= last:
        raise PeriodReversed
    return await period(reading, first, last)


async def _told(reading: Reading, stream_id: UUID, until: int) -> list[dict[str, Any]]:
    """Return the notices on a case, each with the people who stood on the tier that was told, that day."""
    rows = await reading.pool.fetch(TOLD, stream_id, until)
    scheme = await scheme_at(reading.record, reading.position)
    return [
        {**row, "people": scheme.standing_on(row["told"], day_in_london(row["written_at"]))} for row in rows
    ]


async def _position(reading: Reading, text: str) -> int:
    """Return the position that a text means."""
    if text.isascii() and text.isdigit() and len(text) <= POSITION_DIGITS:
        return int(text)
    instant = end_of_day(text) if DAY_ALONE.match(text) else instant_of(text)
    assert instant is not None
    return await reading.record.position_at(instant)
