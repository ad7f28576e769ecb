"""The service that answers a request, as far as figures of flow know of it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from fastapi import Request

from shared.flow.cases import LiveCases
from shared.flow.forecast_records import ForecastRecords
from shared.flow.sources import FlowLogs
from shared.web.core_service import CoreService


class StageOnPath(Protocol):
    """One stage of the scheme's path."""

    @property
    def stage(self) -> str: ...


class PathInForce(Protocol):
    """The scheme's path through the stages, in its order."""

    @property
    def stage_targets(self) -> Sequence[StageOnPath]: ...


class SchemeVersionInForce(Protocol):
    """What a version of the scheme says; nothing before the first."""

    @property
    def values(self) -> PathInForce | None: ...


class SchemeOfDays(Protocol):
    """What says on which days the council is closed, and what the scheme is on a day."""

    def closed_days(self) -> frozenset[date]: ...
    def in_force(self, day: date) -> SchemeVersionInForce: ...


class SchemeOnRecord(Protocol):
    """Keeps what says so as the record has it."""

    @property
    def scheme(self) -> SchemeOfDays: ...

    async def refresh(self) -> object: ...


class FlowService(CoreService, Protocol):
    """One that keeps logs of flow and knows the council's days, too."""

    @property
    def flow(self) -> FlowLogs: ...
    @property
    def live_cases(self) -> LiveCases: ...
    @property
    def forecasts(self) -> ForecastRecords: ...
    @property
    def scheme(self) -> SchemeOnRecord: ...


def flow_service(request: Request) -> FlowService:
    """Return the service that answers this request."""
    service: FlowService = request.app.state.service
    return service
