"""What `next` allows on a project is accepted, and what is refused whatever it says, a guard refuses."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from projects.api.projects import DECISIONS
from projects.domain import refusals
from projects.domain.project import Moscow, Project, Scale, Way
from shared.governance.scheme.domain import USUAL_CHECKLIST as CHECKLIST
from tests.projects.examples import IDENTIFIED, TODAY
from tests.support.guards import LONGER, Body, Tries
from tests.support.specs import NOW, stamp

SEEDS, TURNS = 80, 40
WAYS = (Way.INTERNAL, Way.OUTGOING_SUPPLIER, Way.STOP)
# What is refused for how the project stands, whatever the body says.
FOR_HOW_IT_STANDS = (
    refusals.WrongProjectStage,
    refusals.ProjectIsPaused,
    refusals.ProjectNotPaused,
    refusals.ToBeStopped,
    refusals.NotThisWay,
    refusals.NotFlagged,
    refusals.NoActionPlan,
)


def _open_milestone(project: Project) -> str:
    return next((each.name for each in project.milestones if each.reached_on is None), "None")


def _open_step(project: Project) -> int:
    done = (number for number, (_, _, on) in enumerate(project.plan.steps, start=1) if on is None)
    return next(done, 1)


def _dependency(project: Project) -> dict[str, Any]:
    last = project.depends_on[-1] if project.depends_on else None
    return {"on": last.on, "id": last.id} if last else {"on": "project", "id": UUID(int=1)}


BODIES: Mapping[str, Body[Project]] = {
    "amend": lambda _, turn: {"title": f"Title {turn}", "reason": "R."},
    "categorise": lambda _, __: {"category": "Networks", "reason": "R."},
    "prioritise": lambda _, __: {"moscow": Moscow.MUST, "reason": "R."},
    "decide-handling": lambda _, turn: {"handling": WAYS[turn % len(WAYS)], "reason": "R."},
    "start-delivery": lambda _, __: {"started_on": TODAY},
    "confirm-readiness": lambda _, __: {"checklist": dict.fromkeys(CHECKLIST, "Minute 4")},
    "transfer": lambda _, __: {"transferred_on": TODAY, "received_by": "Team"},
    "close": lambda _, __: {"finished_on": TODAY, "reason": "R."},
    "revise-forecast": lambda _, turn: {"new": TODAY + timedelta(days=turn + 1), "reason": "R."},
    "rate-confidence": lambda _, __: {"scale": Scale.THREE_POINT, "rating": "Amber"},
    "agree-action-plan": lambda _, __: {
        "owner": "pia",
        "due": TODAY,
        "steps": [{"what": "Ask", "due": TODAY}],
    },
    "finish-action-step": lambda project, _: {"step": _open_step(project), "done_on": TODAY},
    "set-milestone": lambda _, turn: {"name": f"Design {turn}", "baseline": TODAY},
    "move-milestone": lambda project, turn: {
        "name": _open_milestone(project),
        "new": TODAY + timedelta(days=turn + 1),
        "reason": "R.",
    },
    "reach-milestone": lambda project, _: {"name": _open_milestone(project), "reached_on": TODAY},
    "record-dependency": lambda _, turn: {"on": "contract", "id": UUID(int=turn)},
    "end-dependency": lambda project, _: {**_dependency(project), "reason": "R."},
}
# Often enough that walks come far.
ONWARD = ("categorise", "prioritise", "decide-handling", "start-delivery", "confirm-readiness", "transfer")
ENDINGS = frozenset({"cancel", "close"})


def test_what_is_allowed_is_accepted_and_guards_refuse_the_rest() -> None:
    tries = Tries(DECISIONS, BODIES, FOR_HOW_IT_STANDS)
    for seed in range(SEEDS * LONGER):
        dice, project = random.Random(seed), IDENTIFIED.apply(Project())  # no secret
        for turn in range(TURNS):
            now = stamp("pia", at=NOW + timedelta(hours=turn))
            decision = tries.choose(dice, tries.try_all(project, now, turn), ONWARD)
            if decision not in ENDINGS or turn > TURNS * dice.random():  # few end early
                project = tries.after(decision, project, now, turn)
    tries.must_agree()
    assert len(tries.by_guards) > 7, tries.by_guards
