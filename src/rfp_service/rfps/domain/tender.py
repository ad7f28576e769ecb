"""A tender: what bids are measured by, who measures, what came in, and how it measured up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rfp_service.rfps.domain.approval import Approval
from shared.kernel.fields import WHOLE, Code, ShortText

WHOLE_WEIGHT = 100
SCORE_LIMIT = 100


class Criterion(BaseModel):
    """One question that bids are scored on, and its share of a hundred."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Price"])
    weight: Annotated[int, WHOLE] = Field(ge=1, le=WHOLE_WEIGHT, examples=[60])


class Bidder(BaseModel):
    """Who bids: a name, and the number of its company or charity where that is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Fictional Systems Ltd"])
    number: Code | None = Field(None, examples=["00000000"])

    def is_same(self, other: "Bidder") -> bool:
        """Say whether this is one supplier: by their numbers where both have one, or else by their names."""
        if self.number is not None and other.number is not None:
            return self.number.casefold() == other.number.casefold()
        return self.plain_name == other.plain_name

    @property
    def plain_name(self) -> str:
        """Return the name however it is written."""
        return " ".join(self.name.casefold().split())


@dataclass(frozen=True)
class Bid:
    """What is kept of a bid: the rest stays sealed in the tendering portal."""

    reference: str
    received_at: datetime
    late: bool
    recorded_by: str = ""
    bidder: Bidder | None = None


class SetAsideGround(StrEnum):
    """Why a single bid is out of the competition; Procurement Act 2023, sections 19, 26 and 28."""

    WITHDRAWN = "withdrawn"
    NON_COMPLIANT = "non_compliant"
    ABNORMALLY_LOW = "abnormally_low"
    EXCLUDED_SUPPLIER = "excluded_supplier"
    BREACH_OF_PROCEDURE = "breach_of_procedure"


@dataclass(frozen=True)
class SetAside:
    """A bid that is out of the competition, and why."""

    bid: str
    ground: SetAsideGround
    reason: str


@dataclass(frozen=True)
class Score:
    """What one evaluator gave one bid on one criterion."""

    evaluator: str
    bid: str
    criterion: str
    score: int


@dataclass(frozen=True)
class Moderated:
    """What the evaluators agreed on where they had differed."""

    bid: str
    criterion: str
    score: int


@dataclass(frozen=True)
class Award:
    """Who is to be awarded what, and the tiers that must approve it."""

    bid: str = ""
    supplier: str = ""
    supplier_number: str = ""
    value_pence: int = 0
    approval: Approval = Approval()
    announced: bool = False
    summaries_sent: bool = False
    bidders: int = 0
    told: tuple[str, ...] = ()
    standstill_ends: datetime | None = None


@dataclass(frozen=True)
class Tender:
    """Everything about asking the market once."""

    criteria: tuple[Criterion, ...] = ()
    evaluators: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    asked_at: datetime | None = None
    responses_by: datetime | None = None
    kept_open: bool = False  # its time was up, and a question had no answer
    questions: int = 0
    unanswered: tuple[int, ...] = ()
    bids: tuple[Bid, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    scores: tuple[Score, ...] = ()
    moderated: tuple[Moderated, ...] = ()

    @property
    def timely(self) -> tuple[str, ...]:
        """Return the references of the bids that came in time."""
        return tuple(bid.reference for bid in self.bids if not bid.late)

    @property
    def competing(self) -> tuple[str, ...]:
        """Return the references of the bids that came in time and have not been set aside."""
        out = {each.bid for each in self.set_aside}
        return tuple(bid for bid in self.timely if bid not in out)

    @property
    def assessed(self) -> tuple[str, ...]:
        """Return the references of the bids whose bidders are told how they were assessed."""
        withdrawn = {s.bid for s in self.set_aside if s.ground is SetAsideGround.WITHDRAWN}
        return tuple(bid for bid in self.timely if bid not in withdrawn)

    @property
    def undeclared(self) -> tuple[str, ...]:
        """Return the evaluators who have not declared yet."""
        return tuple(e for e in self.evaluators if e not in self.declared)

    def given(self, bid: str, criterion: str) -> dict[str, int]:
        """Return the score of each present evaluator for a bid on a criterion, the latest of each."""
        given = self.ever_given(bid, criterion)
        return {each: score for each, score in given.items() if each in self.evaluators}

    def moderation(self, bid: str, criterion: str) -> int | None:
        """Return the moderated score of a bid on a criterion, the latest one."""
        found = [m.score for m in self.moderated if (m.bid, m.criterion) == (bid, criterion)]
        return found[-1] if found else None

    def final(self, bid: str, criterion: str) -> int | None:
        """Return the score that counts: the moderated one, or the one that all evaluators gave."""
        if (moderated := self.moderation(bid, criterion)) is not None:
            return moderated
        given = self.given(bid, criterion)
        agreed = len(given) == len(self.evaluators) and len(set(given.values())) == 1
        return next(iter(given.values())) if agreed else None

    @property
    def removed(self) -> tuple[str, ...]:
        """Return the evaluators whose scores no longer count, because they no longer evaluate."""
        gone = (s.evaluator for s in self.scores if s.evaluator not in self.evaluators)
        return tuple(dict.fromkeys(gone))

    def ever_given(self, bid: str, criterion: str) -> dict[str, int]:
        """Return the score of each evaluator for a bid on a criterion, removed ones among them."""
        return {s.evaluator: s.score for s in self.scores if (s.bid, s.criterion) == (bid, criterion)}

    def mean(self, bid: str, evaluators: Collection[str]) -> Fraction | None:
        """Return the weighted mean, of a hundred, of what some evaluators gave a bid; none if none did."""
        total = Fraction(0)
        for criterion in self.criteria:
            given = self.ever_given(bid, criterion.name)
            theirs = [score for each, score in given.items() if each in evaluators]
            if not theirs:
                return None
            total += Fraction(criterion.weight * sum(theirs), len(theirs) * WHOLE_WEIGHT)
        return total

    def is_measured(self) -> bool:
        """Say whether the evaluators have nothing left to do: all scores count, or there are none to give."""
        if not self.competing or not self.evaluators:
            return True
        each, pairs = len(self.evaluators), len(self.competing) * len(self.criteria)
        # Counting them is soon done, and tells most of the time: each pair has all its scores, or one agreed.
        enough = len(self.scores) + each * len(self.moderated) >= each * pairs
        return enough and not self.missing()

    def unscored(self) -> bool:
        """Say whether an evaluator has yet to score a competing bid on a criterion."""
        return not self.evaluators or any(
            len(self.given(bid, criterion.name)) < len(self.evaluators)
            for bid in self.competing
            for criterion in self.criteria
        )

    def missing(self) -> list[str]:
        """Return what still has no score that counts, as `bid: criterion`."""
        return [
            f"{bid}: {criterion.name}"
            for bid in self.competing
            for criterion in self.criteria
            if self.final(bid, criterion.name) is None
        ]

    def is_agreed(self, bid: str) -> bool:
        """Say whether every criterion of a bid has a score that counts."""
        return all(self.final(bid, criterion.name) is not None for criterion in self.criteria)

    def total(self, bid: str) -> Fraction:
        """Return a bid's weighted total of a hundred, exactly; what has no score yet counts nothing."""
        weighted = (c.weight * (self.final(bid, c.name) or 0) for c in self.criteria)
        return Fraction(sum(weighted), WHOLE_WEIGHT)

    def best(self) -> tuple[str, ...]:
        """Return the competing bids with the highest total; more than one where they tie."""
        top = max((self.total(bid) for bid in self.competing), default=Fraction(0))
        return tuple(bid for bid in self.competing if self.total(bid) == top)
