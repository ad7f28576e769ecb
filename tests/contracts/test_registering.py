"""The register of contracts: what is missing is flagged and never guessed, and dates stand on documents."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rfp_service.contracts.commands.concluded_rfps import RegisterConcluded
from rfp_service.contracts.commands.confirmations import READINGS_LIMIT, ConfirmDate, ReadDate
from rfp_service.contracts.commands.registration import AmendContract, AnswerFlag, CorrectTerms, FlagContract
from rfp_service.contracts.domain.all_events import EVENTS
from rfp_service.contracts.domain.contract import Contract, FlagCode, LedgerDate, contract_id
from rfp_service.contracts.domain.date_events import ContractDateRead
from rfp_service.contracts.domain.day_counts import anchor_of
from rfp_service.contracts.domain.duty_events import NoticePublished
from rfp_service.contracts.domain.events import ContractFlagAnswered, ContractFlagged, ContractRegistered
from rfp_service.contracts.domain.exposure import confidence, exposure_pence
from rfp_service.contracts.domain.refusals import (
    ContractReferenceTaken,
    NoSuchFlag,
    NothingToCorrect,
    RollsSinceThen,
    StillFlagged,
    TermsContradict,
    TooManyOfContract,
    WrongContractStage,
)
from rfp_service.contracts.domain.terms import Stated, Terms
from tests.contracts.examples import (
    DOCUMENT,
    NONE,
    REGISTERED,
    ROLLING_OVER,
    TACIT,
    TERMS,
    happened,
    register,
)
from tests.support.specs import given


def state(*events: Any) -> Contract:
    contract = NONE
    for event in events:
        contract = event.apply(contract)
    return contract


def test_a_contract_comes_into_the_register_with_its_clock_set() -> None:
    [registered] = given(NONE).when(register()).events()
    assert isinstance(registered, ContractRegistered)
    assert registered.clock.ends_on == date(2027, 3, 31)
    assert registered.clock.last_safe == date(2026, 12, 29)
    assert registered.clock.notice_by == date(2026, 12, 29)  # the option has the same notice
    assert registered.regime == "procurement_act_2023"


def test_one_reference_is_one_contract_however_it_is_written() -> None:
    assert contract_id("C-1") == contract_id(" c-1 ") != contract_id("C-2")
    given(NONE, *REGISTERED).when(register()).refused(ContractReferenceTaken, reference="C-1")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"value_pence": None}, FlagCode.VALUE_MISSING),
        ({"value_pence": 0}, FlagCode.VALUE_ZERO),
        ({"value_pence": 100}, FlagCode.VALUE_ONE_POUND),
        ({"review_on": None}, FlagCode.REVIEW_DATE_MISSING),
        ({"owner": None}, FlagCode.OWNER_MISSING),
        ({"procurement_begun_on": None}, FlagCode.REGIME_UNKNOWN),
        ({"terms": {**TERMS, "notice": None}}, FlagCode.NOTICE_MISSING),
        ({"terms": {**TACIT, "roll_months": None}}, FlagCode.ROLL_MISSING),
        ({"terms": {**TERMS, "term_months": None}}, FlagCode.END_MISSING),
    ],
)
def test_what_is_missing_or_looks_wrong_is_flagged(said: dict[str, Any], code: FlagCode) -> None:
    flagged = [e.code for e in given(NONE).when(register(**said)).events() if isinstance(e, ContractFlagged)]
    assert flagged == [code]


@pytest.mark.parametrize(
    ("begun", "regime"),
    [("2025-02-23", "public_contracts_regulations_2015"), ("2025-02-24", "procurement_act_2023")],
)
def test_the_regime_follows_from_when_the_procurement_began(begun: str, regime: str) -> None:
    [registered] = given(NONE).when(register(procurement_begun_on=begun)).events()
    assert registered.regime == regime  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("terms", "contradiction"),
    [
        ({"start": "2026-01-02", "initial_end": "2026-01-01"}, "ends_before_it_starts"),
        ({"initial_end": "2026-01-01", "last_safe": "2026-01-02"}, "last_safe_after_the_end"),
        ({**TERMS, "exercised": 2}, "more_options_exercised_than_there_are"),
        ({"term_day": {"month": 9, "day": 30}}, "term_day_of_what_does_not_roll"),
        ({"continuation": "rolling", "term_day": {"month": 9, "day": 31}}, "no_such_term_day"),
        ({"roll_months": 12}, "roll_of_what_is_not_tacit"),
        ({**TERMS, "maximum_months": 12}, "term_longer_than_the_maximum"),
    ],
)
def test_terms_that_cant_all_be_right_are_refused(terms: dict[str, Any], contradiction: str) -> None:
    given(NONE).when(register(terms)).refused(TermsContradict, contradictions=[contradiction])


def test_a_flag_is_answered_by_a_decision_or_by_putting_right_what_it_is_about() -> None:
    before = happened(register(value_pence=100))
    answer = AnswerFlag(code=FlagCode.VALUE_ONE_POUND, answer="A framework.")
    given(NONE, *before).when(answer).then(
        ContractFlagAnswered(
            stage=before[0].stage, code=FlagCode.VALUE_ONE_POUND, answer="A framework.", answered_by="ann"
        )
    )
    amend = AmendContract(value_pence=5_000_000, reason="From the invoice.")
    amended = given(NONE, *before).when(amend).events()
    assert isinstance(amended[-1], ContractFlagAnswered)
    assert state(*before, *amended).open_flags == ()


def test_a_flag_that_is_not_open_is_neither_answered_nor_opened_twice() -> None:
    given(NONE, *REGISTERED).when(AnswerFlag(code=FlagCode.VALUE_ZERO, answer="No.")).refused(
        NoSuchFlag, open=[]
    )
    flag = FlagContract(code=FlagCode.REFERENCE_REPEATED)
    flagged = happened(flag, *REGISTERED)
    given(NONE, *flagged).when(flag).refused(StillFlagged)


def test_an_amendment_says_something_of_a_contract_that_there_is() -> None:
    given(NONE, *REGISTERED).when(AmendContract(reason="None.")).refused(NothingToCorrect)
    given(NONE).when(AmendContract(title="X", reason="None.")).refused(WrongContractStage)


def test_putting_the_terms_right_arms_every_alert_anew() -> None:
    [corrected] = (
        given(NONE, *REGISTERED)
        .when(CorrectTerms.model_validate({"terms": {**TERMS, "term_months": 24}, "reason": "Read."}))
        .events()
    )
    clock = corrected.clock  # type: ignore[attr-defined]
    assert (clock.number, clock.ends_on) == (2, date(2026, 3, 31))
    assert clock.alert_on == date(2026, 3, 2)  # a lead time has begun already


def read(name: LedgerDate, day: date) -> ReadDate:
    return ReadDate(name=name, day=day, document=DOCUMENT, clause="4.1", page=7)


def confirm(name: LedgerDate, day: date) -> ConfirmDate:
    return ConfirmDate(name=name, day=day, document=DOCUMENT, clause="4.1", page=7)


def test_a_date_that_was_read_stands_beside_the_others_until_somebody_confirms_it() -> None:
    given(NONE, *REGISTERED).when(read(LedgerDate.INITIAL_END, date(2027, 9, 30))).then(
        ContractDateRead(
            stage=REGISTERED[0].stage,
            name=LedgerDate.INITIAL_END,
            day=date(2027, 9, 30),
            document=DOCUMENT,
            clause="4.1",
            page=7,
            read_by="ann",
            read_on=date(2026, 3, 2),
        )
    )
    before = happened(read(LedgerDate.INITIAL_END, date(2027, 9, 30)), *REGISTERED)
    assert state(*before).day(LedgerDate.INITIAL_END) == date(2027, 3, 31)
    after = happened(confirm(LedgerDate.INITIAL_END, date(2027, 9, 30)), *before)
    assert state(*after).day(LedgerDate.INITIAL_END) == date(2027, 9, 30)
    assert state(*after).clock.ends_on == date(2027, 9, 30)
    assert state(*after).is_confirmed(LedgerDate.INITIAL_END)


@pytest.mark.parametrize("confirmer", ["cora", "cleo"])
def test_who_read_a_date_may_confirm_it_and_the_ledger_says_who_did_which(confirmer: str) -> None:
    day = date(2027, 9, 30)
    before = happened(read(LedgerDate.INITIAL_END, day), *REGISTERED, by="cora")
    after = state(*happened(confirm(LedgerDate.INITIAL_END, day), *before, by=confirmer))
    assert [(each.read_by, each.confirmed_by) for each in after.readings] == [("cora", ""), ("", confirmer)]


def test_a_confirmed_date_that_changes_is_in_doubt_again() -> None:
    after = happened(confirm(LedgerDate.START, date(2024, 4, 1)), *REGISTERED)
    assert state(*after).is_confirmed(LedgerDate.START)
    terms = {"terms": {**TERMS, "start": "2024-05-01"}, "reason": "Read."}
    corrected = happened(CorrectTerms.model_validate(terms), *after)
    assert not state(*corrected).is_confirmed(LedgerDate.START)


def test_a_confirmed_end_is_not_before_the_start() -> None:
    command = confirm(LedgerDate.INITIAL_END, date(2024, 3, 31))
    given(NONE, *REGISTERED).when(command).refused(TermsContradict)


def test_after_a_roll_over_the_last_safe_date_is_calculated() -> None:
    rolled = happened(register({**TACIT, "start": "2020-07-01"}))
    command = confirm(LedgerDate.LAST_SAFE, date(2026, 1, 1))
    given(NONE, *rolled).when(command).refused(RollsSinceThen, calculated=date(2026, 3, 30))


def test_the_exposure_is_what_the_next_roll_over_commits_by_the_larger_reading() -> None:
    contract = state(*ROLLING_OVER)
    assert (exposure_pence(contract), confidence(contract)) == (1_200_000, "unconfirmed")
    shorter = happened(read(LedgerDate.INITIAL_END, date(2025, 6, 30)), *ROLLING_OVER)
    assert exposure_pence(state(*shorter)) == 1_800_000
    known = happened(confirm(LedgerDate.INITIAL_END, date(2026, 6, 30)), *shorter)
    known = happened(confirm(LedgerDate.LAST_SAFE, date(2026, 3, 30)), *known)
    assert (exposure_pence(state(*known)), confidence(state(*known))) == (1_200_000, "confirmed")


def test_the_exposure_of_a_doubtful_value_is_not_known() -> None:
    contract = state(*happened(register(TACIT, value_pence=100)))
    assert (exposure_pence(contract), confidence(contract)) == (None, "unknown")


def test_one_contract_holds_a_limited_number_of_readings() -> None:
    contract = state(*REGISTERED)
    reading = happened(read(LedgerDate.START, date(2024, 4, 1)), *REGISTERED)[-1]
    for _ in range(READINGS_LIMIT):
        contract = reading.apply(contract)
    given(contract).when(read(LedgerDate.START, date(2024, 4, 1))).refused(TooManyOfContract)


CONCLUDED: dict[str, Any] = {
    "reference": "C-77",
    "title": "Laptops",
    "supplier": {"name": "Fictional Systems Ltd"},
    "terms": {"start": "2026-03-01", "initial_end": "2029-02-28"},
    "value_pence": 2_000_000,
    "regime": "procurement_act_2023",
    "kpis": ["On time"],
    "signed_on": "2026-03-01",
}
CONCLUDE = RegisterConcluded(number=9, due_at=datetime(2026, 3, 2, tzinfo=UTC))


def test_a_concluded_rfp_registers_its_contract_with_what_must_be_published() -> None:
    events = given(NONE).when(CONCLUDE, concluded=CONCLUDED).events()
    contract = state(*events)
    assert (contract.about.reference, contract.about.kpis) == ("C-77", ("On time",))
    assert FlagCode.NOTICE_MISSING in contract.open_flags
    assert [duty.notice for duty in contract.duties] == ["contract details notice"]


@pytest.mark.parametrize(("told_on", "late"), [("2026-03-02", False), ("2026-03-31", True)])
def test_a_details_notice_that_its_rfp_names_is_not_asked_for_again(told_on: str, *, late: bool) -> None:
    said = {**CONCLUDED, "details_notice": "UK7-1", "told_on": told_on}
    events = given(NONE).when(CONCLUDE, concluded=said).events()
    [duty] = state(*events).duties
    assert (duty.standing, duty.reference, str(duty.published_on)) == ("published", "UK7-1", told_on)
    assert [event.late for event in events if isinstance(event, NoticePublished)] == [late]


def test_what_is_registered_already_is_not_registered_by_its_rfp() -> None:
    assert given(NONE, *REGISTERED).when(CONCLUDE, concluded=CONCLUDED).events() == []


def test_no_event_of_a_contract_seals_anything_so_its_lists_need_not_look() -> None:
    assert all(event.sealed is None for event in EVENTS)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 3, 30), 2),
        (date(2026, 1, 1), date(2026, 12, 31), 12),
        (date(2026, 1, 1), date(2026, 1, 31), 1),
        (date(2026, 3, 15), date(2027, 3, 14), 12),
        (date(2026, 3, 15), date(2027, 3, 15), 0),
        (date(2026, 3, 15), date(2026, 3, 20), 0),
    ],
)
def test_a_stated_end_is_counted_from_the_start_where_whole_months_lead_to_it(
    start: date, end: date, months: int
) -> None:
    anchor = anchor_of(Terms(start=start, stated=Stated(end)))
    assert anchor is not None
    assert (anchor.months, anchor.first_end) == (months, end)
