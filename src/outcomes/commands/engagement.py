"""Consulting people and counting their answers; adopting a strategy whose priorities are tags."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypeAliasType

from outcomes.commands.rules import must_be_past, programme_must_be_there, today
from outcomes.domain.engagement import (
    Consultation,
    ConsultationClosed,
    ConsultationCounted,
    ConsultationOpened,
    Strategy,
    StrategyAdopted,
    StrategyTheme,
)
from outcomes.domain.refusals import ClosesBeforeItOpens, ConsultationIsOver, PriorityNamedTwice
from outcomes.domain.tags import Link, Sha256
from shared.kernel.fields import KEYS_AS_PATTERN, WHOLE, Day, Reason, ShortText
from shared.kernel.messages import Command, Stamp

ANSWERS_LIMIT = 60
PEOPLE_LIMIT = 10_000_000
THEMES_LIMIT = 20

Count = Annotated[int, Field(ge=0, le=PEOPLE_LIMIT), WHOLE]


class OpenConsultation(Command[Consultation]):
    """Open a consultation: what people are asked about, how many, and until when."""

    programme: UUID
    about: ShortText = Field(examples=["Which devices councillors prefer"])
    opened_on: Day
    closes_on: Day
    asked: Count = Field(0, description="How many it went to; 0 where nobody counts them.")

    def decide(self, consultation: Consultation, stamp: Stamp) -> ConsultationOpened:
        """Open it for a programme that is there."""
        programme_must_be_there(stamp)
        if self.closes_on < self.opened_on:
            raise ClosesBeforeItOpens(opened_on=self.opened_on, closes_on=self.closes_on)
        return ConsultationOpened(
            programme=self.programme,
            about=self.about,
            opened_on=self.opened_on,
            closes_on=self.closes_on,
            asked=self.asked,
        )


class CountConsultation(Command[Consultation]):
    """State how many gave each answer so far, and nobody's own."""

    decision: Literal["count"] = "count"
    counts: Annotated[
        dict[ShortText, Count],
        Field(
            min_length=1,
            max_length=ANSWERS_LIMIT,
            json_schema_extra=KEYS_AS_PATTERN,
            examples=[{"council laptop": 31, "own device": 12}],
        ),
    ]

    @classmethod
    def guard(cls, consultation: Consultation, stamp: Stamp) -> None:
        if consultation.closed_on is not None:
            raise ConsultationIsOver(closed_on=consultation.closed_on)

    def decide(self, consultation: Consultation, stamp: Stamp) -> ConsultationCounted:
        """Count what is open."""
        return ConsultationCounted(counts=self.counts)


class CloseConsultation(Command[Consultation]):
    """Close a consultation, and say what follows from it."""

    decision: Literal["close"] = "close"
    conclusion: Reason

    @classmethod
    def guard(cls, consultation: Consultation, stamp: Stamp) -> None:
        if consultation.closed_on is not None:
            raise ConsultationIsOver(closed_on=consultation.closed_on)

    def decide(self, consultation: Consultation, stamp: Stamp) -> ConsultationClosed:
        """Close what is open."""
        return ConsultationClosed(closed_on=today(stamp), conclusion=self.conclusion)


ConsultationDecision = TypeAliasType(
    "ConsultationDecision", Annotated[CountConsultation | CloseConsultation, Field(discriminator="decision")]
)


class AdoptStrategy(Command[Strategy]):
    """Note the edition of a strategy that the council adopted; its id follows from its name."""

    name: ShortText = Field(examples=["Digital strategy"])
    edition: ShortText = Field(examples=["1.5"])
    sha256: Sha256 = Field(examples=["0" * 64])
    link: Link | None = None
    adopted_on: Day
    themes: list[StrategyTheme] = Field(min_length=1, max_length=THEMES_LIMIT)

    def decide(self, strategy: Strategy, stamp: Stamp) -> StrategyAdopted:
        """Adopt an edition, in place of the one before."""
        must_be_past(self.adopted_on, stamp)
        names = [name for theme in self.themes for name in theme.priorities]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise PriorityNamedTwice(twice=twice)
        return StrategyAdopted(
            name=self.name,
            edition=self.edition,
            sha256=self.sha256,
            link=self.link,
            adopted_on=self.adopted_on,
            themes=tuple(self.themes),
        )
