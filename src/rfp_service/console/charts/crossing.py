"""Projects against the day of the transition: from the start, as first planned, as forecast, as is likely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from rfp_service.console.charts.drawing import element, share

HEIGHT, MIDDLE = 26, 13
DAYS = ("start", "baseline_end", "ends_on", "p50", "p90")
MARGIN = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class DrawnProject:
    """One project, with its strip."""

    project: Mapping[str, Any]
    strip: Markup
    is_late: bool


def drawn_days(items: Sequence[Mapping[str, Any]], transition: str | None) -> tuple[date, date] | None:
    """Return the first and last day of the scale that projects are drawn on; none if none has a day."""
    days = [date.fromisoformat(each[name]) for each in items for name in DAYS if each[name]]
    if transition:
        days.append(date.fromisoformat(transition))
    return (min(days) - MARGIN, max(days) + MARGIN) if days else None


def drawn_projects(items: Sequence[Mapping[str, Any]], transition: str | None) -> list[DrawnProject]:
    """Return projects, all drawn on one scale of days."""
    scale = drawn_days(items, transition)
    if scale is None:
        return [DrawnProject(each, Markup(""), is_late=False) for each in items]
    first, whole = scale[0].toordinal(), (scale[1] - scale[0]).days
    return [
        DrawnProject(
            each,
            _strip(each, transition, first, whole),
            is_late=bool(transition and each["ends_on"] and each["ends_on"] >= transition),
        )
        for each in items
    ]


def _strip(project: Mapping[str, Any], transition: str | None, first: int, whole: int) -> Markup:
    def at(name: str) -> str | None:
        return share(date.fromisoformat(project[name]).toordinal() - first, whole) if project[name] else None

    shapes = [element("line", x1="0", x2="100%", y1=MIDDLE, y2=MIDDLE, class_="rail")]
    start, end = at("start"), at("ends_on")
    if start and end:
        shapes.append(element("line", x1=start, x2=end, y1=MIDDLE, y2=MIDDLE, class_="course"))
    if (half := at("p50")) is not None:
        most = at("p90") or half
        shapes.append(element("line", x1=half, x2=most, y1=MIDDLE, y2=MIDDLE, class_="likely"))
        shapes.append(element("circle", cx=half, cy=MIDDLE, r=5, class_="likely"))
    if (planned := at("baseline_end")) is not None:
        shapes.append(element("line", x1=planned, x2=planned, y1=4, y2=HEIGHT - 4, class_="planned"))
    if end is not None:
        shapes.append(element("circle", cx=end, cy=MIDDLE, r=5, class_="forecast"))
    if transition:
        x = share(date.fromisoformat(transition).toordinal() - first, whole)
        shapes.append(element("line", x1=x, x2=x, y1=0, y2=HEIGHT, class_="transition"))
    return element("svg", *shapes, class_="strip tall", width="100%", height=HEIGHT, aria_hidden="true")
