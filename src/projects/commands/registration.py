"""Taking a row of a register in: a new project, or what has changed of one that is known."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from projects.commands.identification import UNREAD_LIMIT, Days, IdentifyProject, identified
from projects.commands.rules import (
    at_least,
    batch_of,
    must_be_named,
    must_be_open,
    must_end_after_start,
    must_have_come,
    today,
)
from projects.domain.delivery import ConfidenceRated, ForecastRevised, ProjectClosed
from projects.domain.events import ProjectAmended, ProjectCategorised, ProjectEvent
from projects.domain.project import Project, ProjectStage, Scale
from projects.domain.restatement import ProjectRestated
from shared.kernel.fields import REASON_LIMIT, ShortText
from shared.kernel.messages import Stamp
from shared.kernel.restatement import Restated

BY_REGISTER = "By the register."
AMENDED = ("title", "description", "supplier", "service_area", "owner", "cost_pence")
OF_SCHEDULE = ("start", "contingency_days")

Unread = Annotated[str, Field(max_length=REASON_LIMIT)]
Withdrawn = Literal["start", "forecast_end"]


class RegisterProject(IdentifyProject):
    """A row of a register: what could be read, all cells that could not, and the dates withdrawn."""

    contingency_days: Days | None = None  # type: ignore[assignment]  # a register may not say
    unread: Annotated[dict[ShortText, Unread], Field(max_length=UNREAD_LIMIT)] = Field({})
    withdrawn: tuple[Withdrawn, ...] = ()
    source: ShortText | None = None

    def decide(self, project: Project, stamp: Stamp) -> Sequence[ProjectEvent]:
        """Identify what is new; of what is known, keep the changes; the same row again says nothing."""
        if project.is_new:
            return identified(self, project, stamp, self.unread, self.source)
        events = [
            *_restated(self, project, stamp),
            *_amended(self, project),
            *_revised(self, project, stamp),
            *_rated(self, project),
            *_categorised(self, project, stamp),
            *_finished(self, project, stamp),
        ]
        if events and project.stage is not ProjectStage.CLOSED:
            must_be_open(project)
        return events


def _restated(row: RegisterProject, project: Project, stamp: Stamp) -> Sequence[ProjectEvent]:
    """Return dates that are withdrawn, and cells that can be read now or no longer."""
    schedule, restored = project.schedule, Restated()
    if "start" in row.withdrawn and schedule.start is not None:
        restored["start"] = None
    if "forecast_end" in row.withdrawn and schedule.forecast_end is not None:
        restored |= {"forecasts": [day.isoformat() for day in schedule.forecasts], "withdrawn": True}
    if row.unread != dict(project.about.unread):
        restored["unread"] = dict(row.unread)
    if not restored:
        return []
    return [
        ProjectRestated(stage=project.stage, restored=restored, reason=BY_REGISTER, batch=batch_of(stamp))
    ]


def _amended(row: RegisterProject, project: Project) -> Sequence[ProjectEvent]:
    known = {name: getattr(project.about, name) for name in AMENDED}
    known |= {name: getattr(project.schedule, name) for name in OF_SCHEDULE}
    said = {name: value for name in known if (value := getattr(row, name)) is not None}
    changed = {name: value for name, value in said.items() if value != known[name]}
    if not changed:
        return []
    must_end_after_start(_start(row, project), _end(row, project))
    return [ProjectAmended(stage=project.stage, reason=BY_REGISTER, **changed)]


def _start(row: RegisterProject, project: Project) -> date | None:
    """Return the start that holds once a row is taken in."""
    return row.start or (None if "start" in row.withdrawn else project.schedule.start)


def _end(row: RegisterProject, project: Project) -> date | None:
    """Return the forecast end that holds once a row is taken in."""
    return row.forecast_end or (None if "forecast_end" in row.withdrawn else project.schedule.forecast_end)


def _revised(row: RegisterProject, project: Project, stamp: Stamp) -> Sequence[ProjectEvent]:
    old = project.schedule.forecast_end
    if row.forecast_end is None or row.forecast_end == old:
        return []
    must_end_after_start(_start(row, project), row.forecast_end)
    revised = ForecastRevised(
        stage=project.stage, old=old, new=row.forecast_end, reason=BY_REGISTER, revised_on=today(stamp)
    )
    return [revised]


def _rated(row: RegisterProject, project: Project) -> Sequence[ProjectEvent]:
    if row.confidence is None:
        return []
    scale = project.scale if row.scale is Scale.UNSTATED else row.scale
    if (scale, row.confidence) == (project.scale, project.confidence):
        return []
    rated = ConfidenceRated(stage=project.stage, scale=row.scale, rating=row.confidence, reason=BY_REGISTER)
    return [rated]


def _categorised(row: RegisterProject, project: Project, stamp: Stamp) -> Sequence[ProjectEvent]:
    """Return another category, or another one within it."""
    known = project.category
    name = row.category or (known.name if row.sub_category else None)
    sub = row.sub_category or (known.sub_category if name == known.name else "")
    if not name or (name, sub) == (known.name, known.sub_category):
        return []
    must_be_named(stamp)
    categorised = ProjectCategorised(
        stage=at_least(project, ProjectStage.CATEGORISED),
        category=name,
        sub_category=sub or None,
        reason=BY_REGISTER,
        batch=batch_of(stamp),
        scheme_version=stamp.known.scheme_version,
    )
    return [categorised]


def _finished(row: RegisterProject, project: Project, stamp: Stamp) -> Sequence[ProjectEvent]:
    """Return that it is over, or was on another day."""
    if row.finished_on is None or row.finished_on == project.schedule.finished_on:
        return []
    must_have_come(row.finished_on, stamp)
    must_end_after_start(_start(row, project), row.finished_on)
    closed = ProjectClosed(stage=ProjectStage.CLOSED, finished_on=row.finished_on, reason=BY_REGISTER)
    return [closed]
