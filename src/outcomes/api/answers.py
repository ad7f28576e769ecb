"""What is answered about outcomes: milestones with their horizon and colour, and what they wait for."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from outcomes.domain.horizons import Colour, Horizon
from outcomes.domain.milestone import MilestoneStatus
from outcomes.domain.tags import AwaitedKind, EvidenceDocument, MeasureShown
from outcomes.views.registers import ProgrammeRow
from shared.kernel.fields import TextOrNull
from shared.web.decisions.next_decisions import Next


class MoveShown(BaseModel):
    """One time that a milestone was given another day."""

    on: date
    old: date | None
    new: date | None
    reason: str


class EvidenceShown(BaseModel):
    """A document that was handed in, by whom and when."""

    document: EvidenceDocument
    submitted_by: str
    submitted_on: date


class ReasonOnDay(BaseModel):
    """Why something was done, and on which day."""

    on: date
    reason: str


class WaitShown(BaseModel):
    """What a milestone waits for, and how that stands; null where nothing is known of it.

    It is `over` when somebody said so, or when what is waited for has come or ended by itself. Promised data
    are `late` after the first day promised, also on a weekend.
    """

    on: AwaitedKind
    id: UUID
    note: str | None
    raised_on: date
    satisfied_on: date | None
    known: bool
    title: str | None
    stage: str | None
    expected_on: date | None
    over: bool
    late: bool
    working_days_late: int


class MilestoneShown(BaseModel):
    """A milestone as it stands or stood, with what follows from it on the day of the reading."""

    id: UUID
    version: int
    outcome: UUID
    title: str
    status: MilestoneStatus
    horizon: Horizon
    overdue: bool
    colour: Colour
    colour_reasons: list[str]
    owner: TextOrNull
    owner_name: TextOrNull
    due: date | None
    first_due: date | None
    moves: list[MoveShown]
    progress: TextOrNull
    confidence: TextOrNull
    priorities: list[str]
    evidence: list[EvidenceShown]
    waits_for: list[WaitShown]
    met_on: date | None
    accepted_by: TextOrNull
    accepted_by_name: TextOrNull
    reopened: list[ReasonOnDay]
    dropped: ReasonOnDay | None
    last_word_on: date
    silent_since: date | None
    withheld: dict[str, str] = {}

    @property
    def later_moves(self) -> list[MoveShown]:
        """Return its moves without the one that gave it its first day."""
        was_undated = self.first_due is not None and any(move.old is None for move in self.moves[:1])
        return self.moves[was_undated:]


class MilestoneSeenAlone(MilestoneShown):
    """A milestone by itself."""

    next: Next = None


class ChaseShown(BaseModel):
    """One time that promised data were asked for again."""

    on: date
    note: TextOrNull
    new_day: date | None


class WaitingMilestone(BaseModel):
    """A milestone that waits for promised data."""

    id: UUID
    outcome: UUID
    outcome_number: int
    title: str


class PromisedDataShown(BaseModel):
    """Data that were promised; working days late count from the first day promised, to the day they came.

    Data that came, or are missing, on a weekend after that day are late by no working day.
    """

    id: UUID
    version: int
    programme: UUID
    what: str
    promised_by: str
    due: date
    expected_on: date
    arrived_on: date | None
    late: bool
    working_days_late: int
    chases: list[ChaseShown]
    note: TextOrNull
    waiting: list[WaitingMilestone]
    withheld: dict[str, str] = {}


class PromisedDataSeenAlone(PromisedDataShown):
    """Promised data by themselves."""

    next: Next = None


class ConsultationShown(BaseModel):
    """A consultation by its counts."""

    id: UUID
    version: int
    programme: UUID
    about: str
    opened_on: date
    closes_on: date
    asked: int
    counts: dict[str, int]
    answered: int
    closed_on: date | None
    conclusion: TextOrNull
    withheld: dict[str, str] = {}


class ConsultationSeenAlone(ConsultationShown):
    """A consultation by itself."""

    next: Next = None


class HorizonCounts(BaseModel):
    """How many milestones stand where; the overdue ones are among the next six months'."""

    achieved: int
    next_6_months: int
    overdue: int
    later: int
    undated: int
    dropped: int


class OutcomeShown(BaseModel):
    """An outcome with its milestones by horizon, each group in the order of their days."""

    id: UUID
    version: int
    number: int
    statement: str
    owner: TextOrNull
    owner_name: TextOrNull
    colour: Colour
    confidence: TextOrNull
    confidence_reason: TextOrNull
    measures: list[MeasureShown]
    counts: HorizonCounts
    achieved: list[MilestoneShown]
    next_6_months: list[MilestoneShown]
    later: list[MilestoneShown]
    undated: list[MilestoneShown]
    dropped: list[MilestoneShown]
    withheld: dict[str, str] = {}


class OutcomeSeenAlone(OutcomeShown):
    """An outcome by itself."""

    next: Next = None


class ProgrammeShown(ProgrammeRow):
    """A programme with its owner's name; a name is today's, whatever is read."""

    owner_name: TextOrNull
    withheld: dict[str, str] = Field({})


class ProgrammeSeenAlone(ProgrammeShown):
    """A programme by itself."""

    next: Next = None


class ColourRule(BaseModel):
    """The rule that colours go by."""

    name: str
    text: str


class BoardShown(BaseModel):
    """A programme with all its outcomes, as of one reading of the record."""

    as_of: datetime
    position: int
    day: date
    next_6_months_end: date
    colour_rule: ColourRule
    programme: ProgrammeShown
    counts: HorizonCounts
    outcomes: list[OutcomeShown]
    promised_data: list[PromisedDataShown]
    consultations: list[ConsultationShown]
