"""The demonstration's register of contracts, and its last three months' rounds, one of them open."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from rfp_service.contracts.commands.pipeline import BeginPipelineYear, PublishPipelineNotice
from rfp_service.contracts.commands.rounds import (
    CloseReviewRound,
    DeferLine,
    LineFound,
    MarkNotDue,
    OpenReviewRound,
)
from rfp_service.contracts.domain.exposure import exposure_pence
from rfp_service.contracts.domain.pipeline import PipelineYear, first_day_of, pipeline_id, year_after
from rfp_service.contracts.domain.rounds import LineStanding, ReviewRound, horizon_of, round_id
from rfp_service.contracts.views.register import first_due
from rfp_service.demonstration.contracts import CARLO, PAUL, ContractCourse
from rfp_service.demonstration.governance import LONG_AGO
from rfp_service.demonstration.storyboard import SCHEME, Storyboard, Thing, working_day
from shared.kernel.calendar import day_in_london, start_of
from shared.kernel.system_actors import CLOCK

CONTRACTS, ROUNDS = 150, 3
TO_DECIDE = timedelta(days=6)  # from a review to what every tier has approved


def tell_of_contracts(stage: Storyboard, start: datetime) -> None:
    """Tell of a register taken over at the start, of what time did to it, and of the last three months."""
    _tell_of_pipelines(stage, start)
    register = [ContractCourse(stage, number, start) for number in range(CONTRACTS)]
    register = [course for course in register if course.is_registered()]
    if not register:
        return
    for course in register:
        course.begin()
    months = _months(stage.now)
    for course in register:
        course.play(until=months[0])
    carried: frozenset[UUID] = frozenset()
    for number, (opening, closing) in enumerate(pairwise((*months, stage.now))):
        tale = RoundTale(stage, register, opening, carried)
        tale.tell(closing, closes=number < ROUNDS - 1)
        carried = tale.deferred
        for course in register:
            course.play(until=closing)


def _tell_of_pipelines(stage: Storyboard, start: datetime) -> None:
    """Tell of each financial year's pipeline notice since the first scheme: published within a month."""
    version = stage.scheme_version
    for year in range(year_after(day_in_london(start - LONG_AGO)), day_in_london(stage.now).year + 1):
        thing, begins = Thing(pipeline_id(year), PipelineYear()), start_of(first_day_of(year))
        stage.scheme_version = version if begins > start else 1
        if not stage.decide(thing, BeginPipelineYear(number=year, due_at=begins), CLOCK, begins):
            break
        at = working_day(begins + timedelta(days=32, hours=10))
        reference = f"UK1-{year}-04" if begins > start else f"Forward look {year}"
        notice = PublishPipelineNotice(reference=reference, published_on=day_in_london(at))
        stage.decide(thing, notice, CARLO, at)
    stage.scheme_version = version


def _months(now: datetime) -> list[datetime]:
    """Return the mornings on which the last months' rounds were opened."""
    first = now.replace(day=1, hour=10, minute=0, second=0, microsecond=0)
    mornings = [first] if first < now - timedelta(days=1) else []
    while len(mornings) < ROUNDS:
        first = (first - timedelta(days=1)).replace(day=1)
        mornings.append(first)
    return sorted(mornings)


class RoundTale:
    """One month's round."""

    def __init__(
        self, stage: Storyboard, register: list[ContractCourse], opening: datetime, carried: frozenset[UUID]
    ) -> None:
        self.stage, self.register, self.opening, self.carried = stage, register, opening, carried
        self.month = f"{day_in_london(opening):%Y-%m}"
        self.until = horizon_of(self.month, SCHEME.contracts.horizon_days)
        self.thing = Thing(round_id(self.month), ReviewRound())

    def tell(self, closing: datetime, *, closes: bool) -> None:
        """Open it, settle its lines as far as the month goes, and close it where the month is over."""
        self.stage.decide(
            self.thing, OpenReviewRound(month=self.month), CARLO, self.opening, contracts=self._found()
        )
        for number, found in enumerate(self._lines()):
            if closes or number % 3 != 2:  # some of the open one are still to be decided
                self._settle(number, found)
        if closes:
            self.stage.decide(
                self.thing, CloseReviewRound(), PAUL, closing - timedelta(hours=1), contracts=self._found()
            )

    @property
    def deferred(self) -> frozenset[UUID]:
        """Return the contracts whose decision was put off, and so is carried over."""
        review: ReviewRound = self.thing.state
        return frozenset(
            contract
            for contract, said in review.said
            if said.standing is LineStanding.DEFERRED and contract not in review.decided
        )

    def _lines(self) -> list[LineFound]:
        return [found for found in self._of_all() if found.due and not found.decided]

    def _settle(self, number: int, found: LineFound) -> None:
        """Decide, defer or explain one line; whatever can't be decided is deferred."""
        course = next(c for c in self.register if c.thing.id == found.contract)
        at = self.opening + timedelta(days=2, minutes=7 * number)
        in_time = course.has_time(at + TO_DECIDE)
        if number % 4 < 2 and in_time and course.is_decided(at, course.outcome):
            course.execute(course.at + timedelta(hours=3))
            return
        if course.contract.renewal.is_approved:
            return
        if number % 4 == 3:
            say: Any = MarkNotDue(contract=found.contract, reason="Its service closes before.")
        else:
            until = day_in_london(self.opening) + timedelta(days=45)
            say = DeferLine(
                contract=found.contract,
                until=max(until, day_in_london(at) + timedelta(days=2)),
                reason="The supplier's new prices are awaited.",
            )
        self.stage.decide(self.thing, say, CARLO, at + timedelta(days=4), contracts=self._found())

    def _found(self) -> list[JsonValue]:
        return [found.model_dump(mode="json") for found in self._of_all()]

    def _of_all(self) -> list[LineFound]:
        review: ReviewRound = self.thing.state
        lines = {line.contract: line for line in review.lines}
        found = []
        for course in self.register:
            contract, due_on = course.contract, first_due(course.contract)
            line = lines.get(course.thing.id)
            executed = sum(cycle.outcome != "rolled_over" for cycle in contract.cycles)
            is_carried = course.thing.id in self.carried
            in_horizon = due_on is not None and due_on <= self.until
            due = contract.runs and (in_horizon or is_carried)
            if not due and line is None:
                continue
            done = line is not None and executed > line.executed
            found.append(
                LineFound(
                    contract=course.thing.id,
                    reference=course.reference,
                    due_on=due_on,
                    exposure_pence=exposure_pence(contract),
                    executed=executed if line is None else line.executed,
                    missed=len(contract.missed),
                    carried_over=is_carried,
                    due=due,
                    decided=contract.renewal.is_approved or not contract.runs or done,
                )
            )
        return found
