"""What each event of a thing changed: a value that was said before, and the one that took its place."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rfp_service.console.words import NOT_SHOWN, said_value, words

# Events that put differently what was said before; others say something new of their own.
DIFFERENTLY = re.compile(
    r"(Amended|Corrected|Revised|Reassigned|Replaced|Extended|Moved|Rebaselined|Restated|Changed|Selected"
    r"|Rated|Categorised|Prioritised|Updated|Recommended|Decided)$"
)
OF_EACH = NOT_SHOWN | {"number", "bid", "criterion", "position"}


def with_changes(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a history's entries in their order, each with what it changed."""
    stood: dict[str, Any] = {}
    found = []
    for each in items:
        said = _flat(each.get("said") or {})
        changes = [
            (words(name.removesuffix("_pence")), said_value(name, stood[name]), said_value(name, value))
            for name, value in said.items()
            if name in stood and stood[name] != value and DIFFERENTLY.search(each["decision"])
        ]
        stood |= said
        found.append({**each, "changes": changes, "changed": {name for name, *_ in changes}})
    return found


def _flat(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reader can compare: single values that were said, no lists, no codes."""
    return {
        name: value
        for name, value in said.items()
        if name not in OF_EACH and not isinstance(value, bool | dict | list) and value not in (None, "")
    }
