"""The service that answers a request, as far as those who ask for the scheme's values know of it."""

from typing import Protocol

from fastapi import Request

from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.governance.scheme.facts import SchemeFacts
from shared.kernel.calendar import day_in_london
from shared.kernel.contract_rules import ContractRules
from shared.kernel.messages import Stream
from shared.web.core_service import CoreService
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import Reading


class SchemeService(CoreService, Protocol):
    """One that knows the scheme, too."""

    @property
    def scheme(self) -> SchemeFacts: ...


def scheme_service(request: Request) -> SchemeService:
    """Return the service that answers this request."""
    service: SchemeService = request.app.state.service
    return service


async def scheme_as_of(request: Request, reading: Reading) -> Scheme:
    """Return all versions of the scheme as they stood at the position of a reading."""
    service = scheme_service(request)
    if reading.past:
        stream: Stream[Scheme] = await service.store.load(SCHEME_ID, Scheme(), reading.position)
        return stream.state
    await service.scheme.refresh()
    scheme: Scheme = service.scheme.scheme
    return scheme


async def values_as_of(request: Request, reading: Reading) -> SchemeValues | None:
    """Return the scheme's values in force as of a reading."""
    scheme = await scheme_as_of(request, reading)
    return scheme.in_force(day_in_london(reading.as_of)).values


async def rules_as_of(request: Request, reading: Reading) -> ContractRules:
    """Return the scheme's rules of contracts as of a reading; the usual ones without a scheme."""
    values = await values_as_of(request, reading)
    return values.contracts if values else ContractRules()


async def rules_for_list(query: ListQuery, reading: Reading) -> ContractRules:
    """Return the scheme's rules of contracts for a list that is asked for."""
    return await rules_as_of(query.request, reading)
