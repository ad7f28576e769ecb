"""Every event of this room, for the record to know them by name."""

from typing import Any

from outcomes.domain import engagement, milestone_events, paper, priority_tags, programme, promised_data
from shared.kernel.messages import Event

EVENTS: tuple[type[Event[Any]], ...] = (
    programme.ProgrammeBegun,
    programme.ProgrammeAmended,
    programme.OutcomeAdded,
    programme.OutcomeAmended,
    programme.OutcomeConfidenceRated,
    milestone_events.MilestoneScheduled,
    milestone_events.MilestoneAmended,
    milestone_events.MilestoneRebaselined,
    milestone_events.ProgressReported,
    milestone_events.EvidenceSubmitted,
    milestone_events.EvidenceReturned,
    milestone_events.MilestoneMet,
    milestone_events.MilestoneReopened,
    milestone_events.MilestoneDropped,
    milestone_events.DependencyRaised,
    milestone_events.DependencySatisfied,
    promised_data.DataPromised,
    promised_data.DataChased,
    promised_data.PromisedDataArrived,
    engagement.ConsultationOpened,
    engagement.ConsultationCounted,
    engagement.ConsultationClosed,
    engagement.StrategyAdopted,
    priority_tags.ThingTagged,
    paper.PaperIssued,
)
