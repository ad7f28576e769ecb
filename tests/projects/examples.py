"""Projects at every stage, as what happened to them."""

from datetime import date
from uuid import UUID

from projects.domain.delivery import (
    ActionPlanAgreed,
    DeliveryStarted,
    PlannedStep,
    ProjectCancelled,
    ProjectFlagged,
    ProjectMilestoneSet,
    ProjectPaused,
    ProjectTransferred,
    TransitionReadinessConfirmed,
)
from projects.domain.events import HandlingDecided, ProjectCategorised, ProjectIdentified, ProjectPrioritised
from projects.domain.project import Moscow, Origin, Project, ProjectStage, Way
from shared.governance.scheme.domain import USUAL_CHECKLIST as CHECKLIST

BATCH = UUID("ba7c0000-0000-4000-8000-000000000001")
OTHER_BATCH = UUID("ba7c0000-0000-4000-8000-000000000002")
TODAY = date(2026, 3, 2)
LATER = date(2026, 3, 3)

IDENTIFIED = ProjectIdentified(
    stage=ProjectStage.IDENTIFIED,
    reference="ICT-1",
    title="Network refresh",
    origin=Origin.SUPPLIER,
    start=date(2025, 1, 6),
    forecast_end=date(2026, 12, 18),
    contingency_days=14,
)
CATEGORISED = ProjectCategorised(
    stage=ProjectStage.CATEGORISED,
    category="Networks",
    sub_category="WAN",
    reason="Cables.",
    scheme_version=1,
)
PRIORITISED = ProjectPrioritised(stage=ProjectStage.PRIORITISED, moscow=Moscow.MUST, reason="It is old.")
INTERNAL = HandlingDecided(stage=ProjectStage.HANDLING_DECIDED, handling=Way.INTERNAL, reason="We can.")
THEIRS = INTERNAL.model_copy(update={"handling": Way.OUTGOING_SUPPLIER})
STOP = INTERNAL.model_copy(update={"handling": Way.STOP})
STARTED = DeliveryStarted(stage=ProjectStage.IN_DELIVERY, started_on=date(2026, 2, 2))
READY = TransitionReadinessConfirmed(stage=ProjectStage.READY, checklist=dict.fromkeys(CHECKLIST, "Minute 4"))
TRANSFERRED = ProjectTransferred(
    stage=ProjectStage.TRANSFERRED, transferred_on=date(2026, 3, 1), received_by="Networks team"
)
PAUSED = ProjectPaused(stage=ProjectStage.IN_DELIVERY, reason="Winter.", paused_on=TODAY)
CANCELLED = ProjectCancelled(stage=ProjectStage.CANCELLED, reason="No need.")
PLAN = ActionPlanAgreed(
    stage=ProjectStage.IDENTIFIED,
    owner="pia",
    due=date(2026, 6, 1),
    steps=(PlannedStep(what="Ask for the data", due=date(2026, 4, 1)),),
)
FLAGGED = ProjectFlagged(stage=ProjectStage.IDENTIFIED, reason="The supplier says so.")
MILESTONE = ProjectMilestoneSet(stage=ProjectStage.IDENTIFIED, name="Design", baseline=date(2026, 5, 1))

NONE = Project()
FOUND = (IDENTIFIED,)
SORTED = (*FOUND, CATEGORISED)
WEIGHED = (*SORTED, PRIORITISED)
OURS = (*WEIGHED, INTERNAL)
AT_WORK = (*OURS, STARTED)
AT_WORK_THERE = (*WEIGHED, THEIRS, STARTED)
PREPARED = (*AT_WORK, READY)
ACROSS = (*PREPARED, TRANSFERRED)
AT_REST = (*AT_WORK, PAUSED)
OVER = (*FOUND, CANCELLED)
