"""How much of what contracts cost runs past the transition, by the month in which they end."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from rfp_service.console.charts.drawing import TOP, element, figure, gridlines, share, ticks

HEIGHT = 220
NARROWEST = 12  # as many months as bars are drawn for, at least
LABELS = 4
NEAR_THE_END = 0.8


def expiry_chart(months: Sequence[Mapping[str, Any]]) -> Markup:
    """Return a bar for each month in which contracts end; those not confirmed stand apart, hatched."""
    if not months:
        return Markup("")
    first = _number(months[0]["month"])
    whole = max(_number(months[-1]["month"]) - first + 1, NARROWEST)
    top = ticks(max(each["contracts"] for each in months))[-1]
    every = -(-whole // LABELS)
    shapes = [gridlines(top, ticks(top), HEIGHT)]
    for each in months:
        at = _number(each["month"]) - first
        height = HEIGHT * each["contracts"] / top
        shapes.append(
            element(
                "rect",
                element("title", f"{each['month']}: {each['contracts']} end"),
                x=share(at + 0.15, whole),
                width=share(0.7, whole),
                y=f"{TOP + HEIGHT - height:.1f}",
                height=f"{height:.1f}",
                class_="ending before" if each["months_to_transition"] > 0 else "ending after",
            )
        )
    for at in range(0, whole, every):
        month, x = _name(first + at), share(at, whole)
        anchor = "end" if at > NEAR_THE_END * whole else "start"
        shapes.append(element("text", month, x=x, y=TOP + HEIGHT + 22, text_anchor=anchor, class_="scale"))
    shapes.append(_transition(months, first, whole))
    said = f"{len(months)} months in which contracts end, and how many in each."
    return figure("expiry", "Contracts by the month in which they end", said, HEIGHT, *shapes)


def _transition(months: Sequence[Mapping[str, Any]], first: int, whole: int) -> Markup:
    """Return the line of the transition, where it lies within what is drawn."""
    at = _number(months[0]["month"]) + months[0]["months_to_transition"] - first + 0.5
    if not 0 <= at <= whole:
        return Markup("")
    x, anchor = share(at, whole), "end" if at > whole / 2 else "start"
    line = element("line", x1=x, x2=x, y1=0, y2=TOP + HEIGHT, class_="transition")
    return line + element(
        "text", " Transition ", x=x, y=14, text_anchor=anchor, dx=-6 if anchor == "end" else 6
    )


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _name(number: int) -> str:
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{names[number % 12]} {number // 12}"
