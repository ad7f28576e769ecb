"""What holds for every history of a project that the rules allow."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.commands.assessment import CategoriseProject, DecideHandling, PrioritiseProject, UndoBatch
from projects.commands.delivery import (
    CancelProject,
    CloseProject,
    ConfirmReadiness,
    PauseProject,
    ResumeProject,
    ReviseForecast,
    StartDelivery,
    TransferProject,
)
from projects.commands.planning import AgreeActionPlan, FlagProject, LiftFlag
from projects.domain.project import OPEN, Moscow, Project, ProjectStage, Way, project_id
from projects.views.register import REGISTER
from shared.governance.scheme.domain import USUAL_CHECKLIST as CHECKLIST
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Stream
from shared.kernel.states import replace
from shared.record.eventstore.bulk_appender import Snapshot
from shared.record.projecting.views import STILL_VALID
from tests.projects.examples import BATCH, IDENTIFIED, OTHER_BATCH, TODAY
from tests.support.specs import NOW, stamp

COMMANDS: tuple[Command[Project], ...] = (
    CategoriseProject(category="Networks", reason="R."),
    CategoriseProject(category="Servers", reason="R."),
    PrioritiseProject(moscow=Moscow.MUST, reason="R."),
    DecideHandling(handling=Way.INTERNAL, reason="R."),
    DecideHandling(handling=Way.OUTGOING_SUPPLIER, reason="R."),
    DecideHandling(handling=Way.STOP, reason="R."),
    StartDelivery(started_on=TODAY),
    ConfirmReadiness(checklist=dict.fromkeys(CHECKLIST, "Minute 4")),
    TransferProject(transferred_on=TODAY, received_by="Team"),
    CloseProject(finished_on=TODAY, reason="R."),
    PauseProject(reason="R."),
    ResumeProject(),
    CancelProject(reason="R."),
    ReviseForecast(new=date(2027, 6, 30), reason="R."),
    ReviseForecast(new=date(2027, 1, 31), reason="R."),
    FlagProject(reason="R."),
    LiftFlag(reason="R."),
    AgreeActionPlan(owner="pia", due=date(2026, 6, 1)),
    UndoBatch(undone=BATCH, reason="R."),
    UndoBatch(undone=OTHER_BATCH, reason="R."),
)
FORWARD = (0, 2, 3, 4, 6, 7, 8, 9)
MOVES = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(FORWARD), st.sampled_from(range(len(COMMANDS)))),
        st.sampled_from(["", f"batch:{BATCH}", f"batch:{OTHER_BATCH}"]),
    ),
    max_size=50,
)


@given(MOVES)
def test_folding_never_raises_and_keeps_the_invariants(moves: list[tuple[int, str]]) -> None:
    project, version = IDENTIFIED.apply(Project()), 1
    for number, cause in moves:
        by = stamp("pia", at=NOW + timedelta(days=version)).model_copy(update={"causation": cause})
        try:
            decided = COMMANDS[number].decide(project, by)
        except Refused:
            continue
        for event in decided if isinstance(decided, Sequence) else [decided]:
            before, project = project, event.apply(project)
            version += 1
            assert before.stage in (*OPEN, ProjectStage.TRANSFERRED), "what is over stays as it is"
            assert project.schedule.forecasts[: len(before.schedule.forecasts)] == (before.schedule.forecasts)
            if project.stage is ProjectStage.TRANSFERRED:
                assert dict(project.checklist).keys() >= set(CHECKLIST)
            assert event.stage is project.stage, "every event says all that a batch looks at"
            stream = Stream(project_id("ICT-1"), project, version, 1, version, NOW, NOW)
            values = REGISTER.values(stream, STILL_VALID)
            assert len(values) == len(REGISTER.table.columns)
            row = dict(zip(REGISTER.table.columns.keys(), values, strict=True))
            assert row["is_open"] == (project.stage in OPEN)
            assert row["has_flag"] == bool(project.flagged)


JUDGING = (
    CategoriseProject(category="Networks", reason="R."),
    PrioritiseProject(moscow=Moscow.MUST, reason="R."),
    DecideHandling(handling=Way.INTERNAL, reason="R."),
)


@pytest.mark.parametrize("stage", list(ProjectStage))
@pytest.mark.parametrize("command", JUDGING)
def test_judging_many_by_a_glimpse_is_judging_each_by_its_history(
    stage: ProjectStage, command: Command[Project]
) -> None:
    project: Any = replace(IDENTIFIED.apply(Project()), stage=stage, paused=True, flagged="Late.")
    snapshot: Any = Snapshot("project", {"stage": stage})
    assert said_by(command, snapshot) == said_by(command, project)


def said_by(command: Command[Project], project: Project) -> object:
    try:
        return command.decide(project, stamp("pia"))
    except Refused as refusal:
        return type(refusal), refusal.facts
