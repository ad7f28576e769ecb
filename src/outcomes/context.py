"""What the outcomes room offers the roof."""

from outcomes.api.fact_finders import FACTS
from outcomes.api.readiness import OUTCOMES_READINESS
from outcomes.api.waiting_things import CONSULTATIONS_WAITING, DATA_WAITING, MILESTONES_WAITING
from outcomes.domain.engagement import Consultation
from outcomes.domain.milestone import Milestone, MilestoneStatus
from outcomes.domain.promised_data import PromisedData
from outcomes.views.registers import REGISTERS
from shared.web.context import Context, NotificationSubject

OUTCOMES = Context(
    facts=FACTS,
    views=REGISTERS,
    waiting=(MILESTONES_WAITING, DATA_WAITING, CONSULTATIONS_WAITING),
    readiness=(OUTCOMES_READINESS,),
    subjects=(
        NotificationSubject(
            Milestone.kind,
            "/v1/milestones",
            Milestone(),
            lambda _: "",
            lambda milestone: milestone.owner,
            waits=lambda milestone, _, __: milestone.status is MilestoneStatus.OPEN,
            page="/console/milestones/{id}",
        ),
        NotificationSubject(
            PromisedData.kind,
            "/v1/promised-data",
            PromisedData(),
            lambda _: "",
            page="/console",
            among_others=True,
        ),
        NotificationSubject(
            Consultation.kind,
            "/v1/consultations",
            Consultation(),
            lambda _: "",
            page="/console",
            among_others=True,
        ),
    ),
    # Paths with a name of their own come before those with an id.
    routes=(
        "outcomes.api.milestone_list:router",
        "outcomes.api.milestones:router",
        "outcomes.api.promised_data:router",
        "outcomes.api.engagement:router",
        "outcomes.api.priorities:router",
        "outcomes.api.commitments:router",
        "outcomes.api.decision_list:router",
        "outcomes.api.exempt_part:router",
        "outcomes.api.report:router",
        "outcomes.api.measures:router",
        "outcomes.api.programmes:router",
    ),
    tags={"outcomes": "What the programme must reach, promised and kept."},
    seen_with={
        "programme": "read-outcomes",
        "outcome": "read-outcomes",
        "milestone": "read-outcomes",
        "promised-data": "read-outcomes",
        "consultation": "read-outcomes",
        "strategy": "read-outcomes",
        "priority-tags": "read-outcomes",
        "paper": "read-outcomes",
    },
)
