"""What flow must be told of live cases by the room that they are of: which to choose, and how they stand."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Annotated, NamedTuple

from fastapi import Depends, Query

from shared.kernel.errors import Unacceptable
from shared.kernel.fields import ASKED
from shared.web.reads.readings import Reading

PENCE_LIMIT = 10**14


class LiveFiltersOnly(Unacceptable):
    """An imported log has no areas, routes, values or suppliers: ask without them."""


@dataclass(frozen=True)
class CaseFilters:
    """Which live cases are asked for; what is left out narrows nothing."""

    service_area: str | None = None
    route: str | None = None
    supplier: str | None = None
    value_from: int | None = None
    value_to: int | None = None
    requester_kind: str | None = None

    @property
    def none(self) -> bool:
        """Say whether every case is asked for."""
        return all(getattr(self, field.name) is None for field in fields(self))

    def named(self, otherwise: Mapping[str, str]) -> dict[str, str]:
        """Return what narrows, as texts by name; some are called otherwise."""
        said = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {otherwise.get(name, name): str(value) for name, value in said if value is not None}


class WaitingCase(NamedTuple):
    """A live case that has not ended, as its room shows it to this reader."""

    id: str
    reference: str
    title: str
    stage: str
    waiting_on: str
    whom: str
    needed_by: date | None
    clock_ends_at: datetime | None
    service_area: str
    rework_loops: int


class OpenColumns(NamedTuple):
    """The live cases that have not ended, a column for each thing that all of them are put in order by."""

    ids: Sequence[str]
    stages: Sequence[str]
    waiting_on: Sequence[str]
    whom: Sequence[str]
    needed_by: Sequence[date | None]


@dataclass(frozen=True)
class CaseFacts:
    """What of a case tells it from others; blank if its reader may not see it, or nobody knows."""

    id: str
    reference: str
    service_area: str
    route: str
    supplier: str
    estimate_pence: int | None
    needed_by: date | None


@dataclass(frozen=True)
class LiveCases:
    """How a room chooses cases, lists those that wait, and tells of any, for a reader of a reading.

    `open` has all that wait, `waiting` tells of some of them, or of all.
    """

    chosen: Callable[[Reading, CaseFilters], Awaitable[frozenset[str]]]
    open: Callable[[Reading, CaseFilters], Awaitable[OpenColumns]]
    waiting: Callable[[Reading, CaseFilters, Sequence[str] | None], Awaitable[list[WaitingCase]]]
    facts: Callable[[Reading, CaseFilters], Awaitable[list[CaseFacts]]]


async def case_filters(
    service_area: Annotated[
        str | None, Query(max_length=200, pattern=ASKED, description="Only cases of this service.")
    ] = None,
    route: Annotated[
        str | None, Query(max_length=200, pattern=ASKED, description="Only cases on this route.")
    ] = None,
    supplier: Annotated[
        str | None, Query(max_length=200, pattern=ASKED, description="Only those awarded to this one.")
    ] = None,
    value_from: Annotated[
        int | None, Query(ge=0, le=PENCE_LIMIT, description="Estimated at so many pence or more.")
    ] = None,
    value_to: Annotated[
        int | None, Query(ge=0, le=PENCE_LIMIT, description="Estimated at less than so many pence.")
    ] = None,
    requester_kind: Annotated[
        str | None,
        Query(
            max_length=200,
            pattern=ASKED,
            description="Only cases of a `service`, or those that the `outgoing_supplier` handed over.",
        ),
    ] = None,
) -> CaseFilters:
    """Read which live cases are asked for."""
    return CaseFilters(service_area, route, supplier, value_from, value_to, requester_kind)


Chosen = Annotated[CaseFilters, Depends(case_filters)]
