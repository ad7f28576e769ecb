"""Comments over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field

from shared.governance.comments.commands import MakeComment, TakeCommentBack
from shared.governance.comments.comment_texts import add_names_and_texts, comment_bounds, with_the_words
from shared.governance.comments.domain import Comment
from shared.governance.comments.views import CommentRow, StoredComment, comments
from shared.governance.documents.cases import case_in_sight, in_sight
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, problems
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

router = APIRouter(
    prefix="/v1/comments", tags=["comments"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class CommentFilters(BaseModel):
    """What a list of comments is narrowed to, such as those on one case."""

    case_id: Annotated[UUID | None, Field(description="Only those on this thing.")] = None


COMMENT_LIST = ListOf(
    name="comments",
    row=CommentRow,
    stored=StoredComment,
    table=comments,
    filters=CommentFilters,
    facts=comment_bounds,
    within=in_sight,
    finds=with_the_words,
    derive=add_names_and_texts,
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
    """Comment on a case that you may see; people you mention are told, and nothing else follows."""
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
    """List what was said of a case, or of all that you may see, newest first.

    `q` looks through the words of the latest 1,000 that you may read.
    """
    return await COMMENT_LIST.answer(query)
