"""Comments over HTTP, their view, and the notices to those whom they mention."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from shared.governance.comments.commands import MakeComment, TakeCommentBack
from shared.governance.comments.domain import Comment, CommentMade
from shared.governance.documents.cases import case_in_sight
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt, Recorded, Stream
from shared.kernel.personal import PersonalShown
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.row_models import COMPUTED, COUNTED, SEARCHED, UNSORTED, model_table, row_of
from shared.record.projecting.views import STILL_VALID, Row, StateView
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, problems
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

MENTIONED = "mentioned"
NO_WORDS = {"about": "", "text": ""}

router = APIRouter(
    prefix="/v1/comments", tags=["comments"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class CommentRow(BaseModel):
    """A comment on a case, as far as its reader may read it."""

    id: UUID
    version: int
    case_id: UUID | None
    case_kind: Annotated[str, SEARCHED, COUNTED]
    text: Annotated[PersonalShown, COMPUTED]
    made_by: Annotated[str, COUNTED]
    mentions: Annotated[list[str], UNSORTED]
    taken_back: bool
    first_position: int
    opened_at: datetime


class StoredComment(CommentRow):
    """A comment's row, with what is not shown of it."""

    service_area: str | None


class CommentFilters(BaseModel):
    """What a list of comments is narrowed to: those on one case."""

    case_id: Annotated[UUID, Field(description="Only those on this thing.")]


comments = model_table("comments", StoredComment)


def _computed(stream: Stream[Comment]) -> Row:
    """Return what was said, as the record keeps it: encrypted."""
    return {"text": orjson.dumps(stream.state.text.model_dump()).decode()}


comment_row = row_of(StoredComment, _computed)
COMMENTS_VIEW = StateView(
    comments, comment_row, Comment(), indexes=(f"(case_id) WHERE valid_to = {STILL_VALID}",)
)


async def _sighted(query: ListQuery, _: Reading) -> None:
    """Find nothing where the case is not there, or not for whoever asks."""
    await case_in_sight(core_service(query.request), query.reading.person, query.asked["case_id"])


async def _with_texts(reading: Reading, _facts: None, items: list[dict[str, Any]]) -> None:
    """Add the words; of what has been taken back since, none are shown of any time."""
    ids = [item["id"] for item in items]
    now = comments.c.taken_back & (comments.c.valid_to == STILL_VALID) & comments.c.id.in_(ids)
    taken_back = {row["id"] for row in await reading.rows(select(comments.c.id).where(now))}
    for item in items:
        item["text"] = NO_WORDS if item["id"] in taken_back else orjson.loads(item["text"])


COMMENT_LIST = ListOf(
    name="comments",
    row=CommentRow,
    stored=StoredComment,
    table=comments,
    filters=CommentFilters,
    facts=_sighted,
    derive=_with_texts,
    thing="case_id",
    tagged=False,
)


@router.post(
    "",
    status_code=201,
    summary="Comment on a case",
    dependencies=[may("MakeComment")],
    responses=problems(404) | CREATES,
)
async def make_comment(
    request: Request, command: Annotated[MakeComment, strict(MakeComment), Body()], handler: OpeningCommands
) -> Receipt:
    """Say something of a case that you may see; whom you mention is told, and nothing else follows."""
    case = await case_in_sight(core_service(request), handler.person, command.case_id)
    return await handler.create(command, blank=Comment(), case=case.fact)


@router.post("/{comment_id:uuid}/decisions", summary="Take a comment back", responses=DECIDES)
async def decide_on_comment(
    request: Request,
    comment_id: Annotated[UUID, Path(description="The comment's id.")],
    command: Annotated[TakeCommentBack, strict(TakeCommentBack), Body()],
    handler: Commands,
) -> Receipt:
    """Take back what you said: its words are no longer shown, as of any time; the record keeps them.

    That it was said, and by whom, stays; whoever may read personal texts in the record still can.
    """
    service = core_service(request)
    service.permissions.authority(handler.person, "TakeCommentBack")
    stream = await service.store.load(comment_id, Comment())
    if stream.state.case_id is None:
        raise NotFound
    await case_in_sight(service, handler.person, stream.state.case_id)
    return await handler.handle(comment_id, command, blank=Comment())


@router.get(
    "",
    summary="List comments",
    dependencies=[may("read-comments")],
    responses=problems(404) | COMMENT_LIST.responses,
)
async def list_comments(query: Annotated[ListQuery, COMMENT_LIST.asked]) -> Response:
    """List what was said of a case, newest first."""
    return await COMMENT_LIST.answer(query)


def notify_mentioned(recorded: Recorded) -> Iterable[Row]:
    """Return the notices to those whom a comment mentions."""
    made = recorded.event
    if not isinstance(made, CommentMade):
        return ()
    return [
        {
            "position": recorded.position,
            "told": f"person:{person}",
            "about": MENTIONED,
            "case_id": made.case_id,
            "happened_at": recorded.happened_at,
        }
        for person in made.mentions
    ]


NOTIFY_MENTIONED = Reaction("notify_mentioned", "notices", notify_mentioned)
