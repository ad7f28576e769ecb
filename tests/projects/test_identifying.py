"""Putting projects on the register."""

from datetime import date

from projects.commands.identification import AmendProject, IdentifyProject
from projects.domain.delivery import ProjectClosed
from projects.domain.events import ProjectAmended
from projects.domain.project import Category, Origin, ProjectStage, Scale, project_id
from projects.domain.refusals import (
    NoSuchCategory,
    NothingToAmend,
    NotOnThisScale,
    NotYet,
    ProjectEndsBeforeItStarts,
    ReferenceTaken,
    WrongProjectStage,
)
from tests.projects.examples import FOUND, IDENTIFIED, LATER, NONE, OVER, TODAY
from tests.support.specs import given

IDENTIFY = IdentifyProject(
    reference="ICT-1",
    title="Network refresh",
    origin=Origin.SUPPLIER,
    start=date(2025, 1, 6),
    forecast_end=date(2026, 12, 18),
    contingency_days=14,
)


def test_a_project_is_put_on_the_register() -> None:
    given(NONE).when(IDENTIFY).then(IDENTIFIED)


def test_a_reference_names_one_project() -> None:
    given(NONE, *FOUND).when(IDENTIFY).refused(ReferenceTaken, reference="ICT-1")


def test_a_reference_is_the_same_however_it_is_written() -> None:
    assert project_id(" ict-1  a") == project_id("ICT-1 A") != project_id("ICT-1A")


def test_a_project_ends_after_it_starts() -> None:
    backwards = IDENTIFY.model_copy(update={"forecast_end": date(2025, 1, 5)})
    given(NONE).when(backwards).refused(ProjectEndsBeforeItStarts)
    given(NONE).when(IDENTIFY.model_copy(update={"finished_on": date(2025, 1, 5)})).refused(
        ProjectEndsBeforeItStarts
    )


def test_one_that_is_over_is_closed_at_once() -> None:
    over = IDENTIFY.model_copy(update={"finished_on": TODAY})
    closed = ProjectClosed(
        stage=ProjectStage.CLOSED, finished_on=TODAY, reason="Over before it was registered."
    )
    given(NONE).when(over).then(IDENTIFIED, closed)
    given(NONE).when(IDENTIFY.model_copy(update={"finished_on": LATER})).refused(NotYet)


def test_one_is_registered_with_the_category_it_has() -> None:
    known = IDENTIFY.model_copy(update={"category": "Networks", "finished_on": TODAY})
    given(NONE).when(known).leads_to(stage=ProjectStage.CLOSED, category=_networks())
    given(NONE).when(known, category_named=False).refused(NoSuchCategory)


def _networks() -> Category:
    return Category("Networks")


def test_a_rating_is_kept_as_given_on_the_scale_that_is_named() -> None:
    for scale, rating in ((Scale.FIVE_POINT, "Amber/Red"), (Scale.UNSTATED, "Ambre")):
        rated = IDENTIFY.model_copy(update={"scale": scale, "confidence": rating})
        given(NONE).when(rated).leads_to(scale=scale, confidence=rating)
    off = IDENTIFY.model_copy(update={"scale": Scale.THREE_POINT, "confidence": "Amber/Red"})
    given(NONE).when(off).refused(NotOnThisScale, ratings=["Green", "Amber", "Red"])


def test_what_is_said_of_a_project_is_put_right() -> None:
    amend = AmendProject(title="Network refresh, north", start=date(2025, 2, 3))
    given(NONE, *FOUND).when(amend).then(
        ProjectAmended(stage=ProjectStage.IDENTIFIED, title="Network refresh, north", start=date(2025, 2, 3))
    )


def test_an_amendment_amends_something_that_is_open() -> None:
    given(NONE, *FOUND).when(AmendProject()).refused(NothingToAmend)
    given(NONE, *FOUND).when(AmendProject(start=date(2027, 1, 1))).refused(ProjectEndsBeforeItStarts)
    given(NONE, *OVER).when(AmendProject(title="X")).refused(WrongProjectStage)
