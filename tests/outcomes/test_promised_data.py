"""Promised data are late from the day after the one promised first, on weekends and holidays as well."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from outcomes.api.conclusions import milestones_shown, promised_data_shown
from outcomes.api.facts import ProgrammeFacts
from outcomes.api.forms.wording import standing
from outcomes.domain.horizons import Colour
from rfp_service.console.programme_facts import data_lead
from shared.kernel.calendar import WorkingDays
from tests.outcomes.examples import DATA, OUTCOME, PROGRAMME

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 3, day) for day in (6, 7, 8, 9))
GOOD_FRIDAY = date(2026, 4, 3)
BY_LESS = "late by less than a working day"


def facts_on(day: date, due: date, arrived: date | None, **more: Any) -> ProgrammeFacts:
    data = {"id": DATA, "version": 1, "programme": PROGRAMME, "what": "Costs", "promised_by": "Supplier"}
    data |= {"due": due, "chases": [], "arrived_on": arrived, "note": ""}
    known: dict[str, Any] = {"programme": {}, "outcomes": [], "milestones": [], "consultations": [], **more}
    return ProgrammeFacts(day=day, promised_data=[data], found={}, days=WorkingDays(), names={}, **known)


@pytest.mark.parametrize(
    ("due", "arrived", "late", "days", "said"),
    [
        (SATURDAY, SATURDAY, False, 0, "in time"),
        (FRIDAY, FRIDAY, False, 0, "in time"),
        (SATURDAY, SUNDAY, True, 0, BY_LESS),
        (FRIDAY, SUNDAY, True, 0, BY_LESS),
        (SATURDAY, MONDAY, True, 1, "1 working day late"),
        (GOOD_FRIDAY, GOOD_FRIDAY + timedelta(days=3), True, 0, BY_LESS),  # Easter Monday
        (GOOD_FRIDAY, GOOD_FRIDAY + timedelta(days=4), True, 1, "1 working day late"),
    ],
)
def test_data_that_came_after_their_day_did_not_come_in_time(
    due: date,
    arrived: date,
    late: bool,  # noqa: FBT001  # a parameter of the specification
    days: int,
    said: str,
) -> None:
    [shown] = promised_data_shown(facts_on(date(2026, 6, 1), due, arrived))
    assert (shown.late, shown.working_days_late) == (late, days)
    assert standing(shown).endswith(f", {said}.")
    assert data_lead(shown.model_dump(mode="json")).endswith(f", {said}.")


def test_data_that_are_missing_after_their_day_are_due_and_what_waits_for_them_is_amber() -> None:
    waits = [{"on": "data", "id": str(DATA), "note": "", "raised_on": FRIDAY, "satisfied_on": None}]
    step = {"id": uuid4(), "version": 1, "outcome": OUTCOME, "title": "Analysis", "status": "open"}
    step |= {"owner": None, "due": date(2026, 5, 1), "first_due": date(2026, 5, 1), "moves": []}
    step |= {"progress": None, "confidence": None, "priorities": [], "evidence": [], "waits_for": waits}
    step |= {"met_on": None, "accepted_by": None, "reopened": [], "dropped": None}
    step |= {"changed_at": datetime(2026, 3, 6, 9, tzinfo=UTC)}
    of = {"outcomes": [{"id": OUTCOME, "number": 3}]}
    for day, colour, said in (
        (SATURDAY, Colour.GREEN, "Not due yet."),
        (SUNDAY, Colour.AMBER, f"Missing, {BY_LESS}; not chased."),
    ):
        facts = facts_on(day, SATURDAY, None, milestones=[step], **of)
        assert standing(promised_data_shown(facts)[0]) == said
        [milestone] = milestones_shown(facts)
        assert (milestone.colour, milestone.waits_for[0].late) == (colour, day == SUNDAY)
