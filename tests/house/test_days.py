"""A day is London's: the service lives in UTC, which for an hour of each summer night is a day behind."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
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
