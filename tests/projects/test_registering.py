"""What a row of a register does to a known project, and how a register's batch is taken back."""

from datetime import date, timedelta
from typing import Any

from projects.commands.assessment import CategoriseProject, UndoBatch
from projects.commands.identification import AmendProject, IdentifyProject
from projects.commands.registration import BY_REGISTER, RegisterProject
from projects.domain.delivery import ForecastRevised, ProjectClosed
from projects.domain.events import ProjectAmended, ProjectCategorised, ProjectEvent
from projects.domain.project import Project, ProjectStage
from projects.domain.refusals import (
    BuiltUpon,
    DecidedAgainSince,
    NoSuchCategory,
    NotYet,
    ProjectEndsBeforeItStarts,
    ReferenceTaken,
    WrongProjectStage,
)
from projects.domain.restatement import ProjectRestated, snapshot
from tests.projects.examples import (
    BATCH,
    CATEGORISED,
    FOUND,
    IDENTIFIED,
    NONE,
    OVER,
    PRIORITISED,
    SORTED,
    TODAY,
    WEIGHED,
)
from tests.support.specs import given

ROW = RegisterProject(reference="ICT-1", title="Network refresh")
AT = ProjectStage.IDENTIFIED
UNDO = UndoBatch(undone=BATCH, reason="The wrong file.")


def says(**fields: Any) -> RegisterProject:
    return ROW.model_copy(update=fields)


def folded(*events: ProjectEvent) -> Project:
    project = NONE
    for event in events:
        project = event.apply(project)
    return project


def past(before: tuple[ProjectEvent, ...], *of_batch: ProjectEvent) -> dict[str, Any]:
    """Return what a project was before a batch, and became by it, as whoever undoes it is told."""
    return {"was": snapshot(folded(*before)), "became": snapshot(folded(*before, *of_batch))}


def test_what_a_register_does_not_say_stays() -> None:
    given(NONE, *FOUND).when(ROW).then()
    given(NONE, *SORTED).when(ROW).then()


def test_contingency_of_a_known_project_is_put_right() -> None:
    given(NONE, *FOUND).when(says(contingency_days=90)).then(
        ProjectAmended(stage=AT, contingency_days=90, reason=BY_REGISTER)
    )
    given(NONE, *FOUND).when(says(contingency_days=0)).leads_to(stage=AT)


def test_a_category_of_a_known_project_is_put_right_where_the_scheme_names_it() -> None:
    given(NONE, *SORTED).when(says(category="Networks", sub_category="LAN")).leads_to(
        stage=ProjectStage.CATEGORISED
    )
    given(NONE, *SORTED).when(says(sub_category="WAN")).then()
    given(NONE, *FOUND).when(says(category="X"), category_named=False).refused(NoSuchCategory)


def test_a_project_is_over_when_a_register_says_so() -> None:
    closed = ProjectClosed(stage=ProjectStage.CLOSED, finished_on=TODAY, reason=BY_REGISTER)
    given(NONE, *FOUND).when(says(finished_on=TODAY)).then(closed)
    given(NONE, *FOUND, closed).when(says(finished_on=TODAY)).then()
    given(NONE, *FOUND, closed).when(says(finished_on=TODAY - timedelta(days=1))).leads_to(
        stage=ProjectStage.CLOSED
    )
    given(NONE, *FOUND).when(says(finished_on=TODAY + timedelta(days=1))).refused(NotYet)


def test_a_register_ends_nothing_before_it_starts() -> None:
    early = date(2020, 1, 1)
    given(NONE, *FOUND).when(says(forecast_end=early)).refused(ProjectEndsBeforeItStarts)
    given(NONE, *FOUND).when(says(finished_on=early)).refused(ProjectEndsBeforeItStarts)
    given(NONE, *FOUND).when(says(start=date(2030, 1, 1))).refused(ProjectEndsBeforeItStarts)


def test_a_cancelled_project_is_not_changed_by_a_register() -> None:
    given(NONE, *OVER).when(says(title="Other")).refused(WrongProjectStage)


