"""What rooms say of batches and registers: stored names are for ever, and headings mean one field each."""

from datetime import date

import pytest

from projects.api.registers import PROJECT_REGISTER
from rfp_service.contracts.api.registers import CONTRACT_REGISTER_FORM
from rfp_service.rfps.api.registers import RFP_REGISTER
from rfp_service.rooms import CONTEXTS, OPERATIONS
from shared.kernel.fields import SHORT_TEXT_LIMIT
from shared.web.registers.register import Register, headings_of

REGISTERS = (PROJECT_REGISTER, CONTRACT_REGISTER_FORM, RFP_REGISTER)
TOO_LONG = "x" * (SHORT_TEXT_LIMIT + 1)

PROJECTS = """
    project-action-plans project-categorisations project-flag-liftings project-flags project-forecasts
    project-handlings project-owners project-prioritisations project-ratings project-undo
"""
CONTRACTS = (
    "contract-confirmations contract-notice-periods contract-owners contract-recommendations contract-undo"
)
RFPS = "rfp-hold-ends rfp-holds rfp-leads rfp-undo"


def test_names_that_batches_are_stored_by_are_for_ever() -> None:
    assert {*PROJECTS.split(), *CONTRACTS.split(), *RFPS.split()} <= {*OPERATIONS}
    assert [each.name for each in REGISTERS] == ["project-register", "contract-register", "rfp-register"]


def test_no_two_rooms_name_what_they_do_to_many_alike() -> None:
    assert sum(len(context.operations) for context in CONTEXTS) == len(OPERATIONS)


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_each_heading_means_one_field_that_the_register_has(register: Register) -> None:  # type: ignore[type-arg]  # any
    called = headings_of(register.headings)
    assert {*called} <= {*register.by_name}
    headings = [heading for of_one in called.values() for heading in of_one]
    assert len(headings) == len({*headings})


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_a_text_that_no_field_holds_is_doubted_and_the_rest_of_its_row_is_not(register: Register) -> None:  # type: ignore[type-arg]  # any
    assert register.doubts({"supplier": "Acme", "description": "Cables"}) == {}
    [(name, why)] = register.doubts({"supplier": TOO_LONG, "description": "Cables"}).items()
    assert name == "supplier"
    assert why.startswith("can't be kept so")


def test_a_contracts_end_before_its_start_is_doubted() -> None:
    start = date(2027, 1, 2)
    doubts = CONTRACT_REGISTER_FORM.doubts
    assert doubts({"start": start, "initial_end": date(2027, 1, 1)}) == {
        "initial_end": "is before the start|a later day"
    }
    assert doubts({"start": start, "initial_end": start}) == doubts({"initial_end": start}) == {}
