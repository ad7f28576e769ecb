"""What the figures of flow say in words: one case came, two cases came."""

import pytest

from shared.flow.flow_figures import sentences


def told(number: int) -> list[str]:
    """Return the sentences of figures that are all of one number."""
    return sentences(
        {
            "load": {
                "weeks": number,
                "arrivals": number,
                "departures": number,
                "wip": number,
                "drain_weeks": None,
            },
            "expectation": {"working_days": 4.0, "open_beyond": number},
            "rework": {"cases": number, "loops": number, "working_hours": 8.0, "share_working": 0.1},
        }
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (
            1,
            [
                "In the last full week 1 case came and 1 was closed; 1 is open.",
                "85% of cases close within 4.0 working days; 1 open case is beyond that.",
                "1 case went back to a stage, once: 8 working hours, 10% of all waiting.",
            ],
        ),
        (
            2,
            [
                "In the last 2 full weeks 2 cases came and 2 were closed; 2 are open.",
                "85% of cases close within 4.0 working days; 2 open cases are beyond that.",
                "2 cases went back to a stage, 2 times: 8 working hours, 10% of all waiting.",
            ],
        ),
    ],
)
def test_one_is_said_of_one_and_many_of_many(number: int, said: list[str]) -> None:
    assert told(number) == said


def test_where_nothing_came_none_are_said() -> None:
    assert told(0) == ["85% of cases close within 4.0 working days; 0 open cases are beyond that."]
