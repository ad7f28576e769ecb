"""Pipeline notices over HTTP: a list by year, one with its history, and that it was published."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field

from rfp_service.contracts.commands.pipeline import PublishPipelineNotice
from rfp_service.contracts.domain.pipeline import PipelineStanding, PipelineYear
from rfp_service.contracts.views.pipeline import PipelineRow, pipeline_year, pipeline_years
from shared.governance.audit.history import EventHistory, answer_history
from shared.kernel.messages import Receipt
from shared.web.decisions.commands import Commands, may
from shared.web.decisions.next_decisions import Next, with_next
from shared.web.lists.filters import AT_MOST
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import DECIDES, one, seen_now
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict


class PipelineFilters(BaseModel):
    """What a list of pipeline notices can be narrowed to."""

    standing: Annotated[
        list[PipelineStanding] | None, AT_MOST, Field(description="Only those that stand so.")
    ] = None


PIPELINE_LIST = ListOf(
    name="pipeline-notices", row=PipelineRow, table=pipeline_years, filters=PipelineFilters
)
DECISIONS = (PublishPipelineNotice,)
PipelineId = Annotated[UUID, Path(description="The year's id, as its list says it.")]

router = APIRouter(
    prefix="/v1/pipeline-notices", tags=["contracts"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class PipelineSeen(PipelineRow):
    """One financial year with what may be decided on its notice."""

    next: Next = None


@router.get(
    "",
    summary="List pipeline notices",
    dependencies=[may("read-contracts")],
    responses=PIPELINE_LIST.responses,
)
async def list_pipeline_notices(query: Annotated[ListQuery, PIPELINE_LIST.asked]) -> Response:
    """List the yearly notices of planned procurement, newest first: due, published or missed."""
    return await PIPELINE_LIST.answer(query)


@router.get(
    "/{pipeline_id:uuid}",
    summary="See a pipeline notice",
    dependencies=[may("read-contracts")],
    responses=one(PipelineSeen, lasting=False),
)
async def see_pipeline_notice(request: Request, pipeline_id: PipelineId, reading: Read) -> Response:
    """Show how one financial year's notice stands."""
    stream = await thing_as_of(request, reading, pipeline_id, PipelineYear())
    seen = PipelineSeen.model_validate(pipeline_year.whole(stream))
    shown = await with_next(request, reading, stream, seen, DECISIONS)
    return await seen_now(reading, shown, stream.version)


@router.get(
    "/{pipeline_id:uuid}/history",
    summary="See a pipeline notice's history",
    dependencies=[may("read-contracts")],
    responses=one(EventHistory),
)
async def see_pipeline_history(request: Request, pipeline_id: PipelineId, reading: Read) -> Response:
    """Show everything that happened to one year's notice, in order."""
    return await answer_history(request, reading, pipeline_id, PipelineYear())


@router.post("/{pipeline_id:uuid}/decisions", summary="Decide on a pipeline notice", responses=DECIDES)
async def decide_on_pipeline_notice(
    pipeline_id: PipelineId,
    command: Annotated[PublishPipelineNotice, strict(PublishPipelineNotice), Body()],
    handler: Commands,
) -> Receipt:
    """Say that a year's notice was published."""
    return await handler.handle(pipeline_id, command, blank=PipelineYear())
