"""Outcomes and milestones, as what happened to them."""

from datetime import date
from typing import Any
from uuid import UUID

from outcomes.domain.ids import outcome_id, programme_id
from outcomes.domain.milestone import Milestone
from outcomes.domain.milestone_events import (
    DependencyRaised,
    EvidenceSubmitted,
    MilestoneMet,
    MilestoneScheduled,
)
from outcomes.domain.tags import AwaitedThing, EvidenceDocument

TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)
PROGRAMME = programme_id("transition")
OUTCOME = outcome_id(PROGRAMME, 3)
DATA = UUID("da7a0000-0000-4000-8000-000000000001")
MINUTE = EvidenceDocument(title="Minute 12", sha256="ab" * 32)
OTHER_MINUTE = EvidenceDocument(title="Minute 13", sha256="cd" * 32)
THERE: dict[str, Any] = {"programme_there": True, "outcome_there": True}

NONE = Milestone()
SCHEDULED = MilestoneScheduled(outcome=OUTCOME, title="Interim process", due=date(2026, 6, 30))
SHOWN = EvidenceSubmitted(document=MINUTE, submitted_by="ann", on=TODAY)
MET = MilestoneMet(met_on=TODAY, accepted_by="ben")
WAITS = DependencyRaised(thing=AwaitedThing(on="data", id=DATA), raised_on=TODAY)
