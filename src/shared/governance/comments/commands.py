"""Commenting on a case, and taking a comment back."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.governance.comments.domain import (
    Comment,
    CommentIsTakenBack,
    CommentMade,
    CommentTakenBack,
    NothingToCommentOn,
    NotYourComment,
)
from shared.kernel.fields import PersonId, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.named_people import must_be_known
from shared.kernel.personal import text_about

MENTIONS_LIMIT = 20


class MakeComment(Command[Comment]):
    """Comment on a case, to be read by whom you mention and by those with the right to it."""

    case_id: UUID = Field(description="What it is about: an RFP, a contract, a project …")
    text: Reason = Field(
        description="Kept as a personal text about you and whom you mention.",
        examples=["Can you look at the second option, please?"],
    )
    mentions: list[PersonId] = Field(
        [], max_length=MENTIONS_LIMIT, description="Who is told of it.", examples=[["priya-procurement"]]
    )

    def decide(self, comment: Comment, stamp: Stamp) -> CommentMade:
        """Keep what was said; nothing follows from it."""
        case = stamp.known.facts.get("case")
        if not isinstance(case, dict):
            raise NothingToCommentOn
        must_be_known(stamp, self.mentions)
        mentions, area = tuple(dict.fromkeys(self.mentions)), case.get("service_area")
        return CommentMade(
            case_id=self.case_id,
            case_kind=str(case["kind"]),
            service_area=None if area is None else str(area),
            text=text_about([stamp.by, *mentions], self.text),
            made_by=stamp.by,
            mentions=mentions,
        )


class TakeCommentBack(Command[Comment]):
    """Take back what you said: its words are no longer shown with the case; that you said something stays."""

    decision: Literal["take-back"] = "take-back"

    @classmethod
    def guard(cls, comment: Comment, stamp: Stamp) -> None:
        if comment.taken_back:
            raise CommentIsTakenBack
        if not stamp.is_from(comment.made_by):
            raise NotYourComment(made_by=comment.made_by)

    def decide(self, comment: Comment, stamp: Stamp) -> CommentTakenBack:
        """Take it back, once."""
        return CommentTakenBack()
