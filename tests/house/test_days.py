"""A day is London's, and no day of the calendar is asked of a demonstration, which always ends today.

The service lives in UTC, which for an hour of each summer night is a day behind London.
"""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
SRC = TESTS.parent / "src"
MAY_CUT_A_DAY = {
    SRC / "shared" / "kernel" / "calendar.py",
    SRC / "shared" / "web" / "tabular" / "spreadsheets.py",  # a cell's day is of no zone
}


def days_cut_off(source: str) -> list[str]:
    """Return where a day is taken off an instant without saying by whose clocks."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
    ]


def test_every_day_is_the_one_of_londons_calendars() -> None:
    sources = sorted(set(SRC.rglob("*.py")) - MAY_CUT_A_DAY)
    assert len(sources) > 300
    found = {str(path.relative_to(SRC)): days_cut_off(path.read_text()) for path in sources}
    assert {path: days for path, days in found.items() if days} == {}


def test_a_day_of_no_place_is_found() -> None:
    assert days_cut_off("if first < stamp.at.date() or now(UTC).date() > last: pass") == [
        "stamp.at.date()",
        "now(UTC).date()",
    ]
    assert days_cut_off("day_in_london(stamp.at) < date(2026, 3, 2)") == []


DAY_ASKED = re.compile(r"""(?:from|to|since|as_of|_date)["']?[=:] ?["']?20[2-4]\d-""")


def days_asked(source: str) -> list[str]:
    """Return where a spec of the demonstration asks for a day, of which it will know nothing in time."""
    return DAY_ASKED.findall(source) if "demonstration: Running" in source else []


def test_specs_ask_the_demonstration_for_days_by_how_long_ago_they_were() -> None:
    specs = {path.name: path.read_text() for path in (TESTS / "service").glob("*.py")}
    assert sum("demonstration: Running" in text for text in specs.values()) > 5
    assert {name: days for name, text in specs.items() if (days := days_asked(text))} == {}


def test_a_day_that_is_asked_of_the_demonstration_is_found() -> None:
    spec = "def test_it(demonstration: Running) -> None:\n    "
    assert days_asked(spec + 'page("/outcomes?since=2026-05-30")') == ["since=2026-"]
    assert days_asked(spec + 'query = {"as_of": "2026-02-28"}') == ['as_of": "2026-']
    assert days_asked(spec + 'page(f"/outcomes?since={in_days(-30)}&to=2099-01-01")') == []
