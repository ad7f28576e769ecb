"""What `next` allows on a project is accepted, and what is refused whatever it says, a guard refuses."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from projects.api.projects import DECISIONS
from projects.domain import refusals
from projects.domain.project import Moscow, Project, Scale, Way
from shared.governance.scheme.domain import USUAL_CHECKLIST as CHECKLIST
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Stamp
from tests.projects.examples import IDENTIFIED, TODAY
from tests.support.specs import NOW, stamp

SEEDS, TURNS = 150, 40
WAYS = (Way.INTERNAL, Way.OUTGOING_SUPPLIER, Way.STOP)
COMMANDS = {str(each.model_fields["decision"].default): each for each in DECISIONS}
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


Body = Callable[[Project, int], dict[str, Any]]
BODIES: Mapping[str, Body] = {
    "amend": lambda _, dice: {"title": f"Title {dice}", "reason": "R."},
    "categorise": lambda _, __: {"category": "Networks", "reason": "R."},
    "prioritise": lambda _, __: {"moscow": Moscow.MUST, "reason": "R."},
    "decide-handling": lambda _, dice: {"handling": WAYS[dice % len(WAYS)], "reason": "R."},
    "start-delivery": lambda _, __: {"started_on": TODAY},
    "confirm-readiness": lambda _, __: {"checklist": dict.fromkeys(CHECKLIST, "Minute 4")},
    "transfer": lambda _, __: {"transferred_on": TODAY, "received_by": "Team"},
    "close": lambda _, __: {"finished_on": TODAY, "reason": "R."},
    "pause": lambda _, __: {"reason": "R."},
    "resume": lambda _, __: {},
    "cancel": lambda _, __: {"reason": "R."},
    "revise-forecast": lambda _, dice: {"new": TODAY + timedelta(days=dice % 1_000 + 1), "reason": "R."},
    "rate-confidence": lambda _, __: {"scale": Scale.THREE_POINT, "rating": "Amber"},
    "flag": lambda _, __: {"reason": "R."},
    "lift-flag": lambda _, __: {"reason": "R."},
    "agree-action-plan": lambda _, __: {
        "owner": "pia",
        "due": TODAY,
        "steps": [{"what": "Ask", "due": TODAY}],
    },
    "finish-action-step": lambda project, _: {"step": _open_step(project), "done_on": TODAY},
    "set-milestone": lambda _, dice: {"name": f"Design {dice}", "baseline": TODAY},
    "move-milestone": lambda project, dice: {
        "name": _open_milestone(project),
        "new": TODAY + timedelta(days=dice % 1_000 + 1),
        "reason": "R.",
    },
    "reach-milestone": lambda project, _: {"name": _open_milestone(project), "reached_on": TODAY},
    "record-dependency": lambda _, dice: {"on": "contract", "id": UUID(int=dice)},
    "end-dependency": lambda project, _: {**_dependency(project), "reason": "R."},
}
ENDINGS = frozenset({"cancel", "close"})


def walked() -> Iterator[tuple[Project, Stamp, int]]:
    """Yield where random walks come to, turn by turn; they seldom end early."""
    for seed in range(SEEDS):
        dice, project = random.Random(seed), IDENTIFIED.apply(Project())  # no secret
        for turn in range(TURNS):
            now = stamp("pia", at=NOW + timedelta(hours=turn))
            yield project, now, 1_000 * seed + turn
            decision = dice.choice([*BODIES])
            if decision not in ENDINGS or turn > TURNS * dice.random():
                project = after(project, decision, now, 1_000 * seed + turn)


def after(project: Project, decision: str, now: Stamp, dice: int) -> Project:
    try:
        decided = COMMANDS[decision](**BODIES[decision](project, dice)).decide(project, now)
    except Refused:
        return project
    for event in decided if isinstance(decided, Sequence) else [decided]:
        project = event.apply(project)
    return project


def refusal(rule: Callable[[Project, Stamp], object], project: Project, now: Stamp) -> Refused | None:
    try:
        rule(project, now)
    except Refused as no:
        return no
    return None


def test_what_is_allowed_is_accepted_and_guards_refuse_the_rest() -> None:
    accepted, refused = Counter[str](), Counter[tuple[str, str]]()
    by_guards, by_rules = Counter[str](), Counter[tuple[str, str]]()
    assert BODIES.keys() == COMMANDS.keys()
    for project, now, dice in walked():
        for decision, body in BODIES.items():
            command: Command[Project] = COMMANDS[decision](**body(project, dice))
            if (no := refusal(command.guard, project, now)) is not None:
                by_guards[type(no).__name__] += 1
            elif (no := refusal(command.decide, project, now)) is None:
                accepted[decision] += 1
            else:
                refused[decision, type(no).__name__] += 1
                by_rules[decision, type(no).__name__] += isinstance(no, FOR_HOW_IT_STANDS)
    assert accepted.keys() == COMMANDS.keys(), COMMANDS.keys() - accepted.keys()
    assert all(many <= accepted[decision] / 100 for (decision, _), many in refused.items()), refused
    assert by_rules.total() < by_guards.total() / 20, by_rules
    assert len(by_guards) > 7, by_guards
