"""What `next` allows on milestones, outcomes, promised data and consultations is accepted; guards refuse."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from outcomes.api.engagement import DECISIONS as CONSULTATION_DECISIONS
from outcomes.api.milestones import DECISIONS
from outcomes.api.programmes import DECISIONS as OUTCOME_DECISIONS
from outcomes.api.promised_data import DECISIONS as DATA_DECISIONS
from outcomes.domain import refusals
from outcomes.domain.engagement import Consultation, ConsultationOpened
from outcomes.domain.milestone import Milestone
from outcomes.domain.programme import OutcomeAdded, ProgrammeOutcome
from outcomes.domain.promised_data import DataPromised, PromisedData
from shared.kernel.messages import Stamp
from tests.outcomes.examples import NONE, PROGRAMME, SCHEDULED, TODAY
from tests.support.guards import Body, Tries
from tests.support.specs import NOW, stamp

PEOPLE = ("pia", "pam", "olga")
REASON: dict[str, Any] = {"reason": "R."}
# What is refused for how the thing stands, or for who decides, whatever the body says.
FOR_HOW_IT_STANDS = (
    refusals.MilestoneNotUnderWay,
    refusals.MilestoneNotMet,
    refusals.NoEvidenceYet,
    refusals.OwnEvidence,
    refusals.WaitsForNothingOfThatKind,
    refusals.DataHaveArrived,
    refusals.ConsultationIsOver,
)
ADDED = OutcomeAdded(programme=PROGRAMME, number=3, statement="We buy services ourselves.")
PROMISED = DataPromised(programme=PROGRAMME, what="Costs", promised_by="Fictional Ltd", due=TODAY)
OPENED = ConsultationOpened(programme=PROGRAMME, about="Devices", opened_on=TODAY, closes_on=TODAY)


def _decides(dice: Random, turn: int) -> Stamp:
    return stamp(dice.choice(PEOPLE), at=NOW + timedelta(hours=turn), outcome_there=True)


def _awaited(milestone: Milestone) -> dict[str, Any]:
    waits = (wait.thing for wait in milestone.waits_for if wait.satisfied_on is None)
    thing = next(waits, None)
    return {"on": thing.on, "id": thing.id} if thing else {"on": "project", "id": UUID(int=1)}


BODIES: Mapping[str, Body[Milestone]] = {
    "amend": lambda _, turn: {"title": f"Title {turn}", **REASON},
    "rebaseline": lambda _, turn: {"new": TODAY + timedelta(days=200 + turn), **REASON},
    "submit-evidence": lambda _, turn: {"document": {"title": "Minute", "sha256": f"{turn:064x}"}},
    "raise-dependency": lambda _, turn: {"on": "project", "id": UUID(int=turn)},
    "satisfy-dependency": lambda milestone, _: {**_awaited(milestone), **REASON},
}
OF_OUTCOMES: Mapping[str, Body[ProgrammeOutcome]] = {
    "amend": lambda _, turn: {"statement": f"Statement {turn}", **REASON},
    "rate-confidence": lambda _, __: {"confidence": "Amber", **REASON},
}
OF_DATA: Mapping[str, Body[PromisedData]] = {"record-arrived": lambda _, __: {"arrived_on": TODAY}}
OF_CONSULTATIONS: Mapping[str, Body[Consultation]] = {"count": lambda _, turn: {"counts": {"laptop": turn}}}


def test_what_is_allowed_on_a_milestone_is_accepted_and_guards_refuse_the_rest() -> None:
    tries = Tries(DECISIONS, BODIES, FOR_HOW_IT_STANDS)
    onward = ("submit-evidence", "accept", "accept", "reopen")
    tries.walk(lambda _: SCHEDULED.apply(NONE), _decides, onward=onward, endings=frozenset({"drop"}))
    tries.must_agree()
    assert len(tries.by_guards) > 4, tries.by_guards


def test_what_is_allowed_on_an_outcome_is_accepted() -> None:
    tries = Tries(OUTCOME_DECISIONS, OF_OUTCOMES, FOR_HOW_IT_STANDS)
    tries.walk(lambda _: ADDED.apply(ProgrammeOutcome()), _decides, seeds=5, turns=20)
    tries.must_always_accept()


def test_what_is_allowed_on_promised_data_and_consultations_is_accepted() -> None:
    data = Tries(DATA_DECISIONS, OF_DATA, FOR_HOW_IT_STANDS)
    data.walk(lambda _: PROMISED.apply(PromisedData()), _decides, turns=6, onward=("chase",) * 4)
    data.must_agree()
    asked = Tries(CONSULTATION_DECISIONS, OF_CONSULTATIONS, FOR_HOW_IT_STANDS)
    asked.walk(lambda _: OPENED.apply(Consultation()), _decides, turns=6, onward=("count",) * 4)
    asked.must_agree()
