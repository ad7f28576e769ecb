"""What happens to a milestone, from the day it is scheduled to the day it is met or dropped."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from outcomes.domain.milestone import Evidence, Milestone, MilestoneStatus, OpenDependency, Rebaselining
from outcomes.domain.tags import AwaitedKind, AwaitedThing, EvidenceDocument
from shared.kernel.messages import Event
from shared.kernel.states import replace


class MilestoneEvent(Event[Milestone]):
    """Something that happened to a milestone."""

    kind: ClassVar[str] = "milestone"
    body_of_work: ClassVar[str] = "outcomes"


class MilestoneScheduled(MilestoneEvent):
    """An outcome was given a milestone; its day may still be open."""

    outcome: UUID
    title: str
    owner: str = ""
    due: date | None = None
    priorities: tuple[str, ...] = ()

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone with its first day."""
        return Milestone(
            MilestoneStatus.OPEN, self.outcome, self.title, self.owner, self.due, self.due, self.priorities
        )


class MilestoneAmended(MilestoneEvent):
    """Details of  were corrected; fields that were not given keep their values."""

    title: str | None = None
    owner: str | None = None
    priorities: tuple[str, ...] | None = None
    reason: str

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone with the given fields replaced."""
        return replace(milestone, **self.model_dump(exclude={"reason"}, exclude_none=True))


class MilestoneRebaselined(MilestoneEvent):
    """A milestone was given another day, for a reason; every earlier day stays on the record."""

    old: date | None = None
    new: date | None = None
    reason: str
    on: date

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone with its new day; the first one it ever had is kept."""
        move = Rebaselining(self.on, self.old, self.new, self.reason)
        return replace(
            milestone, due=self.new, first_due=milestone.first_due or self.new, moves=(*milestone.moves, move)
        )


class ProgressReported(MilestoneEvent):
    """Somebody said how a milestone is progressing, and how sure they are; the rating is kept as given."""

    progress: str
    confidence: str | None = None

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone with the newest word on it."""
        confidence = milestone.confidence if self.confidence is None else self.confidence
        return replace(milestone, progress=self.progress, confidence=confidence)


class EvidenceSubmitted(MilestoneEvent):
    """A document was handed in that shows the milestone to be met; somebody else must accept it."""

    document: EvidenceDocument
    submitted_by: str
    on: date

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone with what is to be accepted."""
        evidence = Evidence(self.document, self.submitted_by, self.on)
        return replace(milestone, status=MilestoneStatus.SUBMITTED, evidence=(*milestone.evidence, evidence))


class EvidenceReturned(MilestoneEvent):
    """The evidence does not show yet that the milestone is met."""

    reason: str

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone open again, its evidence kept."""
        return replace(milestone, status=MilestoneStatus.OPEN)


class MilestoneMet(MilestoneEvent):
    """Somebody who handed in none of the evidence accepted that the milestone is met."""

    met_on: date
    accepted_by: str
    reason: str = ""

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone met."""
        return replace(
            milestone, status=MilestoneStatus.MET, met_on=self.met_on, accepted_by=self.accepted_by
        )


class MilestoneReopened(MilestoneEvent):
    """A milestone that was met turned out not to be; what showed it is kept, and no longer counts."""

    reason: str
    on: date

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone open again on the day that it had."""
        return replace(
            milestone,
            status=MilestoneStatus.OPEN,
            met_on=None,
            accepted_by="",
            evidence=(),
            reopened=(*milestone.reopened, (self.on, self.reason)),
        )


class MilestoneDropped(MilestoneEvent):
    """A milestone will not be met, and nobody works for it any more."""

    reason: str
    on: date

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone given up."""
        return replace(
            milestone, status=MilestoneStatus.DROPPED, dropped_on=self.on, dropped_because=self.reason
        )


class DependencyRaised(MilestoneEvent):
    """A milestone waits for something: data, a project, a contract or an RFP."""

    thing: AwaitedThing
    raised_on: date

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone waiting for one thing more."""
        waiting = OpenDependency(self.thing, self.raised_on)
        return replace(milestone, waits_for=(*milestone.waits_for, waiting))


class DependencySatisfied(MilestoneEvent):
    """A milestone waits for something no longer."""

    on: AwaitedKind
    id: UUID
    reason: str
    satisfied_on: date

    def apply(self, milestone: Milestone) -> Milestone:
        """Return the milestone with that wait ended."""
        waits = tuple(
            replace(w, satisfied_on=self.satisfied_on)
            if (w.thing.on, w.thing.id) == (self.on, self.id) and w.satisfied_on is None
            else w
            for w in milestone.waits_for
        )
        return replace(milestone, waits_for=waits)


MILESTONE_EVENTS = (
    MilestoneScheduled,
    MilestoneAmended,
    MilestoneRebaselined,
    ProgressReported,
    EvidenceSubmitted,
    EvidenceReturned,
    MilestoneMet,
    MilestoneReopened,
    MilestoneDropped,
    DependencyRaised,
    DependencySatisfied,
)
