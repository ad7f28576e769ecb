"""How a log is to be read, as whoever hands it in says: checked alike over HTTP and on the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import StringConstraints, TypeAdapter, ValidationError

from shared.kernel.errors import Unacceptable
from shared.kernel.fields import ONE_LINE
from shared.web.requests.json_names import must_be_named_once

STAGE_LIMIT = 200

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=ONE_LINE)]
_Stage = Annotated[_Words, StringConstraints(max_length=STAGE_LIMIT)]
_STAGES: TypeAdapter[dict[str, str]] = TypeAdapter(dict[_Words, _Stage])


class StagesNeeded(Unacceptable):
    """Strict mode needs an activity map, which says which stages there are."""


class UnknownTimeZone(Unacceptable):
    """`time_zone` is the name of a time zone, such as Europe/London."""


class UnreadableActivityMap(Unacceptable):
    """`activity_map` is a JSON object of activities and their stages."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a log is to be read."""

    timestamps: str = "entered"
    time_zone: str | None = None
    activity_map: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False

    def __post_init__(self) -> None:
        """Refuse a zone that nobody knows, and strictness without anything to be strict by."""
        if self.time_zone is not None and self.time_zone not in available_timezones():
            raise UnknownTimeZone
        if self.strict and not self.activity_map:
            raise StagesNeeded


def stages_of(text: str | bytes | None) -> dict[str, str]:
    """Return the stages of activities that a JSON object names; none where there is no text."""
    if text is None:
        return {}
    try:
        stages = _STAGES.validate_json(text, strict=True)
    except ValidationError:
        raise UnreadableActivityMap from None
    must_be_named_once(text.encode() if isinstance(text, str) else text)
    return stages
