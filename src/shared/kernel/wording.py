"""How days and numbers are put in sentences."""

from datetime import date
from math import ceil, floor


def long_day(day: date) -> str:
    """Return a day as people write it."""
    return f"{day.day} {day:%B %Y}"


def counted(number: int, what: str) -> str:
    """Return a number with what it counts, in the plural unless it is one."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def how_late(working_days: int) -> str:
    """Return how late something is that is late, also where no working day has passed since its day."""
    return (
        f"{counted(working_days, 'working day')} late" if working_days else "late by less than a working day"
    )


def pounds(pence: int) -> str:
    """Return an amount in pence as money."""
    return f"£{pence / 100:,.2f}".removesuffix(".00")


def in_sentence(text: str) -> str:
    """Return words as they stand within a sentence: abbreviations keep their letters."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def percent(share: float, missed: float | None = None) -> str:
    """Return a share as whole per cent; with a decimal where that would say all, none or a target reached."""
    whole = round(share * 100) / 100
    for bound in (0.0, 1.0, missed):
        if bound is not None and (share < bound, share > bound) != (whole < bound, whole > bound):
            tenths = round(share * 1000, 6)
            return f"{(floor(tenths) if share < bound else ceil(tenths)) / 10:.1f}%"
    return f"{whole * 100:.0f}%"


def exact_percent(share: float) -> str:
    """Return a share that was set as per cent, with as many decimals as it has, two at most."""
    return f"{round(share * 100, 2):g}%"
