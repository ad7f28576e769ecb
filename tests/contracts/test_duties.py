"""What the law wants published: due by the scheme's table, published or missed; small changes added up."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from rfp_service.contracts.commands.duties import EndKpiYear, MissDuty, PublishNotice, RecordBreach, duties_on
from rfp_service.contracts.commands.execution import ExecuteExtension, RenewContract
from rfp_service.contracts.commands.passed_dates import EndContract
from rfp_service.contracts.commands.registration import AmendContract
from rfp_service.contracts.commands.reviews import ApproveRenewal
from rfp_service.contracts.domain.contract import Contract, DutyStanding
from rfp_service.contracts.domain.duty_events import ChangeExcused, NoticeDue, NoticeMissed
from rfp_service.contracts.domain.refusals import (
    DateNotYetCome,
    NoSuchDuty,
    NoticePublishedAlready,
    PublishBeforeTheChange,
)
from rfp_service.contracts.domain.renewal import RenewalOutcome
from shared.kernel.contract_rules import DutyTrigger
from shared.kernel.rules import ContractKind, Threshold
from tests.contracts.examples import HEAD, NONE, REVIEWED, TERMS, TODAY, happened, recommended, register
from tests.support.specs import RULES, given, stamp

BEGUN = "2025-03-01"
NEW = happened(register(procurement_begun_on=BEGUN))
CONCLUDED = happened(register(procurement_begun_on=BEGUN, concluded_on="2026-02-02"))


def state(*events: Any) -> Contract:
    contract = NONE
    for event in events:
        contract = event.apply(contract)
    return contract


def due(events: Any) -> list[tuple[str, date | None]]:
    return [(e.notice, e.due_on) for e in events if isinstance(e, NoticeDue)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [("contract details notice", date(2026, 3, 3))]),
        ({"contract_kind": "light_touch"}, [("contract details notice", date(2026, 6, 1))]),
        (
            {"value_with_vat_pence": 500_000_001},
            [("contract details notice", date(2026, 3, 3)), ("copy of contract", date(2026, 5, 2))],
        ),
        ({"value_with_vat_pence": 500_000_000}, [("contract details notice", date(2026, 3, 3))]),
        ({"procurement_begun_on": "2025-02-23"}, []),
        ({"regime": "below_threshold"}, [("below-threshold details notice", date(2026, 3, 3))]),
        ({"regime": "below_threshold", "value_with_vat_pence": 2_999_999}, []),
    ],
)
def test_a_concluded_contract_is_published_by_its_regime_kind_and_value(
    said: dict[str, Any], expected: list[tuple[str, date]]
) -> None:
    command = register(**{"procurement_begun_on": BEGUN, "concluded_on": "2026-02-02", **said})
    assert due(given(NONE).when(command).events()) == expected


def test_a_contract_that_was_there_before_owes_no_details_notice() -> None:
    assert due(NEW) == []


def test_a_notice_is_published_once_and_late_is_said_to_be_late() -> None:
    publish = PublishNotice(number=1, reference="2026/S 000-1", published_on=date(2026, 3, 2))
    published = happened(publish, *CONCLUDED)
    assert state(*published).duties[0].standing is DutyStanding.PUBLISHED
    assert not published[-1].late
    given(NONE, *published).when(publish).refused(NoticePublishedAlready, reference="2026/S 000-1")
    given(NONE, *NEW).when(publish).refused(NoSuchDuty)
    tomorrow = publish.model_copy(update={"published_on": date(2026, 3, 3)})
    given(NONE, *CONCLUDED).when(tomorrow).refused(DateNotYetCome)
    late = publish.model_copy(update={"published_on": date(2026, 3, 4)})
    assert happened(late, *CONCLUDED, at=datetime(2026, 3, 4, 10, tzinfo=UTC))[-1].late


def test_a_notice_that_was_not_published_is_missed_once() -> None:
    moment = datetime(2026, 3, 4, tzinfo=UTC)
    miss = MissDuty(number=1, due_at=moment)
    [missed] = given(NONE, *CONCLUDED).when(miss, at=moment).events()
    assert isinstance(missed, NoticeMissed)
    assert given(NONE, *CONCLUDED, missed).when(miss, at=moment).events() == []
    early = datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert given(NONE, *CONCLUDED).when(miss, at=early).events() == []


def extension(*before: Any) -> Any:
    asked = (*before, REVIEWED, recommended(RenewalOutcome.EXTEND))
    return happened(ApproveRenewal(reason="Yes."), *asked, by="hana", own_tiers=[HEAD])


def test_a_change_is_announced_before_it_is_made() -> None:
    approved = extension(*NEW)
    assert due(approved) == [("contract change notice", None)]
    given(NONE, *approved).when(ExecuteExtension()).refused(PublishBeforeTheChange)
    publish = PublishNotice(number=1, reference="2026/S 000-2", published_on=date(2026, 3, 2))
    executed = happened(ExecuteExtension(), *happened(publish, *approved))
    assert state(*executed).terms.exercised == 1


def test_the_copy_of_a_large_change_follows_it() -> None:
    large = happened(register(procurement_begun_on=BEGUN, value_with_vat_pence=500_000_001))
    publish = PublishNotice(number=1, reference="2026/S 000-2", published_on=date(2026, 3, 2))
    executed = happened(ExecuteExtension(), *happened(publish, *extension(*large)))
    assert due(executed)[-1] == ("copy of contract change", date(2026, 5, 30))


def test_no_copy_follows_a_large_contracts_change_that_was_too_small_to_be_announced() -> None:
    large = happened(register(procurement_begun_on=BEGUN, value_with_vat_pence=500_000_001))
    renewal = recommended(RenewalOutcome.RENEW).model_copy(update={"value_pence": 360_000, "months": 0})
    approve = ApproveRenewal(reason="Yes.")
    approved = happened(approve, *large, REVIEWED, renewal, by="hana", own_tiers=[HEAD])
    assert isinstance(approved[-1], ChangeExcused)
    renew = RenewContract.model_validate({"terms": TERMS, "value_pence": 360_000})
    renewed = happened(renew, *approved)
    assert due(renewed) == []
    again = (*renewed, REVIEWED, renewal.model_copy(update={"value_pence": 360_001}))
    dearer = happened(approve, *again, by="hana", own_tiers=[HEAD])
    publish = PublishNotice(number=1, reference="2026/S 000-2", published_on=date(2026, 3, 2))
    assert due(happened(renew, *happened(publish, *dearer)))[-1][0] == "copy of contract change"


def changed(pence: int, months: int, *before: Any) -> Any:
    return duties_on(
        state(*before),
        DutyTrigger.CHANGED,
        date(2026, 3, 2),
        stamp("cora", rules=RULES),
        (pence, months),
        before=True,
    )


@pytest.mark.parametrize(
    ("pence", "months", "is_excused"),
    [
        (360_000, 0, True),  # a tenth of 3,600,000
        (360_001, 0, False),
        (-360_001, 0, False),
        (0, 3, True),  # of 36 months
        (0, 4, False),
        (360_001, 3, False),
    ],
)
def test_a_small_change_is_excused(pence: int, months: int, *, is_excused: bool) -> None:
    [event] = changed(pence, months, *NEW)
    assert isinstance(event, ChangeExcused) is is_excused


@pytest.mark.parametrize(("pence", "is_excused"), [(360_000, True), (360_001, False)])
def test_a_change_is_measured_by_the_value_of_the_whole_term(pence: int, *, is_excused: bool) -> None:
    said = {"value_pence": 1_200_000, "value_basis": "yearly", "procurement_begun_on": BEGUN}
    [event] = changed(pence, 0, *happened(register(**said)))
    assert isinstance(event, ChangeExcused) is is_excused


def test_small_changes_are_added_up() -> None:
    [first] = changed(200_000, 0, *NEW)
    assert isinstance(first, ChangeExcused)
    [second] = changed(160_001, 0, *NEW, first)
    assert isinstance(second, NoticeDue)


def test_works_are_excused_up_to_more_and_light_touch_needs_nothing() -> None:
    works = happened(register(procurement_begun_on=BEGUN, contract_kind="works"))
    assert isinstance(changed(540_000, 0, *works)[0], ChangeExcused)
    assert isinstance(changed(540_001, 0, *works)[0], NoticeDue)
    light = happened(register(procurement_begun_on=BEGUN, contract_kind="light_touch"))
    assert changed(3_600_000, 0, *light) == []


def test_a_novation_is_never_excused() -> None:
    asked = (*NEW, REVIEWED, recommended(RenewalOutcome.NOVATE))
    approved = happened(ApproveRenewal(reason="Yes."), *asked, by="hana", own_tiers=[HEAD])
    assert due(approved) == [("contract change notice", None)]


def test_the_end_is_published_even_where_it_was_natural() -> None:
    moment = datetime(2027, 4, 1, 10, tzinfo=UTC)
    ended = given(NONE, *NEW).when(EndContract(number=1, due_at=moment), at=moment).events()
    assert due(ended) == [("contract termination notice", date(2027, 4, 29))]


def test_a_breach_is_published() -> None:
    breach = RecordBreach(happened_on=date(2026, 3, 1))
    assert due(given(NONE, *NEW).when(breach).events()) == [
        ("contract performance notice", date(2026, 3, 30))
    ]
    old = happened(register(procurement_begun_on="2024-03-01"))
    given(NONE, *old).when(breach).refused(NoSuchDuty)


def test_indicators_are_assessed_each_year() -> None:
    terms = {**TERMS, "start": "2025-04-01"}
    with_kpis = happened(register(terms, procurement_begun_on=BEGUN, kpis=["Uptime"]))
    clock = state(*with_kpis).clock
    assert clock.kpis_on == date(2026, 3, 31)
    moment = datetime(2026, 4, 1, 10, tzinfo=UTC)
    year = EndKpiYear(number=clock.number, due_at=moment)
    events = given(NONE, *with_kpis).when(year, at=moment).events()
    assert due(events) == [("KPI assessment", date(2027, 3, 31))]
    after = state(*with_kpis, *events)
    assert after.clock.kpis_on == date(2027, 3, 31)
    assert given(NONE, *with_kpis, *events).when(year, at=moment).events() == []


def test_a_year_of_indicators_that_ended_while_nobody_looked_is_not_forgotten() -> None:
    terms = {**TERMS, "start": "2025-04-01"}
    with_kpis = happened(register(terms, procurement_begun_on=BEGUN, kpis=["Uptime"]))
    later = datetime(2027, 5, 1, 10, tzinfo=UTC)
    amended = happened(AmendContract(title="X", reason="Its name."), *with_kpis, at=later)
    assert state(*amended).clock.kpis_on == date(2026, 3, 31)
    year = EndKpiYear(number=state(*amended).clock.number, due_at=later)
    events = given(NONE, *amended).when(year, at=later).events()
    assert state(*amended, *events).clock.kpis_on == date(2027, 3, 31)


def test_at_its_end_indicators_that_were_set_are_assessed_once_more() -> None:
    for kpis, expected in ((["Availability"], True), ([], False)):
        contract = state(*happened(register(procurement_begun_on=BEGUN, kpis=kpis)))
        ended = duties_on(contract, DutyTrigger.ENDED, date(2026, 2, 2), stamp("cora", rules=RULES))
        assert (("KPI assessment", date(2026, 3, 3)) in due(ended)) is expected
        assert ("contract termination notice", date(2026, 3, 3)) in due(ended)


@pytest.mark.parametrize(
    ("more_pence", "expected"), [(100_000, []), (40_000_000, [("convertible contract", None)])]
)
def test_a_contract_below_a_threshold_that_grows_past_it_is_announced_before(
    more_pence: int, expected: list[tuple[str, None]]
) -> None:
    threshold = Threshold(regime="procurement_act_2023", kind=ContractKind.SERVICES, from_pence=20_000_000)
    rules = RULES.model_copy(update={"thresholds": (threshold,)})
    contract = state(*happened(register(regime="below_threshold")))
    change = (more_pence, 0)
    events = duties_on(contract, DutyTrigger.CHANGED, TODAY, stamp("cora", rules=rules), change, before=True)
    assert due(events) == expected


def test_the_table_names_the_councils_yearly_notice_and_what_finance_publishes() -> None:
    assert RULES.contracts is not None
    [pipeline] = [d for d in RULES.contracts.duties if d.trigger is DutyTrigger.YEAR_BEGINS]
    assert (pipeline.section, pipeline.days) == ("Procurement Act 2023, section 93", 56)
    assert {d.done_by for d in RULES.contracts.done_elsewhere} == {"Finance"}
