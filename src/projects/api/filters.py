"""What lists of projects can be narrowed to; what is left out narrows nothing."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement

from projects.domain.project import Moscow, Origin, ProjectStage, Way, project_id
from projects.views.register import projects
from shared.kernel.fields import Flag
from shared.web.lists.filters import AT_MOST, AskedCode, AskedText, Moment, Where


def _called(references: list[str], _: Moment) -> ColumnElement[bool]:
    """Return the condition on what a reference names: a project's id follows from it."""
    return projects.c.id.in_([project_id(reference) for reference in references])


class ProjectFilters(BaseModel):
    """What a list of projects can be narrowed to."""

    stage: Annotated[list[ProjectStage] | None, AT_MOST, Field(description="Only those at this stage.")] = (
        None
    )
    origin: Annotated[list[Origin] | None, AT_MOST, Field(description="Only those that they started.")] = None
    category: Annotated[
        list[AskedText] | None, AT_MOST, Field(description="Only those of this category; blank: of none.")
    ] = None
    moscow: Annotated[list[Moscow] | None, AT_MOST, Field(description="Only those of this priority.")] = None
    handling: Annotated[list[Way] | None, AT_MOST, Field(description="Only those handled so.")] = None
    owner: Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only this person's.")] = None
    reference: Annotated[
        list[AskedText] | None,
        AT_MOST,
        Where(_called, draws_from=("reference",)),
        Field(description="Only the one of this reference."),
    ] = None
    paused: Annotated[Flag | None, Field(description="Only those at rest, or at work.")] = None
