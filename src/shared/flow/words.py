"""Numbers, names and working time as words, for the sentences beside figures."""

from shared.kernel.calendar import HOUR, SECOND, WORKING_DAY


def many(number: int, what: str) -> str:
    """Return so many of a thing."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def are(number: int) -> str:
    """Return what so many of a thing are."""
    return "is" if number == 1 else "are"


def words(name: str) -> str:
    """Return a stage, activity or party as words; `(open)` is where nobody has gone on from yet."""
    return "wherever they go next" if name == "(open)" else name.replace("_", " ")


def days_worked(seconds: float | None) -> str:
    """Return working time as words: days, or hours where it is less than one day."""
    us = (seconds or 0.0) * SECOND
    return f"{us / WORKING_DAY:,.1f} working days" if us >= WORKING_DAY else f"{us / HOUR:.1f} working hours"
