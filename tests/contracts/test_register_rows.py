"""A row of a register of contracts: what is new is flagged, the same again says nothing, changes are kept."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rfp_service.contracts.api.register_headings import HEADINGS
from rfp_service.contracts.api.registers import (
    CONTRACT_REGISTER_FORM,
    FIELDS,
    NOT_THE_CURRENT_END,
    NOT_THE_INITIAL_END,
    prepared,
)
from rfp_service.contracts.commands.bulk_decisions import NameContractOwner, SetNoticePeriod
from rfp_service.contracts.commands.register_rows import BY_REGISTER, ImportContract
from rfp_service.contracts.commands.restatement import UndoContractBatch
from rfp_service.contracts.domain.contract import Contract, ContractStage, FlagCode, HowEnded
from rfp_service.contracts.domain.events import (
    ClockSet,
    ContractAmended,
    ContractEvent,
    ContractFlagAnswered,
    ContractRegistered,
    ContractTermsCorrected,
)
from rfp_service.contracts.domain.refusals import (
    ContractDecidedSince,
    ContractReferenceTaken,
    TermsContradict,
)
from rfp_service.contracts.domain.renewal_events import ContractExpired, ReviewFallsDue, ReviewStarted
from rfp_service.contracts.domain.restatement import ContractRestated, snapshot
from shared.kernel.suppliers import Supplier
from shared.web.registers.mappings import suggested
from shared.web.registers.register import headings_of
from shared.web.tabular.headings import Heading, key_words
from shared.web.tabular.tables import Form, Table, TextFile
from tests.contracts.examples import NONE, REGISTERED, TACIT, happened, register
from tests.support.specs import RULES, given, stamp

START, END, LATER = date(2025, 4, 1), date(2028, 3, 31), date(2029, 3, 31)
ROW = ImportContract(
    reference="C-1",
    title="Network support",
    supplier="Ribble Networks Ltd",
    value_pence=3_600_000,
    start=START,
    initial_end=END,
    unread={"SME": "large"},
)
LANDED = happened(ROW)
STORE: Any = None  # nothing is looked up
BATCH = uuid4()
UNDO = UndoContractBatch(undone=BATCH, reason="The wrong file.")


def folded(*events: object) -> Contract:
    contract = NONE
    for event in events:
        contract = event.apply(contract)  # type: ignore[attr-defined]  # events of a contract
    return contract


def test_a_new_row_is_one_event_with_all_its_flags() -> None:
    [event] = LANDED
    assert isinstance(event, ContractRegistered)
    assert {FlagCode.REVIEW_DATE_MISSING, FlagCode.NOTICE_MISSING} <= {*event.flagged}
    assert folded(event).about.unread == (("SME", "large"),)


def test_the_same_row_again_says_nothing() -> None:
    assert happened(ROW, *LANDED) == LANDED


def test_of_a_known_contract_the_changes_are_kept_and_what_they_answer() -> None:
    row = ROW.model_copy(update={"title": "Wide network", "initial_end": LATER, "review_on": END})
    events = happened(row, *LANDED)[1:]
    amended, corrected, *rest = events
    assert isinstance(amended, ContractAmended)
    assert (amended.title, amended.reason) == ("Wide network", BY_REGISTER)
    assert isinstance(corrected, ContractTermsCorrected)
    assert folded(*LANDED, *events).clock.ends_on == LATER
    [answered] = rest
    assert isinstance(answered, ContractFlagAnswered)
    assert answered.code is FlagCode.REVIEW_DATE_MISSING


@pytest.mark.parametrize(
    ("supplier", "number"),
    [("Wyre Software plc", None), ("RIBBLE NETWORKS LIMITED", "01234567"), ("Ribble Software Ltd", None)],
)
def test_the_number_of_one_supplier_is_not_said_of_another(supplier: str, number: str | None) -> None:
    landed = happened(ROW.model_copy(update={"supplier_number": "01234567", "small_or_medium": True}))
    row = ImportContract(reference="C-1", title="Network support", supplier=supplier, unread=ROW.unread)
    found = folded(*happened(row, *landed)).about.supplier
    assert found == Supplier(name=supplier, number=number, small_or_medium=number and True)


def test_a_cell_that_can_be_read_now_and_a_date_withdrawn_are_restated() -> None:
    row = ROW.model_copy(update={"unread": {}, "withdrawn": ("initial_end",)})
    _, restated, *_ = happened(row, *LANDED)
    assert isinstance(restated, ContractRestated)
    after = folded(*LANDED, restated)
    assert (after.about.unread, after.terms.stated.initial_end) == ((), None)


def test_a_row_that_ends_before_it_starts_is_refused() -> None:
    row = ROW.model_copy(update={"initial_end": date(2020, 1, 1)})
    given(NONE).when(row).refused(TermsContradict)
    given(NONE, *LANDED).when(row).refused(TermsContradict)


BY_TERM = happened(register({"start": "2024-04-01", "term_months": 36}))


@pytest.mark.parametrize(
    "more", [{"start": date(2024, 5, 1)}, {"withdrawn": ("start",)}, {"start": date(2023, 10, 9)}]
)
def test_an_end_that_a_row_states_unchanged_does_not_move_with_its_start(more: dict[str, Any]) -> None:
    end = date(2027, 3, 31)
    assert folded(*BY_TERM).clock.ends_on == end
    row = ImportContract(reference="C-1", title="Network support", initial_end=end, **more)
    after = folded(*happened(row, *BY_TERM))
    assert (after.terms.start, after.clock.ends_on) == (more.get("start"), end)


def test_a_start_may_move_beyond_an_end_that_is_withdrawn() -> None:
    row = ImportContract(
        reference="C-1", title="Network support", start=date(2028, 9, 1), withdrawn=("initial_end",)
    )
    after = folded(*happened(row, *LANDED))
    assert (after.terms.start, after.clock.ends_on) == (date(2028, 9, 1), None)


def test_an_end_before_the_day_for_notice_that_the_contract_states_is_refused() -> None:
    terms = {"start": "2024-04-01", "initial_end": "2027-03-31", "last_safe": "2026-09-30"}
    row = ImportContract(reference="C-1", title="Network support", initial_end=date(2026, 6, 30))
    given(NONE, *happened(register(terms))).when(row).refused(TermsContradict)


EXTENDED = happened(
    register(
        {
            "start": "2024-04-01",
            "term_months": 24,
            "notice": {"count": 3, "unit": "months"},
            "options": [{"months": 12}, {"months": 12}],
            "exercised": 1,
        }
    )
)
ROLLED = happened(register({**TACIT, "start": "2022-07-01"}))


@pytest.mark.parametrize(
    ("contract", "current"), [(EXTENDED, date(2027, 3, 31)), (ROLLED, date(2026, 6, 30))]
)
def test_the_current_end_of_a_contract_that_has_gone_on_does_not_become_its_initial_end(
    contract: tuple[ContractEvent, ...], current: date
) -> None:
    row = ImportContract(reference="C-1", title="Network support", initial_end=current)
    assert folded(*contract).clock.ends_on == current
    assert happened(row, *contract) == contract


def test_its_initial_end_is_corrected_by_a_row_that_says_it() -> None:
    row = ImportContract(reference="C-1", title="Network support", initial_end=date(2026, 4, 30))
    after = folded(*happened(row, *EXTENDED))
    assert after.clock.ends_on == date(2027, 4, 30)


AGREES = {"initial_end": ""}
NOT_CURRENT, NOT_INITIAL = ({"initial_end": why} for why in (NOT_THE_CURRENT_END, NOT_THE_INITIAL_END))
CURRENT, END_DATE, INITIAL, OWN = "Current end date", "End date", "Initial end date", "initial_end"


@pytest.mark.parametrize(
    ("heading", "end", "taken"),
    [
        (CURRENT, date(2027, 3, 31), AGREES),
        (CURRENT, date(2026, 3, 31), NOT_CURRENT),
        (CURRENT, date(2028, 3, 31), NOT_CURRENT),
        (END_DATE, date(2027, 3, 31), AGREES),
        (END_DATE, date(2026, 3, 31), {}),  # its initial end, as it was before
        (END_DATE, date(2028, 3, 31), NOT_CURRENT),
        (INITIAL, date(2027, 3, 31), NOT_INITIAL),
        (INITIAL, date(2026, 3, 31), {}),
        (INITIAL, date(2026, 4, 30), {}),
        (OWN, date(2026, 4, 30), {}),
    ],
)
async def test_what_an_end_says_of_an_extended_contract_depends_on_its_heading(
    heading: str, end: date, taken: dict[str, str]
) -> None:
    rules = await prepared(STORE, stamp("cora", rules=RULES))
    assert rules.of_known(folded(*EXTENDED), {"initial_end": end}, {"initial_end": heading}) == taken
    assert not rules.of_known(folded(*LANDED), {"initial_end": end}, {"initial_end": heading}), "as it was"


@pytest.mark.parametrize(
    ("headings", "ends"),
    [
        (("Initial end date",), ["Initial end date"]),
        (("Contract end date (original)",), ["Contract end date (original)"]),
        (("Initial expiry",), ["Initial expiry"]),
        (("Initial end date", "Current end date"), ["Current end date"]),  # it runs until then
        (("Original end", "Initial end date"), ["Original end"]),
        (("Initial start date", "First review date", "Initial value"), []),
    ],
)
def test_an_initial_end_is_known_where_no_other_column_says_an_end(
    headings: tuple[str, ...], ends: list[str]
) -> None:
    said = ("Reference", "Title", *headings)
    table = Table(Form("csv"), said, TextFile(Path("/dev/null")), Heading(1, 1, said, {}))
    named = suggested(CONTRACT_REGISTER_FORM, table)
    assert [heading for heading, name in named.items() if name == "initial_end"] == ends
    assert {*named.values()} - {"initial_end"} == {"reference", "title"}


async def test_a_start_that_changes_in_the_same_row_moves_the_end_that_it_is_held_against() -> None:
    rules, column = await prepared(STORE, stamp("cora", rules=RULES)), {"initial_end": CURRENT}
    said = {"start": date(2024, 5, 1), "initial_end": date(2027, 4, 30)}
    assert rules.of_known(folded(*EXTENDED), said, column) == AGREES
    said["initial_end"] = date(2027, 3, 31)
    assert rules.of_known(folded(*EXTENDED), said, column) == NOT_CURRENT


def test_naming_an_owner_answers_that_one_was_missing() -> None:
    *flags, amended = happened(NameContractOwner(owner="olga", reason="Hers."), *LANDED)[1:]
    assert [flag.code for flag in flags] == [FlagCode.OWNER_MISSING]
    assert amended.owner == "olga"


def test_a_notice_period_sets_the_last_safe_date_anew() -> None:
    command = SetNoticePeriod(notice_count=3, reason="Clause 12.")
    after = folded(*happened(command, *LANDED))
    assert after.clock.last_safe == date(2027, 12, 31)
    assert FlagCode.NOTICE_MISSING not in after.open_flags


def test_a_notice_period_is_that_of_options_without_one_of_their_own_until_it_is_undone() -> None:
    options = [{"months": 12}, {"months": 12, "notice": {"count": 1, "unit": "months"}}]
    terms = {"start": "2024-04-01", "term_months": 36, "options": options}
    begun = happened(register(terms))
    assert folded(*begun).clock.notice_by == date(2027, 3, 31)  # the option's last day, as far as is known
    after = happened(SetNoticePeriod(notice_count=3, reason="Clause 12."), *begun)
    assert [option.notice.words for option in folded(*after).terms.options] == ["3 months'", "1 month's"]
    assert folded(*after).clock.notice_by == date(2026, 12, 31)
    facts = {"was": snapshot(folded(*begun)), "became": snapshot(folded(*after))}
    [undone] = given(NONE, *after).when(UNDO, **facts).events()
    assert folded(*after, undone).terms == folded(*begun).terms


def test_an_undo_restores_what_the_batch_changed_and_nobody_has_since() -> None:
    owned = happened(NameContractOwner(owner="olga", reason="Hers."), *LANDED)
    facts = {"was": snapshot(folded(*LANDED)), "became": snapshot(folded(*owned))}
    [undone] = given(NONE, *owned).when(UNDO, **facts).events()
    assert undone.apply(folded(*owned)).about.owner == ""
    since = happened(NameContractOwner(owner="otto", reason="His."), *owned)
    given(NONE, *since).when(UNDO, **facts).refused(ContractDecidedSince)
    given(NONE, *owned).when(UNDO).refused(ContractDecidedSince)


def test_what_a_register_put_here_is_taken_off_and_can_be_put_here_anew() -> None:
    facts = {"was": snapshot(NONE), "became": snapshot(folded(*LANDED))}
    [taken_off] = given(NONE, *LANDED).when(UNDO, **facts).events()
    after = folded(*LANDED, taken_off)
    assert (after.stage, after.how_ended) == (ContractStage.ENDED, HowEnded.TAKEN_OFF)
    anew = folded(*happened(ROW, *LANDED, taken_off))
    assert anew.stage is ContractStage.IN_FORCE
    assert anew.clock.number > after.clock.number
    given(NONE, *LANDED, *happened(ROW, *LANDED, taken_off)[1:]).when(register()).refused(
        ContractReferenceTaken
    )
    given(NONE, *REGISTERED).when(UNDO, **facts).refused(ContractDecidedSince)


def test_what_only_its_clock_has_made_of_it_does_not_keep_it_in_the_register() -> None:
    facts = {"was": snapshot(NONE), "became": snapshot(folded(*LANDED))}
    clock = ClockSet(number=2)
    alerted = ReviewFallsDue(stage=ContractStage.REVIEW_DUE, clock=clock, due_on=END, last_safe=END)
    expired = ContractExpired(stage=ContractStage.ENDED, clock=clock, ended_on=END, late=True)
    for since in ((alerted,), (expired,), (alerted, expired)):
        [undone] = given(NONE, *LANDED, *since).when(UNDO, **facts).events()
        assert folded(*LANDED, *since, undone).how_ended is HowEnded.TAKEN_OFF
    started = ReviewStarted(stage=ContractStage.IN_REVIEW, reviewer="ann")
    given(NONE, *LANDED, started).when(UNDO, **facts).refused(ContractDecidedSince)


def test_each_heading_means_one_field_and_the_codes_own_words_are_known() -> None:
    called = headings_of(HEADINGS)
    assert {*called} <= {field.name for field in FIELDS}
    headings = [key_words(heading) for name, of_one in called.items() for heading in (name, *of_one)]
    assert len(headings) == len(set(headings)), "no heading is listed twice in other words"
    known = CONTRACT_REGISTER_FORM.known
    for heading, field in (
        ("Reference number", "reference"),
        ("Title of agreement", "title"),
        ("Local authority department responsible", "department"),
        ("Description of the goods and/or services being provided", "description"),
        ("Supplier name and details", "supplier"),
        ("Sum to be paid over the length of the contract", "value_pence"),
        ("Value Added Tax that cannot be recovered", "irrecoverable_vat_pence"),
        ("Start date", "start"),
        ("End date", "initial_end"),
        ("Review date", "review_on"),
        ("Whether or not the contract was the result of an invitation to quote", "tendered"),
        ("Agreement description", "description"),
        ("Total value GBP", "value_pence"),
        ("SME (Y/N)", "small_or_medium"),
        ("VCSE (Y/N)", "voluntary_or_community"),
        ("Ref. No.", "reference"),
        ("Name of the contractor", "supplier"),
        ("Supplier's Company Reg. No.", "supplier_number"),
        ("Is the supplier an SME?", ""),
    ):
        assert known.get(key_words(heading), "") == field, heading
