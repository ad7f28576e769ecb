"""Finding the headings of a table as people keep it: below titles, over two rows, merged."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LOOKED_AT_ROWS = 30
ENOUGH_FIELDS = 2

_NUMBERED = re.compile(r" \([1-9][0-9]?\)$")  # no year, and no thousands
_WORDS = re.compile(r"[\W_]+")
_VALUE = re.compile(r"(?=.*[0-9])[^A-Za-z]+")  # a day, an amount, a number of anything
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:[/-][0-9]{2,4})?")
SMALL_WORDS = frozenset(("a", "an", "and", "for", "is", "of", "or", "s", "the"))
IN_FULL = {"no": "number", "ref": "reference", "reg": "registration"}

Known = Mapping[str, str]  # which field a heading stands for, by its key words


def plain(heading: str) -> str:
    """Return a heading as words: `Colour_Rating (2)` is `colour rating`."""
    return " ".join(_WORDS.split(_NUMBERED.sub("", heading).casefold())).strip()


def key_words(heading: str) -> str:
    """Return the words that tell a heading from others, by the alphabet: `Date of the end` is `date end`."""
    words = {IN_FULL.get(word, word) for word in plain(heading).split()}
    return " ".join(sorted(words - SMALL_WORDS))


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a table's headings are (rows from 1), what they say, and what each row of them says by itself.

    `grouped` are those below a heading that stands over others too.
    """

    first: int
    last: int
    cells: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    grouped: frozenset[str] = frozenset()

    def names(self, heading: str) -> tuple[str, ...]:
        """Return the words by which a column may be known: its whole heading, then that of its own row."""
        return (plain(heading), *self.parts.get(heading, ()))


class _Candidate(NamedTuple):
    fields: int
    repeated: int
    heading: Heading


def find_heading(
    rows: Sequence[Sequence[str]], known: Known, needed: Collection[str], at: int | None = None
) -> Heading | None:
    """Return the row, or the two rows, whose cells are the names of most fields; the first where several are.

    Looks at the first thirty rows, or at the one that somebody names. Returns nothing where no row names
    two fields and one that is needed.
    """
    places = range(min(len(rows), LOOKED_AT_ROWS)) if at is None else [at - 1]
    found: list[_Candidate] = []
    for place in places:
        for heading in _readings(rows, place, known, needed):
            fields = [name for name in _fields(heading, known) if name]
            if {*fields} & {*needed} and len({*fields}) >= ENOUGH_FIELDS:
                found.append(_Candidate(len({*fields}), len(fields) - len({*fields}), heading))
    if not found:
        return None
    return max(
        found, key=lambda one: (one.fields, one.heading.first == one.heading.last, -one.repeated)
    ).heading


def single(rows: Sequence[Sequence[str]], place: int) -> Heading:
    """Return one row as headings."""
    return Heading(place + 1, place + 1, tuple(rows[place]), {})


def _readings(
    rows: Sequence[Sequence[str]], place: int, known: Known, needed: Collection[str]
) -> list[Heading]:
    """Return a row as headings by itself, and with the next one, unless that is a row of the table."""
    if place >= len(rows) or not any(cell.strip() for cell in rows[place]):
        return []
    upper, lower = rows[place], rows[place + 1] if place + 1 < len(rows) else ()
    if not lower or any(map(_is_value, lower)) or _names_a_thing(upper, lower, known, needed):
        return [single(rows, place)]
    joined = _joined(upper, lower, place)
    return [joined] if _only_divides(upper, lower, joined) else [single(rows, place), joined]


def _only_divides(upper: Sequence[str], lower: Sequence[str], joined: Heading) -> bool:
    """Say whether a row says nothing but what groups of the row above it consist of."""
    below = {joined.cells[place] for place, cell in enumerate(lower) if cell.strip()}
    has_others = any(
        cell.strip() for cell, name in zip(upper, joined.cells, strict=False) if name not in below
    )
    return bool(joined.grouped) and below <= joined.grouped and has_others


def _names_a_thing(upper: Sequence[str], lower: Sequence[str], known: Known, needed: Collection[str]) -> bool:
    """Say whether a row has a text of its own below a heading that every row needs, such as a title."""
    for place, (above, below) in enumerate(zip(upper, lower, strict=False)):
        is_group = (
            not "".join(upper[place + 1 : place + 2]).strip()
            and "".join(lower[place + 1 : place + 2]).strip()
        )
        says_more = below.strip() and key_words(below) not in known
        if says_more and not is_group and known.get(key_words(above)) in needed:
            return True
    return False


def _is_value(cell: str) -> bool:
    """Say whether a cell holds a number or a day, which none has that is a heading; a year may be one."""
    text = cell.strip()
    return _VALUE.fullmatch(text) is not None and _YEAR.fullmatch(text) is None


def _joined(upper: Sequence[str], lower: Sequence[str], place: int) -> Heading:
    """Return two rows as one: what stands above several columns is said of each."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    group, cells, grouped = "", list[str](), set[str]()
    parts: dict[str, tuple[str, ...]] = {}
    for top, bottom in zip(above, below, strict=True):
        top, bottom = " ".join(top.split()), " ".join(bottom.split())  # noqa: PLW2901  # the same, in one line
        if group and bottom and not top and cells[-1] != group:
            grouped |= {cells[-1], f"{group} {bottom}"}
        group = top or (group if bottom else "")
        cell = " ".join(part for part in (group, bottom) if part)
        parts[cell] = tuple(plain(part) for part in (bottom, group) if part)
        cells.append(cell)
    return Heading(place + 1, place + 2, tuple(cells), parts, frozenset(grouped))


def _fields(heading: Heading, known: Known, divided: Collection[str] = ()) -> list[str]:
    """Return the field that each column stands for; by its own row alone only where no other has it.

    A heading over several columns, such as `Budget` over years, names none of them a `divided` field. Nor
    does one that stands below several, such as `End` below `Baseline` and `Current`.
    """
    whole = [known.get(key_words(cell), "") for cell in heading.cells]
    taken = {name for name in whole if name}
    parts = [
        "" if name else _part(heading, cell, known, divided)
        for cell, name in zip(heading.cells, whole, strict=True)
    ]
    named = Counter(part for part, _ in {*zip(parts, heading.cells, strict=True)})
    taken |= {name for name in divided if named[name] > 1}
    for place, part in enumerate(parts):
        if part and part not in taken:
            whole[place] = part
            taken.add(part)
    return whole


def _part(heading: Heading, cell: str, known: Known, divided: Collection[str]) -> str:
    """Return the field that a column is named by in one of two rows alone; blank if there is none."""
    named = [known.get(key_words(part), "") for part in heading.parts.get(cell, ())]
    if cell in heading.grouped:
        named = [*named[:1], *(name for name in named[1:] if name not in divided)]
    return next(filter(None, named), "")


def fields_by_heading(
    heading: Heading, headings: Sequence[str], known: Known, divided: Collection[str] = ()
) -> dict[str, str]:
    """Return which field each column stands for, by its heading as it is told apart.

    What a group is called makes none of its columns a `divided` field: a year's budget is not the budget.
    """
    fields = _fields(heading, known, divided)
    return {name: field for name, field in zip(headings, fields, strict=False) if field}
