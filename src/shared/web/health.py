"""Whether the service is alive, ready, and how it does."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from shared.web.answers import problems

router = APIRouter(tags=["health"])

LAG_LIMIT = 5_000
FOR_EVERYBODY: dict[str, list[str]] = {"security": []}  # no token is needed


class Alive(BaseModel):
    """The service answers."""

    status: str


class Ready(BaseModel):
    """Whether the service can do its work, and what keeps it from it."""

    status: str
    head: int
    visible: int
    stopped_views: list[str]


@router.get("/healthz", summary="Say whether the service is alive", openapi_extra=FOR_EVERYBODY)
async def healthz() -> Alive:
    """Answer."""
    return Alive(status="alive")


@router.get(
    "/readyz",
    summary="Say whether the service is ready",
    openapi_extra=FOR_EVERYBODY,
    response_model=Ready,
    responses={503: {**problems()[503], "model": Ready}},
)
async def readyz(request: Request) -> Response:
    """Check that the database is reachable and the views follow the record."""
    service = request.app.state.service
    head = await service.record.head()
    stopped = await service.pool.fetch("SELECT name FROM views WHERE stopped IS NOT NULL")
    visible = service.visibility.position
    ready = not stopped and head - visible <= LAG_LIMIT
    state = Ready(
        status="ready" if ready else "not ready",
        head=head,
        visible=visible,
        stopped_views=[row["name"] for row in stopped],
    )
    return JSONResponse(state.model_dump(), 200 if ready else 503)


@router.get(
    "/metrics",
    summary="Show the service's metrics",
    openapi_extra=FOR_EVERYBODY,
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics() -> Response:
    """Show the metrics in Prometheus' form."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
