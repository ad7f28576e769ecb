"""The demonstration's outcomes: ten sentences, what was promised half a year ago, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from pydantic import JsonValue

from outcomes.commands.engagement import AdoptStrategy, CloseConsultation, CountConsultation, OpenConsultation
from outcomes.commands.milestones import (
    AcceptMilestone,
    DropMilestone,
    RaiseDependency,
    RebaselineMilestone,
    ReopenMilestone,
    ReportProgress,
    ScheduleMilestone,
    SubmitEvidence,
)
from outcomes.commands.programme import AddOutcome, BeginProgramme, RateOutcomeConfidence
from outcomes.commands.promised_data import ChaseData, PromiseData, RecordDataArrived
from outcomes.domain.engagement import Consultation, Strategy, StrategyTheme
from outcomes.domain.ids import outcome_id, programme_id, strategy_id
from outcomes.domain.milestone import Milestone
from outcomes.domain.programme import Programme, ProgrammeOutcome
from outcomes.domain.promised_data import PromisedData
from outcomes.domain.tags import EvidenceDocument, MeasureShown
from rfp_service.demonstration.aims import DATA, OUTCOMES, THEMES, Aim, Datum, Step
from rfp_service.demonstration.consultations import OF_COUNCILLORS, Asking
from rfp_service.demonstration.storyboard import Storyboard, Thing
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Command

PAPERS_APART = timedelta(days=183)
PIA, OLGA = "pia-programme", "olga-outcomes"
SUPPLIER = "Fictional Outsourcing Ltd"
TRANSITION, MEMBERS = programme_id("transition"), programme_id("member-ict")
BEGUN_DAYS, SCHEDULED_DAYS, LAST_WORD = -150, -140, -8  # before the first paper
SIX_MONTHS = 184


def tell_of_outcomes(stage: Storyboard) -> None:
    """Tell of the programme's outcomes: half a year up to its first paper, and half a year after it."""
    _Programme(stage, stage.now - PAPERS_APART).tell()


SEEN = (
    "Seen, and in use.",
    "Checked with three services; all found it whole.",
    "The transition board accepted it.",
    "Held against the supplier’s own list: nothing is missing.",
    "Two teams have worked by it for a month.",
)


def _seen(title: str) -> str:
    """Return why a milestone was taken for met."""
    return SEEN[sum(map(ord, title)) % len(SEEN)]


def _document(title: str) -> EvidenceDocument:
    digest = sha256(title.encode()).hexdigest()
    return EvidenceDocument(title=title, sha256=digest, link=f"https://documents.example/{digest[:12]}")


