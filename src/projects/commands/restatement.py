"""Taking back what a register or a batch changed of a project, field by field, where it still stands."""

from uuid import UUID

from projects.commands.rules import batch_of
from projects.domain.project import ORDER, Project, ProjectStage
from projects.domain.refusals import BuiltUpon, DecidedAgainSince
from projects.domain.restatement import TOGETHER, ProjectRestated, snapshot
from shared.kernel.messages import Stamp
from shared.kernel.restatement import Restated, taken_back


def undone(project: Project, stamp: Stamp, batch: UUID, reason: str) -> ProjectRestated:
    """Restore the fields that a batch changed and nobody has decided since.

    A project that it put here is taken off again, unless something was decided on it since.
    """
    back = taken_back(snapshot(project), stamp, *TOGETHER)
    if back is None or project.taken_off:
        raise DecidedAgainSince
    stage = ProjectStage(str(back.restored.pop("stage", project.stage)))
    _must_not_be_built_upon(project, back.restored)
    if not (back.restored or back.taken_off):
        raise DecidedAgainSince
    return ProjectRestated(
        stage=ProjectStage.CANCELLED if back.taken_off else stage,
        restored=back.restored,
        undone=batch,
        taken_off=back.taken_off,
        reason=reason,
        batch=batch_of(stamp),
    )


def _must_not_be_built_upon(project: Project, restored: Restated) -> None:
    """Refuse to leave a project without a category that has come further by it."""
    further = ORDER[project.stage] > ORDER[ProjectStage.CATEGORISED]
    if restored.get("category") == "" and further and project.stage is not ProjectStage.CLOSED:
        raise BuiltUpon(topic="category", stage=project.stage)
