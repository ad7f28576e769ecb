"""What the exempt part of a paper says."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, computed_field

from outcomes.api.paper_content import RecordAt


class ExemptSaid(BaseModel):
    """What stands in a field where the open paper has a mark."""

    field: str
    said: str
    mark: str


class ExemptGround(BaseModel):
    """The paragraph of Schedule 12A, why, and until when at the latest that is looked at again."""

    paragraph: int
    reason: str
    public_interest: str
    review_on: date


class ExemptItem(BaseModel):
    """Something of which the open paper leaves out a part."""

    kind: str
    id: UUID
    called: str
    said: list[ExemptSaid]
    grounds: list[ExemptGround]


class ExemptPartShown(BaseModel):
    """The exempt part of a programme's paper, as of one reading of the record."""

    programme: str
    day: date
    as_of: datetime
    release: str
    record: RecordAt
    items: list[ExemptItem]

    @computed_field  # type: ignore[prop-decorator]  # as Pydantic wants it
    @property
    def notice(self) -> str:
        """Say why it is not published, in the Act's words."""
        found = sorted({ground.paragraph for item in self.items for ground in item.grounds})
        if not found:
            return "Nothing in this paper is exempt."
        many = "paragraph" if len(found) == 1 else "paragraphs"
        listed = ", ".join(map(str, found))
        return (
            f"Not for publication by virtue of {many} {listed} of Part 1 of Schedule 12A"
            " to the Local Government Act 1972."
        )
