"""Programmes, outcomes, milestones and what they wait for: one row for each, of facts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from outcomes.domain.engagement import Consultation, Strategy
from outcomes.domain.milestone import Milestone, MilestoneStatus, OpenDependency
from outcomes.domain.paper import Paper
from outcomes.domain.priority_tags import PriorityTags
from outcomes.domain.programme import Programme, ProgrammeOutcome
from outcomes.domain.promised_data import PromisedData
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import (
    AS_JSON,
    COUNTED,
    SEARCHED,
    UNSORTED,
    AsJson,
    From,
    model_table,
    row_of,
)
from shared.record.projecting.views import STILL_VALID, StateView

JsonText = Annotated[str, AS_JSON]


class ProgrammeRow(BaseModel):
    """A programme."""

    id: UUID
    version: int
    code: Annotated[str, SEARCHED]
    name: Annotated[str, SEARCHED]
    purpose: Annotated[TextOrNull, SEARCHED, UNSORTED]
    owner: Annotated[TextOrNull, COUNTED]


class StoredOutcome(BaseModel):
    """An outcome's row."""

    programme: UUID
    number: int
    statement: str
    owner: TextOrNull
    confidence: TextOrNull
    confidence_reason: TextOrNull
    measures: JsonText


def _waits(waits: Sequence[OpenDependency]) -> object:
    return [
        {**each.thing.model_dump(), "raised_on": each.raised_on, "satisfied_on": each.satisfied_on}
        for each in waits
    ]


def _reopened(times: Sequence[tuple[date, str]]) -> object:
    return [{"on": on, "reason": reason} for on, reason in times]


class StoredMilestone(BaseModel):
    """A milestone's row."""

    outcome: UUID
    title: str
    status: MilestoneStatus
    owner: TextOrNull
    due: date | None
    first_due: date | None
    priorities: JsonText
    progress: TextOrNull
    confidence: TextOrNull
    moves: JsonText
    evidence: JsonText
    waits_for: Annotated[str, AsJson(_waits)]
    met_on: date | None
    accepted_by: TextOrNull
    reopened: Annotated[str, AsJson(_reopened)]
    dropped_on: date | None
    dropped_because: TextOrNull


class StoredPromise(BaseModel):
    """The row of data that somebody promised."""

    programme: UUID
    what: str
    promised_by: str
    due: date
    expected_on: date
    chases: JsonText
    arrived_on: date | None
    note: TextOrNull


class StoredConsultation(BaseModel):
    """A consultation's row."""

    programme: UUID
    about: str
    opened_on: date
    closes_on: date
    asked: int
    counts: Annotated[str, AsJson(dict)]
    closed_on: date | None
    conclusion: TextOrNull


class StoredStrategy(BaseModel):
    """A strategy's row."""

    name: str
    edition: str
    sha256: str
    link: TextOrNull
    adopted_on: date
    themes: JsonText


class StoredTags(BaseModel):
    """The row of a thing's priorities."""

    thing_kind: Annotated[str, From("on")]
    thing: UUID
    priorities: JsonText


class StoredPaper(BaseModel):
    """The row of a paper as it was issued."""

    id: UUID
    version: int
    programme: UUID
    meeting: str
    meeting_on: date
    publish_by: date
    issued_on: date
    late_because: TextOrNull
    as_of: datetime
    since: datetime | None
    position: int
    since_position: int
    release: str
    documents: JsonText


programmes = model_table("programmes", ProgrammeRow)
outcomes = model_table("programme_outcomes", StoredOutcome)
milestones = model_table("outcome_milestones", StoredMilestone)
promised_data = model_table("promised_data", StoredPromise)
consultations = model_table("consultations", StoredConsultation)
strategies = model_table("strategies", StoredStrategy)
priority_tags = model_table("priority_tags", StoredTags)
papers = model_table("papers", StoredPaper)

REGISTERS = (
    StateView(programmes, row_of(ProgrammeRow), Programme()),
    StateView(
        outcomes,
        row_of(StoredOutcome),
        ProgrammeOutcome(),
        indexes=(f"(programme, number) WHERE valid_to = {STILL_VALID}",),
    ),
    StateView(milestones, row_of(StoredMilestone), Milestone(), indexes=("(outcome, valid_from, valid_to)",)),
    StateView(promised_data, row_of(StoredPromise), PromisedData(), indexes=("(programme)",)),
    StateView(consultations, row_of(StoredConsultation), Consultation(), indexes=("(programme)",)),
    StateView(strategies, row_of(StoredStrategy), Strategy()),
    StateView(priority_tags, row_of(StoredTags), PriorityTags()),
    StateView(papers, row_of(StoredPaper), Paper(), indexes=("(programme)",)),
)
