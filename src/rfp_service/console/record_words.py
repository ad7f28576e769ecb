"""How pages say what the record holds of a decision: what it changed, and what was known, without codes."""

from collections.abc import Iterable, Mapping, Sized
from typing import Any

from rfp_service.console.people_names import BEGINS, ENDS
from rfp_service.console.words import (
    AN_ID,
    capitalize_first,
    day,
    is_day,
    is_own,
    moment,
    name_of,
    said_as,
    step_words,
    words,
)
from shared.governance.audit.replay.parties import whom
from shared.kernel.wording import in_sentence, pounds

NOTHING = "nothing"
SHOWN_LIMIT = 160  # a longer text is on the page of the decision itself
# Where a thing is, and on whom it waits, are said beside each step; the rest is of use to programs only.
BESIDE = frozenset({"deciders", "settlers", "catalogue_position", "same_need"})


def changes_in(changes: Iterable[Mapping[str, Any]], *, whole: bool = False) -> list[tuple[str, str, str]]:
    """Return what changed as a reader knows it: of what, from what, to what."""
    found = []
    for each in changes:
        if each["field"].rpartition(".")[2] in BESIDE or _is_id(each["after"]) or _is_id(each["before"]):
            continue
        before, after = (value_words(each["field"], each[side]) for side in ("before", "after"))
        if before != after:
            limit = None if whole else SHOWN_LIMIT
            found.append((field_words(each["field"]), _short(before, limit), _short(after, limit)))
    return found


def field_words(field: str) -> str:
    """Return what a field is called; of one within another, both."""
    names = [name for name in field.removesuffix("_pence").split(".") if name not in ("need", "about")]
    said = words(" ".join(names[-2:]).replace("_", " "))
    return {"Waiting on": "Waits for"}.get(said, said)


def value_words(field: str, value: Any) -> str:
    """Return a value as a reader knows it."""
    match value:
        case None | "" | [] | {}:
            said = NOTHING
        case bool():
            said = "yes" if value else "no"
        case list() if all(isinstance(each, str) for each in value):
            said = ", ".join(said_as(each) for each in value)
        case list():
            said = "; ".join(filter(None, map(_entry, value))) or _entries(value)
        case dict():
            said = str(value.get("text", _entries(value)))
        case int() if field.endswith("_pence"):
            said = pounds(value)
        case _:
            said = _text(field, str(value))
    return said


def _entries(value: Sized) -> str:
    return f"{len(value)} entr{'y' if len(value) == 1 else 'ies'}"


def _entry(value: Any) -> str:
    """Return one of many things: what it says of itself, without ids."""
    if isinstance(value, dict):
        said = [
            in_sentence(field_words(name)) if each is True else _part(name, each)
            for name, each in value.items()
        ]
    elif isinstance(value, list):
        said = [_part("", each) for each in value]
    else:
        said = []  # numbers by themselves say nothing
    return ", ".join(filter(None, said))


def _part(name: str, value: Any) -> str:
    is_said = value is not False and value not in (None, "", [], {}) and not _is_id(value)
    return value_words(name, value) if is_said else ""


def _is_id(value: Any) -> bool:
    """Say whether a value is of use to programs only: an id, a hash, or several."""
    return all(map(_is_id, value)) if value and isinstance(value, list) else bool(AN_ID.fullmatch(str(value)))


def _text(field: str, value: str) -> str:
    if field.endswith("waiting_on"):
        return capitalize_first(whom(value))
    if field.endswith("stage"):
        return capitalize_first(step_words(value))
    if is_day(field, value):
        return moment(value) if "T" in value else day(value)
    return value if is_own(field) else said_as(value)


def _short(text: str, limit: int | None) -> str:
    if limit is None or len(text) <= limit:
        return text
    left = text[:limit]
    if left.rfind(BEGINS) > left.rfind(ENDS):  # never within a mark of somebody
        left = left[: left.rfind(BEGINS)]
    return f"{left.rstrip()}…"


def told_words(told: str) -> str:
    """Return whom a notice tells: a party, a person, or a tier."""
    kind, _, name = told.partition(":")
    if not name:
        return told[:1].upper() + told[1:]
    return name_of(name) if kind == "person" else words(name)


def witnessed_when(by: Iterable[Mapping[str, Any]]) -> str:
    """Return by when somebody outside had first signed for a line."""
    first = min((each["signed_at"] for each in by), default=None)
    return "not witnessed yet" if first is None else f"witnessed on {moment(first)}"


def witnessed(by: Iterable[Mapping[str, Any]]) -> str:
    """Return by when somebody outside had signed for a line; why not, where nobody has."""
    said = [f"{each['name']} on {moment(each['signed_at'])}" for each in by]
    return f"Countersigned by {' and by '.join(said)}." if said else "No witness has countersigned it yet."
