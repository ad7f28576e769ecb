"""Cycle-time scatter: each case that closed, by the day it closed and how long it took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from rfp_service.console.charts.drawing import TOP, element, figure, gridlines, months, share, ticks

HEIGHT = 260
LINKED_LIMIT = 200  # beyond it a dot is a dot: the page would be too heavy, and no finger would find one


@dataclass(frozen=True, slots=True)
class Dot:
    """One case that closed."""

    on: date
    days: float
    says: str
    opens: str | None  # none where its reader may not see it


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A line across: within so many days, a share of cases close."""

    says: str
    days: float


def scatter(title: str, description: str, dots: Sequence[Dot], levels: Sequence[LevelLine]) -> Markup:
    """Return the dots over time, and the lines that tell usual from long."""
    first, last = min(dot.on for dot in dots), max(dot.on for dot in dots)
    at = ticks(max([*(dot.days for dot in dots), *(level.days for level in levels)]))
    whole = (last - first).days or 1
    linked = len(dots) <= LINKED_LIMIT
    drawn = [_dot(dot, share((dot.on - first).days, whole), at[-1], linked=linked) for dot in dots]
    lines = [_line(level, at[-1]) for level in levels]
    return figure(
        "scatter",
        title,
        description,
        HEIGHT,
        gridlines(at[-1], at, HEIGHT),
        months(first, last, HEIGHT),
        # Dots at the ends are not cut off: the plot is as much narrower as they are wide.
        element("svg", *drawn, class_="dots", x="1%", width="98%", overflow="visible"),
        *lines,
    )


def _dot(dot: Dot, x: str, top: int, *, linked: bool) -> Markup:
    y = f"{TOP + HEIGHT - HEIGHT * dot.days / top:.1f}"
    if not linked or dot.opens is None:
        return element("circle", cx=x, cy=y, r=3)
    # The same cases are links in the table, for whoever goes by the keyboard.
    circle = element("circle", element("title", dot.says), cx=x, cy=y, r=6)
    return element("a", circle, href=dot.opens, tabindex="-1", aria_label=dot.says)


def _line(level: LevelLine, top: int) -> Markup:
    y = TOP + HEIGHT - HEIGHT * level.days / top
    return element("line", x1="0", x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="level") + element(
        "text", level.says, x="100%", y=f"{y - 6:.1f}", text_anchor="end", class_="name"
    )
