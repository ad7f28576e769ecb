"""Every figure of flow opens its cases: the list that it names has as many as it says, of any reading."""

import os
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.days import begin_in_days
from tests.support.running import Running
from tests.support.visiting import Visitor, visitor

pytestmark = pytest.mark.xdist_group("demonstration")

SAMPLE = int(os.environ.get("FIGURES_OPENED", "12"))  # of an answer's figures
NARROWED: tuple[Mapping[str, str | int], ...] = (  # where a number is a day, so many from today
    {},
    {"from": -330, "to": -246},
    {"service_area": "Libraries"},
    {"value_from": "500000", "value_to": "20000000"},
    {"requester_kind": "outgoing_supplier"},
    {"route": "open_tender"},
    {"as_of": -275},
)
Named = tuple[int, str]


def listed(who: Visitor, address: str) -> int:
    """Return how many cases there are where a figure leads."""
    return int(who.asked(f"{address.removeprefix('/v1')}&count=true&limit=1")["total"])


def must_open_as_many(who: Visitor, figures: Iterator[Named], dice: random.Random) -> None:
    named = sorted({(number, address) for number, address in figures})
    assert named, "there are figures"
    wrong = [
        (number, address, found)
        for number, address in dice.sample(named, min(SAMPLE, len(named)))
        if (found := listed(who, address)) != number
    ]
    assert not wrong


def of_bottlenecks(told: Mapping[str, Any]) -> Iterator[Named]:
    cases, rework, whole = told["cases"], told["rework"], told["opens"]
    yield from ((cases[name], whole[name]) for name in ("all", "open", "closed"))
    yield rework["cases"], whole["repeating"]
    yield rework["stage_reentry_cases"], whole["reentering"]
    yield from ((row["open"], row["opens"]) for row in told["stages"] if row["opens"])


def of_flow(told: Mapping[str, Any]) -> Iterator[Named]:
    for week in told["weeks"]:
        yield week["arrivals"], week["opens_arrivals"]
        yield week["throughput"], week["opens_throughput"]
    yield from ((there["wip"], there["opens"]) for there in (told["wip"]["now"], *told["wip"]["months"]))
    load, expected = told["load"], told["expectation"]
    yield from ((load[name], load[f"opens_{name}"]) for name in ("arrivals", "departures", "wip"))
    yield told["rework"]["cases"], told["rework"]["opens"]
    if expected["working_days"] is not None:
        names = ("kept", "broken", "open_beyond")
        yield from ((expected[name], expected[f"opens_{name}"]) for name in names)


def of_variants(told: Mapping[str, Any]) -> Iterator[Named]:
    yield from ((row["n"], row["opens"]) for row in told["variants"] if row["stages"])
    kept = told["conformance"]
    yield kept["kept"], kept["opens_kept"]
    yield from ((row["cases"], row["opens"]) for name in ("skipped", "repeated") for row in kept[name])


@pytest.mark.parametrize("narrowed", NARROWED, ids=lambda query: "-".join(query) or "everything")
def test_a_figure_opens_as_many_cases_as_it_counts(
    demonstration: Running, narrowed: Mapping[str, str | int]
) -> None:
    dice = random.Random(len(str(narrowed)))
    query = {name: begin_in_days(said) if isinstance(said, int) else said for name, said in narrowed.items()}
    with visitor(demonstration, "paul-procurement") as paul:
        for path, figures in (("bottlenecks", of_bottlenecks), ("flow", of_flow), ("variants", of_variants)):
            told = paul.asked(f"/rfps/{path}", **query)
            must_open_as_many(paul, figures(told), dice)
