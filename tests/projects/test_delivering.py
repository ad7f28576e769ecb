"""From the handling to the end: delivery, readiness, transfer, closure, rests, forecasts."""

from datetime import date

import pytest

from projects.commands.delivery import (
    FORECASTS_LIMIT,
    CancelProject,
    CloseProject,
    ConfirmReadiness,
    PauseProject,
    RateConfidence,
    ResumeProject,
    ReviseForecast,
    StartDelivery,
    TransferProject,
)
from projects.domain.delivery import (
    ForecastRevised,
    ProjectClosed,
    ProjectPaused,
    ProjectResumed,
    TransitionReadinessConfirmed,
)
from projects.domain.events import ProjectEvent
from projects.domain.project import Project, ProjectStage, Scale
from projects.domain.refusals import (
    ChecklistIncomplete,
    NotOnThisScale,
    NotThisWay,
    NotYet,
    ProjectEndsBeforeItStarts,
    ProjectIsPaused,
    ProjectNotPaused,
    SameForecast,
    ToBeStopped,
    TooManyOfThem,
    WrongProjectStage,
)
from shared.governance.scheme.domain import USUAL_CHECKLIST as CHECKLIST
from shared.kernel.messages import Command
from tests.projects.examples import (
    ACROSS,
    AT_REST,
    AT_WORK,
    AT_WORK_THERE,
    CANCELLED,
    FOUND,
    LATER,
    NONE,
    OURS,
    OVER,
    PAUSED,
    PREPARED,
    READY,
    SORTED,
    STARTED,
    STOP,
    TODAY,
    TRANSFERRED,
    WEIGHED,
)
from tests.support.specs import given

START = StartDelivery(started_on=date(2026, 2, 2))
CONFIRM = ConfirmReadiness(checklist=dict.fromkeys(CHECKLIST, "Minute 4"))
TRANSFER = TransferProject(transferred_on=date(2026, 3, 1), received_by="Networks team")
CLOSE = CloseProject(finished_on=TODAY, reason="Done.")
REVISE = ReviseForecast(new=date(2027, 6, 30), reason="The cables are late.")


def test_delivery_starts_once_it_is_decided_who_delivers() -> None:
    given(NONE, *OURS).when(START).then(STARTED)
    given(NONE, *WEIGHED).when(START).refused(WrongProjectStage)
    given(NONE, *WEIGHED, STOP).when(START).refused(ToBeStopped)
    given(NONE, *OURS).when(StartDelivery(started_on=LATER)).refused(NotYet)


def test_readiness_is_confirmed_item_by_item() -> None:
    given(NONE, *AT_WORK).when(CONFIRM, scheme_version=0).then(READY)
    partly = ConfirmReadiness(checklist=dict.fromkeys(CHECKLIST[1:], "Minute 4"))
    given(NONE, *AT_WORK).when(partly).refused(ChecklistIncomplete, missing=[CHECKLIST[0]])
    given(NONE, *OURS).when(CONFIRM).refused(WrongProjectStage)


def test_what_must_be_confirmed_is_what_the_scheme_in_force_says() -> None:
    asks = {"checklist": ["keys handed over"]}
    given(NONE, *AT_WORK).when(CONFIRM, **asks).refused(ChecklistIncomplete, missing=["keys handed over"])
    short = ConfirmReadiness(checklist={"keys handed over": "Receipt 7"})
    [event] = given(NONE, *AT_WORK).when(short, scheme_version=4, **asks).events()
    assert event == TransitionReadinessConfirmed(
        stage=ProjectStage.READY, checklist=short.checklist, scheme_version=4
    )
    given(NONE, *AT_WORK).when(short).refused(ChecklistIncomplete, missing=list(CHECKLIST))


def test_only_what_is_ready_is_transferred() -> None:
    given(NONE, *PREPARED).when(TRANSFER).then(TRANSFERRED)
    given(NONE, *AT_WORK).when(TRANSFER).refused(WrongProjectStage)
    later = TransferProject(transferred_on=LATER, received_by="Networks team")
    given(NONE, *PREPARED).when(later).refused(NotYet)


def test_a_project_closes_after_its_transfer() -> None:
    closed = ProjectClosed(stage=ProjectStage.CLOSED, finished_on=TODAY, reason="Done.")
    given(NONE, *ACROSS).when(CLOSE).then(closed)
    given(NONE, *AT_WORK).when(CLOSE).refused(NotThisWay)


