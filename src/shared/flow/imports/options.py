"""How a log is to be read, as whoever hands it in says: checked alike over HTTP and on the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import StringConstraints, TypeAdapter, ValidationError

from shared.kernel.errors import Unacceptable
from shared.kernel.fields import ONE_LINE
from shared.web.requests.json_names import must_be_named_once
from shared.web.tabular.day_styles import DayOrder

STAGE_LIMIT = 200
EVENTS_NEED = ("case_id", "activity", "entered_at")
EVENTS_MAY_HAVE = (*EVENTS_NEED, "seq", "stage", "party", "actor", "role", "lifecycle")
CASES_NEED = ("case_id", "open_at", "close_at")
CASES_MAY_HAVE = (*CASES_NEED, "deadline")
COLUMNS = frozenset({*EVENTS_MAY_HAVE, *CASES_MAY_HAVE})

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=ONE_LINE)]
_Stage = Annotated[_Words, StringConstraints(max_length=STAGE_LIMIT)]
_STAGES: TypeAdapter[dict[str, str]] = TypeAdapter(dict[_Words, _Stage])


class StagesNeeded(Unacceptable):
    """Strict mode needs an activity map, which says which stages there are."""


class UnknownTimeZone(Unacceptable):
    """`time_zone` is the name of a time zone, such as Europe/London."""


class UnreadableActivityMap(Unacceptable):
    """`activity_map` is a JSON object of activities and their stages."""


class UnreadableColumns(Unacceptable):
    """`mapping` is a JSON object of headings and the columns they stand for: `known` lists those."""


class UnknownForm(Unacceptable):
    """A log can't be read with this delimiter or order of dates: `known` lists those that work."""


DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
ISO_DATES = "iso"
DATES: dict[str, DayOrder | None] = {
    ISO_DATES: None,
    "day_first": DayOrder.DAY_FIRST,
    "month_first": DayOrder.MONTH_FIRST,
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a log is to be read; `mapping` says of headings which column each is."""

    timestamps: str = "entered"
    time_zone: str | None = None
    activity_map: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = "comma"
    dates: str = ISO_DATES

    def __post_init__(self) -> None:
        """Refuse what nobody knows, and strictness without anything to be strict by."""
        for said, known in ((self.delimiter, DELIMITERS), (self.dates, DATES)):
            if said not in known:
                raise UnknownForm(known=list(known))
        if len(set(self.mapping.values())) < len(self.mapping) or not COLUMNS.issuperset(
            self.mapping.values()
        ):
            raise UnreadableColumns(known=sorted(COLUMNS))
        if self.time_zone is not None and self.time_zone not in available_timezones():
            raise UnknownTimeZone
        if self.strict and not self.activity_map:
            raise StagesNeeded


def columns_of(text: str | bytes | None) -> dict[str, str]:
    """Return the columns of headings that a JSON object names, none without a text; refuse others."""
    if text is None:
        return {}
    try:
        columns = _STAGES.validate_json(text, strict=True)
    except ValidationError:
        raise UnreadableColumns(known=sorted(COLUMNS)) from None
    must_be_named_once(text.encode() if isinstance(text, str) else text)
    return columns


def stages_of(text: str | bytes | None) -> dict[str, str]:
    """Return the stages of activities that a JSON object names, none without a text; refuse others."""
    if text is None:
        return {}
    try:
        stages = _STAGES.validate_json(text, strict=True)
    except ValidationError:
        raise UnreadableActivityMap from None
    must_be_named_once(text.encode() if isinstance(text, str) else text)
    return stages
