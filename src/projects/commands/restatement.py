"""Taking back what a register or a batch changed of a project, field by field, where it still stands."""

from uuid import UUID

from projects.commands.rules import batch_of
from projects.domain.project import ORDER, Project, ProjectStage
from projects.domain.refusals import BuiltUpon, DecidedAgainSince
from projects.domain.restatement import TOGETHER, ProjectRestated, Restated, snapshot
from shared.kernel.messages import Stamp


def undone(project: Project, stamp: Stamp, batch: UUID, reason: str) -> ProjectRestated:
    """Restore the fields that a batch changed and nobody has decided since.

    A project that it put here is taken off again, unless something was decided on it since. What it was
    before the batch, and became by it, is known of its own past.
    """
    was, became = _known(stamp, "was"), _known(stamp, "became")
    now = snapshot(project)
    if not became or project.taken_off:
        raise DecidedAgainSince
    if was["stage"] == ProjectStage.ABSENT:
        if {name: now[name] for name in became} != became:  # what it became was kept with fewer fields once
            raise DecidedAgainSince
        return ProjectRestated(
            stage=ProjectStage.CANCELLED,
            restored={},
            undone=batch,
            taken_off=True,
            reason=reason,
            batch=batch_of(stamp),
        )
    restored = {name: was[name] for name in was if was[name] != became[name] and now[name] == became[name]}
    stage = project.stage
    if "stage" in restored:
        stage = ProjectStage(str(restored.pop("stage")))
    _must_not_be_built_upon(project, restored)
    if not restored:
        raise DecidedAgainSince
    for pair in TOGETHER:
        if {*pair} & {*restored}:
            restored |= {name: was[name] for name in pair}
    return ProjectRestated(stage=stage, restored=restored, undone=batch, reason=reason, batch=batch_of(stamp))


def _must_not_be_built_upon(project: Project, restored: Restated) -> None:
    """Refuse to leave a project without a category that has come further by it."""
    further = ORDER[project.stage] > ORDER[ProjectStage.CATEGORISED]
    if restored.get("category") == "" and further and project.stage is not ProjectStage.CLOSED:
        raise BuiltUpon(topic="category", stage=project.stage)


def _known(stamp: Stamp, name: str) -> Restated:
    found = stamp.known.facts.get(name)
    return found if isinstance(found, dict) else {}
