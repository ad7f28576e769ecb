"""How days and numbers are put in sentences."""

from datetime import date


def long_day(day: date) -> str:
    """Return a day as people write it."""
    return f"{day.day} {day:%B %Y}"


def counted(number: int, what: str) -> str:
    """Return a number with what it counts, in the plural unless it is one."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def pounds(pence: int) -> str:
    """Return an amount in pence as money."""
    return f"£{pence / 100:,.2f}".removesuffix(".00")


def in_sentence(text: str) -> str:
    """Return words as they stand within a sentence: abbreviations keep their letters."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
