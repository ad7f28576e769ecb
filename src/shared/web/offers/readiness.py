"""How ready something is for the transition: what a room says of its own, and how that adds up."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

PARTS_LIMIT = 100


class ReadinessStanding(StrEnum):
    """How ready something is, the worst first: `blocked` waits for something that is late."""

    BLOCKED = "blocked"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    READY = "ready"


NOTHING_BESIDES: Mapping[ReadinessStanding, int] = MappingProxyType({})
NO_WAITS_BESIDES: Mapping[str, int] = MappingProxyType({})
ORDER = {standing: number for number, standing in enumerate(ReadinessStanding)}


# What a room says of every one of its things is no Pydantic model: of ten thousand, a hundred are shown.


@dataclass(frozen=True, slots=True)
class ReadinessWait:
    """What is waited for: on whom, or on which kind of thing, and until when; null where nothing is known."""

    on: str
    id: UUID | None
    what: str | None
    expected_on: date | None
    working_days_late: int


@dataclass(frozen=True, slots=True)
class ReadinessPart:
    """A part that is not ready, and why; titles are null where they are withheld."""

    id: UUID
    reference: str | None
    title: str | None
    owner: str | None
    standing: ReadinessStanding
    due_on: date | None
    reasons: list[str]
    waits_for: list[ReadinessWait]


class WaitedOn(BaseModel):
    """Whose data, or whose decision, how many parts wait for."""

    on: str
    parts: int


class ReadinessLine(BaseModel):
    """An outcome, or a body of work: as ready as the worst of its parts; null where it has none.

    `parts` are those blocked and at risk, the worst first, a hundred at most.
    """

    body_of_work: str
    id: UUID | None
    name: str | None
    owner: str | None
    standing: ReadinessStanding | None
    ready: int
    on_track: int
    at_risk: int
    blocked: int
    waits_on: list[WaitedOn] = Field(description="Whom its blocked parts and those at risk wait on.")
    parts: list[ReadinessPart]


# A request, and a reading of the views with the areas that its reader is limited to.
ReadReadiness = Callable[[Any, Any], Awaitable[Sequence[ReadinessLine]]]


@dataclass(frozen=True, slots=True)
class ReadinessOffered:
    """A body of work that says how ready it is: what one must be allowed to see it, and how to read it."""

    body_of_work: str
    action: str
    read: ReadReadiness


def readiness_line(
    body_of_work: str,
    parts: Iterable[ReadinessPart],
    *,
    besides: Mapping[ReadinessStanding, int] = NOTHING_BESIDES,
    waits_besides: Mapping[str, int] = NO_WAITS_BESIDES,
    of: UUID | None = None,
    name: str | None = None,
    owner: str | None = None,
) -> ReadinessLine:
    """Return how ready a whole is by its parts, and by how many more stand how and wait on whom.

    Of those blocked and at risk, only such may be left to `besides` that come after a hundred parts.
    """
    found = sorted(parts, key=lambda part: (ORDER[part.standing], part.due_on or date.max, part.id))
    number = Counter(part.standing for part in found)
    number.update(besides)
    told = [p for p in found if p.standing in (ReadinessStanding.BLOCKED, ReadinessStanding.AT_RISK)]
    on = Counter(party for part in told for party in {wait.on for wait in part.waits_for})
    on.update(waits_besides)
    return ReadinessLine(
        body_of_work=body_of_work,
        id=of,
        name=name,
        owner=owner,
        standing=next((standing for standing in ReadinessStanding if number[standing]), None),
        **{str(standing): number[standing] for standing in ReadinessStanding},
        waits_on=[WaitedOn(on=party, parts=parts) for party, parts in on.most_common()],
        parts=told[:PARTS_LIMIT],
    )


def standing_of(*, blocked: object, at_risk: object) -> ReadinessStanding:
    """Return how something stands that is not ready."""
    if blocked:
        return ReadinessStanding.BLOCKED
    return ReadinessStanding.AT_RISK if at_risk else ReadinessStanding.ON_TRACK
