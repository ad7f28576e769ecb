"""Opening a month's round of reviews, saying what becomes of its lines, and closing it."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, TypeAdapter
from typing_extensions import TypeAliasType

from rfp_service.contracts.commands.clock import contract_rules
from rfp_service.contracts.domain.rounds import (
    DeferredToThePast,
    LineStanding,
    NotInRound,
    ReviewRound,
    ReviewRoundClosed,
    ReviewRoundOpened,
    ReviewRoundReopened,
    RoundEvent,
    RoundLine,
    RoundLineDeferred,
    RoundLineJoined,
    RoundLineNotDue,
    RoundNotClosed,
    RoundNotOpen,
    RoundOpenedAlready,
    RoundStage,
    TooManyInRound,
    UndecidedInRound,
    horizon_of,
)
from shared.kernel.calendar import day_in_london
from shared.kernel.contract_rules import ContractRules
from shared.kernel.fields import Day, Reason
from shared.kernel.messages import Command, Stamp

LINES_LIMIT = 5_000
NAMED_LIMIT = 100

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class LineFound(RoundLine):
    """A contract as a round's decision finds it: due or not, decided or not."""

    due: bool = True
    decided: bool = False
    was_due: bool = False  # since the round was opened, and no longer

    @property
    def belongs(self) -> bool:
        """Say whether it is in an open round that does not hold it yet."""
        return self.due or self.was_due

    def line(self) -> RoundLine:
        """Return it as the round keeps it."""
        return RoundLine(**{name: getattr(self, name) for name in RoundLine.model_fields})


_FOUND = TypeAdapter(tuple[LineFound, ...])


def found_in(stamp: Stamp) -> tuple[LineFound, ...]:
    """Return the contracts that are due, or in the round, as known to this decision."""
    return _FOUND.validate_python(stamp.known.facts.get("contracts", ()), strict=False)


class OpenReviewRound(Command[ReviewRound]):
    """Open a month's round, with everything that is due in its horizon or carried over."""

    by_the_contract_rules = True

    month: Month = Field(examples=["2026-09"])

    @classmethod
    def guard(cls, review: ReviewRound, stamp: Stamp) -> None:
        if review.stage is not RoundStage.ABSENT:
            raise RoundOpenedAlready(month=review.month, stage=review.stage)

    def decide(self, review: ReviewRound, stamp: Stamp) -> ReviewRoundOpened:
        """Open it once."""
        lines = tuple(found.line() for found in found_in(stamp) if found.due)
        if len(lines) > LINES_LIMIT:
            raise TooManyInRound(limit=LINES_LIMIT)
        rules = contract_rules(stamp) or ContractRules()
        return ReviewRoundOpened(
            month=self.month,
            until=horizon_of(self.month, rules.horizon_days),
            lines=lines,
            scheme_version=stamp.known.scheme_version,
        )


class LineDecision(Command[ReviewRound]):
    """What is said of one contract in a round."""

    contract: UUID
    reason: Reason

    @classmethod
    def guard(cls, review: ReviewRound, stamp: Stamp) -> None:
        must_be_open(review)

    def joined(self, review: ReviewRound, stamp: Stamp) -> tuple[LineFound, list[RoundEvent]]:
        """Return the contract as found; where it became due meanwhile, it joins the round by this."""
        found = next((f for f in found_in(stamp) if f.contract == self.contract), None)
        if found is None or not (found.belongs or review.holds(self.contract)):
            raise NotInRound(month=review.month)
        if review.holds(self.contract):
            return found, []
        return found, [RoundLineJoined(line=found.line())]


class DeferLine(LineDecision):
    """Put off the decision on a contract; it is carried over into the next round."""

    decision: Literal["defer"] = "defer"
    until: Day

    def decide(self, review: ReviewRound, stamp: Stamp) -> Sequence[RoundEvent]:
        """Defer it with a reason, and with what that exposes."""
        found, joined = self.joined(review, stamp)
        if self.until <= day_in_london(stamp.at):
            raise DeferredToThePast(until=self.until)
        deferred = RoundLineDeferred(
            contract=self.contract,
            reason=self.reason,
            said_by=stamp.by,
            until=self.until,
            exposure_pence=found.exposure_pence,
        )
        return [*joined, deferred]


class MarkNotDue(LineDecision):
    """Say why a contract is not due after all."""

    decision: Literal["not-due"] = "not-due"

    def decide(self, review: ReviewRound, stamp: Stamp) -> Sequence[RoundEvent]:
        """Explain it."""
        _, joined = self.joined(review, stamp)
        said = RoundLineNotDue(contract=self.contract, reason=self.reason, said_by=stamp.by)
        return [*joined, said]


class CloseReviewRound(Command[ReviewRound]):
    """Close the round."""

    decision: Literal["close"] = "close"

    @classmethod
    def guard(cls, review: ReviewRound, stamp: Stamp) -> None:
        must_be_open(review)
        found = _in_the_round(review, stamp)
        known = {each.contract for each in found}
        unknown = [line for line in review.lines if line.contract not in known]
        undecided: list[RoundLine] = [f for f in found if not _is_settled(review, f)]
        if undecided := [*undecided, *unknown]:
            raise UndecidedInRound(
                undecided=len(undecided),
                contracts=[
                    {"id": str(line.contract), "reference": line.reference}
                    for line in undecided[:NAMED_LIMIT]
                ],
            )

    def decide(self, review: ReviewRound, stamp: Stamp) -> Sequence[RoundEvent]:
        """Close it once nothing due is undecided; what became due meanwhile is in it."""
        found = _in_the_round(review, stamp)
        joined = [RoundLineJoined(line=f.line()) for f in found if not review.holds(f.contract)]
        said = [review.said_of(f.contract) for f in found if not f.decided]
        return [
            *joined,
            ReviewRoundClosed(
                decided=tuple(f.contract for f in found if f.decided),
                deferred=sum(s is not None and s.standing is LineStanding.DEFERRED for s in said),
                not_due=sum(s is not None and s.standing is LineStanding.NOT_DUE for s in said),
            ),
        ]


def _in_the_round(review: ReviewRound, stamp: Stamp) -> list[LineFound]:
    return [found for found in found_in(stamp) if found.belongs or review.holds(found.contract)]


def _is_settled(review: ReviewRound, found: LineFound) -> bool:
    return found.decided or review.said_of(found.contract) is not None


class ReopenReviewRound(Command[ReviewRound]):
    """Open a closed round again."""

    decision: Literal["reopen"] = "reopen"
    reason: Reason

    @classmethod
    def guard(cls, review: ReviewRound, stamp: Stamp) -> None:
        if review.stage is not RoundStage.CLOSED:
            raise RoundNotClosed(stage=review.stage)

    def decide(self, review: ReviewRound, stamp: Stamp) -> ReviewRoundReopened:
        """Reopen what is closed."""
        return ReviewRoundReopened(reason=self.reason)


def must_be_open(review: ReviewRound) -> None:
    """Refuse what is closed."""
    if review.stage is not RoundStage.OPEN:
        raise RoundNotOpen(stage=review.stage)


RoundDecision = TypeAliasType(
    "RoundDecision",
    Annotated[DeferLine | MarkNotDue | CloseReviewRound | ReopenReviewRound, Field(discriminator="decision")],
)
