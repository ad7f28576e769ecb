"""How pages say what programs call otherwise: what narrows a list, a stage, and entries of the record."""

import pytest

from outcomes.api.forms import wording
from outcomes.api.measures import MeasureSeen
from rfp_service.console.decided_things import THINGS
from rfp_service.console.forms.decisions import buttons, more
from rfp_service.console.notification_facts import came_back
from rfp_service.console.outcome_facts import outcome_lead
from rfp_service.console.outcome_sentences import now_words, target_words
from rfp_service.console.people_names import marked
from rfp_service.console.programme_facts import consultation_lead
from rfp_service.console.record_words import changes_in
from rfp_service.console.words import chosen_words, name_of, said_value

ID, HASH = "0b0e0c4e-5f0a-4a53-a1b8-3d6c6f3f4a11", "ab" * 32


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("decision", "ApprovalGranted", "Approval granted"),
        ("stage", "open", "Out for bids"),
        ("stage", "award_approval", "Award approval"),
        ("overdue", "false", "no"),
        ("from", "2020-03-01", "1 March 2020"),
        ("from", "2020-13-01", "2020-13-01"),
        ("flag", "no_end_known", "No end known"),
        ("service_area", "Children's Services", "Children's Services"),
    ],
)
def test_what_narrows_a_list_is_said_in_words(name: str, said: str, told: str) -> None:
    assert chosen_words(said, name) == told


def test_an_entry_of_a_list_is_told_by_what_it_says_and_not_by_ids() -> None:
    duty = {
        "id": ID,
        "notice": "contract details notice",
        "due_on": "2020-05-27",
        "done": False,
        "worth_pence": 500,
    }
    [told] = changes_in([{"field": "duties", "before": [], "after": [duty]}])
    assert told == ("Duties", "nothing", "contract details notice, 27 May 2020, £5")
    pairs = [["evaluator", "head of service"], ["lead", "director"]]
    [told] = changes_in([{"field": "parts", "before": pairs[:1], "after": pairs}])
    assert told == ("Parts", "evaluator, head of service", "evaluator, head of service; lead, director")


def test_a_changed_entry_is_told_though_there_are_as_many_as_before() -> None:
    before, after = [{"code": "owner_missing"}], [{"code": "owner_missing", "answered": True}]
    [told] = changes_in([{"field": "flags", "before": before, "after": after}])
    assert told == ("Flags", "Owner missing", "Owner missing, answered")


def test_ids_and_rows_of_numbers_are_not_read_out() -> None:
    assert changes_in([{"field": "check.id", "before": None, "after": ID}]) == []
    assert changes_in([{"field": "shown", "before": [], "after": [ID, HASH]}]) == []
    [told] = changes_in([{"field": "attempts", "before": [1], "after": [1, 2, 3]}])
    assert told == ("Attempts", "1 entry", "3 entries")


def test_money_in_a_register_is_in_pounds_and_a_day_is_a_letters() -> None:
    assert said_value("cost_pence", "1050000") == "£10,500"
    assert said_value("forecast_end", "2020-02-28") == "28 February 2020"
    assert said_value("cost_pence", "ten") == "ten"


@pytest.mark.parametrize("reference", ["2024-25-01", "2024-10-11", "2024-25-01T1", "ict_0042"])
def test_a_reference_stands_as_it_was_given_though_it_looks_like_a_day_or_a_code(reference: str) -> None:
    assert said_value("reference", reference) == reference
    [told] = changes_in([{"field": "about.reference", "before": "", "after": reference}])
    assert told[1:] == ("nothing", reference)


def test_a_text_that_is_no_day_of_any_calendar_is_shown_as_it_is() -> None:
    assert said_value("edition", "2024-25-01") == marked("2024-25-01")  # which is nobody's id, and stays
    [told] = changes_in([{"field": "edition", "before": "2024-02-28", "after": "2024-02-30"}])
    assert told == ("Edition", "28 February 2024", marked("2024-02-30"))


@pytest.mark.parametrize(
    ("value", "target", "on_target", "now", "aim"),
    [
        (0.946, 0.95, False, "94.6%", "95%"),
        (0.9499, 0.95, False, "94.9%", "95%"),
        (0.9, 0.95, False, "90%", "95%"),
        (0.952, 0.95, True, "95%", "95%"),
        (0.103, 0.1, False, "10.3%", "10%"),
        (0.997, 0.995, True, "99.7%", "99.5%"),
        (0.9999, None, None, "99.9%", "none"),
        (0.0004, None, None, "0.1%", "none"),
        (1.0, 1.0, True, "100%", "100%"),
        (0.0, 0.5, False, "0%", "50%"),
        (None, 0.955, None, "nothing to measure", "95.5%"),
    ],
)
def test_a_share_never_reads_as_all_none_or_a_target_that_it_misses(
    value: float | None,
    target: float | None,
    on_target: bool | None,  # noqa: FBT001  # from the table
    now: str,
    aim: str,
) -> None:
    measure = {"value": value, "target": target, "on_target": on_target, "unit": "share"}
    assert (now_words(measure), target_words(measure)) == (now, aim)
    seen = {"name": "m", "title": "M", "better": "higher", "cases": "/v1/rfps", "trend": []}
    shown = MeasureSeen.model_validate(measure | seen)
    reached = {None: "", True: " (reached)", False: " (not reached)"}[on_target]
    assert (wording.now(shown), wording.aim(shown)) == (now, aim + reached)


def test_one_thing_is_counted_in_the_singular() -> None:
    none = dict.fromkeys(("achieved", "next_6_months", "later", "undated", "overdue"), 0)
    assert outcome_lead({"counts": {**none, "achieved": 1, "later": 1}}) == (
        "1 of its milestones is met, 1 is to come."
    )
    asked = {"asked": 40, "answered": 1, "closed_on": None, "closes_on": "2020-03-01"}
    assert consultation_lead(asked) == "Open until 1 March 2020. 1 of 40 asked has answered so far."


def test_what_the_service_does_by_itself_has_no_name_of_a_program() -> None:
    assert name_of("clock") == "the clock"
    assert {name_of(each) for each in ("sender", "indexer", "importer")} == {"the service itself"}


def test_a_mail_that_was_taken_says_so() -> None:
    attempt = {"fault": "", "status_code": 250, "answer": "", "outcome": "delivered"}
    assert came_back(attempt) == "250 Taken"
    assert came_back({**attempt, "status_code": 503, "outcome": "failed"}) == "503"


def test_a_draft_leads_to_the_catalogue_until_there_is_something_to_answer() -> None:
    forms = THINGS["rfps"].forms
    draft = [{"decision": each, "allowed": True} for each in ("amend", "check-catalogue", "withdraw")]
    assert buttons(draft, forms) == ["check-catalogue"]
    assert more(draft, forms) == ["amend", "withdraw"]
    looked = [*draft, {"decision": "divert", "allowed": True}]
    assert buttons(looked, forms) == []
    assert more(looked, forms) == ["amend", "check-catalogue", "withdraw", "divert"]


def test_a_stage_and_whom_it_waits_for_are_told_as_everywhere_else() -> None:
    assert changes_in([{"field": "stage", "before": "ready_to_issue", "after": "open"}]) == [
        ("Stage", "Ready to issue", "Out for bids")
    ]
    assert changes_in([{"field": "waiting_on", "before": "approver", "after": "market"}]) == [
        ("Waits for", "An approver", "Bids to come in")
    ]
