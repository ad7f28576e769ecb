"""The demonstration's projects in flight: a few hundred, all fictional, with a past to learn from."""

from datetime import date, datetime, timedelta

from pydantic import JsonValue

from projects.commands.assessment import CategoriseProject, DecideHandling, PrioritiseProject, rank_key
from projects.commands.capacity import StateCapacity
from projects.commands.delivery import PauseProject, ReviseForecast, StartDelivery
from projects.commands.identification import IdentifyProject
from projects.commands.planning import AgreeActionPlan, FlagProject, SetMilestone
from projects.domain.capacity import CAPACITY_ID, Capacity, OurPeople
from projects.domain.events import PersonMonths
from projects.domain.project import RATINGS, Moscow, Origin, Project, Scale, Way, project_id
from rfp_service.demonstration.storyboard import Storyboard, Thing
from shared.governance.scheme.parts import ProjectCategory, Weight
from shared.kernel.calendar import day_in_london

FINISHED, RUNNING = 90, 150
PIA = "pia-programme"

CATEGORIES = (
    ProjectCategory(name="Networks", sub_categories=["Offices", "Schools"]),
    ProjectCategory(name="Line-of-business systems", sub_categories=["Replacement", "Upgrade"]),
    ProjectCategory(name="Workplace", sub_categories=["Devices", "Telephony"]),
    ProjectCategory(name="Data and integration", sub_categories=[]),
)
WEIGHTS = (Weight(name="benefit", weight=4), Weight(name="urgency", weight=3), Weight(name="ease", weight=1))
# How much longer than forecast projects of a category have taken, on average, in per cent.
SLIPS = (18, 45, 8, 30)
SUBJECTS = (
    ("Refresh of switches", "Wireless in libraries", "Links to children's centres"),
    ("Social care records", "Highways asset system", "Registrars' bookings"),
    ("Laptops for inspectors", "Contact centre telephony", "Meeting room screens"),
    ("Address gazetteer", "Data warehouse", "Payments interface"),
)
PLACES = ("north", "south", "east", "west", "coast", "district offices", "schools", "archives")
AREAS = ("Highways", "Libraries", "Schools")
WAYS = (Way.INTERNAL, Way.OUTGOING_SUPPLIER, Way.THIRD_PARTY, Way.INTERNAL, Way.STOP)
ORIGINS = (Origin.SUPPLIER, Origin.COUNCIL, Origin.SUPPLIER, Origin.WLBC, Origin.LANCON)


def tell_of_projects(stage: Storyboard, start: datetime, transition: date) -> None:
    """Tell of projects that are over, and of those that will or will not be over by the transition."""
    _state_capacity(stage, start + timedelta(hours=1))
    for number in range(FINISHED):
        _finished(stage, number, start + timedelta(hours=2, minutes=number))
    for number in range(RUNNING):
        _Course(stage, number, start, transition).run()


def _state_capacity(stage: Storyboard, at: datetime) -> None:
    months = [
        OurPeople(month=f"{at.year + 1}-{month:02}", skill=skill, people=people)
        for month in range(1, 13)
        for skill, people in (("networks", 6), ("applications", 8), ("service desk", 5))
    ]
    command = StateCapacity(months=months, reason="As the service plan has it.")
    stage.decide(Thing(CAPACITY_ID, Capacity()), command, PIA, at)


