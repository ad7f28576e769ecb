"""What taking a batch back comes to, part by part, whatever the room."""

from typing import Any

import pytest

from shared.kernel.restatement import TakenBack, taken_back
from tests.support.specs import stamp

NEW = {"stage": "absent", "name": "", "sub": ""}
WAS = {"stage": "open", "name": "A", "sub": "x"}
BECAME = {"stage": "open", "name": "B", "sub": "x"}


def back(was: dict[str, Any], became: dict[str, Any], now: dict[str, Any], *groups: Any) -> TakenBack | None:
    return taken_back(now, stamp("ann", was=was, became=became), *groups)


def test_a_part_is_restored_where_nobody_has_decided_since() -> None:
    assert back(WAS, BECAME, BECAME) == TakenBack({"name": "A"})
    assert back(WAS, BECAME, {**BECAME, "name": "C"}) == TakenBack({})


def test_parts_that_belong_together_are_restored_together() -> None:
    assert back(WAS, BECAME, BECAME, ("name", "sub")) == TakenBack({"name": "A", "sub": "x"})
    assert back(WAS, BECAME, BECAME, ("stage", "sub")) == TakenBack({"name": "A"})


def test_what_a_batch_put_here_is_taken_off_unless_it_was_touched() -> None:
    assert back(NEW, BECAME, BECAME) == TakenBack({}, taken_off=True)
    assert back(NEW, BECAME, {**BECAME, "sub": "y"}) is None
    fewer = {"stage": "open", "name": "B"}
    assert back(NEW, fewer, BECAME) == TakenBack({}, taken_off=True)


@pytest.mark.parametrize("became", [{}, None])
def test_a_batch_that_changed_nothing_has_nothing_to_take_back(became: Any) -> None:
    assert back(WAS, became, WAS) is None