def test_others_bring_a_project_to_its_end_without_a_transfer() -> None:
    given(NONE, *AT_WORK_THERE).when(CLOSE).leads_to(stage=ProjectStage.CLOSED)


def test_a_project_closes_on_a_day_that_has_come_after_its_start() -> None:
    given(NONE, *ACROSS).when(CloseProject(finished_on=LATER, reason="R.")).refused(NotYet)
    early = CloseProject(finished_on=date(2024, 1, 1), reason="R.")
    given(NONE, *ACROSS).when(early).refused(ProjectEndsBeforeItStarts)
    given(NONE, *SORTED).when(CLOSE).refused(WrongProjectStage)


def test_a_project_rests_and_goes_on() -> None:
    given(NONE, *AT_WORK).when(PauseProject(reason="Winter.")).then(PAUSED)
    given(NONE, *AT_REST).when(PauseProject(reason="Winter.")).refused(ProjectIsPaused)
    given(NONE, *AT_REST).when(ResumeProject()).then(
        ProjectResumed(stage=ProjectStage.IN_DELIVERY, resumed_on=TODAY)
    )
    given(NONE, *AT_WORK).when(ResumeProject()).refused(ProjectNotPaused)


@pytest.mark.parametrize(("command", "history"), [(CONFIRM, AT_WORK), (TRANSFER, PREPARED), (START, OURS)])
def test_nothing_goes_forward_at_rest(command: Command[Project], history: tuple[ProjectEvent, ...]) -> None:
    rest = ProjectPaused(stage=given(NONE, *history).state.stage, reason="Winter.")  # type: ignore[attr-defined]
    given(NONE, *history, rest).when(command).refused(ProjectIsPaused)


def test_a_project_is_cancelled_while_it_is_open() -> None:
    given(NONE, *FOUND).when(CancelProject(reason="No need.")).then(CANCELLED)
    given(NONE, *OVER).when(CancelProject(reason="No need.")).refused(WrongProjectStage)
    given(NONE, *ACROSS).when(CancelProject(reason="No need.")).refused(WrongProjectStage)


def test_a_revised_forecast_keeps_the_old_one() -> None:
    given(NONE, *FOUND).when(REVISE).then(
        ForecastRevised(
            stage=ProjectStage.IDENTIFIED,
            old=date(2026, 12, 18),
            new=date(2027, 6, 30),
            reason="The cables are late.",
            revised_on=TODAY,
        )
    )
    [event] = given(NONE, *FOUND).when(REVISE).events()
    schedule = event.apply(given(NONE, *FOUND).state).schedule
    assert schedule.forecasts == (date(2026, 12, 18), date(2027, 6, 30))
    assert schedule.latest_end == date(2027, 7, 14)


def test_a_forecast_is_revised_to_another_day_after_the_start() -> None:
    same = ReviseForecast(new=date(2026, 12, 18), reason="R.")
    given(NONE, *FOUND).when(same).refused(SameForecast)
    more = ReviseForecast(new=date(2026, 12, 18), contingency_days=30, reason="R.")
    given(NONE, *FOUND).when(more).leads_to(stage=ProjectStage.IDENTIFIED)
    early = ReviseForecast(new=date(2024, 12, 18), reason="R.")
    given(NONE, *FOUND).when(early).refused(ProjectEndsBeforeItStarts)
    given(NONE, *OVER).when(REVISE).refused(WrongProjectStage)


def test_forecasts_have_an_end() -> None:
    revised = ForecastRevised(stage=ProjectStage.IDENTIFIED, old=None, new=date(2026, 12, 18), reason="R.")
    many = (*FOUND, *[revised] * (FORECASTS_LIMIT - 1))
    given(NONE, *many).when(REVISE).refused(TooManyOfThem)


def test_confidence_is_rated_on_a_named_scale() -> None:
    five = RateConfidence(scale=Scale.FIVE_POINT, rating="Amber/Red")
    given(NONE, *FOUND).when(five).leads_to(scale=Scale.FIVE_POINT, confidence="Amber/Red")
    three = RateConfidence(scale=Scale.THREE_POINT, rating="Amber/Red")
    given(NONE, *FOUND).when(three).refused(NotOnThisScale)
    given(NONE, *OVER).when(five).refused(WrongProjectStage)