def _named(number: int) -> tuple[int, str, str]:
    """Return the category, the sub-category and the title of a project."""
    category = number % len(CATEGORIES)
    subs = CATEGORIES[category].sub_categories
    subject = SUBJECTS[category][number // 4 % 3]
    title = f"{subject}, {PLACES[number // 12 % len(PLACES)]}"
    return category, subs[number // 4 % len(subs)] if subs else "", title


def _finished(stage: Storyboard, number: int, at: datetime) -> None:
    """Register a project that was over before the programme began; some took longer than they said."""
    category, sub, title = _named(number)
    planned = stage.chance.randint(90, 500)
    took = round(planned * (1 + stage.chance.gauss(SLIPS[category], 20) / 100))
    finished = day_in_london(at) - timedelta(days=stage.chance.randint(5, 1_600))
    begun = finished - timedelta(days=max(30, took))
    command = IdentifyProject(
        reference=f"OLD-{number + 1:03}",
        title=title,
        origin=ORIGINS[number % len(ORIGINS)],
        start=begun,
        forecast_end=begun + timedelta(days=planned),
        finished_on=finished,
        category=CATEGORIES[category].name,
        sub_category=sub or None,
    )
    thing = Thing(project_id(f"OLD-{number + 1:03}"), Project())
    stage.decide(thing, command, PIA, at)


class _Course:
    """One running project's course; it comes as far as the year and its number take it."""

    def __init__(self, stage: Storyboard, number: int, start: datetime, transition: date) -> None:
        self.stage, self.number, self.transition = stage, number, transition
        self.chance = stage.chance
        self.reference = f"PRJ-{number + 1:04}"
        self.thing = Thing(project_id(self.reference), Project())
        self.at = start + timedelta(days=1 + number, hours=1)
        self.category, self.sub, self.title = _named(number)

    def run(self) -> None:
        """Run as far as it goes."""
        if not self._is_found():
            return
        if self.number % 9 == 0:
            flag = FlagProject(reason="The supplier has moved its people elsewhere.")
            self._does(flag, 3)
        if self.number % 6 != 5 and self._is_judged() and self.number % 4:
            self._is_under_way()
        if self.number % 11 == 7:  # a few of them
            self._does(PauseProject(reason="The team is needed at the election."), 15)
        if self.number % 5 == 1:
            due = day_in_london(self.at) + timedelta(days=60)
            self._does(AgreeActionPlan(owner=PIA, due=due), 4)

    def _does(self, command: object, days: float, **facts: JsonValue) -> bool:
        self.at = self.stage.later(self.at, days)
        return self.stage.decide(self.thing, command, PIA, self.at, **facts)  # type: ignore[arg-type]  # those below

    def _is_found(self) -> bool:
        begun = day_in_london(self.at) - timedelta(days=self.chance.randint(20, 300))
        known = self.number % 13 != 12
        ends = self.transition + timedelta(days=round(self.chance.gauss(-120, 160)))
        if self.number % 10 == 4:  # these have run beyond what was forecast
            ends = begun + timedelta(days=150)
        scale = (Scale.THREE_POINT, Scale.FIVE_POINT)[self.number % 2]
        command = IdentifyProject(
            reference=self.reference,
            title=self.title,
            supplier="Fictional Outsourcing Ltd",
            origin=ORIGINS[self.number % len(ORIGINS)],
            service_area=AREAS[self.number % len(AREAS)],
            owner=PIA,
            start=begun,
            forecast_end=max(ends, begun + timedelta(days=60)) if known else None,
            contingency_days=self.chance.choice((0, 14, 30)),
            cost_pence=self.chance.randint(5, 900) * 100_000,
            scale=scale,
            confidence=self.chance.choice(RATINGS[scale]),
        )
        return self._does(command, 0)

    def _is_judged(self) -> bool:
        category = CATEGORIES[self.category]
        sort = CategoriseProject(
            category=category.name, sub_category=self.sub or None, reason="As the programme office reads it."
        )
        moscow = (Moscow.MUST, Moscow.SHOULD, Moscow.COULD, Moscow.WONT)[self.number % 11 % 4]
        scores = {weight.name: float(self.chance.randint(1, 10)) for weight in WEIGHTS}
        weigh = PrioritiseProject(moscow=moscow, scores=scores, reason="As the board scored it.")
        weights: JsonValue = {weight.name: weight.weight for weight in WEIGHTS}
        handle = DecideHandling(
            handling=WAYS[self.number % len(WAYS)],
            third_party="Fictional Integrators Ltd" if self.number % 5 == 2 else None,
            needs=self._needs() if self.number % 5 in (0, 3) else [],
            reason="As the board decided.",
        )
        return (
            self._does(sort, 5, category_named=True)
            and self._does(weigh, 9, weights=weights, rank=self._rank(moscow))
            and self._does(handle, 12)
        )

    def _rank(self, moscow: Moscow) -> int:
        return 1 + rank_key(moscow, None)[0] * (RUNNING // 4) + self.number % (RUNNING // 4)

    def _needs(self) -> list[PersonMonths]:
        skill = ("networks", "applications", "service desk", "applications")[self.category]
        return [
            PersonMonths(month=f"{self.at.year + 1}-{month:02}", skill=skill, people=0.5)
            for month in range(1 + self.number % 6, 5 + self.number % 6)
        ]

    def _is_under_way(self) -> bool:
        if self.thing.state.handling.way is Way.STOP:
            return False
        begun = day_in_london(self.at)
        milestone = SetMilestone(name="Design agreed", baseline=begun + timedelta(days=45))
        later = self.thing.state.schedule.forecast_end
        return (
            self._does(StartDelivery(started_on=begun), 3)
            and self._does(milestone, 1)
            and later is not None
            and self.number % 3 == 0
            and self._does(ReviseForecast(new=later + timedelta(days=75), reason="Parts are late."), 20)
        )
