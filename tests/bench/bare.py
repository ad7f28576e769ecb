"""What one would begin with: FastAPI alone, asyncpg's own pool and orjson, in the service's shapes."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal
from uuid import UUID, uuid4

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI, Header, Query, Request, Response
from pydantic import BaseModel, Field

from rfp_service.rfps.api.rfps import RFP_LIST
from rfp_service.serving import collect_seldom
from shared.record.projecting.views import STILL_VALID

COLUMNS = ", ".join(column.name for column in RFP_LIST.selected)
ONE = f"SELECT {COLUMNS} FROM rfps WHERE id = $1 AND valid_to = {STILL_VALID}"
MANY = f"SELECT {COLUMNS} FROM rfps WHERE valid_to = {STILL_VALID} ORDER BY first_position DESC LIMIT $1"

Token = Annotated[str, Header()]


class Need(BaseModel):
    """What an RFP is raised with."""

    title: str = Field(min_length=1, max_length=200)
    description: str = Field(min_length=1, max_length=10_000)
    service_area: str = Field(min_length=1, max_length=200)


class Amendment(BaseModel):
    """A decision on an RFP."""

    decision: Literal["amend"]
    title: str = Field(min_length=1, max_length=200)


class Receipt(BaseModel):
    """What a decision is answered with."""

    id: UUID
    version: int
    position: int


@asynccontextmanager
async def _with_pool(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"]) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_with_pool, openapi_url=None)


@app.get("/healthz")
async def well() -> dict[str, str]:
    """Say that it can be talked to."""
    return {"status": "ok"}


@app.post("/v1/rfps", status_code=201)
async def begin(need: Need, authorization: Token) -> Receipt:  # noqa: ARG001  # read, and asked no further
    """Answer as if an RFP had been raised."""
    return Receipt(id=uuid4(), version=1, position=1)


@app.post("/v1/rfps/{rfp_id}/decisions")
async def decide(
    rfp_id: UUID,
    amendment: Amendment,  # noqa: ARG001  # read, and asked no further
    authorization: Token,  # noqa: ARG001  # the same
    if_match: Annotated[str, Header()],
) -> Receipt:
    """Answer as if it had been decided."""
    version = int(if_match.strip('"')) + 1
    return Receipt(id=rfp_id, version=version, position=version)


@app.get("/v1/rfps/{rfp_id}")
async def see(request: Request, rfp_id: UUID, authorization: Token) -> Response:  # noqa: ARG001  # the same
    """Show one RFP by one SELECT by its key."""
    row = await request.app.state.pool.fetchrow(ONE, rfp_id)
    return Response(orjson.dumps(dict(row), default=str), media_type="application/json")


@app.get("/v1/rfps")
async def see_many(
    request: Request,
    authorization: Token,  # noqa: ARG001  # the same
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """List RFPs by one SELECT."""
    items = [dict(row) for row in await request.app.state.pool.fetch(MANY, limit)]
    return Response(orjson.dumps({"items": items}, default=str), media_type="application/json")


if __name__ == "__main__":
    collect_seldom()
    uvicorn.run(
        app, port=int(os.environ["PORT"]), log_config=None, access_log=False, loop="uvloop", http="httptools"
    )
