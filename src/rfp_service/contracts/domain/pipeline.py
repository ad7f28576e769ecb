"""The council's yearly pipeline notice: due from each financial year's first day, published or missed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid5

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace

PIPELINES = UUID("6d1f2c7a-52b1-4a8e-9c3b-70f4f1c4d903")
YEAR_BEGINS = (4, 1)  # the council's financial year


class PipelineStanding(StrEnum):
    """How a year's notice stands."""

    NOT_DUE = "not_due"  # the scheme wants none
    DUE = "due"
    PUBLISHED = "published"
    MISSED = "missed"


@dataclass(frozen=True)
class PipelineYear:
    """One financial year, by the calendar year that it begins in, and its notice."""

    kind: ClassVar[str] = "pipeline-year"

    year: int = 0
    notice: str = ""
    section: str = ""
    above_pence: int | None = None  # of what it lists, with VAT
    due_on: date | None = None
    standing: PipelineStanding = PipelineStanding.NOT_DUE
    reference: str = ""
    published_on: date | None = None

    @property
    def is_to_be_published(self) -> bool:
        """Say whether its notice is due, or was, and is not published."""
        return self.standing in (PipelineStanding.DUE, PipelineStanding.MISSED)

    def called(self, _first_position: int) -> str:
        """Return what people call it: its two calendar years."""
        return f"{self.year}/{(self.year + 1) % 100:02}"


def pipeline_id(year: int) -> UUID:
    """Return the id of a financial year: there is one."""
    return uuid5(PIPELINES, str(year))


def first_day_of(year: int) -> date:
    """Return the first day of a financial year."""
    return date(year, *YEAR_BEGINS)


def year_after(day: date) -> int:
    """Return the first financial year that begins after a day."""
    return day.year if day < first_day_of(day.year) else day.year + 1


class PipelineEvent(Event[PipelineYear]):
    """Something that happened to a year's notice."""

    kind: ClassVar[str] = "pipeline-year"


class PipelineYearBegun(PipelineEvent):
    """A financial year began: by when its notice must be published; without a day, the scheme wants none."""

    year: int
    notice: str = ""
    section: str = ""
    above_pence: int | None = None
    due_on: date | None = None
    scheme_version: int
    late: bool

    def apply(self, pipeline: PipelineYear) -> PipelineYear:
        """Return the year with what is due in it."""
        standing = PipelineStanding.NOT_DUE if self.due_on is None else PipelineStanding.DUE
        return PipelineYear(self.year, self.notice, self.section, self.above_pence, self.due_on, standing)


class PipelineNoticePublished(PipelineEvent):
    """The year's notice was published, under a reference."""

    reference: str
    published_on: date
    late: bool

    def apply(self, pipeline: PipelineYear) -> PipelineYear:
        """Return the year with its notice published."""
        return replace(
            pipeline,
            standing=PipelineStanding.PUBLISHED,
            reference=self.reference,
            published_on=self.published_on,
        )


class PipelineNoticeMissed(PipelineEvent):
    """The last day passed and the notice was not published; it still must be."""

    due_on: date
    late: bool

    def apply(self, pipeline: PipelineYear) -> PipelineYear:
        """Return the year with its notice missed."""
        return replace(pipeline, standing=PipelineStanding.MISSED)


class NoPipelineNotice(Refused):
    """No pipeline notice is due for this year."""


class PipelineNoticeOut(Refused):
    """This year's pipeline notice has been published."""


PIPELINE_EVENTS: tuple[type[PipelineEvent], ...] = (
    PipelineYearBegun,
    PipelineNoticePublished,
    PipelineNoticeMissed,
)
