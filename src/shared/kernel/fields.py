"""The shapes of text, dates and money that callers may send: bounded, printable, never guessed."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

SHORT_TEXT_LIMIT = 200
REASON_LIMIT = 2_000
TEXT_LIMIT = 8_000
CODE_LIMIT = 40
PENCE_LIMIT = 10**13  # a hundred thousand million pounds: more is a slip of the finger
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2099, 12, 31)
DAY_PATTERN = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

# A control character is never meant, and white space alone says nothing. Long texts may have line feeds
# and tabs; what has one line has none. What turns the direction of text shows it otherwise than it is
# (Unicode Technical Report 36; the property Bidi_Control).
TURNS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff" + TURNS
_LINE_ENDS = r"\x09\x0a\u2028\u2029"


def _some(excluded: str) -> str:
    """Return the pattern of text that holds none of these, and something to read."""
    return rf"^[^{excluded}]*[^\s{excluded}][^{excluded}]*$"


PRINTABLE = _some(_CONTROL)
ASKED = rf"^[^{_CONTROL}]*$"  # what a list may be asked for; PostgreSQL has no text with a zero byte
ONE_LINE = _some(_CONTROL + _LINE_ENDS)


def _text(limit: int, pattern: str) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=limit, pattern=pattern)


def _whole(number: object) -> object:
    """Take 3.0 for 3, as JSON Schema does; 3.5 is none."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _true_or_false(text: object) -> object:
    """Read a parameter that is true or false, in these words only."""
    if isinstance(text, str) and text not in ("true", "false"):
        raise ValueError("true or false")
    return text


def _instant(text: object) -> object:
    """Read an instant as RFC 3339 writes it, and nothing else that could pass for one."""
    if isinstance(text, datetime) and text.tzinfo is not None:
        return text.astimezone(UTC)
    if not isinstance(text, str) or not _INSTANT.match(text):
        raise ValueError("an instant with its offset, such as 2026-03-01T12:00Z")
    return datetime.fromisoformat(text).astimezone(UTC)


def _in_range(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"a day from {FIRST_DAY} to {LAST_DAY}")
    return day


def _written_as_a_day(text: object) -> object:
    """Read a parameter that is a day as it is written, and no number of seconds for one."""
    if isinstance(text, str) and not re.fullmatch(DAY_PATTERN, text):
        raise ValueError("a day such as 2026-03-01")
    return text


NONE = frozenset({"", "none", "none.", "no", "nil", "n/a"})


def says_none(text: str) -> bool:
    """Say whether what must be declared is declared to be nothing."""
    return text.strip().lower() in NONE


def or_null(text: object) -> object:
    """Return null for a blank text, and anything else as it is."""
    return None if text == "" else text


def _stripped(text: str) -> str:  # Pydantic takes long to find out what a method of str takes
    return text.strip()


STRIPPED = AfterValidator(_stripped)  # after the limits, which are those of what was sent

# A text that is null until it is said: states hold it blank until then.
TextOrNull = Annotated[str | None, BeforeValidator(or_null)]

ShortText = Annotated[str, _text(SHORT_TEXT_LIMIT, ONE_LINE), STRIPPED]
Reason = Annotated[str, _text(REASON_LIMIT, PRINTABLE), STRIPPED]
LongText = Annotated[str, _text(TEXT_LIMIT, PRINTABLE), STRIPPED]
Code = Annotated[str, _text(CODE_LIMIT, r"^[A-Za-z0-9][A-Za-z0-9 ./_-]*$"), STRIPPED]
PersonId = Annotated[str, _text(CODE_LIMIT, r"^[A-Za-z0-9][A-Za-z0-9._-]*$"), STRIPPED]
# The schema of an object whose keys have a pattern: a key that has another is refused.
KEYS_AS_PATTERN = {"additionalProperties": False, "propertyNames": {"maxLength": SHORT_TEXT_LIMIT}}
WHOLE = BeforeValidator(_whole)
Pence = Annotated[int, Field(ge=0, le=PENCE_LIMIT), WHOLE]
Flag = Annotated[bool, BeforeValidator(_true_or_false)]
Day = Annotated[date, AfterValidator(_in_range), Field(json_schema_extra={"pattern": DAY_PATTERN})]
DayAsked = Annotated[Day, BeforeValidator(_written_as_a_day)]
# RFC 3339, section 5.6; the seconds may be left out.
INSTANT_PATTERN = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]"
    r"(:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"
)
_INSTANT = re.compile(INSTANT_PATTERN, re.ASCII)
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    Field(json_schema_extra={"pattern": INSTANT_PATTERN, "examples": ["2026-09-01T12:00:00Z"]}),
]
