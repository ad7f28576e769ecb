"""What the outcomes room offers the roof."""

from outcomes.api import (
    commitments,
    engagement,
    exempt_part,
    measures,
    milestone_list,
    milestones,
    programmes,
    promised_data,
    report,
)
from outcomes.api.readiness import OUTCOMES_READINESS
from outcomes.api.waiting import MILESTONES_WAITING
from outcomes.views.registers import REGISTERS
from shared.web.context import Context

OUTCOMES = Context(
    views=REGISTERS,
    waiting=(MILESTONES_WAITING,),
    readiness=(OUTCOMES_READINESS,),
    # Paths with a name of their own come before those with an id.
    routers=(
        milestone_list.router,
        milestones.router,
        promised_data.router,
        engagement.router,
        commitments.router,
        exempt_part.router,
        report.router,
        measures.router,
        programmes.router,
    ),
)
