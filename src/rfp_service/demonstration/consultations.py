"""What the demonstration's councillors were asked about, in days from the first paper; one still goes on."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Asking:
    """A consultation: from when until when it is open, when its answers are counted, and what follows."""

    name: str
    about: str
    opened: int
    closes: int
    asked: int
    counted: int
    counts: Mapping[str, int]
    conclusion: str = ""  # blank while it goes on


OF_COUNCILLORS = (
    Asking(
        name="devices",
        about="Which devices councillors prefer",
        opened=20,
        closes=48,
        asked=84,
        counted=50,
        counts={"a laptop of the council's": 38, "a tablet of the council's": 11, "their own": 14},
        conclusion="A laptop is offered to all; a subsidy stays a choice.",
    ),
    Asking(
        name="help",
        about="How councillors want to reach the new service desk",
        opened=169,
        closes=197,
        asked=84,
        counted=181,
        counts={"by telephone": 17, "by chat": 9, "in person, before a meeting": 15},
    ),
)
