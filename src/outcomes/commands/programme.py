"""Setting up programmes, and wording the outcomes that they must reach."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypeAliasType

from outcomes.commands.rules import measures_must_be_answered, programme_must_be_there
from outcomes.domain.programme import (
    OutcomeAdded,
    OutcomeAmended,
    OutcomeConfidenceRated,
    Programme,
    ProgrammeAmended,
    ProgrammeBegun,
    ProgrammeOutcome,
)
from outcomes.domain.refusals import NothingIsAmended, OutcomeIsThere, ProgrammeIsThere
from outcomes.domain.tags import MeasureShown
from shared.kernel.fields import WHOLE, Code, LongText, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp

MEASURES_LIMIT = 20
OUTCOMES_LIMIT = 200

OutcomeNumber = Annotated[int, Field(ge=1, le=OUTCOMES_LIMIT), WHOLE]


class BeginProgramme(Command[Programme]):
    """Set up a programme; its id follows from its code."""

    code: Code = Field(examples=["transition"])
    name: ShortText = Field(examples=["Bringing the IT service home"])
    purpose: LongText | None = None
    owner: PersonId | None = None

    def decide(self, programme: Programme, stamp: Stamp) -> ProgrammeBegun:
        """Set up a programme once."""
        if programme.code:
            raise ProgrammeIsThere(code=self.code)
        return ProgrammeBegun(**self.model_dump(exclude_none=True))


class AmendProgramme(Command[Programme]):
    """Correct the details of a programme; leave out what stays as it is."""

    decision: Literal["amend"] = "amend"
    name: ShortText | None = None
    purpose: LongText | None = None
    owner: PersonId | None = None
    reason: Reason

    def decide(self, programme: Programme, stamp: Stamp) -> ProgrammeAmended:
        """Amend what is given."""
        given = self.model_dump(exclude={"decision"}, exclude_none=True)
        if len(given) == 1:
            raise NothingIsAmended
        return ProgrammeAmended(**given)


class AddOutcome(Command[ProgrammeOutcome]):
    """Give a programme an outcome to reach; its id follows from the programme and the number."""

    programme: UUID
    number: OutcomeNumber
    statement: LongText = Field(examples=["We can buy new IT services ourselves."])
    owner: PersonId | None = None
    measures: list[MeasureShown] = Field([], max_length=MEASURES_LIMIT)

    def decide(self, outcome: ProgrammeOutcome, stamp: Stamp) -> OutcomeAdded:
        """Add it once, to a programme that is there, with measures that somebody answers."""
        if outcome.number:
            raise OutcomeIsThere(number=self.number)
        programme_must_be_there(stamp)
        measures_must_be_answered(self.measures, stamp)
        return OutcomeAdded(
            programme=self.programme,
            number=self.number,
            statement=self.statement,
            owner=self.owner or "",
            measures=tuple(self.measures),
        )


class AmendOutcome(Command[ProgrammeOutcome]):
    """Reword an outcome, give it to somebody else, or show it by other figures."""

    decision: Literal["amend"] = "amend"
    statement: LongText | None = None
    owner: PersonId | None = None
    measures: list[MeasureShown] | None = Field(None, max_length=MEASURES_LIMIT)
    reason: Reason

    def decide(self, outcome: ProgrammeOutcome, stamp: Stamp) -> OutcomeAmended:
        """Amend what is given."""
        if self.statement is None and self.owner is None and self.measures is None:
            raise NothingIsAmended
        measures_must_be_answered(self.measures or [], stamp)
        return OutcomeAmended(
            statement=self.statement,
            owner=self.owner,
            reason=self.reason,
            measures=None if self.measures is None else tuple(self.measures),
        )


class RateOutcomeConfidence(Command[ProgrammeOutcome]):
    """Say how sure you are of an outcome, in the words of whichever scale you use."""

    decision: Literal["rate-confidence"] = "rate-confidence"
    confidence: ShortText = Field(examples=["Amber/Green"])
    reason: Reason

    def decide(self, outcome: ProgrammeOutcome, stamp: Stamp) -> OutcomeConfidenceRated:
        """Keep it as it is given."""
        return OutcomeConfidenceRated(confidence=self.confidence, reason=self.reason)


OutcomeDecision = TypeAliasType(
    "OutcomeDecision", Annotated[AmendOutcome | RateOutcomeConfidence, Field(discriminator="decision")]
)
