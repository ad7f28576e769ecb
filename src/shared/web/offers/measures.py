"""How a room offers a figure, for those that set targets on it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

# The service and a reading of its views; nothing if there is nothing to measure.
ReadMeasure = Callable[[Any, Any], Awaitable[float | None]]


@dataclass(frozen=True, slots=True)
class MeasureOffered:
    """A figure by name: what it says, in which unit, which way is better, who may see it, and where it is.

    A unit is `share` (0 to 1), `count` or `pence`; better is `higher` or `lower`. What is the same on every
    day until more is recorded is `by_record_alone`.
    """

    name: str
    title: str
    unit: str
    better: Literal["higher", "lower"]
    action: str
    cases: str
    read: ReadMeasure
    by_record_alone: bool = False
