"""The shapes of text, dates and money that callers may send: bounded, printable, never guessed."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

SHORT_TEXT_LIMIT = 200
REASON_LIMIT = 2_000
TEXT_LIMIT = 8_000
CODE_LIMIT = 40
PENCE_LIMIT = 10**13  # a hundred thousand million pounds: more is a slip of the finger
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2099, 12, 31)

# Printable characters, line feeds and tabs: a control character is never meant.
PRINTABLE = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]*$"
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]*$"


def _text(limit: int, pattern: str, least: int = 1) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True, min_length=least, max_length=limit, pattern=pattern
    )


def _in_range(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"a day from {FIRST_DAY} to {LAST_DAY}")
    return day


ShortText = Annotated[str, _text(SHORT_TEXT_LIMIT, ONE_LINE)]
Reason = Annotated[str, _text(REASON_LIMIT, PRINTABLE)]
LongText = Annotated[str, _text(TEXT_LIMIT, PRINTABLE)]
Code = Annotated[str, _text(CODE_LIMIT, r"^[A-Za-z0-9][A-Za-z0-9 ./_-]*$")]
PersonId = Annotated[str, _text(CODE_LIMIT, r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Pence = Annotated[int, Field(ge=0, le=PENCE_LIMIT)]
Day = Annotated[date, AfterValidator(_in_range)]
