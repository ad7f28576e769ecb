"""What dates of contracts are computed for: the day, and what the scheme says of it."""

from fastapi import Request

from rfp_service.contracts.domain.dates import Moment
from shared.governance.scheme.scheme_service import scheme_as_of
from shared.kernel.calendar import WorkingDays, day_in_london
from shared.web.reads.readings import Reading


async def moment_of(request: Request, reading: Reading) -> Moment:
    """Return the moment that a reading's dates are computed for."""
    scheme, today = await scheme_as_of(request, reading), day_in_london(reading.as_of)
    values = scheme.in_force(today).values
    leads = values.contracts.lead_days if values else []
    transition = values.transition_date if values else None
    return Moment(today, WorkingDays(scheme.closed_days()), transition, leads)
