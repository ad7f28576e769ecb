"""The shape of forecasts: each open case, how good such forecasts were, and when so many will be done."""

from datetime import date, datetime

from pydantic import BaseModel, Field


class BackTest(BaseModel):
    """How good forecasts of this horizon would have been, each made of what its own instant knew."""

    within_days: int
    n: int = Field(description="Forecasts, of cases open at 24 instants of the past, four weeks apart.")
    brier: float | None = Field(description="Their mean squared error; the smaller, the better.")
    brier_base_rate: float | None = Field(description="The same of the share that was usual until then.")
    brier_case_age: float | None = Field(description="The same of forecasts by the age of the case alone.")
    covered_p50: float | None = Field(description="Of cases, those over by their likely date of 50%.")
    covered_p85: float | None
    covered_p95: float | None
    shown: bool = Field(
        description="Whether forecasts are no worse than the base rate or a case's age, and so are shown."
    )
    sentence: str


class ForecastRecord(BaseModel):
    """How good forecasts were that were really made: kept once a week, scored when it is known what came."""

    within_days: int
    n: int
    brier: float | None
    brier_base_rate: float | None
    brier_case_age: float | None
    covered_p50: float | None
    covered_p85: float | None
    covered_p95: float | None
    sentence: str


class ForecastOfCase(BaseModel):
    """An open case: how likely it is over by the day it is needed, and by when; null where nobody can say."""

    id: str
    reference: str
    title: str
    stage: str
    needed_by: date | None
    done_by_needed: float | None
    done_within: float | None = Field(description="How likely it is over within the horizon.")
    likely_finish_p50: date | None
    likely_finish_p85: date | None
    likely_finish_p95: date | None
    opens: str


class LikelyCompletion(BaseModel):
    """When so many will be over, by drawing the weeks of the past at random."""

    cases: int
    by_p50: date | None
    by_p85: date | None
    by_p95: date | None


class Forecasts(BaseModel):
    """Forecasts of open cases, none where they would be worse than the base rate or age alone."""

    as_of: datetime
    position: int
    back_test: BackTest
    record: ForecastRecord = Field(description="For horizons of 14, 30, 60 and 90 days.")
    total: int
    items: list[ForecastOfCase]
    completions: list[LikelyCompletion]
