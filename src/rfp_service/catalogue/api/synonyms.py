"""The list of words that mean the same, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from rfp_service.catalogue.commands.synonyms import SynonymDecision
from rfp_service.catalogue.domain.synonyms import SYNONYMS_ID, Synonyms
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, may
from shared.web.reads.answers import DECIDES, answer_now, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

router = APIRouter(
    prefix="/v1/catalogue-synonyms",
    tags=["catalogue"],
    route_class=StrictRoute,
    max_body_size=BODY_BYTES_LIMIT,
)


class SynonymsSeen(BaseModel):
    """Groups of words that mean the same in a search; `version` is what ETag names."""

    version: int
    groups: list[list[str]]


@router.get(
    "",
    summary="See the catalogue's synonyms",
    dependencies=[may("read-catalogue")],
    responses=one(SynonymsSeen, lasting=False),
)
async def see_synonyms(request: Request, reading: Read) -> Response:
    """Show which words mean the same; before the first decision, the usual ones."""
    store = core_service(request).store
    stream = await store.load(SYNONYMS_ID, Synonyms(), reading.until)
    shown = SynonymsSeen(version=stream.version, groups=[list(group) for group in stream.state.groups])
    return answer_now(shown, stream.version)


@router.post("/decisions", summary="Decide on the catalogue's synonyms", responses=DECIDES)
async def decide_on_synonyms(
    command: Annotated[SynonymDecision, strict(SynonymDecision), Body()], handler: Commands
) -> Receipt:
    """Say that words mean the same, or that one does not; the first decision has If-Match `"0"`."""
    return await handler.set(SYNONYMS_ID, command, blank=Synonyms())
