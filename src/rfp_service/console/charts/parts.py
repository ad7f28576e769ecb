"""A bar of parts that make a whole, told apart by pattern as well as by colour; cells beside it say it."""

from collections.abc import Sequence

from markupsafe import Markup

from rfp_service.console.charts.drawing import element, share

HEIGHT, STRIPES = 18, 36


def parts_bar(parts: Sequence[tuple[str, int]]) -> Markup:
    """Return the parts in their order; each is drawn by the pattern of its name."""
    whole = sum(n for _, n in parts)
    if not whole:
        return Markup("")
    drawn, at = [], 0
    for name, n in parts:
        if n:
            drawn.append(
                element(
                    "rect", x=share(at, whole), width=share(n, whole), height=HEIGHT, class_=f"part {name}"
                )
            )
            drawn += _pattern(name, at, n, whole)
        at += n
    return element("svg", *drawn, class_="rowbar partsbar", width="100%", height=HEIGHT, aria_hidden="true")


def _pattern(name: str, at: int, n: int, whole: int) -> list[Markup]:
    """Return slanted lines over what is at risk, and crossed ones over what is blocked."""
    if name not in ("at_risk", "blocked"):
        return []
    number = max(2, round(STRIPES * n / whole))
    step = n / number
    edges = [(share(at + step * each, whole), share(at + step * (each + 1), whole)) for each in range(number)]
    lines = [element("line", x1=right, x2=left, y1="0", y2=HEIGHT, class_="hatch") for left, right in edges]
    if name == "blocked":
        lines += [
            element("line", x1=left, x2=right, y1="0", y2=HEIGHT, class_="hatch") for left, right in edges
        ]
    return lines
