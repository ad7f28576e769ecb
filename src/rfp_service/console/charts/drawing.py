"""What every chart is drawn with. Places are shares of the width, so letters stay readable on a phone."""

from collections.abc import Iterable
from datetime import date

from markupsafe import Markup

TOP, BOTTOM = 22, 28  # above the plot, and below it for the days
BEGIN, CLOSE, END = Markup("<"), Markup("</"), Markup(">")
SPACE, EQUALS, QUOTE = Markup(" "), Markup('="'), Markup('"')
GAP = 17  # between two labels, so that neither lies on the other
TICKS, MONTHS_NAMED = 4, 5  # about so many, as there is room for on a phone


def element(name: str, *inside: Markup | str, **attributes: object) -> Markup:
    """Return an element; `text_anchor` is written `text-anchor`, and whatever is said in it is escaped."""
    said: list[Markup | str] = [BEGIN, name]
    for key, value in attributes.items():
        if value is not None:
            said += (SPACE, key.rstrip("_").replace("_", "-"), EQUALS, str(value), QUOTE)
    return Markup("").join((*said, END, *inside, CLOSE, name, END))


def share(of: float, whole: float) -> str:
    """Return a place as a share of the width, or of the height."""
    return f"{100 * of / whole:.2f}%" if whole else "0%"


def ticks(top: float) -> list[int]:
    """Return round numbers from nought up to what holds the top, about four of them."""
    step = next(
        step * 10**power
        for power in range(9)
        for step in (1, 2, 5)
        if step * 10**power * TICKS >= max(top, 1)
    )
    return list(range(0, int(-(-max(top, 1) // step)) * step + 1, step))


def spread(wanted: Iterable[float], lowest: float) -> list[float]:
    """Return the heights of labels, from the top down, moved apart where they would lie on one another."""
    placed: list[float] = []
    for height in wanted:
        placed.append(max(height, placed[-1] + GAP) if placed else height)
    limit = lowest
    for number in range(len(placed) - 1, -1, -1):
        placed[number] = min(placed[number], limit)
        limit = placed[number] - GAP
    return placed


def figure(kind: str, title: str, description: str, height: int, *inside: Markup) -> Markup:
    """Return a chart with its name and what it shows, for whoever does not see it."""
    return element(
        "svg",
        element("title", title, id=f"{kind}-title"),
        element("desc", description, id=f"{kind}-desc"),
        *inside,
        class_=f"chart {kind}",
        width="100%",
        height=height + TOP + BOTTOM,
        role="group",
        aria_labelledby=f"{kind}-title",
        aria_describedby=f"{kind}-desc",
    )


def gridlines(top: int, at: Iterable[int], height: int) -> Markup:
    """Return a line across for each of some values, with the value on it."""
    lines = []
    for value in at:
        y = TOP + height - height * value / top
        lines.append(element("line", x1="0", x2="100%", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid"))
        lines.append(element("text", f"{value:,}", x="0", y=f"{y - 4:.1f}", class_="scale"))
    return Markup("").join(lines)


def months(first: date, last: date, height: int) -> Markup:
    """Return the beginnings of months below a plot, no more than there is room for on a phone."""
    begins = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    every = -(-len(begins) // MONTHS_NAMED) or 1
    whole = (last - first).days or 1
    said = []
    for at in begins[::every]:
        x = (at - first).days
        anchor = "end" if x > 0.92 * whole else "start"
        place = share(x, whole)
        said.append(element("line", x1=place, x2=place, y1=TOP + height, y2=TOP + height + 6, class_="axis"))
        name = f"{at:%b}" + (f" {at.year}" if at.month == 1 or at == begins[0] else "")
        said.append(element("text", name, x=place, y=TOP + height + 22, text_anchor=anchor, class_="scale"))
    return Markup("").join(said)
