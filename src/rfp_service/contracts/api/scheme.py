"""What reads of contracts take from the scheme: its calendar, the transition date, its rules."""

from fastapi import Request

from rfp_service.contracts.domain.dates import Moment
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.governance.scheme.scheme_service import scheme_service
from shared.kernel.calendar import WorkingDays, day_in_london
from shared.kernel.contract_rules import ContractRules
from shared.kernel.messages import Stream
from shared.web.reads.readings import Reading


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


async def moment_of(request: Request, reading: Reading) -> Moment:
    """Return the moment that a reading's dates are computed for."""
    scheme, today = await scheme_as_of(request, reading), day_in_london(reading.as_of)
    values = scheme.in_force(today).values
    leads = values.contracts.lead_days if values else []
    transition = values.transition_date if values else None
    return Moment(today, WorkingDays(scheme.closed_days()), transition, leads)
