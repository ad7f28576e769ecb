"""A month's round: it can't be closed while anything due in it is undecided."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rfp_service.contracts.api.rounds import DECISIONS
from rfp_service.contracts.commands.rounds import (
    CloseReviewRound,
    DeferLine,
    LineFound,
    MarkNotDue,
    OpenReviewRound,
    ReopenReviewRound,
)
from rfp_service.contracts.domain.rounds import (
    DeferredToThePast,
    LineStanding,
    NotInRound,
    ReviewRound,
    ReviewRoundClosed,
    ReviewRoundOpened,
    ReviewRoundReopened,
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
from shared.kernel.errors import Refused
from shared.kernel.messages import Stamp
from tests.support.guards import Body, Tries
from tests.support.specs import NOW, RULES, given, stamp

NONE = ReviewRound()
UNTIL = date(2026, 6, 29)
LATER = date(2026, 4, 30)


def found(number: int, **said: Any) -> LineFound:
    whole = {
        "contract": UUID(int=number),
        "reference": f"C-{number}",
        "due_on": date(2026, 4, 1),
        "exposure_pence": 100 * number,
    }
    return LineFound.model_validate(whole | said)


def facts(*contracts: LineFound) -> Any:
    return [each.model_dump(mode="json") for each in contracts]


ONE, TWO = found(1), found(2)
OPENED = ReviewRoundOpened(month="2026-03", until=UNTIL, lines=(ONE.line(), TWO.line()), scheme_version=1)
DEFERRED = RoundLineDeferred(
    contract=UUID(int=1), reason="Prices next month.", said_by="ann", until=LATER, exposure_pence=100
)
NOT_DUE = RoundLineNotDue(contract=UUID(int=2), reason="Ended.", said_by="ann")
CLOSED = ReviewRoundClosed(decided=(), deferred=1, not_due=1)
REOPENED = ReviewRoundReopened(reason="One was forgotten.")
JOINED = RoundLineJoined(line=found(3).line())
PINNED = (OPENED, DEFERRED, NOT_DUE, CLOSED, REOPENED, JOINED)

OPEN = OpenReviewRound(month="2026-03")
CLOSE = CloseReviewRound()
DEFER = DeferLine(contract=UUID(int=1), reason="Prices next month.", until=LATER)
MARK = MarkNotDue(contract=UUID(int=2), reason="Ended.")


BODIES: Mapping[str, Body[ReviewRound]] = {
    "defer": lambda _, turn: {"contract": UUID(int=1 + turn % 2), "until": LATER, "reason": "R."},
    "not-due": lambda _, turn: {"contract": UUID(int=1 + turn % 2), "reason": "R."},
}


def _decides(_: Random, turn: int) -> Stamp:
    return stamp("cora", at=NOW + timedelta(hours=turn), contracts=facts(ONE, TWO))


def test_what_is_allowed_on_a_round_is_accepted_and_guards_refuse_the_rest() -> None:
    tries = Tries(DECISIONS, BODIES, (RoundNotOpen, RoundNotClosed, UndecidedInRound))
    tries.walk(lambda _: OPENED.apply(NONE), _decides, seeds=20, turns=20)
    tries.must_agree()
    assert {"RoundNotOpen", "RoundNotClosed", "UndecidedInRound"} == tries.by_guards.keys()


def test_a_round_opens_once_with_what_is_due_in_its_horizon() -> None:
    assert horizon_of("2026-03", 90) == UNTIL
    given(NONE).when(OPEN, contracts=facts(ONE, TWO, found(3, due=False))).then(OPENED)
    given(NONE, OPENED).when(OPEN).refused(RoundOpenedAlready, month="2026-03")
    many = facts(*(found(number) for number in range(5_001)))
    given(NONE).when(OPEN, contracts=many).refused(TooManyInRound)


def test_it_closes_only_when_nothing_due_is_undecided_and_names_what_is() -> None:
    given(NONE, OPENED, DEFERRED).when(CLOSE, contracts=facts(ONE, TWO)).refused(
        UndecidedInRound, undecided=1, contracts=[{"id": str(UUID(int=2)), "reference": "C-2"}]
    )
    given(NONE, OPENED, DEFERRED, NOT_DUE).when(CLOSE, contracts=facts(ONE, TWO)).then(CLOSED)
    decided = facts(found(1, decided=True), found(2, decided=True, due=False))
    given(NONE, OPENED).when(CLOSE, contracts=decided).then(
        ReviewRoundClosed(decided=(UUID(int=1), UUID(int=2)), deferred=0, not_due=0)
    )


def test_a_line_that_nobody_finds_any_more_is_no_decision() -> None:
    given(NONE, OPENED, DEFERRED).when(CLOSE, contracts=facts(ONE)).refused(UndecidedInRound)


def test_a_contract_that_becomes_due_meanwhile_is_in_the_round() -> None:
    before, third = (OPENED, DEFERRED, NOT_DUE), found(3)
    given(NONE, *before).when(CLOSE, contracts=facts(ONE, TWO, third)).refused(UndecidedInRound, undecided=1)
    defer = DEFER.model_copy(update={"contract": UUID(int=3)})
    [joined, deferred] = given(NONE, *before).when(defer, contracts=facts(ONE, TWO, third)).events()
    assert joined == JOINED
    assert isinstance(deferred, RoundLineDeferred)
    closing = given(NONE, *before).when(CLOSE, contracts=facts(ONE, TWO, found(3, decided=True))).events()
    assert closing[0] == JOINED


def test_a_line_is_deferred_with_its_exposure_until_a_day_to_come() -> None:
    given(NONE, OPENED).when(DEFER, contracts=facts(ONE, TWO)).then(DEFERRED)
    past = DEFER.model_copy(update={"until": date(2026, 3, 2)})
    given(NONE, OPENED).when(past, contracts=facts(ONE)).refused(DeferredToThePast)
    other = DEFER.model_copy(update={"contract": UUID(int=9)})
    given(NONE, OPENED).when(other, contracts=facts(ONE)).refused(NotInRound)


def test_a_line_is_explained_where_it_is_not_due_after_all() -> None:
    given(NONE, OPENED).when(MARK, contracts=facts(ONE, TWO)).then(NOT_DUE)


def test_two_people_cant_close_it_twice_and_reopening_is_a_decision() -> None:
    closed = (OPENED, DEFERRED, NOT_DUE, CLOSED)
    given(NONE, *closed).when(CLOSE, contracts=facts(ONE, TWO)).refused(RoundNotOpen)
    given(NONE, *closed).when(DEFER, contracts=facts(ONE, TWO)).refused(RoundNotOpen)
    reopen = ReopenReviewRound(reason="One was forgotten.")
    given(NONE, *closed).when(reopen).then(REOPENED)
    given(NONE, OPENED).when(reopen).refused(RoundNotClosed)


class Month(RuleBasedStateMachine):
    """Anybody decides anything in any order while contracts come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.review = ReviewRound()
        self.contracts: dict[int, dict[str, bool]] = {}
        self.tried = 0

    def known(self) -> Any:
        return facts(*(found(number, **said) for number, said in self.contracts.items()))

    def ask(self, command: Any) -> bool:
        try:
            decided = command.decide(self.review, stamp("ann", rules=RULES, contracts=self.known()))
        except Refused:
            return False
        for event in decided if isinstance(decided, list) else [decided]:
            self.review = event.apply(self.review)
        return True

    numbers = st.integers(1, 4)

    @rule(number=numbers)
    def becomes_due(self, number: int) -> None:
        self.contracts.setdefault(number, {"decided": False})["due"] = True

    @rule(number=numbers)
    def is_due_no_longer(self, number: int) -> None:
        if number in self.contracts:
            self.contracts[number]["due"] = False

    @rule(number=numbers, decided=st.booleans())
    def is_decided_or_rolls_over(self, number: int, *, decided: bool) -> None:
        if number in self.contracts:
            self.contracts[number]["decided"] = decided

    @rule()
    def opens(self) -> None:
        self.ask(OPEN)

    @rule(number=numbers)
    def defers(self, number: int) -> None:
        self.ask(DeferLine(contract=UUID(int=number), reason="Later.", until=LATER))

    @rule(number=numbers)
    def explains(self, number: int) -> None:
        self.ask(MarkNotDue(contract=UUID(int=number), reason="Ended."))

    @rule()
    def reopens(self) -> None:
        self.ask(ReopenReviewRound(reason="Again."))

    @rule()
    def closes(self) -> None:
        review, before = self.review, self.review.stage
        in_it = {line.contract.int for line in review.lines} | {
            number for number, said in self.contracts.items() if said.get("due", True)
        }
        settled = {
            number
            for number in in_it
            if self.contracts[number]["decided"] or review.said_of(UUID(int=number))
        }
        assert self.ask(CLOSE) is (before is RoundStage.OPEN and settled == in_it)

    @invariant()
    def a_closed_round_has_nothing_undecided(self) -> None:
        if self.review.stage is RoundStage.CLOSED:
            for line in self.review.lines:
                said = self.review.said_of(line.contract)
                assert line.contract in self.review.decided or said is not None
                assert said is None or said.standing is not LineStanding.DUE


Month.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyOrderOfDecisions = Month.TestCase
