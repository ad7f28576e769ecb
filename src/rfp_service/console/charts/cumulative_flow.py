"""Cumulative flow: how often stages had been entered by each day; a gap is what lies between."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from rfp_service.console.charts.drawing import TOP, element, figure, gridlines, months, spread, ticks

HEIGHT, MOST_POINTS = 260, 120
FULL = 1_000  # of the inner plot, whose width is stretched to that of the page

Curve = tuple[str, Sequence[int]]  # what it counts, and the count on each day


def cumulative_flow(title: str, description: str, days: Sequence[date], curves: Sequence[Curve]) -> Markup:
    """Return the areas of curves, the highest behind, each named where it ends, with its last count."""
    ordered = sorted(curves, key=lambda curve: -curve[1][-1])
    chosen = _thinned(len(days))
    at = ticks(max((counts[-1] for _, counts in ordered), default=1))
    areas = [
        _area(number, [days[i] for i in chosen], [counts[i] for i in chosen], at[-1])
        for number, (_, counts) in enumerate(ordered)
    ]
    plot = element(
        "svg",
        gridlines(at[-1], at, HEIGHT),
        element(
            "svg",
            *areas,
            y=TOP,
            width="100%",
            height=HEIGHT,
            viewBox=f"0 0 {FULL} {HEIGHT}",
            preserveAspectRatio="none",
        ),
        months(days[0], days[-1], HEIGHT),
        width="72%",
    )
    return figure("cumulative-flow", title, description, HEIGHT, plot, _names(ordered, at[-1]))


def _thinned(length: int) -> list[int]:
    """Return which days are drawn: all, or evenly as many as can be told apart, the last one always."""
    every = -(-length // MOST_POINTS)
    return sorted({*range(0, length, every or 1), length - 1})


def _area(number: int, days: Sequence[date], counts: Sequence[int], top: int) -> Markup:
    whole = (days[-1] - days[0]).days or 1
    edge = " ".join(
        f"{FULL * (day - days[0]).days / whole:.0f},{HEIGHT - HEIGHT * count / top:.1f}"
        for day, count in zip(days, counts, strict=True)
    )
    return element(
        "polygon", points=f"0,{HEIGHT} {edge} {FULL},{HEIGHT}", class_=f"area a{number}"
    ) + element("polyline", points=edge, class_="edge")


def _names(ordered: Sequence[Curve], top: int) -> Markup:
    wanted = [TOP + HEIGHT - HEIGHT * counts[-1] / top + 5 for _, counts in ordered]
    heights = spread(wanted, TOP + HEIGHT)
    return Markup("").join(
        element("text", f"{name} {counts[-1]:,}", x="73%", y=f"{y:.1f}", class_="name")
        for (name, counts), y in zip(ordered, heights, strict=True)
    )
