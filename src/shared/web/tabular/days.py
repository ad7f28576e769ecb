"""Days as registers write them, in several styles; what could be two days is none."""

import re
from datetime import UTC, date, datetime, time

from shared.kernel.calendar import day_in_london

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::\d{2})?(?:\.\d+)?(Z?))?$")
_BRITISH = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?$")
_NAMED = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([A-Za-z]{3,9})\.?[-/., ]*(\d{4})$")
_NAMED_FIRST = re.compile(r"^([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$")


class NoDay(ValueError):
    """This can't be read as a day."""


def day_of(text: str) -> date:
    """Return the day that a cell names: 2026-12-31, 31/12/2026 (day first), 31 Dec 2026, Dec 31, 2026.

    An instant in UTC, as programs export midnight in summer, is of the day that London has then.

    Raises `NoDay` for anything else, for years of two digits, and for days that no calendar has.
    """
    text = " ".join(text.split())
    try:
        if found := _ISO.match(text):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return _in_london(day, int(found[4]), int(found[5])) if found[6] else day
        if found := _BRITISH.match(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if (found := _NAMED.match(text)) and found[2].lower() in MONTHS:
            return date(int(found[3]), MONTHS[found[2].lower()], int(found[1]))
        if (found := _NAMED_FIRST.match(text)) and found[1].lower() in MONTHS:
            return date(int(found[3]), MONTHS[found[1].lower()], int(found[2]))
    except ValueError as error:
        raise NoDay from error
    raise NoDay


def _in_london(day: date, hour: int, minute: int) -> date:
    return day_in_london(datetime.combine(day, time(hour, minute), UTC))
