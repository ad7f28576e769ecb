"""Saving which column of a register stands for which field."""

from typing import Annotated, Literal

from pydantic import Field

from projects.domain.refusals import MappingIncomplete
from projects.domain.register_mapping import NEEDED, RegisterMapping, RegisterMappingSaved
from shared.kernel.fields import KEYS_AS_PATTERN, ShortText
from shared.kernel.messages import Command, Stamp

COLUMNS_LIMIT = 250

RegisterField = Literal[
    "reference",
    "title",
    "description",
    "supplier",
    "service_area",
    "owner",
    "start",
    "forecast_end",
    "contingency_days",
    "cost_pence",
    "confidence",
    "category",
    "sub_category",
    "finished_on",
]
Columns = Annotated[
    dict[ShortText, RegisterField], Field(max_length=COLUMNS_LIMIT, json_schema_extra=KEYS_AS_PATTERN)
]


class SaveRegisterMapping(Command[RegisterMapping]):
    """Save a mapping under a name; saved again, it replaces the earlier one."""

    name: ShortText = Field(examples=["Monthly register"])
    columns: Columns = Field(
        examples=[{"Project no.": "reference", "Project": "title", "Ends": "forecast_end"}]
    )

    def decide(self, mapping: RegisterMapping, stamp: Stamp) -> RegisterMappingSaved:
        """Save a mapping that names what every project needs."""
        must_be_complete(dict(self.columns))
        return RegisterMappingSaved(name=self.name, columns=dict(self.columns))


def must_be_complete(columns: dict[str, str]) -> None:
    """Refuse a mapping that lacks what every project needs."""
    if missing := [field for field in NEEDED if field not in columns.values()]:
        raise MappingIncomplete(missing=missing)
