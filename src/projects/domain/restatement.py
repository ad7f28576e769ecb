"""Putting what is said of a project back as it was, or withdrawing it, which no amendment can."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from projects.domain.events import ProjectEvent
from projects.domain.project import UNSAID, ActionPlan, Category, Project, Scale
from shared.kernel.states import replace

ABOUT = ("title", "description", "supplier", "service_area", "owner", "cost_pence")
SCHEDULE = ("start", "contingency_days", "finished_on")
Restated = dict[str, JsonValue]


class ProjectRestated(ProjectEvent):
    """Fields hold again what they held, or nothing; `undone` is the batch whose changes were taken back."""

    restored: Restated
    undone: UUID | None = None
    taken_off: bool = False
    reason: str = ""
    batch: UUID | None = None

    def apply(self, project: Project) -> Project:
        """Return the project with these fields as they are said."""
        said = self.restored
        about: dict[str, Any] = {
            name: said[name] if name == "cost_pence" else said[name] or "" for name in ABOUT if name in said
        }
        if "unread" in said:
            about["unread"] = tuple(dict(said["unread"]).items())  # type: ignore[arg-type]  # an object
        times: dict[str, Any] = {name: _restored(name, said[name]) for name in SCHEDULE if name in said}
        if "forecasts" in said:
            times["forecasts"] = tuple(date.fromisoformat(str(day)) for day in said["forecasts"])  # type: ignore[union-attr]  # a list
            times["withdrawn"] = bool(said["withdrawn"])
            known = project.schedule.said_on
            times["said_on"] = tuple(
                known[n] if n < len(known) else UNSAID for n, _ in enumerate(times["forecasts"])
            )
        more: dict[str, Any] = {}
        if "confidence" in said:
            more |= {"confidence": said["confidence"], "scale": Scale(str(said["scale"]))}
        if "flagged" in said:
            more["flagged"] = said["flagged"]
        if "plan" in said:
            more["plan"] = _plan(said["plan"])
        if "category" in said:
            more["category"] = Category(str(said["category"]), str(said["sub_category"]))
        return replace(
            project,
            stage=self.stage,
            taken_off=self.taken_off,
            about=replace(project.about, **about),
            schedule=replace(project.schedule, **times),
            **more,
        )


def _restored(name: str, value: JsonValue) -> Any:  # noqa: ANN401  # of its field's type
    return value if name == "contingency_days" or value is None else date.fromisoformat(str(value))


def _plan(said: JsonValue) -> ActionPlan:
    """Return an action plan as JSON has it; none where there was none."""
    match said:
        case {"owner": str(owner), "due": str(due), "steps": list(steps)}:
            return ActionPlan(owner, date.fromisoformat(due), tuple(map(_step, steps)))
    return ActionPlan()


def _step(said: JsonValue) -> tuple[str, date, date | None]:
    match said:
        case [str(what), str(due), done]:
            return what, date.fromisoformat(due), None if done is None else date.fromisoformat(str(done))
    raise AssertionError("steps are kept as they are here")


def _planned(plan: ActionPlan) -> JsonValue:
    if plan.due is None:
        return None
    steps: list[JsonValue] = [
        [what, due.isoformat(), None if done is None else done.isoformat()] for what, due, done in plan.steps
    ]
    return {"owner": plan.owner, "due": plan.due.isoformat(), "steps": steps}


# What is restored together, since one means nothing without the other.
TOGETHER = (("forecasts", "withdrawn"), ("confidence", "scale"), ("category", "sub_category"))


def snapshot(project: Project) -> Restated:
    """Return all that a register or a batch can change of a project, as JSON has it."""
    about, schedule = project.about, project.schedule
    days = {name: getattr(schedule, name) for name in ("start", "finished_on")}
    return {
        **{name: getattr(about, name) for name in ABOUT},
        **{name: None if day is None else day.isoformat() for name, day in days.items()},
        "contingency_days": schedule.contingency_days,
        "forecasts": [day.isoformat() for day in schedule.forecasts],
        "withdrawn": schedule.withdrawn,
        "confidence": project.confidence,
        "scale": project.scale.value,
        "category": project.category.name,
        "sub_category": project.category.sub_category,
        "unread": dict(about.unread),
        "flagged": project.flagged,
        "plan": _planned(project.plan),
        "stage": project.stage.value,
    }
