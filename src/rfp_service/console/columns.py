"""What stands in the lists of what is looked after: the columns of each kind, cell by cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rfp_service.console.administration_facts import delegation_stands
from rfp_service.console.notification_facts import ENDPOINT_STANDS
from rfp_service.console.order_facts import ORDER_STANDS
from rfp_service.console.words import day, moment, name_of, words
from shared.kernel.wording import pounds

Row = Mapping[str, Any]
Cell = Callable[[Row], str]
WAITS_FOR_SECOND = "Waits for a second person"


def _never(_: Row) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: its heading, and what a thing says there; nothing if it says nothing."""

    label: str
    cell: Cell
    is_number: bool = False
    stands_out: Callable[[Row], bool] = _never
    is_late: Callable[[Row], bool] = _never  # or has failed


def _day(name: str) -> Cell:
    return lambda row: day(row[name]) if row[name] else ""


def _person(name: str) -> Cell:
    return lambda row: name_of(row[name]) if row[name] else ""


def _words(name: str) -> Cell:
    return lambda row: words(row[name])


def _one_of(name: str, said: Mapping[str, str]) -> Cell:
    return lambda row: said[row[name]]


def _pounds(name: str) -> Cell:
    return lambda row: pounds(row[name])


def _is(name: str, *values: str) -> Callable[[Row], bool]:
    return lambda row: row[name] in values


def _account_stands(row: Row) -> str:
    return WAITS_FOR_SECOND if row["status"] == "proposed" else words(row["status"])


COLUMNS: Mapping[str, Sequence[ListColumn]] = {
    "delegations": (
        ListColumn("From", _day("first_day")),
        ListColumn("Until", _day("last_day")),
        ListColumn("Stands", delegation_stands, stands_out=lambda row: row["waiting"] and not row["ended"]),
        ListColumn("Up to, without VAT", _pounds("limit_pence"), is_number=True),
    ),
    "catalogue-items": (
        ListColumn("For", lambda row: ", ".join(row["service_areas"]) or "Every service"),
        ListColumn("Available until", _day("available_until")),
        ListColumn("Days to come", lambda row: str(row["lead_time_days"]), is_number=True),
        ListColumn("Price without VAT", _pounds("price_pence"), is_number=True),
    ),
    "catalogue-orders": (
        ListColumn("Ordered by", _person("raised_by")),
        ListColumn(
            "Stands",
            _one_of("status", ORDER_STANDS),
            stands_out=_is("status", "waits_for_approval", "ready", "sent"),
        ),
        ListColumn("There by", _day("due_on")),
        ListColumn("Value without VAT", _pounds("value_pence"), is_number=True),
    ),
    "people": (
        ListColumn("Belongs to", _person("same_as")),
        ListColumn("Away from", _day("absent_from")),
        ListColumn("Known since", _day("first_seen")),
    ),
    "service-accounts": (
        ListColumn("Answered for by", _person("owner")),
        ListColumn("Stands", _account_stands, stands_out=_is("status", "proposed")),
        ListColumn("Keys", lambda row: str(row["keys"]), is_number=True),
    ),
    "webhook-endpoints": (
        ListColumn("Answered for by", _person("owner")),
        ListColumn(
            "Stands",
            _one_of("status", ENDPOINT_STANDS),
            stands_out=_is("status", "unverified", "paused", "disabled"),
        ),
        ListColumn("Known since", _day("opened_at")),
    ),
    "deliveries": (
        ListColumn("Happened", lambda row: moment(row["happened_at"])),
        ListColumn(
            "Stands",
            _words("status"),
            stands_out=_is("status", "held", "failed"),
            is_late=_is("status", "failed"),
        ),
        ListColumn("Attempts", lambda row: str(row["attempts"]), is_number=True),
    ),
    "exemptions": (
        ListColumn("Declared by", _person("declared_by")),
        ListColumn("Paragraph", lambda row: str(row["paragraph"])),
        ListColumn("Stands", _words("status"), stands_out=_is("status", "in_force")),
        ListColumn("Review by", lambda row: day(row["review_on"]) if row["status"] == "in_force" else ""),
    ),
    "pipeline-notices": (
        ListColumn("Due", _day("due_on")),
        ListColumn(
            "Stands",
            _words("standing"),
            stands_out=_is("standing", "due", "missed"),
            is_late=_is("standing", "missed"),
        ),
        ListColumn("Published", _day("published_on")),
        ListColumn("Reference", lambda row: row["reference"] or ""),
    ),
    "promised-data": (
        ListColumn("First promised for", _day("due")),
        ListColumn("Promised now for", lambda row: "" if row["arrived_on"] else day(row["expected_on"])),
        ListColumn("Came", _day("arrived_on")),
        ListColumn("Working days late", lambda row: str(row["working_days_late"] or ""), is_number=True),
    ),
    "consultations": (
        ListColumn("Open from", _day("opened_on")),
        ListColumn("Until", _day("closes_on")),
        ListColumn("Closed", _day("closed_on")),
        ListColumn("Answers", lambda row: f"{row['answered']:,}", is_number=True),
    ),
}
