"""A comment on a case: a personal text about whoever wrote it and whom it mentions."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.personal import Personal
from shared.kernel.states import replace


@dataclass(frozen=True)
class Comment:
    """Words about a case, until their author takes them back; they are a personal text."""

    kind: ClassVar[str] = "comment"

    case_id: UUID | None = None
    case_kind: str = ""
    service_area: str | None = None
    text: Personal = Personal(about="")
    made_by: str = ""
    mentions: tuple[str, ...] = ()
    taken_back: bool = False


class CommentMade(Event[Comment]):
    """Somebody said something of a case."""

    kind: ClassVar[str] = "comment"

    case_id: UUID
    case_kind: str
    service_area: str | None = None
    text: Personal
    made_by: str
    mentions: tuple[str, ...] = ()

    def apply(self, comment: Comment) -> Comment:
        return Comment(
            self.case_id, self.case_kind, self.service_area, self.text, self.made_by, self.mentions
        )


class CommentTakenBack(Event[Comment]):
    """Whoever made a comment took it back: its words are no longer shown; that it was made stays."""

    kind: ClassVar[str] = "comment"

    def apply(self, comment: Comment) -> Comment:
        """Return the comment without its words."""
        return replace(comment, text=Personal(about=""), taken_back=True)


class NothingToCommentOn(Refused):
    """There is no such case."""


class NotYourComment(Refused):
    """Only the author of a comment can take it back."""


class CommentIsTakenBack(Refused):
    """The comment has been taken back."""


COMMENT_EVENTS: tuple[type[Event[Comment]], ...] = (CommentMade, CommentTakenBack)
