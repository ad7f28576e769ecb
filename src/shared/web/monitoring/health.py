"""Whether the service is alive, ready, and how it does."""

import asyncio
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from shared.kernel.errors import OutOfSight
from shared.record.database import AWAY, NO_ANSWER
from shared.record.eventstore.unread import UnreadMark
from shared.web.core_service import CoreService, core_service
from shared.web.monitoring.alarms import alarms
from shared.web.monitoring.metrics import READY as READY_GAUGE
from shared.web.monitoring.metrics import measure, measure_pool
from shared.web.monitoring.service_readiness import SigningSeen, faults_besides, signing_seen
from shared.web.reads.answers import problems
from shared.web.security.address_turns import OpenRoute
from shared.web.security.peers import peer_of

router = APIRouter(tags=["health"], route_class=OpenRoute)

LAG_LIMIT = 5_000
UNREAD_SHOWN = 20
QUEUED_SECONDS = 1.5  # behind others who wait for the database; Prometheus gives up after two
READY, NOT_READY, ALARMED = "ready", "not ready", "ready, with alarms"
EVERY_VIEW = """
SELECT v.name, v.position, v.stopped, v.unread, u.topic
FROM views v LEFT JOIN unread_events u ON u.position = v.unread
"""
STOPPED = f"{EVERY_VIEW} WHERE v.stopped IS NOT NULL ORDER BY v.name"
UNREAD = """
SELECT u.position, u.stream_id, u.kind, u.topic, u.why, u.views || u.reactions AS owed_to,
       (SELECT count(*) FROM deadlines d
        WHERE d.case_id = u.stream_id AND d.settled_at IS NULL AND d.due_at < now()) AS waiting
FROM unread_events u ORDER BY u.position LIMIT $1
"""
SINGLE = "There is a single administrator: schemes, delegations, keys and links are unconfirmed."
FOR_EVERYBODY: dict[str, list[str]] = {"security": []}  # no token is needed


class Alive(BaseModel):
    """The service answers."""

    status: str


class Verdict(BaseModel):
    """Whether the service can do its work, for those who are not shown more."""

    status: str


class StoppedView(BaseModel):
    """A view that has stopped: where it stands, at which event if it can't read one, and what to do."""

    view: str
    position: int
    event_position: int | None
    event_type: str | None
    do: str


class UnreadSeen(BaseModel):
    """An event that this release can't read; `kind` is what it is about, blank where that can't be told.

    Nothing is decided on its stream, and its deadlines wait. Views and reactions in `owed_to` went past
    it, and are shown it by the release that knows it.
    """

    position: int
    event_type: str
    why: str
    kind: str
    stream_id: UUID
    owed_to: list[str]
    waiting_deadlines: int
    do: str


class Ready(BaseModel):
    """Whether the service can do its work, and what keeps it from it."""

    status: str
    head: int
    visible: int
    stopped_views: list[str]
    stopped: list[StoppedView] = []
    unread_events: list[UnreadSeen] = []
    faults: list[str] = []
    alarms: list[str] = Field(
        [], description="What somebody must look at, though it works: `status` says that there is some."
    )
    signing: SigningSeen | None = None
    unconfirmed: str = Field(
        "", description="Why what gives power takes effect without a second person; blank where it doesn't."
    )


@router.get("/healthz", summary="Say whether the service is alive", openapi_extra=FOR_EVERYBODY)
async def healthz() -> Alive:
    """Answer."""
    return Alive(status="alive")


