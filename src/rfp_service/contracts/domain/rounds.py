"""A month's round of reviews: the contracts that are due in it, and what was said of each."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace

ROUNDS = UUID("3a9a2f54-8c1d-4d4b-8f0e-6f1f4a5b7702")


class RoundStage(StrEnum):
    """Whether a round is open."""

    ABSENT = "absent"
    OPEN = "open"
    CLOSED = "closed"


class LineStanding(StrEnum):
    """What became of a contract in a round."""

    DUE = "due"
    DECIDED = "decided"
    DEFERRED = "deferred"
    NOT_DUE = "not_due"


class RoundLine(BaseModel):
    """A contract in a round: when what is due is due, and what a missed notice would commit."""

    model_config = ConfigDict(frozen=True)

    contract: UUID
    reference: str
    due_on: date | None
    exposure_pence: int | None
    executed: int = 0  # how many decisions on it had been executed when it joined, or was first put off
    published: int | None = None  # and how many of its notices published; null of earlier releases' lines
    missed: int = 0
    carried_over: bool = False


@dataclass(frozen=True)
class LineSaid:
    """What somebody said of a line: deferred until a day, or not due after all."""

    standing: LineStanding
    reason: str
    said_by: str
    until: date | None = None


@dataclass(frozen=True)
class ReviewRound:
    """One month's round; its lines in the order in which they joined."""

    kind: ClassVar[str] = "review-round"

    stage: RoundStage = RoundStage.ABSENT
    month: str = ""
    until: date | None = None
    lines: tuple[RoundLine, ...] = ()
    said: tuple[tuple[UUID, LineSaid], ...] = ()
    decided: tuple[UUID, ...] = ()
    times_closed: int = 0

    def called(self, _first_position: int) -> str:
        """Return what people call it: its month."""
        return self.month

    def holds(self, contract: UUID) -> bool:
        """Say whether a contract is in the round."""
        return any(line.contract == contract for line in self.lines)

    def said_of(self, contract: UUID) -> LineSaid | None:
        """Return what was said of a contract; nothing if it is decided or still due."""
        return dict(self.said).get(contract)


def round_id(month: str) -> UUID:
    """Return the id of a month's round: there is one."""
    return uuid5(ROUNDS, month)


def last_day_of(month: str) -> date:
    """Return the last day of a month such as 2026-03."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def horizon_of(month: str, days: int) -> date:
    """Return the last day that a month's round looks at."""
    return last_day_of(month) + timedelta(days=days)


class RoundEvent(Event[ReviewRound]):
    """Something that happened in a round."""

    kind: ClassVar[str] = "review-round"
    body_of_work: ClassVar[str] = "contracts"


class ReviewRoundOpened(RoundEvent):
    """A month's round was opened with everything that is due in its horizon, or carried over."""

    month: str
    until: date
    lines: tuple[RoundLine, ...]
    scheme_version: int

    def apply(self, review: ReviewRound) -> ReviewRound:
        """Return the round, open."""
        return ReviewRound(RoundStage.OPEN, self.month, self.until, self.lines)


class RoundLineJoined(RoundEvent):
    """A contract became due while the round was open, and is in it."""

    line: RoundLine

    def apply(self, review: ReviewRound) -> ReviewRound:
        """Return the round with one more line."""
        return replace(review, lines=(*review.lines, self.line))


class _LineSpoken(RoundEvent):
    contract: UUID
    reason: str
    said_by: str

    def spoken(self, review: ReviewRound, said: LineSaid) -> ReviewRound:
        """Return the round with what was said of a line last."""
        others = tuple(pair for pair in review.said if pair[0] != self.contract)
        return replace(review, said=(*others, (self.contract, said)))


class RoundLineDeferred(_LineSpoken):
    """The decision on a contract was put off: why, until when, and what that exposes."""

    until: date
    exposure_pence: int | None

    def apply(self, review: ReviewRound) -> ReviewRound:
        """Return the round with the line deferred."""
        said = LineSaid(LineStanding.DEFERRED, self.reason, self.said_by, self.until)
        return self.spoken(review, said)


class RoundLineNotDue(_LineSpoken):
    """A contract turned out not to be due."""

    def apply(self, review: ReviewRound) -> ReviewRound:
        """Return the round with the line explained."""
        return self.spoken(review, LineSaid(LineStanding.NOT_DUE, self.reason, self.said_by))


class ReviewRoundClosed(RoundEvent):
    """The round was closed: nothing due in it was undecided."""

    decided: tuple[UUID, ...]
    deferred: int
    not_due: int

    def apply(self, review: ReviewRound) -> ReviewRound:
        """Return the round, closed."""
        return replace(
            review, stage=RoundStage.CLOSED, decided=self.decided, times_closed=review.times_closed + 1
        )


class ReviewRoundReopened(RoundEvent):
    """The round was opened again: a decision, with its reason."""

    reason: str

    def apply(self, review: ReviewRound) -> ReviewRound:
        """Return the round, open again."""
        return replace(review, stage=RoundStage.OPEN, decided=())


class RoundOpenedAlready(Refused):
    """This month's round has already been opened."""


class RoundNotOpen(Refused):
    """This round is not open."""


class RoundNotClosed(Refused):
    """This round is not closed."""


class UndecidedInRound(Refused):
    """A round closes only when nothing due in it is undecided."""


class ContractsChanging(Refused):
    """Contracts kept changing while this round was being closed: try again in a moment."""


class NotInRound(Refused):
    """This contract is not due in this round."""


class DeferredToThePast(Refused):
    """A decision can be put off only until a future day."""


class TooManyInRound(Refused):
    """This is more than one round can hold."""


ROUND_EVENTS: tuple[type[RoundEvent], ...] = (
    ReviewRoundOpened,
    RoundLineJoined,
    RoundLineDeferred,
    RoundLineNotDue,
    ReviewRoundClosed,
    ReviewRoundReopened,
)
