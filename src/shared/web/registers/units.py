"""What a column's numbers are, and what its amounts are thousands of: by its heading, or by what is near."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from shared.web.tabular.headings import plain
from shared.web.tabular.tables import Table

PENCE_COLUMN = "pence"
CHARACTERS_QUOTED = 80
UNITS = {
    **dict.fromkeys(("thousand", "thousands", "thou", "k", "000"), "thousands"),
    **dict.fromkeys(("million", "millions", "mill", "mil", "m", "mn", "mio"), "millions"),
    **dict.fromkeys(("billion", "billions", "bn"), "billions"),
}
_SIGN = r"""
    (?: £s? | \bgbp ) \s? (?: in\s )? [,'‘’]? \s? (000|k|thou|mn?|mio|mill?|bn) s? \b  # £000, £,000s, £k
    | (?<![\d.,'‘’]) 1 [, ]? (000) ['’]? s \b  # £1,000s: those of anything
    | (?<![\w.,'‘’]) (?<!\d\s) (000) ['’]? s \b  # 000s, 000's
    | (?<!\d) ['‘’] (000) s? \b  # '000
    | \b in \s ['‘’,]? (000) \b
    | \( (000) (?: ['’]? s )? \)
    | \b (k|m|bn) (?: £ | gbp\b )
"""  # noqa: RUF001  # what people write
# In the heading of amounts a word or a letter alone says enough; in a title it may count homes.
_BY_HEADING = r"""
    | \b (thousand|million|billion) s? \b
    | \( (k) (?: ['’]? s )? \)
    | \( (m|mn|bn) \)
    | (?<![\w.,'‘’]) (?<!\d\s) (000) $
"""  # noqa: RUF001  # the same
_ABOVE = r"""
    | (?: £ | \bgbp\b ) ,? \s? (thousand|million|billion) s? \b
    | (?: \b in \s | [(\[] \s? ) (thousand|million|billion) s \b
      (?! \s of \s (?! £ | gbp\b | (?:uk\s)? pounds? \b ) )  # but homes
    | (?: \b in \s | [(\[] \s? ) (thousand|million|billion) (?= \W* $ | \s? [)\]] | \s (?: pounds|gbp ) )
    | ^ \W*+ (?: (?: all|figures|amounts|values ) \W++ )*  # alone
      (thousand|million|billion) s? (?= \W*+ (?: of \W++ )? (?: pounds|gbp )? \W*+ $ )
    | ^ \s* \( (k) s? \) \s* $
"""
_HEADING_SAYS, _ABOVE_SAYS = (
    re.compile(_SIGN + more, re.IGNORECASE | re.VERBOSE) for more in (_BY_HEADING, _ABOVE)
)
_DENIED = re.compile(  # stands right before a unit, or before other units that it denies as well
    r"""
    (?: \b (?: not|no|never|rather\sthan|instead\sof ) | n['’]t ) \b
    (?: [^\w,;:.]+ (?: in|use|enter|or|nor|gbp|k|m|bn|000s?|thousands?|millions?|billions? ) \b )*
    [^\w,;:.]* $
    """,  # noqa: RUF001  # what people write
    re.IGNORECASE | re.VERBOSE,
)
_HINT = re.compile(
    r"[(\[][^1-9]*[)\]]|(?:d{1,4}|m{1,4}|y{1,4})(?:[/. -](?:d{1,4}|m{1,4}|y{1,4})){1,2}|[£%]"
    r"|£?[,'’]?000s?|£?(?:k|m|bn)|gbp|y/n|yes/no|(?:free )?text|number"  # noqa: RUF001  # what people write
    r"|thousands?|millions?|(?:(?:calendar|working) )?days?|weeks?|months?|years?",
    re.IGNORECASE,
)
_LOOKED_BACK = 80  # characters
_BESIDE_UNIT = re.compile(
    r"\ball \w+|\b(?:figures|amounts|values|in|are|of|pounds|gbp)\b|[\W_]", re.IGNORECASE
)
_NUMBER = re.compile(r"\W*+\d[\d,. ]*+(?:k|m|bn|%)?\W*", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")  # heads a column, and is no sum
_SUM_BEHIND = re.compile(
    rf"[\s)\]]*[:=]\s*£?(?!{_YEAR.pattern}\b)\d[\d,]*(?:\.\d+)?\s?(?:k|m|bn)?\W*$", re.IGNORECASE
)
_IN_POUNDS = re.compile(r"(?:£|\bgbp|\bpounds)[^\w£]*$", re.IGNORECASE)
_COUNTED = re.compile(r"[1-9]")
_POUNDS = re.compile(r"£|\b(?:gbp|pounds)\b", re.IGNORECASE)
ABROAD = "another currency than pounds"
_ABROAD = r"[$€¥₹]|\b(?:usd|eur|aud|nzd|jpy|chf|euros?|dollars?)\b"
_ABROAD_ABOVE = re.compile(
    rf"\bin (?:us ?)?(?:{_ABROAD})|[(\[] ?(?:us ?)?(?:{_ABROAD}) ?[)\]]|^\W*(?:{_ABROAD})\W*$", re.IGNORECASE
)
_MEASURES = {  # in this order
    "pounds": _POUNDS,
    ABROAD: re.compile(_ABROAD, re.IGNORECASE),
    "shares": re.compile(r"(?<!\d)(?<!\d )%|\b(?:per ?cent|percentage)\b", re.IGNORECASE),  # but 20% VAT
    "weeks": re.compile(r"\b(?:weeks?|wks?)\b", re.IGNORECASE),
    "months": re.compile(r"\bmonths?\b", re.IGNORECASE),
    "years": re.compile(r"\b(?:years?|yrs?)\b", re.IGNORECASE),
    "working days": re.compile(r"\bworking days?\b", re.IGNORECASE),
}


@lru_cache  # each of its cells asks
def measure_of(heading: str) -> str:
    """Return what a heading says of its numbers, such as `pounds`, `shares` or `weeks`; blank if nothing."""
    text = heading.replace("_", " ")
    return next((measure for measure, says in _MEASURES.items() if says.search(text)), "")


@lru_cache  # the same
def said_by_heading(heading: str) -> tuple[bool, str]:
    """Return whether the amounts of a column are pence, and what they are thousands or millions of."""
    return plain(heading).endswith(PENCE_COLUMN), _unit(_HEADING_SAYS, heading)


def are_hints(row: Sequence[str]) -> bool:
    """Say whether a row says nothing but how its columns are filled in: `dd/mm/yyyy`, `(£)`."""
    return all(_HINT.fullmatch(cell) for cell in filter(None, map(str.strip, row)))


def hints_below(table: Table) -> dict[str, str]:
    """Return how each column is filled in by the row below the headings, where it says just that."""
    below = next(islice(table.text.rows(), table.heading.last, None), [])
    return dict(zip(table.headings, below, strict=False)) if are_hints(below) else {}


class SaidUnit(NamedTuple):
    """What amounts are thousands or millions of, or that they are no pounds, and the text that says so."""

    unit: str
    text: str


def said_around(table: Table, columns: Iterable[str]) -> dict[str, SaidUnit]:
    """Return which columns' amounts are thousands, or no pounds, by what stands around their headings.

    What is nearest counts: a unit alone just below a heading, its group, the rows above, the sheet's name.
    """
    rows = list(islice(table.text.rows(), table.heading.last + 1))
    above, below = rows[: table.heading.first - 1], rows[table.heading.last :]
    titles = [*(cell for row in reversed(above[:-1]) for cell in _without_sums(row)), table.form.sheet]
    said = dict[str, SaidUnit]()
    for name in columns:
        place = table.headings.index(name)
        texts = [*_unit_alone(below, place), *_group(above[-1:], place), *titles]
        if found := next((one for one in texts if _unit_above(one, name)), ""):
            said[name] = SaidUnit(_unit_above(found, name), " ".join(found.split())[:CHARACTERS_QUOTED])
    return said


def no_days(table: Table, columns: Iterable[str]) -> dict[str, SaidUnit]:
    """Return which columns' numbers are no days by the row below their headings, such as `weeks`."""
    hints = hints_below(table)
    measures = {name: measure_of(hints.get(name, "")) for name in columns}
    return {name: SaidUnit(measure, hints[name].strip()) for name, measure in measures.items() if measure}


def _unit_above(text: str, heading: str) -> str:
    """Return the unit, or the other currency, that a text says of amounts below a heading not in pounds."""
    if unit := _unit(_ABOVE_SAYS, text):
        return unit
    found = None if _POUNDS.search(heading) else _ABROAD_ABOVE.search(text)
    return ABROAD if found and not _is_denied(text, found.start()) else ""


def _unit(says: re.Pattern[str], text: str) -> str:
    """Return the unit that a text says; the last one, which is the column's own below that of its group."""
    text = text.replace("_", " ")
    found = (one for one in says.finditer(text) if not _SUM_BEHIND.match(text, one.end()))
    said = [one for one in found if not _is_denied(text, one.start())]
    return UNITS[next(filter(None, said[-1].groups())).casefold()] if said else ""


def _is_denied(text: str, place: int) -> bool:
    return _DENIED.search(text, max(place - _LOOKED_BACK, 0), place) is not None


def _unit_alone(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """Return what the row below the headings holds in a column, unless it counts something."""
    return [row[place] for row in rows if place < len(row) and not _COUNTED.search(row[place])]


def _group(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """Return a column's group, and the units that stand alone in its row, unless the group is in pounds."""
    texts = list[str]()
    for row in map(_without_sums, rows):
        group = next((cell for cell in reversed(row[: place + 1]) if cell.strip()), "")
        texts += [group] if _IN_POUNDS.search(group) else [group, *filter(_is_unit_alone, row)]
    return texts


def _is_unit_alone(text: str) -> bool:
    return not _BESIDE_UNIT.sub("", _ABOVE_SAYS.sub("", text))


def _without_sums(row: Sequence[str]) -> list[str]:
    """Return a row with a number in place of what says its unit, such as `Total (£m)` before `45.2`."""
    kept, after = list[str](), ""
    for cell in reversed(row):
        is_sum = _NUMBER.fullmatch(after) and not _YEAR.fullmatch(after)
        kept.append(after if is_sum and cell.strip() else cell)
        after = cell.strip() or after
    return kept[::-1]
