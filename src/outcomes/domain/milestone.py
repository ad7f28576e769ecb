"""A milestone as it stands: what is due when, what shows it, what it waits for, and each time it moved."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from outcomes.domain.tags import AwaitedThing, EvidenceDocument


class MilestoneStatus(StrEnum):
    """How far a milestone has come."""

    ABSENT = "absent"
    OPEN = "open"
    SUBMITTED = "submitted"
    MET = "met"
    DROPPED = "dropped"


UNDER_WAY = (MilestoneStatus.OPEN, MilestoneStatus.SUBMITTED)


@dataclass(frozen=True)
class Rebaselining:
    """One move of a milestone's day, with the day it was decided on."""

    on: date
    old: date | None
    new: date | None
    reason: str


@dataclass(frozen=True)
class Evidence:
    """What was handed in to show that a milestone is met, by whom."""

    document: EvidenceDocument
    submitted_by: str
    submitted_on: date


@dataclass(frozen=True)
class OpenDependency:
    """Something a milestone waits for, until it is satisfied."""

    thing: AwaitedThing
    raised_on: date
    satisfied_on: date | None = None


@dataclass(frozen=True)
class Milestone:
    """One step to an outcome, from its first event to its last."""

    kind: ClassVar[str] = "milestone"

    status: MilestoneStatus = MilestoneStatus.ABSENT
    outcome: UUID | None = None
    title: str = ""
    owner: str = ""
    due: date | None = None
    first_due: date | None = None
    priorities: tuple[str, ...] = ()
    progress: str = ""
    confidence: str = ""
    moves: tuple[Rebaselining, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    waits_for: tuple[OpenDependency, ...] = ()
    met_on: date | None = None
    accepted_by: str = ""
    reopened: tuple[tuple[date, str], ...] = ()
    dropped_on: date | None = None
    dropped_because: str = ""
