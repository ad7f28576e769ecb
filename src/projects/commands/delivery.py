"""Bringing a project to its end: delivery, readiness, transfer, closure, rests and forecasts."""

from typing import Annotated, Literal

from pydantic import Field

from projects.commands.identification import Days, must_be_on_scale
from projects.commands.rules import (
    must_be_at,
    must_be_at_work,
    must_be_open,
    must_end_after_start,
    must_have_come,
    today,
)
from projects.domain.delivery import (
    ConfidenceRated,
    DeliveryStarted,
    ForecastRevised,
    ProjectCancelled,
    ProjectClosed,
    ProjectPaused,
    ProjectResumed,
    ProjectTransferred,
    TransitionReadinessConfirmed,
)
from projects.domain.project import Project, ProjectStage, Scale, Way
from projects.domain.refusals import (
    ChecklistIncomplete,
    NotThisWay,
    ProjectNotPaused,
    SameForecast,
    ToBeStopped,
    TooManyOfThem,
)
from shared.governance.scheme.domain import CHECKLIST_LIMIT, USUAL_CHECKLIST
from shared.kernel.fields import KEYS_AS_PATTERN, Day, Reason, ShortText
from shared.kernel.messages import Command, Stamp

FORECASTS_LIMIT = 200


class StartDelivery(Command[Project]):
    """Say that whoever handles the project has begun."""

    decision: Literal["start-delivery"] = "start-delivery"
    started_on: Day
    note: Reason | None = None

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_at(project, ProjectStage.HANDLING_DECIDED)
        must_be_at_work(project)
        if project.handling.way is Way.STOP:
            raise ToBeStopped

    def decide(self, project: Project, stamp: Stamp) -> DeliveryStarted:
        """Start what has its handling decided, and is not to be stopped."""
        must_have_come(self.started_on, stamp)
        return DeliveryStarted(
            stage=ProjectStage.IN_DELIVERY, started_on=self.started_on, note=self.note or ""
        )


class ConfirmReadiness(Command[Project]):
    """Confirm, item by item and with what shows it, that the project can be moved across."""

    decision: Literal["confirm-readiness"] = "confirm-readiness"
    checklist: Annotated[
        dict[ShortText, ShortText], Field(max_length=CHECKLIST_LIMIT, json_schema_extra=KEYS_AS_PATTERN)
    ] = Field(examples=[dict.fromkeys(USUAL_CHECKLIST, "Minute 4 of the handover board")])

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_at(project, ProjectStage.IN_DELIVERY)
        must_be_at_work(project)

    def decide(self, project: Project, stamp: Stamp) -> TransitionReadinessConfirmed:
        """Confirm the whole checklist of the scheme in force, of a project in delivery."""
        if missing := [item for item in checklist_known(stamp) if item not in self.checklist]:
            raise ChecklistIncomplete(missing=missing)
        return TransitionReadinessConfirmed(
            stage=ProjectStage.READY, checklist=self.checklist, scheme_version=stamp.known.scheme_version
        )


def checklist_known(stamp: Stamp) -> list[str]:
    """Return the checklist that the decision was made by; the usual one where no scheme said any."""
    asked = stamp.known.facts.get("checklist")
    return [str(item) for item in asked] if isinstance(asked, list) else list(USUAL_CHECKLIST)


class TransferProject(Command[Project]):
    """Say that the project was moved across, and who received it."""

    decision: Literal["transfer"] = "transfer"
    transferred_on: Day
    received_by: ShortText

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_at(project, ProjectStage.READY)
        must_be_at_work(project)

    def decide(self, project: Project, stamp: Stamp) -> ProjectTransferred:
        """Transfer only what is ready."""
        must_have_come(self.transferred_on, stamp)
        return ProjectTransferred(
            stage=ProjectStage.TRANSFERRED, transferred_on=self.transferred_on, received_by=self.received_by
        )


class CloseProject(Command[Project]):
    """Say that the project has come to its end."""

    decision: Literal["close"] = "close"
    finished_on: Day
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_at(project, ProjectStage.IN_DELIVERY, ProjectStage.READY, ProjectStage.TRANSFERRED)
        theirs = project.handling.way in (Way.OUTGOING_SUPPLIER, Way.THIRD_PARTY)
        if project.stage is not ProjectStage.TRANSFERRED and not theirs:
            raise NotThisWay(handling=project.handling.way)

    def decide(self, project: Project, stamp: Stamp) -> ProjectClosed:
        """Close what was transferred; or what others bring to its end, from delivery."""
        must_have_come(self.finished_on, stamp)
        must_end_after_start(project.schedule.start, self.finished_on)
        return ProjectClosed(stage=ProjectStage.CLOSED, finished_on=self.finished_on, reason=self.reason)


class PauseProject(Command[Project]):
    """Let the project rest."""

    decision: Literal["pause"] = "pause"
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        must_be_at_work(project)

    def decide(self, project: Project, stamp: Stamp) -> ProjectPaused:
        """Pause an open project that is not at rest."""
        return ProjectPaused(stage=project.stage, reason=self.reason, paused_on=today(stamp))


class ResumeProject(Command[Project]):
    """Go on with a project that rests."""

    decision: Literal["resume"] = "resume"

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        if not project.paused:
            raise ProjectNotPaused

    def decide(self, project: Project, stamp: Stamp) -> ProjectResumed:
        """Resume what is paused."""
        return ProjectResumed(stage=project.stage, resumed_on=today(stamp))


class CancelProject(Command[Project]):
    """End a project that will not be brought to its end."""

    decision: Literal["cancel"] = "cancel"
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)

    def decide(self, project: Project, stamp: Stamp) -> ProjectCancelled:
        """Cancel an open project."""
        return ProjectCancelled(stage=ProjectStage.CANCELLED, reason=self.reason)


class ReviseForecast(Command[Project]):
    """Say when the project is thought to end now."""

    decision: Literal["revise-forecast"] = "revise-forecast"
    new: Day = Field(examples=["2027-06-30"])
    contingency_days: Days | None = None
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        if len(project.schedule.forecasts) >= FORECASTS_LIMIT:
            raise TooManyOfThem(limit=FORECASTS_LIMIT)

    def decide(self, project: Project, stamp: Stamp) -> ForecastRevised:
        """Keep the old forecast beside the new one."""
        schedule = project.schedule
        if self.new == schedule.forecast_end and self.contingency_days in (None, schedule.contingency_days):
            raise SameForecast(forecast_end=self.new)
        must_end_after_start(schedule.start, self.new)
        return ForecastRevised(
            stage=project.stage,
            old=schedule.forecast_end,
            new=self.new,
            reason=self.reason,
            contingency_days=self.contingency_days,
            revised_on=today(stamp),
        )


class RateConfidence(Command[Project]):
    """Rate how confident delivery is, on a scale that you name."""

    decision: Literal["rate-confidence"] = "rate-confidence"
    scale: Scale
    rating: ShortText = Field(examples=["Amber"])
    reason: Reason | None = None

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)

    def decide(self, project: Project, stamp: Stamp) -> ConfidenceRated:
        """Keep a rating of that scale as given; it is never turned into another scale's."""
        must_be_on_scale(self.scale, self.rating)
        return ConfidenceRated(
            stage=project.stage, scale=self.scale, rating=self.rating, reason=self.reason or ""
        )
