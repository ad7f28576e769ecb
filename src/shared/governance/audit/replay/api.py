"""Replay over HTTP: a decision explained, a case as a story, two times compared, a period at a glance."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from shared.governance.audit.log_api import LARGEST
from shared.governance.audit.reads import READ_AUDIT, AuditRoute
from shared.governance.audit.redaction import redact_changes, redact_decisions
from shared.governance.audit.replay.comparison import Difference, changed
from shared.governance.audit.replay.explanation import Explanation, explained
from shared.governance.audit.replay.lateness import scheme_at
from shared.governance.audit.replay.periods import Period, period
from shared.governance.audit.replay.story import Story, happened_by, story
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound, Unacceptable
from shared.record.eventstore.reader import ReadBasis
from shared.web.answers import READS_MANY, READS_ONE, listed
from shared.web.commands import may
from shared.web.pages import Paged
from shared.web.readings import (
    AS_OF_PATTERN,
    INSTANT_PATTERN,
    POSITION_DIGITS,
    OnBasis,
    Read,
    Reading,
    instant_of,
)

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)

TOLD = (
    "SELECT position, told, about, written_at FROM notices WHERE case_id = $1 AND position <= $2 ORDER BY id"
)

Instant = {"pattern": INSTANT_PATTERN}
Time = {"pattern": AS_OF_PATTERN}


class PeriodReversed(Unacceptable):
    """A period ends after it begins."""


class TimesReversed(Unacceptable):
    """A comparison leads from an earlier time (`from`) to a later one (`as_of`, or now)."""


@router.get(
    "/decisions/{position}",
    summary="Explain a decision, and take it again",
    dependencies=[may(READ_AUDIT)],
    responses=READS_ONE,
)
async def explain(
    reading: Read, position: Annotated[int, Path(ge=1, le=LARGEST, description="The decision's position.")]
) -> Explanation:
    """Show by which rule, on what authority and knowing what somebody decided; ask the rule again."""
    found = (await explained(reading.record, position, reading.position)).model_dump()
    await redact_decisions(reading, found["stream_id"], [found])
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
) -> Story:
    """Show each decision on a case: what it changed, the wait before it, who was told, gaps explained."""
    if basis is ReadBasis.KNOWN_THEN:
        events = await reading.record.stream(stream_id, reading.position)
    else:
        events = happened_by(await reading.record.stream(stream_id), reading.as_of)
    if not events:
        raise NotFound
    told = await _told(reading, stream_id, events[-1].position)
    shown = story(events, told, reading.as_of, basis).model_dump()
    await redact_decisions(reading, stream_id, shown["items"])
    names = ("state", "reference")
    state = {"stream_id": stream_id, "withheld": {}, **{name: shown[name] for name in names}}
    await reading.redacted([state])
    return Story.model_validate({**shown, **state})


@router.get(
    "/comparisons",
    summary="Compare two times",
    dependencies=[may(READ_AUDIT)],
    responses=listed(Difference, tagged=False),
)
async def compare(
    reading: Read,
    page: Paged,
    start: Annotated[
        str,
        Query(
            alias="from",
            max_length=40,
            json_schema_extra=Time,
            description="The earlier time, as a position or an instant; the later one is `as_of`.",
        ),
    ],
    stream_id: Annotated[UUID | None, Query(description="Only this case.")] = None,
) -> Response:
    """List every case on which something was decided in between, as it stood before and after."""
    first = await _position(reading, start)
    if first > reading.position:
        raise TimesReversed(from_position=first, position=reading.position)
    found = await changed(reading, first, reading.position, stream_id, page.cursor, page.limit + 1)
    items = [item.model_dump(mode="json") for item in found[: page.limit]]
    changes = [(UUID(item["stream_id"]), item["changes"]) for item in items]
    for item, marks in zip(items, await redact_changes(reading, changes), strict=True):
        item["withheld"] = marks
    following = f"p{items[-1]['position']}" if len(found) > page.limit else None
    return page.untagged.answer(reading, items, following)


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
    instant = instant_of(text)
    assert instant is not None
    return await reading.record.position_at(instant)
