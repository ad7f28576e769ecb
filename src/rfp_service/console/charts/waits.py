"""The waits of one case, one after the other on working time, each against the usual."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from rfp_service.console.charts.drawing import element, share
from shared.kernel.calendar import SECOND, WORKING_DAY

HEIGHT, MARGIN, RAIL = 18, 3, 4


@dataclass(frozen=True, slots=True)
class DrawnWait:
    """One wait, with its strip of the timeline."""

    wait: Mapping[str, Any]
    usual_seconds: float | None  # within which 85 of 100 such waits are over
    strip: Markup

    @property
    def is_long(self) -> bool:
        """Say whether it lasts longer than 85 of 100 such waits."""
        return self.usual_seconds is not None and self.wait["working_seconds"] > self.usual_seconds

    @property
    def usual_days(self) -> str:
        """Return within how many working days 85 of 100 are over."""
        days = (self.usual_seconds or 0) * SECOND / WORKING_DAY
        return f"{days:.0f}" if days >= 1 else "less than 1"


def drawn_waits(items: Sequence[Mapping[str, Any]], usual: Mapping[str, float]) -> list[DrawnWait]:
    """Return waits in their order, each drawn where it stands among all of them."""
    starts, at = [], 0.0
    for each in items:
        starts.append(at)
        at += each["working_seconds"]
    whole = max(
        [at, *(start + usual.get(each["stage"], 0.0) for start, each in zip(starts, items, strict=True))]
    )
    return [
        DrawnWait(each, usual.get(each["stage"]), _strip(each, start, whole, usual.get(each["stage"])))
        for start, each in zip(starts, items, strict=True)
    ]


def _strip(wait: Mapping[str, Any], start: float, whole: float, usual: float | None) -> Markup:
    """Return a wait on the line of all of them, with a mark where most such waits are over."""
    length = max(wait["working_seconds"], whole / 150)  # seen, however short
    middle = HEIGHT // 2
    shapes = [element("line", x1="0", x2="100%", y1=middle, y2=middle, class_="rail")]
    at, to = share(start, whole), share(start + (usual or 0.0), whole)
    if usual is not None:
        size = {"width": share(usual, whole), "height": RAIL}
        shapes.append(element("rect", x=at, y=middle - RAIL // 2, class_="usual", **size))
    kind = "wait" if wait["ended_at"] else "wait going"
    drawn = {"width": share(length, whole), "height": HEIGHT - 2 * MARGIN}
    shapes.append(element("rect", x=at, y=MARGIN, class_=kind, **drawn))
    if usual is not None:
        shapes.append(element("line", x1=to, x2=to, y1=0, y2=HEIGHT, class_="mark"))
    return element("svg", *shapes, class_="strip", width="100%", height=HEIGHT, aria_hidden="true")


def usual_waits(stages: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return within which working time 85 of 100 stays in each stage are over, where enough are known."""
    return {
        each["stage"]: each["working"]["p85"]
        for each in stages
        if not each["working"]["too_few"] and each["working"]["p85"] is not None
    }
