"""What can be seen of comments: one row for each; its words as the record keeps them, encrypted."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import BaseModel, Field

from shared.governance.comments.domain import Comment
from shared.kernel.messages import Stream
from shared.kernel.personal import PersonalShown
from shared.record.projecting.row_models import COMPUTED, COUNTED, UNSORTED, Derived, model_table, row_of
from shared.record.projecting.views import STILL_VALID, Row, StateView


class CommentRow(BaseModel):
    """A comment on a case, as far as its reader may read it."""

    id: UUID
    version: int
    case_id: UUID | None
    case_kind: Annotated[str, COUNTED]
    text: Annotated[PersonalShown, COMPUTED]
    made_by: Annotated[str, COUNTED]
    mentions: Annotated[list[str], UNSORTED]
    taken_back: bool
    first_position: int
    opened_at: datetime
    case_name: Annotated[
        str | None, Derived(), Field(description="What it is about; null where you may not know.")
    ]


class StoredComment(CommentRow):
    """A comment's row, with what is not shown of it."""

    service_area: str | None


comments = model_table("comments", StoredComment)


def _computed(stream: Stream[Comment]) -> Row:
    """Return what was said, as the record keeps it: encrypted."""
    return {"text": orjson.dumps(stream.state.text.model_dump()).decode()}


comment_row = row_of(StoredComment, _computed)
COMMENTS_VIEW = StateView(
    comments, comment_row, Comment(), indexes=(f"(case_id) WHERE valid_to = {STILL_VALID}",)
)
