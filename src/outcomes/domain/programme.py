"""A programme, and the outcomes that it must reach: sentences that somebody answers for."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from outcomes.domain.tags import MeasureShown
from shared.kernel.messages import Event
from shared.kernel.states import replace


@dataclass(frozen=True)
class Programme:
    """Work with an end in view, told apart by a short code."""

    kind: ClassVar[str] = "programme"

    code: str = ""
    name: str = ""
    purpose: str = ""
    owner: str = ""

    def called(self, _first_position: int) -> str:
        """Return what people call it: its code."""
        return self.code


@dataclass(frozen=True)
class ProgrammeOutcome:
    """One sentence that will be true once the programme is done; who owns it, which figures show it."""

    kind: ClassVar[str] = "outcome"

    programme: UUID | None = None
    number: int = 0
    statement: str = ""
    owner: str = ""
    confidence: str = ""
    confidence_reason: str = ""
    measures: tuple[MeasureShown, ...] = ()


class ProgrammeBegun(Event[Programme]):
    """A programme was set up."""

    kind: ClassVar[str] = "programme"

    code: str
    name: str
    purpose: str = ""
    owner: str = ""

    def apply(self, programme: Programme) -> Programme:
        """Return the programme as it was set up."""
        return Programme(self.code, self.name, self.purpose, self.owner)


class ProgrammeAmended(Event[Programme]):
    """Details of  were corrected; fields that were not given keep their values."""

    kind: ClassVar[str] = "programme"

    name: str | None = None
    purpose: str | None = None
    owner: str | None = None
    reason: str

    def apply(self, programme: Programme) -> Programme:
        """Return the programme with the given fields replaced."""
        return replace(programme, **self.model_dump(exclude={"reason"}, exclude_none=True))


class OutcomeAdded(Event[ProgrammeOutcome]):
    """A programme was given an outcome to reach."""

    kind: ClassVar[str] = "outcome"
    body_of_work: ClassVar[str] = "outcomes"

    programme: UUID
    number: int
    statement: str
    owner: str = ""
    measures: tuple[MeasureShown, ...] = ()

    def apply(self, outcome: ProgrammeOutcome) -> ProgrammeOutcome:
        """Return the outcome as it was worded."""
        return ProgrammeOutcome(
            self.programme, self.number, self.statement, self.owner, measures=self.measures
        )


class OutcomeAmended(Event[ProgrammeOutcome]):
    """An outcome was reworded, given to somebody else, or is shown by other figures."""

    kind: ClassVar[str] = "outcome"
    body_of_work: ClassVar[str] = "outcomes"

    statement: str | None = None
    owner: str | None = None
    measures: tuple[MeasureShown, ...] | None = None
    reason: str

    def apply(self, outcome: ProgrammeOutcome) -> ProgrammeOutcome:
        """Return the outcome with the given fields replaced."""
        given = {
            name: value
            for name in ("statement", "owner", "measures")
            if (value := getattr(self, name)) is not None
        }
        return replace(outcome, **given)


class OutcomeConfidenceRated(Event[ProgrammeOutcome]):
    """Somebody said how sure they are of an outcome; the rating is kept as it was given."""

    kind: ClassVar[str] = "outcome"
    body_of_work: ClassVar[str] = "outcomes"

    confidence: str
    reason: str

    def apply(self, outcome: ProgrammeOutcome) -> ProgrammeOutcome:
        """Return the outcome with its newest rating."""
        return replace(outcome, confidence=self.confidence, confidence_reason=self.reason)


PROGRAMME_EVENTS = (ProgrammeBegun, ProgrammeAmended, OutcomeAdded, OutcomeAmended, OutcomeConfidenceRated)
