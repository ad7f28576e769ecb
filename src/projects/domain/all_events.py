"""Every event of a project in flight, for the record to know them by name."""

from typing import Any

from projects.domain import capacity, delivery, events, restatement
from shared.kernel.messages import Event

EVENTS: tuple[type[Event[Any]], ...] = (
    events.ProjectIdentified,
    events.ProjectAmended,
    events.ProjectCategorised,
    events.ProjectPrioritised,
    events.HandlingDecided,
    events.ProjectDecisionUndone,
    delivery.DeliveryStarted,
    delivery.TransitionReadinessConfirmed,
    delivery.ProjectTransferred,
    delivery.ProjectClosed,
    delivery.ProjectPaused,
    delivery.ProjectResumed,
    delivery.ProjectCancelled,
    delivery.ForecastRevised,
    delivery.ActionPlanAgreed,
    delivery.ActionStepDone,
    delivery.ConfidenceRated,
    delivery.ProjectFlagged,
    delivery.ProjectFlagLifted,
    delivery.ProjectMilestoneSet,
    delivery.ProjectMilestoneSlipped,
    delivery.ProjectMilestoneReached,
    delivery.ProjectDependencyRecorded,
    delivery.ProjectDependencyEnded,
    restatement.ProjectRestated,
    capacity.TeamCapacityStated,
)
