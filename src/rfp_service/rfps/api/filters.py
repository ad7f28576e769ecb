"""What a list of RFPs can be narrowed to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy import ARRAY, ColumnElement, DateTime, and_, false, func, literal, or_

from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.targets import EXTRA_LIMIT, Targets
from rfp_service.rfps.views import rfps
from shared.kernel.fields import ASKED, Flag
from shared.web.readings import POSITION_DIGITS, Reading

_REFERENCE = re.compile(rf"RFP-([0-9]{{1,{POSITION_DIGITS}}})", re.ASCII | re.IGNORECASE)


INSTANTS = ARRAY(DateTime(timezone=True))


@dataclass(frozen=True)
class RfpFilters:
    """The filters of one request; what is left out narrows nothing."""

    stage: Stage | None
    waiting_on: Party | None
    service_area: str | None
    overdue: bool | None
    on_hold: bool | None
    mine: bool
    reference: str | None

    def conditions(self, reading: Reading, by: Targets) -> list[ColumnElement[bool]]:
        """Return what an RFP's row must fulfil."""
        wanted: dict[str, object] = {"stage": self.stage, "waiting_on": self.waiting_on}
        wanted |= {"service_area": self.service_area, "on_hold": self.on_hold}
        if self.reference is not None:
            wanted["first_position"] = _numbered(self.reference)
        found, person = [reading.found_by(rfps, wanted)], reading.person
        if self.mine:
            found.append(or_(rfps.c.raised_by.in_(person.ids), rfps.c.lead.in_(person.ids)))
        if self.overdue is not None:
            found.append(_beyond(by) if self.overdue else ~_beyond(by))
        return found


def _numbered(reference: str) -> int:
    """Return where the RFP of a reference begins in the record; none begins at 0."""
    found = _REFERENCE.fullmatch(reference.strip())
    return int(found[1]) if found else 0


def _beyond(by: Targets) -> ColumnElement[bool]:
    """Return the condition that picks what is beyond the target of its stage."""
    t, late = rfps.c, by.overdue_before().items()
    return and_(
        ~t.target_paused,
        or_(
            false(),
            *(
                and_(t.stage == stage, t.stage_since < before[0], _still_over(before))
                for stage, before in late
            ),
        ),
    )


def _still_over(before: Sequence[datetime]) -> ColumnElement[bool]:
    """Return the condition that a stage would be over its target with all its extra days.

    The more extra days, the earlier a case must have entered: it is over for as many as come after that.
    """
    rising = literal(list(reversed(before)), INSTANTS)
    over_with = len(before) - func.width_bucket(rfps.c.stage_since, rising)
    return func.least(rfps.c.extra_days, EXTRA_LIMIT) < over_with


async def filters(
    stage: Annotated[Stage | None, Query(description="Only those in this stage.")] = None,
    waiting_on: Annotated[Party | None, Query(description="Only those that wait on this party.")] = None,
    service_area: Annotated[
        str | None, Query(max_length=200, pattern=ASKED, description="Only those of this service.")
    ] = None,
    overdue: Annotated[
        Flag | None, Query(description="Only those that are, or are not, beyond their target.")
    ] = None,
    on_hold: Annotated[Flag | None, Query(description="Only those that are, or are not.")] = None,
    mine: Annotated[Flag, Query(description="Only those that you ask for or lead.")] = False,  # noqa: FBT002  # a query parameter
    reference: Annotated[
        str | None,
        Query(
            max_length=200, pattern=ASKED, description="Only the one of this reference, such as `RFP-2343`."
        ),
    ] = None,
) -> RfpFilters:
    """Read what a list is to be narrowed to."""
    return RfpFilters(stage, waiting_on, service_area, overdue, on_hold, mine, reference)


Filters = Annotated[RfpFilters, Depends(filters)]
