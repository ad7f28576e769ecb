"""The pipeline notices: one row for each financial year."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from rfp_service.contracts.domain.pipeline import PipelineStanding, PipelineYear
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import SEARCHED, model_table, row_of
from shared.record.projecting.views import StateView


class PipelineRow(BaseModel):
    """A financial year, by the calendar year that it begins in, and its pipeline notice."""

    id: UUID
    version: int
    year: int
    notice: str
    section: str
    above_pence: int | None
    due_on: date | None
    standing: PipelineStanding
    reference: Annotated[TextOrNull, SEARCHED]
    published_on: date | None
    first_position: int
    opened_at: datetime
    changed_at: datetime


pipeline_years = model_table("pipeline_years", PipelineRow)
pipeline_year = row_of(PipelineRow)
PIPELINE_YEARS = StateView(pipeline_years, pipeline_year, PipelineYear())
