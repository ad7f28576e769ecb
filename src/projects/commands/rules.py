"""The checks that several commands share, and what the stamp says of the day and of the batch."""

from datetime import date
from functools import lru_cache
from uuid import UUID

from projects.domain.project import OPEN, ORDER, Project, ProjectStage
from projects.domain.refusals import (
    NoSuchCategory,
    NotYet,
    ProjectEndsBeforeItStarts,
    ProjectIsPaused,
    WrongProjectStage,
)
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Stamp

BATCH = "batch:"


def must_be_at(project: Project, *stages: ProjectStage) -> None:
    """Refuse unless the project is at one of these stages."""
    if project.stage not in stages:
        raise WrongProjectStage(stage=project.stage, allowed_at=list(stages))


def must_be_open(project: Project) -> None:
    """Refuse unless the project is still on its way."""
    must_be_at(project, *OPEN)


def must_have_come_to(project: Project, stage: ProjectStage) -> None:
    """Refuse unless the project is open and has come as far as a stage."""
    must_be_at(project, *(s for s in OPEN if ORDER[s] >= ORDER[stage]))


def must_be_at_work(project: Project) -> None:
    """Refuse while the project rests."""
    if project.paused:
        raise ProjectIsPaused


def must_be_named(stamp: Stamp) -> None:
    """Refuse a category that the scheme does not name, where it names any."""
    if stamp.known.facts.get("category_named") is False:
        raise NoSuchCategory


def must_end_after_start(start: date | None, end: date | None) -> None:
    """Refuse an end before the start, where both are known."""
    if start is not None and end is not None and end < start:
        raise ProjectEndsBeforeItStarts(start=start, end=end)


def must_have_come(day: date, stamp: Stamp) -> None:
    """Refuse a day that is still to come."""
    if day > today(stamp):
        raise NotYet(day=day, today=today(stamp))


def at_least(project: Project, stage: ProjectStage) -> ProjectStage:
    """Return a stage, or the project's own where it has come further."""
    return stage if ORDER[stage] > ORDER[project.stage] else project.stage


def today(stamp: Stamp) -> date:
    """Return the day of a decision, by London's clocks."""
    return day_in_london(stamp.at)


def batch_of(stamp: Stamp) -> UUID | None:
    """Return the batch that a decision belongs to, where it belongs to one."""
    return _batch(stamp.causation)


@lru_cache(maxsize=16)  # a batch's decisions follow one another
def _batch(cause: str) -> UUID | None:
    return UUID(cause.removeprefix(BATCH)) if cause.startswith(BATCH) else None
