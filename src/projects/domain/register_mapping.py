"""Which column of a register says what: suggested by the headings, kept under a name for the next time."""

import re
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid5

from shared.kernel.messages import Event

MAPPINGS = UUID("2f6c1a8e-7a0d-4a3f-9d64-0c1f5e2b7a31")

# What headings are called in registers, by the field that they stand for.
CALLED = {
    "reference": (
        "reference",
        "ref",
        "id",
        "project number",
        "project id",
        "project ref",
        "project reference",
        "gmpp id",
    ),
    "title": ("title", "name", "project", "project name", "project title"),
    "description": ("description", "aims", "description aims", "scope", "summary", "project description"),
    "supplier": ("supplier", "contractor", "supplier name", "delivered by"),
    "service_area": ("service", "service area", "department", "directorate", "business area"),
    "owner": ("owner", "project owner", "sro", "responsible owner"),
    "start": ("start", "start date", "project start date", "begin date"),
    "forecast_end": (
        "end",
        "end date",
        "project end date",
        "forecast end",
        "forecast end date",
        "planned end date",
        "completion date",
        "finish date",
    ),
    "contingency_days": ("contingency", "contingency days"),
    "cost_pence": ("cost", "whole life cost", "total cost", "budget", "value"),
    "confidence": (
        "confidence",
        "delivery confidence",
        "dca",
        "rag",
        "rag rating",
        "rating",
        "colour rating",
        "delivery confidence assessment",
        "ipa rating",
    ),
    "category": ("category", "project category", "report category", "project type"),
    "sub_category": ("sub category", "subcategory"),
    "finished_on": ("finished", "finished on", "actual end", "actual end date", "closed date"),
}
FIELDS = tuple(CALLED)
NEEDED = ("reference", "title")

_BY_NAME = {name: field for field, names in CALLED.items() for name in names}
_NUMBERED = re.compile(r" \([0-9]+\)$")


def suggested(headings: tuple[str, ...]) -> dict[str, str]:
    """Return which field each column seems to stand for; a repeated heading stands for the same one."""
    found = {heading: _BY_NAME.get(_plain(heading), "") for heading in headings}
    return {heading: field for heading, field in found.items() if field}


def _plain(heading: str) -> str:
    """Return a heading as words: `Colour_Rating (2)` is `colour rating`."""
    return " ".join(re.split(r"[\W_]+", _NUMBERED.sub("", heading).casefold())).strip()


@dataclass(frozen=True)
class RegisterMapping:
    """A mapping that somebody has saved."""

    kind: ClassVar[str] = "register-mapping"

    name: str = ""
    columns: tuple[tuple[str, str], ...] = ()


class RegisterMappingSaved(Event[RegisterMapping]):
    """Somebody saved which column of their register stands for which field."""

    kind: ClassVar[str] = "register-mapping"

    name: str
    columns: dict[str, str]

    def apply(self, mapping: RegisterMapping) -> RegisterMapping:
        """Return the mapping in the place of an earlier one."""
        return RegisterMapping(self.name, tuple(self.columns.items()))


def mapping_id(name: str) -> UUID:
    """Return the id of the mapping of a name."""
    return uuid5(MAPPINGS, " ".join(name.split()).casefold())
