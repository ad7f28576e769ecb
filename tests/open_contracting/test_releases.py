"""What is released of a contracting process, when, and what the releases add up to."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from rfp_service.contracts.domain.contract import ContractStage
from rfp_service.contracts.domain.duty_events import NoticeDue, NoticePublished
from rfp_service.contracts.domain.events import ClockSet, ContractAmended, ContractTermsCorrected, StatedTerms
from rfp_service.contracts.domain.renewal_events import (
    ContractExpired,
    ExtensionExecuted,
    ReprocurementStarted,
)
from rfp_service.open_contracting.parties import supplier_party
from rfp_service.open_contracting.public_facts import PublicFacts
from rfp_service.rfps.domain.award_events import (
    AwardNoticePublished,
    AwardRecommended,
    AwardRevoked,
    ContractConcluded,
    ProcurementTerminated,
    StandstillExpired,
    TerminationReason,
)
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender_events import DeadlineExtended, TenderNoticePublished
from tests.contracts.examples import happened, register
from tests.open_contracting.histories import (
    FIRST,
    RFP,
    compiled_by_others,
    faults,
    made_public,
    ocid,
    processes_of_a_year,
    told,
)
from tests.rfps.examples import DRAFT, HEAD_GRANTED, IN_APPROVAL
from tests.support.in_full import of_many

IN_A_YEAR = FIRST + timedelta(days=365)
CONTRACT = UUID("c0000000-0000-4000-8000-000000000001")


def waiting(stage: Stage) -> dict[str, Any]:
    return {"stage": stage, "waiting_on": Party.NOBODY}


LAST_GRANTED = HEAD_GRANTED.model_copy(
    update={**waiting(Stage.READY_TO_ISSUE), "next_tier": "", "onward": Stage.READY_TO_ISSUE}
)
APPROVED = (*IN_APPROVAL, LAST_GRANTED)
ASKED = TenderNoticePublished(
    **waiting(Stage.OPEN), reference="T-1", clock=1, ends_at=FIRST + timedelta(days=30)
)
EXTENDED = DeadlineExtended(
    **waiting(Stage.OPEN), reason="Questions came late.", clock=2, ends_at=FIRST + timedelta(days=40)
)
RECOMMENDED = AwardRecommended(
    **waiting(Stage.AWARD_APPROVAL),
    bid="A",
    supplier="Fictional Systems Ltd",
    supplier_number="01234567",
    value_pence=1_999_950,
    above_estimate_pence=0,
    reason="The best.",
    tiers=("head",),
    scheme_version=1,
)
NOTICE = AwardNoticePublished(
    **waiting(Stage.STANDSTILL), reference="UK6-1", clock=3, ends_at=FIRST + timedelta(days=60)
)
OVER = StandstillExpired(**waiting(Stage.CONTRACTING), due_at=FIRST, late=False)
CONCLUDED = ContractConcluded(
    **waiting(Stage.CONTRACTED),
    reference="C-1",
    supplier="Fictional Systems Ltd",
    supplier_number="01234567",
    value_pence=1_999_950,
    signed_on=date(2026, 4, 1),
    starts_on=date(2026, 4, 1),
    ends_on=date(2029, 3, 31),
    title="Laptops",
    regime=Regime.PROCUREMENT_ACT_2023,
    route=Route.OPEN_TENDER,
    small_or_medium=True,
    extension_months=12,
)
WHOLE = (*APPROVED, ASKED, EXTENDED, RECOMMENDED, NOTICE, OVER, CONCLUDED)


def tags_of(*events: Any) -> list[list[str]]:
    found = made_public(told(*events))
    return [release["tag"] for release in found.releases] if found else []


@pytest.mark.parametrize("days", [0, 150, 240][: of_many(3, 1)])
def test_another_compiler_arrives_at_our_records_of_a_year_and_no_release_is_at_fault(days: int) -> None:
    published = [
        made_public(history, of=process)
        for process, history in processes_of_a_year(FIRST + timedelta(days=days)).items()
    ]
    processes = [process for process in published if process is not None]
    assert sum(len(process.releases) > 3 for process in processes) > 20
    for process in processes:
        assert compiled_by_others(process) == process.compiled
        for release in orjson.loads(orjson.dumps([*process.releases, process.compiled])):
            assert faults(release) == []
    every = {tag for process in processes for release in process.releases for tag in release["tag"]}
    assert every > {"planning", "tender", "award", "contract", "contractAmendment", "contractTermination"}


def test_nothing_is_released_before_a_request_is_approved() -> None:
    assert made_public(told(*DRAFT)) is None
    assert made_public(told(*APPROVED[:-1])) is None


def test_each_step_that_the_world_was_told_of_is_a_release() -> None:
    assert tags_of(*WHOLE) == [
        ["planning"],
        ["tender"],
        ["tenderAmendment"],
        ["tenderUpdate", "award"],
        ["awardUpdate"],
        ["contract"],
    ]


def test_who_is_to_win_is_not_released_before_the_award_notice() -> None:
    assert tags_of(*WHOLE[:-4]) == tags_of(*WHOLE[:-3])
    assert "Fictional" not in str(made_public(told(*WHOLE[:-3])))


def test_the_record_says_what_was_planned_asked_awarded_and_signed() -> None:
    found = made_public(told(*WHOLE))
    assert found is not None
    record = found.compiled
    assert record["ocid"] == ocid(RFP)
    assert record["planning"]["budget"]["amount"] == {"amount": 20_000, "currency": "GBP"}
    tender, [award], [contract] = record["tender"], record["awards"], record["contracts"]
    assert (tender["status"], tender["procurementMethod"]) == ("complete", "open")
    assert tender["amendments"][0]["rationale"] == "Questions came late."
    assert (award["status"], award["value"]["amount"]) == ("active", 19_999.5)
    assert contract["awardID"] == award["id"]
    assert contract["period"] == {
        "startDate": "2026-04-01T00:00:00Z",
        "endDate": "2029-03-31T23:59:59Z",
        "maxExtentDate": "2030-03-31T23:59:59Z",
    }
    supplier = record["parties"][1]
    assert supplier["id"] == award["suppliers"][0]["id"]
    assert supplier["identifier"]["scheme"] == "GB-COH"
    assert supplier["details"] == {"scale": "sme"}


@pytest.mark.parametrize(
    ("number", "is_charity", "scheme"),
    [
        ("01234567", None, "GB-COH"),
        ("SC123456", False, "GB-COH"),
        ("1234567", False, None),  # a company's, whose leading nought a spreadsheet took
        ("1234567", None, None),
        ("1234567", True, "GB-CHC"),
    ],
)
def test_a_number_is_said_to_be_of_the_register_that_it_can_only_be_of(
    number: str,
    is_charity: bool | None,  # noqa: FBT001  # a parameter of the specification
    scheme: str | None,
) -> None:
    size = {"small_or_medium": None, "voluntary_or_community": is_charity}
    party = supplier_party(PublicFacts({}), 1, "Ribble Networks", number, size)
    assert party is not None
    assert (party["identifier"] or {}).get("scheme") == scheme


def test_an_award_that_is_taken_back_is_cancelled_and_another_one_is_another() -> None:
    revoked = AwardRevoked(**waiting(Stage.EVALUATION), reason="A mistake.")
    found = made_public(told(*WHOLE[:-2], revoked, RECOMMENDED, NOTICE))
    assert found is not None
    assert ["tenderUpdate", "awardCancellation"] in [release["tag"] for release in found.releases]
    assert [(a["id"], a["status"]) for a in found.compiled["awards"]] == [
        ("award-1", "cancelled"),
        ("award-2", "pending"),
    ]


def test_a_procurement_that_is_given_up_is_cancelled() -> None:
    given_up = ProcurementTerminated(
        **waiting(Stage.TERMINATED), reason_code=TerminationReason.NEED_CEASED, reason="No need."
    )
    assert tags_of(*WHOLE[:-5], given_up)[-1] == ["tenderCancellation"]


def in_force(**said: Any) -> list[Any]:
    return list(happened(register(**said)))


def test_a_contract_of_no_rfp_is_a_process_of_its_own_with_its_award() -> None:
    found = made_public(told(*in_force(), of=CONTRACT), of=CONTRACT)
    assert found is not None
    assert [release["tag"] for release in found.releases] == [["award", "contract"]]
    [contract] = found.compiled["contracts"]
    assert contract["value"] == {"amount": 36_000, "currency": "GBP"}
    assert contract["period"]["maxExtentDate"] == "2028-03-31T23:59:59Z"
    assert "tender" not in found.compiled


def test_an_extension_is_an_amendment_and_putting_right_is_none() -> None:
    clock = ClockSet(number=2, ends_on=date(2028, 3, 31))
    common: dict[str, Any] = {"stage": ContractStage.IN_FORCE, "clock": clock}
    extended = ExtensionExecuted(**common, last_day=date(2027, 3, 31), months=12)
    put_right = ContractAmended(**common, title="Network", reason="A slip.")
    over = ContractExpired(stage=ContractStage.ENDED, clock=ClockSet(number=3), ended_on=date(2028, 3, 31))
    found = made_public(told(*in_force(), extended, put_right, over, of=CONTRACT), of=CONTRACT)
    assert found is not None
    assert [release["tag"] for release in found.releases][1:] == [
        ["contractAmendment"],
        ["awardUpdate", "contractUpdate"],
        ["contractTermination"],
    ]
    [contract] = found.compiled["contracts"]
    assert contract["period"]["endDate"] == "2028-03-31T23:59:59Z"
    assert [each["description"] for each in contract["amendments"]] == ["Extended under an option."]
    assert compiled_by_others(found) == found.compiled


def test_what_is_put_right_to_nothing_is_taken_out_by_a_null() -> None:
    unknown = ContractTermsCorrected(
        stage=ContractStage.IN_FORCE, clock=ClockSet(number=2), terms=StatedTerms(), reason="Misread."
    )
    found = made_public(told(*in_force(), unknown, of=CONTRACT), of=CONTRACT)
    assert found is not None
    [contract] = found.releases[-1]["contracts"]
    assert contract["period"] == {"startDate": None, "endDate": None, "maxExtentDate": None}
    assert compiled_by_others(found) == found.compiled
    assert faults(found.releases[-1]) == []


def test_assessments_of_indicators_are_its_implementation_and_what_follows_it_is_named() -> None:
    due = NoticeDue(
        stage=ContractStage.IN_FORCE,
        number=7,
        notice="contract performance notice",
        section="71",
        trigger="year_of_kpis",
        due_on=date(2027, 4, 1),
        scheme_version=1,
    )
    done = NoticePublished(
        stage=ContractStage.IN_FORCE, number=7, reference="UK9-1", published_on=date(2027, 3, 1), late=False
    )
    anew = ReprocurementStarted(stage=ContractStage.IN_FORCE, rfp_id=RFP)
    found = made_public(told(*in_force(), due, done, anew, of=CONTRACT), of=CONTRACT)
    assert found is not None
    assert [release["tag"] for release in found.releases][1:] == [
        ["implementation"],
        ["contractUpdate", "implementationUpdate"],
        ["contractUpdate"],
    ]
    [contract] = found.compiled["contracts"]
    assert contract["implementation"]["milestones"][0]["status"] == "met"
    assert contract["relatedProcesses"][0]["identifier"] == ocid(RFP)


MARK = "[exempt: paragraph 3 of Schedule 12A]"


def test_what_is_exempt_of_any_part_is_in_no_part_and_named() -> None:
    names = ("supplier", "value_pence", "estimate_pence", "title", "terms")
    found = made_public(told(*WHOLE), dict.fromkeys(names, MARK))
    assert found is not None
    said = str((found.releases, found.compiled))
    assert not any(hidden in said for hidden in ("Fictional", "19999", "20000", "Laptops", "2029-03-31"))
    assert found.compiled["tender"]["title"] == MARK
    assert found.compiled["withheld"] == dict.fromkeys(sorted(names), MARK)
    assert all(faults(release) == [] for release in found.releases)
    assert compiled_by_others(found) == found.compiled


def test_a_clock_that_was_put_back_makes_no_release_earlier_than_the_one_before() -> None:
    history = told(*WHOLE)
    back = [each._replace(happened_at=FIRST - timedelta(days=each.position)) for each in history[-2:]]
    found = made_public([*history[:-2], *back])
    assert found is not None
    dates = [release["date"] for release in found.releases]
    assert dates == sorted(dates)
