"""Programmes and outcomes, promised data, consultations and strategies."""

from datetime import date

from outcomes.commands.engagement import AdoptStrategy, CloseConsultation, CountConsultation, OpenConsultation
from outcomes.commands.programme import (
    AddOutcome,
    AmendOutcome,
    AmendProgramme,
    BeginProgramme,
    RateOutcomeConfidence,
)
from outcomes.commands.promised_data import CHASES_LIMIT, ChaseData, PromiseData, RecordDataArrived
from outcomes.domain.engagement import (
    Consultation,
    ConsultationClosed,
    ConsultationCounted,
    ConsultationOpened,
    Strategy,
    StrategyAdopted,
    StrategyTheme,
)
from outcomes.domain.programme import (
    OutcomeAdded,
    OutcomeAmended,
    OutcomeConfidenceRated,
    Programme,
    ProgrammeAmended,
    ProgrammeBegun,
    ProgrammeOutcome,
)
from outcomes.domain.promised_data import DataChased, DataPromised, PromisedData, PromisedDataArrived
from outcomes.domain.refusals import (
    ClosesBeforeItOpens,
    ConsultationIsOver,
    DataHaveArrived,
    DayStillToCome,
    NoSuchMeasure,
    NoSuchProgramme,
    NothingIsAmended,
    OutcomeIsThere,
    PriorityNamedTwice,
    ProgrammeIsThere,
    TooManyOfAMilestone,
)
from outcomes.domain.tags import MeasureShown
from tests.outcomes.examples import PROGRAMME, THERE, TODAY, TOMORROW
from tests.support.specs import given

BEGIN = BeginProgramme(code="transition", name="Bringing the IT service home")
BEGUN = ProgrammeBegun(code="transition", name="Bringing the IT service home")
ADD = AddOutcome(programme=PROGRAMME, number=3, statement="We buy IT services ourselves.")
ADDED = OutcomeAdded(programme=PROGRAMME, number=3, statement="We buy IT services ourselves.")
PROMISE = PromiseData(programme=PROGRAMME, what="Licence costs", promised_by="Supplier", due=date(2026, 6, 1))
PROMISED = DataPromised(**PROMISE.model_dump())
OPEN = OpenConsultation(
    programme=PROGRAMME, about="Devices", opened_on=TODAY, closes_on=date(2026, 4, 1), asked=84
)
OPENED = ConsultationOpened(**OPEN.model_dump())
CLOSED = ConsultationClosed(closed_on=TODAY, conclusion="Laptops.")
THEME = StrategyTheme(name="Foundation platforms", priorities=["Disaster recovery", "Networks"])
ADOPT = AdoptStrategy(
    name="Digital strategy", edition="1.5", sha256="ab" * 32, adopted_on=TODAY, themes=[THEME]
)


def test_a_programme_is_set_up_once_and_can_be_put_right() -> None:
    given(Programme()).when(BEGIN).then(BEGUN)
    given(Programme(), BEGUN).when(BEGIN).refused(ProgrammeIsThere, code="transition")
    rename = AmendProgramme(name="Transition", reason="Shorter.")
    given(Programme(), BEGUN).when(rename).then(ProgrammeAmended(name="Transition", reason="Shorter."))
    given(Programme(), BEGUN).when(rename).leads_to(name="Transition", code="transition")
    given(Programme(), BEGUN).when(AmendProgramme(reason="R.")).refused(NothingIsAmended)


def test_an_outcome_belongs_to_a_programme_that_is_there() -> None:
    given(ProgrammeOutcome()).when(ADD, **THERE).then(ADDED)
    given(ProgrammeOutcome()).when(ADD).refused(NoSuchProgramme)
    given(ProgrammeOutcome(), ADDED).when(ADD, **THERE).refused(OutcomeIsThere, number=3)