@dataclass
class _Programme:
    """The programme, told by days before and after its first paper."""

    stage: Storyboard
    first_paper: datetime

    def tell(self) -> None:
        """Tell it as far as the year goes."""
        self._strategy()
        begin = BeginProgramme(
            code="transition",
            name="Bringing the IT service home",
            owner=PIA,
            purpose="On the transition date the council runs its own IT service again. Ten sentences say"
            " what will then be true; this paper says how near they are.",
        )
        self._does(Thing(TRANSITION, Programme()), begin, PIA, BEGUN_DAYS)
        data = {datum.name: self._datum(datum) for datum in DATA}
        for aim in OUTCOMES:
            self._outcome(aim, data)
        self._councillors()

    def _does(self, thing: Thing, command: Command[Any], by: str, days: float, **facts: JsonValue) -> bool:
        at = self.first_paper + timedelta(days=days)
        return self.stage.decide(thing, command, by, at, **facts)

    def _day(self, days: float) -> date:
        return day_in_london(self.first_paper + timedelta(days=days))

    def _strategy(self) -> None:
        adopt = AdoptStrategy(
            name="Digital first",
            edition="1.5",
            sha256=sha256(b"digital first").hexdigest(),
            link="https://documents.example/digital-first",
            adopted_on=self._day(BEGUN_DAYS - 20),
            themes=[StrategyTheme(name=name, priorities=list(held)) for name, held in THEMES],
        )
        self._does(Thing(strategy_id(adopt.name), Strategy()), adopt, PIA, BEGUN_DAYS - 1)

    def _datum(self, datum: Datum) -> Thing:
        thing = self.stage.thing(f"data {datum.name}", PromisedData())
        promise = PromiseData(
            programme=TRANSITION, what=datum.name, promised_by=SUPPLIER, due=self._day(datum.due)
        )
        self._does(thing, promise, PIA, BEGUN_DAYS + 2, programme_there=True)
        for days, note, new in datum.chases:
            day = None if new is None else self._day(new)
            self._does(thing, ChaseData(note=note, new_day=day), PIA, days)
        if datum.arrived is not None:
            arrived = RecordDataArrived(arrived_on=self._day(datum.arrived), note="Whole, at last.")
            self._does(thing, arrived, PIA, datum.arrived + 0.1)
        return thing

    def _outcome(self, aim: Aim, data: dict[str, Thing]) -> None:
        measures = [MeasureShown(name=name, target=target) for name, target in aim.measures]
        outcome = Thing(outcome_id(TRANSITION, aim.number), ProgrammeOutcome())
        add = AddOutcome(
            programme=TRANSITION, number=aim.number, statement=aim.statement, owner=OLGA, measures=measures
        )
        names: list[JsonValue] = [shown.name for shown in measures]
        self._does(outcome, add, PIA, BEGUN_DAYS + 1, programme_there=True, measures=names)
        if aim.confidence:
            rate = RateOutcomeConfidence(confidence=aim.confidence[0], reason=aim.confidence[1])
            self._does(outcome, rate, OLGA, 170)
        for number, step in enumerate(aim.steps):
            self._step(outcome, step, number, data)

    def _step(self, outcome: Thing, step: Step, number: int, data: dict[str, Thing]) -> None:
        """Tell of one milestone: scheduled, waiting, moved, reported on, and how it ends."""
        thing = self.stage.thing(f"milestone {step.title}", Milestone())
        due = None if step.due is None else self._day(step.due)
        schedule = ScheduleMilestone(
            outcome=outcome.id, title=step.title, owner=OLGA, due=due, priorities=list(step.tags)
        )
        at = SCHEDULED_DAYS + number if step.scheduled is None else step.scheduled
        tags: list[JsonValue] = list(step.tags)
        self._does(thing, schedule, PIA, at, outcome_there=True, priorities=tags)
        for name in step.waits_for:
            raise_it = RaiseDependency(on="data", id=data[name].id)
            self._does(thing, raise_it, PIA, at + 0.2)
        for days, what in sorted(self._course(step), key=lambda each: each[0]):
            self._does(thing, what, PIA if isinstance(what, AcceptMilestone) else OLGA, days)

    def _course(self, step: Step) -> Sequence[tuple[float, Command[Milestone]]]:
        course: list[tuple[float, Command[Milestone]]] = [
            (days, ReportProgress(progress=said)) for days, said in step.reports
        ]
        if step.scheduled is None and step.due is not None and 0 < step.due <= SIX_MONTHS:
            course.append((LAST_WORD, ReportProgress(progress="In hand, for the day promised.")))
        course += [
            (days, RebaselineMilestone(new=self._day(new), reason=why)) for days, new, why in step.moves
        ]
        if step.met is not None:
            document = _document(f"{step.title}: what shows it")
            course.append((step.met - 2, SubmitEvidence(document=document)))
            course.append((step.met, AcceptMilestone(reason=_seen(step.title))))
        if step.reopened:
            course.append((step.reopened[0], ReopenMilestone(reason=step.reopened[1])))
        if step.dropped:
            course.append((step.dropped[0], DropMilestone(reason=step.dropped[1])))
        return course

    def _consultation(self, asking: Asking) -> None:
        """Tell of what councillors were asked, and, where it is over, of what follows."""
        thing = self.stage.thing(f"consultation {asking.name}", Consultation())
        open_it = OpenConsultation(
            programme=MEMBERS,
            about=asking.about,
            opened_on=self._day(asking.opened),
            closes_on=self._day(asking.closes),
            asked=asking.asked,
        )
        self._does(thing, open_it, PIA, asking.opened, programme_there=True)
        self._does(thing, CountConsultation(counts=asking.counts), PIA, asking.counted)
        if asking.conclusion:
            close = CloseConsultation(conclusion=asking.conclusion)
            self._does(thing, close, PIA, asking.counted + 5)

    def _councillors(self) -> None:
        """Tell of the other programme: what councillors work with, and what they said they prefer."""
        begin = BeginProgramme(code="member-ict", name="IT for councillors", owner=PIA)
        self._does(Thing(MEMBERS, Programme()), begin, PIA, BEGUN_DAYS)
        outcome = Thing(outcome_id(MEMBERS, 1), ProgrammeOutcome())
        statement = "Every councillor elected next May has what they need to work from the first day."
        add = AddOutcome(programme=MEMBERS, number=1, statement=statement, owner=OLGA)
        self._does(outcome, add, PIA, BEGUN_DAYS + 1, programme_there=True, measures=[])
        for asking in OF_COUNCILLORS:
            self._consultation(asking)
        for title, due in (("Offer to councillors agreed", 200), ("Induction group at work", 260)):
            step = Step(title, due, reports=((165, "The working group has seen a draft."),))
            self._step(outcome, step, 2, {})
