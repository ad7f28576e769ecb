"""Consultations, by their counts alone, and strategies with the themes and priorities adopted."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outcomes.domain.tags import Link, Sha256
from shared.kernel.fields import ShortText
from shared.kernel.messages import Event
from shared.kernel.states import replace

PRIORITIES_LIMIT = 60


@dataclass(frozen=True)
class Consultation:
    """Something people were asked about; of their answers only the numbers are kept."""

    kind: ClassVar[str] = "consultation"

    programme: UUID | None = None
    about: str = ""
    opened_on: date | None = None
    closes_on: date | None = None
    asked: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    closed_on: date | None = None
    conclusion: str = ""


class ConsultationOpened(Event[Consultation]):
    """A consultation was opened; `asked` is how many people it went to, 0 where nobody counts them."""

    kind: ClassVar[str] = "consultation"

    programme: UUID
    about: str
    opened_on: date
    closes_on: date
    asked: int = 0

    def apply(self, consultation: Consultation) -> Consultation:
        """Return the consultation, open."""
        return Consultation(self.programme, self.about, self.opened_on, self.closes_on, self.asked)


class ConsultationCounted(Event[Consultation]):
    """How many gave each answer so far; nobody's own answer is kept."""

    kind: ClassVar[str] = "consultation"

    counts: dict[str, int]

    def apply(self, consultation: Consultation) -> Consultation:
        """Return the consultation with these counts in place of earlier ones."""
        return replace(consultation, counts=tuple(self.counts.items()))


class ConsultationClosed(Event[Consultation]):
    """A consultation came to its end, with what follows from it."""

    kind: ClassVar[str] = "consultation"

    closed_on: date
    conclusion: str

    def apply(self, consultation: Consultation) -> Consultation:
        """Return the consultation, closed."""
        return replace(consultation, closed_on=self.closed_on, conclusion=self.conclusion)


class StrategyTheme(BaseModel):
    """A theme of a strategy with its priorities, by which things are tagged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Foundation platforms"])
    priorities: list[ShortText] = Field(
        min_length=1, max_length=PRIORITIES_LIMIT, examples=[["Disaster recovery"]]
    )


@dataclass(frozen=True)
class Strategy:
    """A strategy as last adopted; the hash says which document."""

    kind: ClassVar[str] = "strategy"

    name: str = ""
    edition: str = ""
    sha256: str = ""
    link: str = ""
    adopted_on: date | None = None
    themes: tuple[StrategyTheme, ...] = ()

    @property
    def priorities(self) -> tuple[str, ...]:
        """Return the names of all priorities, theme after theme."""
        return tuple(name for theme in self.themes for name in theme.priorities)


class StrategyAdopted(Event[Strategy]):
    """The council adopted an edition of a strategy; its document is known by its hash."""

    kind: ClassVar[str] = "strategy"

    name: str
    edition: str
    sha256: Sha256
    link: Link | None = None
    adopted_on: date
    themes: tuple[StrategyTheme, ...]

    def apply(self, strategy: Strategy) -> Strategy:
        """Return the strategy as adopted."""
        return Strategy(self.name, self.edition, self.sha256, self.link or "", self.adopted_on, self.themes)


ENGAGEMENT_EVENTS = (ConsultationOpened, ConsultationCounted, ConsultationClosed, StrategyAdopted)
