"""Taking a row of a register in: a new project, or what has changed of one that is known."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from projects.commands.identification import UNREAD_LIMIT, IdentifyProject, identified
from projects.commands.rules import must_be_open
from projects.domain.delivery import ConfidenceRated, ForecastRevised
from projects.domain.events import ProjectAmended, ProjectEvent
from projects.domain.project import OPEN, Project, ProjectStage
from shared.kernel.fields import REASON_LIMIT, ShortText
from shared.kernel.messages import Stamp

BY_REGISTER = "By the register."

Unread = Annotated[str, Field(max_length=REASON_LIMIT)]


class RegisterProject(IdentifyProject):
    """A row of a register: what could be read, and the cells that could not, as they stood."""

    unread: Annotated[dict[ShortText, Unread], Field(max_length=UNREAD_LIMIT)] = Field({})

    def decide(self, project: Project, stamp: Stamp) -> Sequence[ProjectEvent]:
        """Identify what is new; of what is known, keep the changes; the same row again says nothing."""
        if project.stage is ProjectStage.ABSENT:
            asked = IdentifyProject(**self.model_dump(exclude={"unread"}))
            return identified(asked, project, stamp, self.unread)
        changes = [*_amended(self, project), *_revised(self, project), *_rated(self, project)]
        if changes and project.stage not in OPEN:
            must_be_open(project)
        return changes


def _amended(row: RegisterProject, project: Project) -> Sequence[ProjectEvent]:
    about, schedule = project.about, project.schedule
    known = {
        name: getattr(about, name)
        for name in ("title", "description", "supplier", "service_area", "owner", "cost_pence")
    }
    known |= {"start": schedule.start}
    said = {name: value for name in known if (value := getattr(row, name)) is not None}
    changed = {name: value for name, value in said.items() if value != known[name]}
    if not changed:
        return []
    return [ProjectAmended(stage=project.stage, reason=BY_REGISTER, **changed)]


def _revised(row: RegisterProject, project: Project) -> Sequence[ProjectEvent]:
    old = project.schedule.forecast_end
    if row.forecast_end is None or row.forecast_end == old:
        return []
    revised = ForecastRevised(stage=project.stage, old=old, new=row.forecast_end, reason=BY_REGISTER)
    return [revised]


def _rated(row: RegisterProject, project: Project) -> Sequence[ProjectEvent]:
    if row.confidence is None or (row.scale, row.confidence) == (project.scale, project.confidence):
        return []
    rated = ConfidenceRated(stage=project.stage, scale=row.scale, rating=row.confidence, reason=BY_REGISTER)
    return [rated]
