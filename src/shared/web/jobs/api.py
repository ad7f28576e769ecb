"""Jobs over HTTP: how one stands, and what came of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from shared.web.decisions.commands import Caller, may
from shared.web.jobs.job_service import job_service
from shared.web.jobs.table import Job
from shared.web.reads.answers import READS_ONE, answer_one, one
from shared.web.reads.pages import NDJSON
from shared.web.requests.bodies import StrictRoute

JobId = Annotated[UUID, Path(description="The job's id, as the 202 answer said it.")]

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], route_class=StrictRoute)


@router.get("/{job_id}", summary="See a job", dependencies=[may("read-jobs")], responses=one(Job))
async def see_job(request: Request, job_id: JobId, person: Caller) -> Response:
    """Show how far one of your jobs has come, and its counts."""
    job = await job_service(request).jobs.see(job_id, person.id)
    return answer_one(request, job, f'W/"{job.status}-{job.done}"')


@router.get(
    "/{job_id}/result",
    summary="See what came of a job",
    dependencies=[may("read-jobs")],
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The outcomes so far, one a line",
            "content": {NDJSON: {"schema": {"type": "string"}}},
        },
        **READS_ONE,
    },
)
async def see_job_result(request: Request, job_id: JobId, person: Caller) -> Response:
    """Return the outcomes of one of your jobs, one a line."""
    jobs = job_service(request).jobs
    await jobs.see(job_id, person.id)
    return StreamingResponse(jobs.result(job_id), media_type=NDJSON)
