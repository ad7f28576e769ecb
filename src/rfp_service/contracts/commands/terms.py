"""The terms of a contract as a caller says them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rfp_service.contracts.domain.day_counts import end_after
from rfp_service.contracts.domain.events import StatedTerms
from rfp_service.contracts.domain.refusals import TermsContradict
from rfp_service.contracts.domain.terms import Continuation, NoticePeriod, NoticeUnit, TermDay, TermOption
from shared.kernel.fields import WHOLE, Day

MONTHS_LIMIT = 600
NOTICE_LIMIT = 1_000
SERVICE_LIMIT = 30
OPTIONS_LIMIT = 20
DAYS_LIMIT_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Months = Annotated[int, Field(ge=1, le=MONTHS_LIMIT), WHOLE]
Count = Annotated[int, Field(ge=0, le=OPTIONS_LIMIT), WHOLE]


class NoticeSaid(BaseModel):
    """A period of notice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: Annotated[int, Field(ge=0, le=NOTICE_LIMIT), WHOLE] = Field(examples=[3])
    unit: NoticeUnit = Field(examples=["months"])

    def period(self) -> NoticePeriod:
        """Return it as dates are computed from it."""
        return NoticePeriod(self.count, self.unit)


class OptionSaid(BaseModel):
    """An option to extend, and how long before the end it must be exercised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: Months = Field(examples=[12])
    notice: NoticeSaid | None = None


class TermDaySaid(BaseModel):
    """A day of each year to which a rolling contract can be ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    month: Annotated[int, Field(ge=1, le=12), WHOLE]
    day: Annotated[int, Field(ge=1, le=31), WHOLE]


class TermsSaid(BaseModel):
    """What a contract says about its time. Blank is what is not known: it is flagged, never guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Day | None = Field(None, examples=["2024-04-01"])
    term_months: Months | None = Field(None, examples=[36])
    initial_end: Day | None = Field(
        None, description="Its last day, where the contract states one; it wins over the term."
    )
    continuation: Continuation = Field(
        Continuation.EXPRESS, description="What happens at the end when nobody does anything."
    )
    options: list[OptionSaid] = Field([], max_length=OPTIONS_LIMIT)
    exercised: Count = Field(0, description="How many of the options have been exercised.")
    maximum_months: Months | None = Field(None, description="Beyond which nothing extends it.")
    roll_months: Months | None = Field(None, description="How long each tacit roll-over is.")
    notice: NoticeSaid | None = None
    service_working_days: Annotated[int, Field(ge=0, le=SERVICE_LIMIT), WHOLE] = Field(
        0, description="Working days before a notice counts as given by which it must be served."
    )
    served_on_working_days: bool = False
    term_day: TermDaySaid | None = None
    last_safe: Day | None = Field(
        None, description="The last day for a notice, where the contract states one."
    )

    def stated(self) -> StatedTerms:
        """Return the terms as the record keeps them; refuse what can't all be right."""
        self._must_agree()
        return StatedTerms(
            start=self.start,
            term_months=self.term_months,
            continuation=self.continuation,
            options=tuple(
                TermOption(o.months, o.notice.period() if o.notice else self._notice()) for o in self.options
            ),
            exercised=self.exercised,
            maximum_months=self.maximum_months,
            roll_months=self.roll_months or 0,
            notice=self._notice(),
            service_working_days=self.service_working_days,
            served_on_working_days=self.served_on_working_days,
            term_day=TermDay(self.term_day.month, self.term_day.day) if self.term_day else None,
            initial_end=self.initial_end,
            last_safe=self.last_safe,
        )

    def _notice(self) -> NoticePeriod:
        return self.notice.period() if self.notice else NoticePeriod()

    def _must_agree(self) -> None:
        end = self.initial_end
        if end is None and self.start is not None and self.term_months is not None:
            end = end_after(self.start, self.term_months)
        wrong = {
            "ends_before_it_starts": None not in (self.start, end) and end < self.start,  # type: ignore[operator]  # both are there
            "last_safe_after_the_end": None not in (self.last_safe, end) and self.last_safe > end,  # type: ignore[operator]  # both are there
            "more_options_exercised_than_there_are": self.exercised > len(self.options),
            "term_day_of_what_does_not_roll": self.term_day is not None
            and self.continuation is not Continuation.ROLLING,
            "no_such_term_day": self.term_day is not None
            and self.term_day.day > DAYS_LIMIT_OF_MONTH[self.term_day.month - 1],
            "roll_of_what_is_not_tacit": self.roll_months is not None
            and self.continuation is not Continuation.TACIT,
            "term_longer_than_the_maximum": (self.term_months or 0) > (self.maximum_months or MONTHS_LIMIT),
        }
        if found := [name for name, is_wrong in wrong.items() if is_wrong]:
            raise TermsContradict(contradictions=found)
