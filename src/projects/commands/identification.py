"""Putting a project on the register, and putting right what is said of it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from projects.commands.rules import must_be_named, must_be_open, must_end_after_start, must_have_come
from projects.domain.delivery import ProjectClosed
from projects.domain.events import ProjectAmended, ProjectCategorised, ProjectEvent, ProjectIdentified
from projects.domain.project import RATINGS, Origin, Project, ProjectStage, Scale
from projects.domain.refusals import NothingToAmend, NotOnThisScale, ReferenceTaken
from shared.kernel.fields import WHOLE, Day, LongText, Pence, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp

CONTINGENCY_DAYS_LIMIT = 3_650
UNREAD_LIMIT = 60

Days = Annotated[int, Field(ge=0, le=CONTINGENCY_DAYS_LIMIT), WHOLE]


class IdentifyProject(Command[Project]):
    """Put a project in flight on the register."""

    reference: ShortText | None = Field(
        None, description="Yours; one is made up without it.", examples=["ICT-0042"]
    )
    title: ShortText = Field(examples=["Network refresh, north"])
    description: LongText | None = None
    origin: Origin = Field(Origin.OTHER, description="Who started it.")
    supplier: ShortText | None = None
    service_area: ShortText | None = None
    owner: PersonId | None = None
    start: Day | None = None
    forecast_end: Day | None = None
    contingency_days: Days = Field(0, description="Calendar days beyond the forecast end.")
    cost_pence: Pence | None = None
    scale: Scale = Field(Scale.UNSTATED, description="The scale of the confidence rating.")
    confidence: ShortText | None = Field(None, description="The rating, as given.")
    category: ShortText | None = Field(None, description="Where it has one already.")
    sub_category: ShortText | None = None
    finished_on: Day | None = Field(None, description="For one that is over already: history to learn from.")

    def decide(self, project: Project, stamp: Stamp) -> Sequence[ProjectEvent]:
        """Register a project once; one that is over is closed at once."""
        assert self.reference is not None, "whoever creates it makes one up"
        return identified(self, project, stamp, {})


# Of what is asked, what becomes an event of its own, and what only a row of a register says.
KEPT_OTHERWISE = {"finished_on", "category", "sub_category", "unread", "withdrawn", "source"}


def identified(
    asked: IdentifyProject, project: Project, stamp: Stamp, unread: dict[str, str], source: str | None = None
) -> Sequence[ProjectEvent]:
    """Return what happens when a project is put on the register."""
    if not project.is_new:
        raise ReferenceTaken(reference=asked.reference)
    must_end_after_start(asked.start, asked.forecast_end)
    must_end_after_start(asked.start, asked.finished_on)
    must_be_on_scale(asked.scale, asked.confidence)
    said = asked.model_dump(exclude=KEPT_OTHERWISE, exclude_none=True)
    events: list[ProjectEvent] = [
        ProjectIdentified(stage=ProjectStage.IDENTIFIED, unread=unread, source=source, **said),
        *_categorised(asked, stamp),
    ]
    if asked.finished_on is not None:
        must_have_come(asked.finished_on, stamp)
        reason = "Over before it was registered."
        events.append(ProjectClosed(stage=ProjectStage.CLOSED, finished_on=asked.finished_on, reason=reason))
    return events


def _categorised(asked: IdentifyProject, stamp: Stamp) -> Sequence[ProjectEvent]:
    """Return the category that a project is registered with, if it is; the scheme must name it."""
    if asked.category is None:
        return []
    must_be_named(stamp)
    categorised = ProjectCategorised(
        stage=ProjectStage.CATEGORISED,
        category=asked.category,
        sub_category=asked.sub_category,
        reason="As registered.",
        scheme_version=stamp.known.scheme_version,
    )
    return [categorised]


def must_be_on_scale(scale: Scale, rating: str | None) -> None:
    """Refuse a rating that the named scale does not have; without a named scale, any stands as given."""
    if scale is Scale.UNSTATED or rating is None:
        return
    if rating.casefold() not in {known.casefold() for known in RATINGS[scale]}:
        raise NotOnThisScale(scale=scale, ratings=list(RATINGS[scale]))


class AmendProject(Command[Project]):
    """Correct the details of a project; leave out what stays as it is."""

    decision: Literal["amend"] = "amend"
    title: ShortText | None = None
    description: LongText | None = None
    origin: Origin | None = None
    supplier: ShortText | None = None
    service_area: ShortText | None = None
    owner: PersonId | None = None
    cost_pence: Pence | None = None
    start: Day | None = None
    contingency_days: Days | None = None
    reason: Reason | None = None

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)

    def decide(self, project: Project, stamp: Stamp) -> ProjectAmended:
        """Amend a project that is open."""
        given = self.model_dump(exclude={"decision", "reason"}, exclude_none=True)
        if not given:
            raise NothingToAmend
        start: date | None = given.get("start", project.schedule.start)
        must_end_after_start(start, project.schedule.forecast_end)
        return ProjectAmended(stage=project.stage, reason=self.reason or "", **given)
