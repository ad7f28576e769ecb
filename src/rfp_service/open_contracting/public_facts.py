"""What may be told of a process to anybody, and how the standard writes days and amounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

PENCE = 100
CURRENCY = "GBP"

# What each part of a release is drawn from, by the names that exemptions know.
OF_VALUE = ("value_pence", "award_value_pence", "value_with_vat_pence")
OF_ESTIMATE = ("estimate_pence", "estimate_with_vat_pence")
OF_PERIOD = ("terms", "start", "starts_on", "term_months", "initial_end", "current_end", "ends_on")
OF_SUPPLIER = ("supplier", "bidder")
OF_NUMBER = (*OF_SUPPLIER, "supplier_number")
OF_SIZE = (*OF_SUPPLIER, "small_or_medium")
OF_CHARITY = (*OF_SUPPLIER, "voluntary_or_community")
OF_CRITERIA = ("criteria",)
TEXTS = ("title", "description", "reason", "reference")
OTHERS = ("regime", "route", "contract_kind", "signed_on", "kpis", "bids", "responses_by", "service_area")
DRAWN_ON = tuple(
    dict.fromkeys(
        (
            *OF_VALUE,
            *OF_ESTIMATE,
            *OF_PERIOD,
            *OF_NUMBER,
            *OF_SIZE,
            *OF_CHARITY,
            *OF_CRITERIA,
            *TEXTS,
            *OTHERS,
        )
    )
)

Told = TypeVar("Told")


@dataclass(frozen=True)
class PublicFacts:
    """Tells what is not withheld: marks by the name of what is, wherever in the process it was said."""

    marks: Mapping[str, str]

    def told(self, value: Told, *names: str) -> Told | None:
        """Return a value, or nothing where one of these names is withheld."""
        return None if any(name in self.marks for name in names) else value

    def text(self, value: str, name: str) -> str | None:
        """Return a text, its mark where it is withheld, or nothing where it is blank."""
        return self.marks.get(name, value) if value else None

    def amount(self, pence: int | None, *names: str) -> dict[str, Any] | None:
        """Return pence as the standard writes an amount: in pounds, without VAT."""
        told = self.told(pence, *names)
        return None if told is None else {"amount": pounds(told), "currency": CURRENCY}


def pounds(pence: int) -> float | int:
    """Return pence in pounds, as a JSON number."""
    return pence // PENCE if pence % PENCE == 0 else pence / PENCE


def first_moment(day: date | None) -> str | None:
    """Return the moment at which a period from a day begins."""
    return None if day is None else f"{day}T00:00:00Z"


def last_moment(day: date | None) -> str | None:
    """Return the moment at which a period that ends with a day is over."""
    return None if day is None else f"{day}T23:59:59Z"


def moment(instant: datetime | None) -> str | None:
    """Return an instant as the standard writes it."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def without_blanks(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of something, at any depth, without what nobody knows or may tell."""
    kept = {name: _without_blanks(value) for name, value in said.items()}
    return {name: value for name, value in kept.items() if value not in (None, "", [], {})}


def _without_blanks(value: object) -> object:
    if isinstance(value, Mapping):
        return without_blanks(value)
    return [_without_blanks(each) for each in value] if isinstance(value, list) else value
