"""A sparkline: how a measure went, month by month, in the row that says its value."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from rfp_service.console.charts.drawing import element, share

HEIGHT, EDGE = 34, 6


def sparkline(values: Sequence[float | None], target: float | None, *, finished: bool) -> Markup:
    """Return a line through the values there are; a ring is a month not over, a dashed line the target."""
    known = [each for each in (*values, target) if each is not None]
    if not any(each is not None for each in values):
        return Markup("")
    low, high = min(known), max(known)
    points = [
        (share(number + 0.5, len(values)), _height(value, low, high))
        for number, value in enumerate(values)
        if value is not None
    ]
    parts = []
    if target is not None:
        y = _height(target, low, high)
        parts.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_="level"))
    for (x1, y1), (x2, y2) in pairwise(points):
        parts.append(element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="trend"))
    x, y = points[-1]
    parts.append(element("circle", cx=x, cy=y, r=4.5, class_="last" if finished else "unfinished"))
    return element(
        "svg", *parts, class_="spark", width="100%", height=HEIGHT, overflow="visible", aria_hidden="true"
    )


def _height(value: float, low: float, high: float) -> str:
    room = HEIGHT - 2 * EDGE
    return f"{EDGE + room - room * (value - low) / (high - low) if high > low else HEIGHT / 2:.1f}"