def test_dates_are_withdrawn_and_forecasts_kept() -> None:
    [event] = given(NONE, *FOUND).when(says(withdrawn=("start", "forecast_end"))).events()
    schedule = event.apply(folded(*FOUND)).schedule
    assert (schedule.start, schedule.forecast_end, schedule.latest_end) == (None, None, None)
    assert schedule.forecasts == (IDENTIFIED.forecast_end,)
    again = ForecastRevised(stage=AT, old=None, new=TODAY, reason="R.").apply(event.apply(folded(*FOUND)))
    assert again.schedule.forecast_end == TODAY


def test_cells_that_can_be_read_now_are_no_longer_unread() -> None:
    unread = IDENTIFIED.model_copy(update={"unread": {"End": "TBC"}})
    given(NONE, unread).when(says(unread={"End": "TBC"})).then()
    given(NONE, unread).when(ROW).then(ProjectRestated(stage=AT, restored={"unread": {}}, reason=BY_REGISTER))


def test_what_a_register_changed_is_restored_where_it_still_stands() -> None:
    changed = ProjectAmended(stage=AT, title="Wrong", cost_pence=7, reason=BY_REGISTER)
    known = past(FOUND, changed)
    given(NONE, *FOUND, changed).when(UNDO, **known).then(
        ProjectRestated(
            stage=AT,
            restored={"title": "Network refresh", "cost_pence": None},
            undone=BATCH,
            reason="The wrong file.",
        )
    )
    by_hand = ProjectAmended(stage=AT, title="By hand")
    [event] = given(NONE, *FOUND, changed, by_hand).when(UNDO, **known).events()
    assert event.apply(folded(*FOUND, changed, by_hand)).about.title == "By hand"
    both = ProjectAmended(stage=AT, title="By hand", cost_pence=9)
    given(NONE, *FOUND, changed, both).when(UNDO, **known).refused(DecidedAgainSince)


def test_a_forecast_that_is_taken_back_teaches_nothing() -> None:
    moved = ForecastRevised(
        stage=AT, old=IDENTIFIED.forecast_end, new=TODAY, reason=BY_REGISTER, revised_on=TODAY
    )
    [event] = given(NONE, *FOUND, moved).when(UNDO, **past(FOUND, moved)).events()
    assert event.apply(folded(*FOUND, moved)).schedule == folded(*FOUND).schedule


def test_a_category_that_is_built_upon_is_not_taken_back() -> None:
    known = past(FOUND, CATEGORISED)
    given(NONE, *SORTED).when(UNDO, **known).leads_to(stage=AT)
    given(NONE, *SORTED, PRIORITISED).when(UNDO, **known).refused(BuiltUpon)
    assert folded(*WEIGHED).stage is ProjectStage.PRIORITISED


def test_what_a_register_put_here_is_taken_off_and_may_come_again() -> None:
    known = past((), *FOUND)
    given(NONE, *FOUND).when(UNDO, **known).leads_to(stage=ProjectStage.CANCELLED, taken_off=True)
    by_hand = ProjectAmended(stage=AT, title="By hand")
    given(NONE, *FOUND, by_hand).when(UNDO, **known).refused(DecidedAgainSince)
    [off] = given(NONE, *FOUND).when(UNDO, **known).events()
    assert isinstance(off, ProjectRestated)
    given(NONE, *FOUND, off).when(UNDO, **known).refused(DecidedAgainSince)
    given(NONE, *FOUND, off).when(AmendProject(title="T")).refused(WrongProjectStage)
    given(NONE, *FOUND, off).when(IdentifyProject(reference="ICT-1", title="T")).leads_to(
        stage=AT, taken_off=False
    )
    given(NONE, *FOUND).when(IdentifyProject(reference="ICT-1", title="T")).refused(ReferenceTaken)
    given(NONE, *FOUND, off).when(ROW).leads_to(stage=AT, taken_off=False)


def test_who_undoes_another_batch_is_told_so() -> None:
    given(NONE, *SORTED).when(UNDO).refused(DecidedAgainSince)
    again = CategoriseProject(category="Networks", reason="R.")
    [event] = given(NONE, *SORTED).when(again).events()
    assert isinstance(event, ProjectCategorised)
