"""Beginning a financial year with the pipeline notice that the scheme wants of it; publishing, missing it."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from rfp_service.contracts.commands.clock import contract_rules
from rfp_service.contracts.commands.rules import must_have_come
from rfp_service.contracts.domain.pipeline import (
    NoPipelineNotice,
    PipelineNoticeMissed,
    PipelineNoticeOut,
    PipelineNoticePublished,
    PipelineStanding,
    PipelineYear,
    PipelineYearBegun,
    first_day_of,
)
from shared.kernel.calendar import day_in_london, end_of
from shared.kernel.contract_rules import ContractDuty, DutyCounting, DutyTrigger
from shared.kernel.fields import Code, Day
from shared.kernel.messages import Command, Stamp
from shared.record.deadlines.deadline import DeadlineCommand


class BeginPipelineYear(DeadlineCommand[PipelineYear]):
    """Begin the financial year whose first day has come."""

    by_the_contract_rules = True

    def decide(self, pipeline: PipelineYear, stamp: Stamp) -> PipelineYearBegun | tuple[()]:
        """Begin it once, with the notice that the scheme in force wants."""
        if pipeline.year:
            return ()
        year = day_in_london(self.due_at).year
        begun = {"year": year, "scheme_version": stamp.known.scheme_version, "late": self.is_late(stamp)}
        duty = _duty(stamp)
        if duty is None:
            return PipelineYearBegun.model_validate(begun)
        days = duty.days - (duty.counting is DutyCounting.DAY_ITSELF_FIRST)
        return PipelineYearBegun.model_validate(
            {
                **begun,
                "notice": duty.notice,
                "section": duty.section,
                "above_pence": duty.above_pence,
                "due_on": first_day_of(year) + timedelta(days=max(days, 0)),
            }
        )


def _duty(stamp: Stamp) -> ContractDuty | None:
    rules = contract_rules(stamp)
    found = rules.duties if rules else ()
    return next((duty for duty in found if duty.trigger is DutyTrigger.YEAR_BEGINS), None)


class MissPipelineNotice(DeadlineCommand[PipelineYear]):
    """Say that the last day of a year's notice has passed without it."""

    def decide(self, pipeline: PipelineYear, stamp: Stamp) -> PipelineNoticeMissed | tuple[()]:
        """Miss only what is still due."""
        due_on = pipeline.due_on
        if pipeline.standing is not PipelineStanding.DUE or due_on is None or end_of(due_on) > stamp.at:
            return ()
        return PipelineNoticeMissed(due_on=due_on, late=self.is_late(stamp))


class PublishPipelineNotice(Command[PipelineYear]):
    """Say that a year's pipeline notice was published, and under which reference."""

    decision: Literal["publish"] = "publish"
    reference: Code = Field(examples=["UK1-2026-04"])
    published_on: Day

    @classmethod
    def guard(cls, pipeline: PipelineYear, stamp: Stamp) -> None:
        if pipeline.standing is PipelineStanding.NOT_DUE:
            raise NoPipelineNotice(year=pipeline.year)
        if pipeline.standing is PipelineStanding.PUBLISHED:
            raise PipelineNoticeOut(reference=pipeline.reference)

    def decide(self, pipeline: PipelineYear, stamp: Stamp) -> PipelineNoticePublished:
        """Publish once; late is late, and said so."""
        must_have_come(self.published_on, stamp)
        late = pipeline.due_on is not None and self.published_on > pipeline.due_on
        return PipelineNoticePublished(reference=self.reference, published_on=self.published_on, late=late)
