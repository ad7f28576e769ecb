"""Charts within the rows of a table: a bar with what still waits hatched, and dots against what is usual."""

from collections.abc import Sequence

from markupsafe import Markup

from rfp_service.console.charts.drawing import element, share

BAR_HEIGHT, ROW_HEIGHT = 18, 30


def bar(done: float, still: float, longest: float) -> Markup:
    """Return a bar of what is over and, hatched, what still lasts; cells beside it say the numbers."""
    parts = [element("rect", x="0", width=share(done, longest), height=BAR_HEIGHT, class_="done")]
    if still:
        hatched = {"x": share(done, longest), "width": share(still, longest), "height": BAR_HEIGHT}
        parts += [element("rect", **hatched, class_="still"), *_hatches(done, still, longest)]
    return element("svg", *parts, class_="rowbar", width="100%", height=BAR_HEIGHT, aria_hidden="true")


def _hatches(done: float, still: float, longest: float) -> list[Markup]:
    """Return slanted lines over what still lasts: a pattern, so that no colour has to say it."""
    number = max(1, round(40 * still / longest))
    step = still / number
    return [
        element(
            "line",
            x1=share(done + step * (each + 1), longest),
            x2=share(done + step * each, longest),
            y1="0",
            y2=BAR_HEIGHT,
            class_="hatch",
        )
        for each in range(number)
    ]


def ages(of: Sequence[float], half: float | None, most: float | None, longest: float) -> Markup:
    """Return a dot for each age, over the band in which half were over and the line by which 85% were."""
    middle = ROW_HEIGHT / 2
    parts = []
    if most is not None:
        parts.append(
            element("rect", x="0", y=middle - 5, width=share(most, longest), height=10, class_="most")
        )
    if half is not None:
        parts.append(
            element("rect", x="0", y=middle - 5, width=share(half, longest), height=10, class_="half")
        )
    if most is not None:
        at = share(most, longest)
        parts.append(element("line", x1=at, x2=at, y1="2", y2=ROW_HEIGHT - 2, class_="limit"))
    beyond = [most is not None and age > most for age in of]
    parts += [
        element("circle", cx=share(age, longest), cy=middle, r=6, class_="beyond" if late else "within")
        for age, late in zip(of, beyond, strict=True)
    ]
    return element(
        "svg",
        *parts,
        class_="rowages",
        width="100%",
        height=ROW_HEIGHT,
        overflow="visible",
        aria_hidden="true",
    )
