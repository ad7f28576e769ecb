"""People by month and skill as a spreadsheet writes them: a column for each month, or all in one cell."""

import re
from collections.abc import Iterable, Iterator, Mapping

from shared.web.tabular.days import MONTHS, NoDay, day_of

_ISO = re.compile(r"^(20\d{2})[-/.](\d{1,2})$")
_BRITISH = re.compile(r"^(\d{1,2})[-/.](20\d{2})$")
_NAMED = re.compile(r"^([A-Za-z]{3,9})\.?[-/. ]?(?:20)?(\d{2})$")

NAMED_SO = "a month and a skill, such as networks 2026-09 or networks Sep 2026"


def month_of(text: str) -> str | None:
    """Return the month that a heading names: 2026-09, 09/2026, Sep 2026, Sep-26, or its first day.

    A spreadsheet turns `Sep 2026` into the first of September, and shows it as `Sep-26`.
    """
    text = " ".join(text.split())
    if found := _ISO.match(text):
        return _month(found[1], int(found[2]))
    if found := _BRITISH.match(text):
        return _month(found[2], int(found[1]))
    if (found := _NAMED.match(text)) and found[1].lower() in MONTHS:
        return _month(f"20{found[2]}", MONTHS[found[1].lower()])
    try:
        day = day_of(text)
    except NoDay:
        return None
    return f"{day:%Y-%m}" if day.day == 1 else None


def _month(year: str, month: int) -> str | None:
    return f"{year}-{month:02}" if 1 <= month <= len(set(MONTHS.values())) else None


def month_and_skill(text: str) -> tuple[str, str]:
    """Return the month and the skill that a heading names, in either order."""
    words = text.replace(",", " ").split()
    for count in (1, 2):
        front, back = words[:count], words[-count:]
        if len(words) > count and (month := month_of(" ".join(back))):
            return month, " ".join(words[:-count])
        if len(words) > count and (month := month_of(" ".join(front))):
            return month, " ".join(words[count:])
    raise ValueError(NAMED_SO)


def people_of(said: object) -> object:
    """Return people by month and skill as a list, however a table says it; a list stays as it is.

    A table has a column such as `needs: networks 2026-09` for each, or one cell with
    `networks 2026-09: 1.5; servers 2026-10: 2`. Nobody is needed where a cell is blank or says 0.
    """
    if isinstance(said, Mapping):
        return list(_people(said.items()))
    if isinstance(said, str):
        parts = [part for part in re.split(r"[;\n]", said) if part.strip()]
        return list(_people([_halves(part) for part in parts]))
    return said


def _halves(part: str) -> tuple[str, str]:
    what, colon, people = part.rpartition(":")
    if not colon:
        raise ValueError(f"{NAMED_SO}, a colon, and how many people")
    return what, people.strip()


def _people(said: Iterable[tuple[str, object]]) -> Iterator[dict[str, object]]:
    for what, people in said:
        month, skill = month_and_skill(what)
        if str(people).strip() not in ("0", "0.0", ""):
            yield {"month": month, "skill": skill, "people": people}
