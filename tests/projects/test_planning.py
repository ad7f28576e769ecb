"""Flags, action plans, milestones and dependencies."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from projects.api.answers import milestone_seen
from projects.commands.planning import (
    DEPENDENCIES_LIMIT,
    MILESTONES_LIMIT,
    AgreeActionPlan,
    EndDependency,
    FinishActionStep,
    FlagProject,
    LiftFlag,
    MoveMilestone,
    ReachMilestone,
    RecordDependency,
    SetMilestone,
)
from projects.domain.delivery import (
    ActionStepDone,
    PlannedStep,
    ProjectDependencyEnded,
    ProjectDependencyRecorded,
    ProjectFlagLifted,
    ProjectMilestoneReached,
    ProjectMilestoneSlipped,
)
from projects.domain.project import Project, ProjectMilestone, ProjectStage
from projects.domain.refusals import (
    DependsAlready,
    MilestoneIsThere,
    NoActionPlan,
    NoSuchDependency,
    NoSuchMilestone,
    NoSuchStep,
    NotFlagged,
    NotYet,
    SameForecast,
    TooManyOfThem,
    WrongProjectStage,
)
from shared.kernel.messages import Command
from tests.projects.examples import FLAGGED, FOUND, LATER, MILESTONE, NONE, OVER, PLAN, TODAY
from tests.support.specs import given

RFP = UUID("0f900000-0000-4000-8000-000000000001")
AGREE = AgreeActionPlan(
    owner="pia", due=date(2026, 6, 1), steps=[PlannedStep(what="Ask for the data", due=date(2026, 4, 1))]
)
FLAG = FlagProject(reason="The supplier says so.")
SET = SetMilestone(name="Design", baseline=date(2026, 5, 1))
MOVE = MoveMilestone(name="Design", new=date(2026, 5, 20), reason="Sickness.")
DEPENDS = RecordDependency(on="rfp", id=RFP, note="Buys the switches")
DEPENDED = ProjectDependencyRecorded(
    stage=ProjectStage.IDENTIFIED, on="rfp", id=RFP, note="Buys the switches"
)


def test_a_flag_is_set_and_lifted_by_hand() -> None:
    given(NONE, *FOUND).when(FLAG).then(FLAGGED)
    lift = LiftFlag(reason="It has a team now.")
    given(NONE, *FOUND, FLAGGED).when(lift).then(
        ProjectFlagLifted(stage=ProjectStage.IDENTIFIED, reason="It has a team now.")
    )
    given(NONE, *FOUND).when(lift).refused(NotFlagged)


def test_an_action_plan_has_an_owner_and_a_day() -> None:
    given(NONE, *FOUND).when(AGREE).then(PLAN)


def test_steps_of_the_plan_are_done_once() -> None:
    done = FinishActionStep(step=1, done_on=TODAY)
    event = ActionStepDone(stage=ProjectStage.IDENTIFIED, step=1, done_on=TODAY)
    given(NONE, *FOUND, PLAN).when(done).then(event)
    given(NONE, *FOUND, PLAN, event).when(done).refused(NoSuchStep, still_to_do=[])
    given(NONE, *FOUND).when(done).refused(NoActionPlan)
    given(NONE, *FOUND, PLAN).when(FinishActionStep(step=1, done_on=LATER)).refused(NotYet)


def test_once_a_milestone_is_reached_its_slip_is_to_that_day() -> None:
    planned = ProjectMilestone("Design", date(2026, 6, 1), date(2026, 6, 11), slips=1)
    assert milestone_seen(planned).slip_days == 10
    for reached_on, slip in ((date(2026, 6, 29), 28), (date(2026, 5, 29), -3)):
        assert milestone_seen(replace(planned, reached_on=reached_on)).slip_days == slip


def test_a_milestone_keeps_its_baseline_when_it_slips() -> None:
    given(NONE, *FOUND).when(SET).then(MILESTONE)
    slipped = ProjectMilestoneSlipped(
        stage=ProjectStage.IDENTIFIED,
        name="Design",
        old=date(2026, 5, 1),
        new=date(2026, 5, 20),
        reason="Sickness.",
    )
    given(NONE, *FOUND, MILESTONE).when(MOVE).then(slipped)
    state = given(NONE, *FOUND, MILESTONE, slipped).state
    assert isinstance(state, Project)
    [milestone] = state.milestones
    assert (milestone.baseline, milestone.forecast) == (date(2026, 5, 1), date(2026, 5, 20))
    assert milestone.slips == 1


def test_a_milestone_brought_forward_has_not_slipped() -> None:
    sooner = MOVE.model_copy(update={"new": date(2026, 4, 1)})
    [event] = given(NONE, *FOUND, MILESTONE).when(sooner).events()
    assert event.apply(given(NONE, *FOUND, MILESTONE).state).milestones[0].slips == 0


def test_milestones_are_told_apart_by_name_and_reached_once() -> None:
    given(NONE, *FOUND, MILESTONE).when(SET).refused(MilestoneIsThere)
    reach = ReachMilestone(name="Design", reached_on=TODAY)
    reached = ProjectMilestoneReached(stage=ProjectStage.IDENTIFIED, name="Design", reached_on=TODAY)
    given(NONE, *FOUND, MILESTONE).when(reach).then(reached)
    for command in (reach, MOVE):
        given(NONE, *FOUND, MILESTONE, reached).when(command).refused(NoSuchMilestone)
    later = ReachMilestone(name="Design", reached_on=LATER)
    given(NONE, *FOUND, MILESTONE).when(later).refused(NotYet)
    stays = MOVE.model_copy(update={"new": date(2026, 5, 1)})
    given(NONE, *FOUND, MILESTONE).when(stays).refused(SameForecast)


def test_a_dependency_is_recorded_once_and_ended() -> None:
    given(NONE, *FOUND).when(DEPENDS).then(DEPENDED)
    given(NONE, *FOUND, DEPENDED).when(DEPENDS).refused(DependsAlready)
    end = EndDependency(on="rfp", id=RFP, reason="Withdrawn.")
    given(NONE, *FOUND, DEPENDED).when(end).then(
        ProjectDependencyEnded(stage=ProjectStage.IDENTIFIED, on="rfp", id=RFP, reason="Withdrawn.")
    )
    given(NONE, *FOUND).when(end).refused(NoSuchDependency)


def test_a_project_holds_so_many_of_each_and_no_more() -> None:
    milestones = [MILESTONE.model_copy(update={"name": f"M{n}"}) for n in range(MILESTONES_LIMIT)]
    given(NONE, *FOUND, *milestones).when(SET).refused(TooManyOfThem)
    others = [DEPENDED.model_copy(update={"id": UUID(int=n)}) for n in range(DEPENDENCIES_LIMIT)]
    given(NONE, *FOUND, *others).when(DEPENDS).refused(TooManyOfThem)


def test_what_is_over_needs_no_plan() -> None:
    commands: list[Command[Project]] = [FLAG, AGREE, SET, MOVE, DEPENDS]
    commands += [
        LiftFlag(reason="R."),
        FinishActionStep(step=1, done_on=TODAY),
        ReachMilestone(name="Design", reached_on=TODAY),
        EndDependency(on="rfp", id=RFP, reason="R."),
    ]
    for command in commands:
        given(NONE, *OVER).when(command).refused(WrongProjectStage)
