"""Times of day as registers write them, by twelve hours or twenty-four; what could be two times is none."""

import re

_TIME = re.compile(
    r"(\d{1,2})(?:[:.](\d{2})(?::00(?:\.0+)?)?)? ?(?:([ap])\.?m\.?|(noon)|hrs)?", re.IGNORECASE
)
NOON, HOURS, MINUTES = 12, 24, 60


class NoTime(ValueError):
    """This can't be read as a time of day."""


def time_of(text: str) -> str:
    """Return the time that a cell names, such as 09:30; raise `NoTime` for anything else, as for a bare 9."""
    text = " ".join(text.split())
    if text.casefold() == "noon":
        return f"{NOON}:00"
    found = _TIME.fullmatch(text)
    if found is None or not (found[2] or found[3] or found[4]):
        raise NoTime
    hour, minute = int(found[1]), int(found[2] or 0)
    by_twelve = bool(found[3] or found[4])
    if minute >= MINUTES or hour >= HOURS or (by_twelve and not 1 <= hour <= NOON):
        raise NoTime
    if found[4] and (hour, minute) != (NOON, 0):
        raise NoTime
    if found[3]:
        hour = hour % NOON + (NOON if found[3] in "pP" else 0)
    return f"{hour:02}:{minute:02}"