@router.get(
    "/readyz",
    summary="Say whether the service is ready",
    openapi_extra=FOR_EVERYBODY,
    response_model=Ready | Verdict,
    responses={503: {**problems()[503], "model": Ready | Verdict}},
)
async def readyz(request: Request) -> Response:
    """Check that the record can be written to, that somebody signs it, and that the views follow it.

    Not ready: the database is away, only reads or takes nothing in; no worker has shown itself for ten
    seconds; an entry is unsigned for as long; no witness has countersigned for ten minutes; the issuer's
    keys can't be fetched; a view has stopped, or the views are far behind.

    The details are shown to `DIAGNOSTICS_FROM` only; others are told whether it is ready.
    """
    state = await readiness(core_service(request))
    ready = state.status != NOT_READY
    headers = {} if ready else {"Retry-After": "2"}
    shown = state if _may_diagnose(request) else Verdict(status=state.status)
    return JSONResponse(shown.model_dump(mode="json"), 200 if ready else 503, headers)


def _may_diagnose(request: Request) -> bool:
    """Say whether a request comes from where the details are shown."""
    return peer_of(request).is_within(core_service(request).settings.diagnostics_from)


async def readiness(service: CoreService, *, lets_in: bool = True) -> Ready:
    """Return how the service stands, whether or not the database answers.

    Who lets nobody in, as a worker, needs no keys of the issuer's.
    """
    fault: str = await service.write_probe.fault()
    try:
        return await _state(service, fault, lets_in=lets_in)
    except (asyncpg.PostgresError, *AWAY):
        seen = service.visibility.position
        return Ready(status=NOT_READY, head=seen, visible=seen, stopped_views=[], faults=[fault or NO_ANSWER])


async def _state(service: CoreService, fault: str, *, lets_in: bool) -> Ready:
    """Return how the service stands, with the fault that keeps it from writing, if there is one."""
    head = await service.record.head()
    stopped = [_stopped(row) for row in await service.pool.fetch(STOPPED)]
    met = [_unread(row) for row in await service.pool.fetch(UNREAD, UNREAD_SHOWN)]
    visible = service.visibility.position
    signing = await signing_seen(service)
    faults = [fault] if fault else await faults_besides(service, signing, lets_in=lets_in)
    ready = not stopped and not faults and head - visible <= LAG_LIMIT
    alarmed = await alarms(service.pool)
    return Ready(
        status=(ALARMED if alarmed else READY) if ready else NOT_READY,
        head=head,
        visible=visible,
        stopped_views=[each.view for each in stopped],
        stopped=stopped,
        unread_events=met,
        unconfirmed=SINGLE if service.settings.single_administrator else "",
        faults=faults,
        signing=signing,
        alarms=alarmed,
    )


def _stopped(row: asyncpg.Record) -> StoppedView:
    return StoppedView(
        view=row["name"],
        position=row["position"],
        event_position=row["unread"],
        event_type=row["topic"],
        do=row["stopped"] if row["unread"] else "See the log line `view stopped`; then `rebuild`.",
    )


def _unread(row: asyncpg.Record) -> UnreadSeen:
    unread = UnreadMark(*(row[name] for name in UnreadMark._fields))
    return UnreadSeen(
        position=unread.position,
        event_type=unread.topic,
        why=unread.why,
        kind=unread.kind,
        stream_id=UUID(str(unread.stream_id)),
        owed_to=row["owed_to"],
        waiting_deadlines=row["waiting"],
        do=unread.sentence(),
    )


@router.get(
    "/metrics",
    summary="Show the service's metrics",
    openapi_extra=FOR_EVERYBODY,
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems(404)},
)
async def metrics(request: Request) -> Response:
    """Show the metrics in Prometheus' form, to `DIAGNOSTICS_FROM` only; to others there are none.

    Those of views stay as they were while the database is away, or nobody gets through to it.
    """
    if not _may_diagnose(request):
        raise OutOfSight
    service = core_service(request)
    measure_pool(service.pool)
    try:
        async with asyncio.timeout(QUEUED_SECONDS if service.pool.waiting else None):
            await measure(service)
            ready = (await readiness(service)).status != NOT_READY
    except TimeoutError:
        ready = False  # whoever asks `/readyz` waits as long for the answer
    READY_GAUGE.labels("serve").set(ready)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