def test_an_outcome_is_shown_by_measures_that_a_register_answers() -> None:
    shown = [MeasureShown(name="deflection", target=0.5)]
    amend = AmendOutcome(measures=shown, reason="R.")
    given(ProgrammeOutcome(), ADDED).when(amend, measures=["deflection"]).then(
        OutcomeAmended(measures=tuple(shown), reason="R.")
    )
    given(ProgrammeOutcome(), ADDED).when(amend, measures=["waits"]).refused(
        NoSuchMeasure, missing=["deflection"]
    )
    given(ProgrammeOutcome(), ADDED).when(AmendOutcome(reason="R.")).refused(NothingIsAmended)


def test_an_outcome_keeps_its_confidence_as_given() -> None:
    rate = RateOutcomeConfidence(confidence="Amber/Green", reason="Recruiting is slow.")
    given(ProgrammeOutcome(), ADDED).when(rate).then(
        OutcomeConfidenceRated(confidence="Amber/Green", reason="Recruiting is slow.")
    )
    given(ProgrammeOutcome(), ADDED).when(rate).leads_to(confidence="Amber/Green")


def test_promised_data_are_chased_and_the_first_day_still_counts() -> None:
    given(PromisedData()).when(PROMISE, **THERE).then(PROMISED)
    given(PromisedData()).when(PROMISE).refused(NoSuchProgramme)
    chase = ChaseData(note="By telephone.", new_day=date(2026, 7, 1))
    chased = DataChased(on=TODAY, note="By telephone.", new_day=date(2026, 7, 1))
    given(PromisedData(), PROMISED).when(chase).then(chased)
    given(PromisedData(), PROMISED).when(chase).leads_to(due=date(2026, 6, 1), expected_on=date(2026, 7, 1))
    many = [chased] * CHASES_LIMIT
    given(PromisedData(), PROMISED, *many).when(chase).refused(TooManyOfAMilestone)


def test_promised_data_arrive_once_and_not_on_a_day_to_come() -> None:
    arrived = PromisedDataArrived(arrived_on=TODAY)
    arrive = RecordDataArrived(arrived_on=TODAY)
    given(PromisedData(), PROMISED).when(arrive).then(arrived)
    given(PromisedData(), PROMISED, arrived).when(arrive).refused(DataHaveArrived)
    given(PromisedData(), PROMISED, arrived).when(ChaseData(note="N.")).refused(DataHaveArrived)
    early = RecordDataArrived(arrived_on=TOMORROW)
    given(PromisedData(), PROMISED).when(early).refused(DayStillToCome)


def test_a_consultation_is_kept_by_its_counts() -> None:
    given(Consultation()).when(OPEN, **THERE).then(OPENED)
    given(Consultation()).when(OPEN).refused(NoSuchProgramme)
    backwards = OPEN.model_copy(update={"closes_on": date(2026, 1, 1)})
    given(Consultation()).when(backwards, **THERE).refused(ClosesBeforeItOpens)
    count = CountConsultation(counts={"laptop": 31, "own device": 12})
    given(Consultation(), OPENED).when(count).then(
        ConsultationCounted(counts={"laptop": 31, "own device": 12})
    )
    given(Consultation(), OPENED).when(count).leads_to(counts=(("laptop", 31), ("own device", 12)))
    given(Consultation(), OPENED, CLOSED).when(count).refused(ConsultationIsOver)


def test_a_consultation_is_closed_once() -> None:
    close = CloseConsultation(conclusion="Laptops.")
    given(Consultation(), OPENED).when(close).then(CLOSED)
    given(Consultation(), OPENED, CLOSED).when(close).refused(ConsultationIsOver)


def test_a_strategy_is_adopted_by_the_hash_of_its_document() -> None:
    given(Strategy()).when(ADOPT).then(StrategyAdopted(**ADOPT.model_dump()))
    given(Strategy()).when(ADOPT).leads_to(priorities=("Disaster recovery", "Networks"))
    early = ADOPT.model_copy(update={"adopted_on": TOMORROW})
    given(Strategy()).when(early).refused(DayStillToCome)
    twice = ADOPT.model_copy(update={"themes": [THEME, THEME]})
    given(Strategy()).when(twice).refused(PriorityNamedTwice)
