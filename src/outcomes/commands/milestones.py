"""What may be decided on a milestone on its way to being met."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from outcomes.commands.rules import (
    must_be_past,
    must_be_under_way,
    outcome_must_be_there,
    priorities_must_be_adopted,
    today,
)
from outcomes.domain.milestone import Milestone, MilestoneStatus
from outcomes.domain.milestone_events import (
    DependencyRaised,
    DependencySatisfied,
    EvidenceReturned,
    EvidenceSubmitted,
    MilestoneAmended,
    MilestoneDropped,
    MilestoneMet,
    MilestoneRebaselined,
    MilestoneReopened,
    MilestoneScheduled,
    ProgressReported,
)
from outcomes.domain.refusals import (
    EvidenceIsThere,
    MilestoneNotMet,
    NoEvidenceYet,
    NothingIsAmended,
    OwnEvidence,
    SameDueDay,
    TooManyOfAMilestone,
    WaitsForItAlready,
    WaitsForNothingOfThatKind,
)
from outcomes.domain.tags import AwaitedKind, AwaitedThing, EvidenceDocument
from shared.kernel.fields import Day, LongText, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp

PRIORITIES_OF_ONE_LIMIT = 20
EVIDENCE_LIMIT = 60
WAITS_LIMIT = 60


class ScheduleMilestone(Command[Milestone]):
    """Give an outcome a milestone; leave the day out where nobody knows it yet."""

    outcome: UUID
    title: ShortText = Field(examples=["Interim RFP process in use"])
    owner: PersonId | None = None
    due: Day | None = None
    priorities: list[ShortText] = Field([], max_length=PRIORITIES_OF_ONE_LIMIT)

    def decide(self, milestone: Milestone, stamp: Stamp) -> MilestoneScheduled:
        """Schedule it for an outcome that is there; its tags must be adopted priorities."""
        outcome_must_be_there(stamp)
        priorities_must_be_adopted(self.priorities, stamp)
        return MilestoneScheduled(
            outcome=self.outcome,
            title=self.title,
            owner=self.owner or "",
            due=self.due,
            priorities=tuple(self.priorities),
        )


class AmendMilestone(Command[Milestone]):
    """Put right what is said of a milestone; leave out what stays as it is."""

    decision: Literal["amend"] = "amend"
    title: ShortText | None = None
    owner: PersonId | None = None
    priorities: list[ShortText] | None = Field(None, max_length=PRIORITIES_OF_ONE_LIMIT)
    reason: Reason

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        must_be_under_way(milestone)

    def decide(self, milestone: Milestone, stamp: Stamp) -> MilestoneAmended:
        """Amend a milestone that is under way."""
        if self.title is None and self.owner is None and self.priorities is None:
            raise NothingIsAmended
        priorities_must_be_adopted(self.priorities or [], stamp)
        return MilestoneAmended(
            title=self.title,
            owner=self.owner,
            reason=self.reason,
            priorities=None if self.priorities is None else tuple(self.priorities),
        )


class RebaselineMilestone(Command[Milestone]):
    """Give a milestone another day, with the reason; without a day, it becomes undated."""

    decision: Literal["rebaseline"] = "rebaseline"
    new: Day | None = None
    reason: Reason

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        must_be_under_way(milestone)

    def decide(self, milestone: Milestone, stamp: Stamp) -> MilestoneRebaselined:
        """Move a milestone that is under way."""
        if self.new == milestone.due:
            raise SameDueDay(due=milestone.due)
        return MilestoneRebaselined(old=milestone.due, new=self.new, reason=self.reason, on=today(stamp))


class ReportProgress(Command[Milestone]):
    """Say how a milestone is progressing."""

    decision: Literal["report-progress"] = "report-progress"
    progress: LongText
    confidence: ShortText | None = Field(None, description="The rating, as given.")

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        must_be_under_way(milestone)

    def decide(self, milestone: Milestone, stamp: Stamp) -> ProgressReported:
        """Report on a milestone that is under way."""
        return ProgressReported(progress=self.progress, confidence=self.confidence)


class SubmitEvidence(Command[Milestone]):
    """Hand in a document that shows the milestone to be met, for somebody else to accept."""

    decision: Literal["submit-evidence"] = "submit-evidence"
    document: EvidenceDocument

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        must_be_under_way(milestone)

    def decide(self, milestone: Milestone, stamp: Stamp) -> EvidenceSubmitted:
        """Take each document once."""
        held = {evidence.document.sha256 for evidence in milestone.evidence}
        if self.document.sha256 in held:
            raise EvidenceIsThere(sha256=self.document.sha256)
        if len(held) >= EVIDENCE_LIMIT:
            raise TooManyOfAMilestone(limit=EVIDENCE_LIMIT)
        return EvidenceSubmitted(document=self.document, submitted_by=stamp.by, on=today(stamp))


class ReturnEvidence(Command[Milestone]):
    """Say that what was handed in does not show yet that the milestone is met."""

    decision: Literal["return-evidence"] = "return-evidence"
    reason: Reason

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        if milestone.status is not MilestoneStatus.SUBMITTED:
            raise NoEvidenceYet

    def decide(self, milestone: Milestone, stamp: Stamp) -> EvidenceReturned:
        """Return what was handed in."""
        return EvidenceReturned(reason=self.reason)


class AcceptMilestone(Command[Milestone]):
    """Accept that a milestone is met; the day is that of the decision unless you say another."""

    decision: Literal["accept"] = "accept"
    met_on: Day | None = None
    reason: Reason | None = None

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        must_be_under_way(milestone)
        if milestone.status is not MilestoneStatus.SUBMITTED:
            raise NoEvidenceYet
        if any(stamp.is_from(evidence.submitted_by) for evidence in milestone.evidence):
            raise OwnEvidence

    def decide(self, milestone: Milestone, stamp: Stamp) -> MilestoneMet:
        """Accept what others have shown, whatever account any of them used."""
        met_on = self.met_on or today(stamp)
        must_be_past(met_on, stamp)
        return MilestoneMet(met_on=met_on, accepted_by=stamp.by, reason=self.reason or "")


class ReopenMilestone(Command[Milestone]):
    """Say that a milestone is not met after all, and why."""

    decision: Literal["reopen"] = "reopen"
    reason: Reason

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        if milestone.status is not MilestoneStatus.MET:
            raise MilestoneNotMet

    def decide(self, milestone: Milestone, stamp: Stamp) -> MilestoneReopened:
        """Reopen what was met."""
        return MilestoneReopened(reason=self.reason, on=today(stamp))


class DropMilestone(Command[Milestone]):
    """Give a milestone up, with the reason."""

    decision: Literal["drop"] = "drop"
    reason: Reason

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        must_be_under_way(milestone)

    def decide(self, milestone: Milestone, stamp: Stamp) -> MilestoneDropped:
        """Drop a milestone that is under way."""
        return MilestoneDropped(reason=self.reason, on=today(stamp))


class RaiseDependency(Command[Milestone]):
    """Say what a milestone waits for: promised data, a project, a contract or an RFP."""

    decision: Literal["raise-dependency"] = "raise-dependency"
    on: AwaitedKind
    id: UUID
    note: ShortText | None = None

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        must_be_under_way(milestone)

    def decide(self, milestone: Milestone, stamp: Stamp) -> DependencyRaised:
        """Raise it once while it is not satisfied."""
        if any(_is_for(w.thing, self.on, self.id) and not w.satisfied_on for w in milestone.waits_for):
            raise WaitsForItAlready
        if len(milestone.waits_for) >= WAITS_LIMIT:
            raise TooManyOfAMilestone(limit=WAITS_LIMIT)
        thing = AwaitedThing(on=self.on, id=self.id, note=self.note)
        return DependencyRaised(thing=thing, raised_on=today(stamp))


class SatisfyDependency(Command[Milestone]):
    """Say that a milestone waits for something no longer, and why."""

    decision: Literal["satisfy-dependency"] = "satisfy-dependency"
    on: AwaitedKind
    id: UUID
    reason: Reason

    @classmethod
    def guard(cls, milestone: Milestone, stamp: Stamp) -> None:
        if all(wait.satisfied_on for wait in milestone.waits_for):
            raise WaitsForNothingOfThatKind

    def decide(self, milestone: Milestone, stamp: Stamp) -> DependencySatisfied:
        """End a wait that is not satisfied yet."""
        if not any(_is_for(w.thing, self.on, self.id) and not w.satisfied_on for w in milestone.waits_for):
            raise WaitsForNothingOfThatKind
        return DependencySatisfied(on=self.on, id=self.id, reason=self.reason, satisfied_on=today(stamp))


def _is_for(thing: AwaitedThing, on: AwaitedKind, thing_id: UUID) -> bool:
    return (thing.on, thing.id) == (on, thing_id)
