"""The service that answers a request, as far as the foundation and every room know of it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from fastapi import Request

from shared.kernel.messages import Known
from shared.kernel.person import Person
from shared.ledger.tiles import Tiles
from shared.record.database import Pool
from shared.record.database_health import WriteProbe
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import EventStore
from shared.record.projecting.kept_rows import KeptRows
from shared.record.projecting.views import View
from shared.record.projecting.visibility import Visibility
from shared.settings import Settings
from shared.web.access.names import PeopleNames
from shared.web.access.permissions import Permissions
from shared.web.access.redactor import Redactor
from shared.web.limits.rate_limits import RateLimits
from shared.web.limits.requests_in_progress import RequestsInProgress
from shared.web.offers.facts import FactFinders
from shared.web.offers.measures import MeasureOffered
from shared.web.offers.prerequisites import Prerequisites
from shared.web.offers.report_cases import CasesOffered
from shared.web.offers.report_decisions import DecisionsOffered
from shared.web.offers.tagged_things import TaggedThings
from shared.web.sandbox.children import Sandbox


class PeopleOnRecord(Protocol):
    """The directory: who is the same person, and what it owes to the record."""

    details: PeopleNames

    def ids_of(self, person: str) -> tuple[str, ...]:
        """Return all ids of one person, that one among them, as the directory was last read."""

    async def names(self, identities: Iterable[str | None]) -> dict[str, str]:
        """Return what people are called today: a mark once erased, the id where no name is known."""

    async def same(self, identities: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Return all ids of each person who has one of these."""

    async def carry_out_invitations(self) -> None:
        """Let in whoever was invited."""

    async def carry_out_erasures(self) -> None:
        """Destroy the keys of whoever was erased."""


class CoreService(Protocol):
    """The record, the views, and who may do what: what the composition root has joined."""

    @property
    def settings(self) -> Settings: ...
    @property
    def pool(self) -> Pool: ...
    @property
    def store(self) -> EventStore: ...
    @property
    def record(self) -> Reader: ...
    @property
    def visibility(self) -> Visibility: ...
    @property
    def views(self) -> tuple[View, ...]: ...
    @property
    def person(self) -> Callable[[str], Awaitable[Person]]: ...
    @property
    def people(self) -> PeopleOnRecord: ...
    @property
    def known(self) -> Callable[[Person], Awaitable[Known]]: ...
    @property
    def facts(self) -> FactFinders: ...
    @property
    def running(self) -> RequestsInProgress: ...
    @property
    def permissions(self) -> Permissions: ...
    @property
    def redact(self) -> Redactor: ...
    @property
    def texts(self) -> PersonalTexts: ...
    @property
    def kept(self) -> KeptRows: ...
    @property
    def tiles(self) -> Tiles: ...
    @property
    def limits(self) -> RateLimits: ...
    @property
    def write_probe(self) -> WriteProbe: ...
    @property
    def sandbox(self) -> Sandbox: ...
    @property
    def prerequisites(self) -> Mapping[str, Prerequisites]: ...
    @property
    def tagged(self) -> Mapping[str, TaggedThings]: ...
    @property
    def seen_with(self) -> Mapping[str, str]: ...
    @property
    def issuer_fault(self) -> Callable[[], Awaitable[str]]: ...
    @property
    def opened_at(self) -> float: ...
    @property
    def report_cases(self) -> Sequence[CasesOffered]: ...
    @property
    def report_decisions(self) -> Sequence[DecisionsOffered]: ...
    @property
    def measures(self) -> Mapping[str, MeasureOffered]: ...


def core_service(request: Request) -> CoreService:
    """Return the service that answers this request."""
    service: CoreService = request.app.state.service
    return service
