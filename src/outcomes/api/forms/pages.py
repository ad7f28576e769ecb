"""Making HTML and PDF of the paper; the same content makes the same bytes."""

import subprocess
import sys
import threading
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from outcomes.api.exempt_answers import ExemptPartShown
from outcomes.api.forms import wording
from outcomes.api.forms.pdf_child import NO_PANGO
from outcomes.api.paper_content import PaperShown
from outcomes.api.paper_figures import Links, decided, instant
from outcomes.domain.refusals import PdfNotMade, PdfTookTooLong
from shared.kernel.calendar import day_in_london
from shared.web.sandbox.children import OUT_OF_TIME

HERE = Path(__file__).parent
HTML, PDF, ODT = "text/html", "application/pdf", "application/vnd.oasis.opendocument.text"

# Python, seeing no more of this process than its libraries: no variables, so no secrets.
PROGRAM = (sys.executable, "-I", "-X", "utf8", "-m", "outcomes.api.forms.pdf_child")
CPU_SECONDS_LIMIT = 60
WALL_SECONDS_LIMIT = 300  # a busy machine takes longer; this ends one that hangs
CHILDREN = threading.BoundedSemaphore(2)


class Meeting(NamedTuple):
    """The meeting that a paper is for."""

    meeting: str
    meeting_on: date


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=select_autoescape(["html", "j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    named = (
        "day",
        "instant",
        "figure",
        "now",
        "mark",
        "became",
        "told",
        "standing",
        "sentence",
        "month",
        "kept_in_words",
        "by_fate",
        "why",
        "listed",
        "first_small",
        "beside",
        "confidence",
        "aim",
        "answered",
        "made",
        "first_of_them",
        "worth",
        "by_and_why",
    )
    environment.filters.update({each: getattr(wording, each) for each in named})
    environment.filters["fate"] = wording.FATES.__getitem__
    return environment.get_template(name)


def html(paper: PaperShown, meeting: Meeting | None, base: str = "") -> bytes:
    """Return the paper as one page of HTML that needs nothing else; links begin with `base`."""
    links = Links(base, paper.board.as_of)
    programme = paper.board.programme
    text = _template("paper.html.j2").render(
        paper=paper,
        board=paper.board,
        programme=programme,
        kept=paper.commitments,
        since_instant=paper.since and instant(paper.since),
        since_day=paper.since and day_in_london(paper.since),
        meeting=meeting,
        base=base,
        link=links.to,
        decided=partial(decided, links, programme.id, paper.since),
        style=(HERE / "paper.css").read_text(),
    )
    return text.encode()


def exempt_html(part: ExemptPartShown) -> bytes:
    """Return the exempt part as one page of HTML that needs nothing else."""
    style = (HERE / "paper.css").read_text()
    return _template("exempt.html.j2").render(part=part, style=style).encode()


def pdf(page: bytes, made_at: datetime) -> bytes:
    """Return a page as tagged PDF with an outline; refuse where Pango is missing or it takes too long.

    It is made in a child, to whom it is always the time of the reading: fonts are dated by the clock.
    """
    moment = str(int(made_at.timestamp()))
    with CHILDREN:
        try:
            child = subprocess.run(  # noqa: S603  # our own program, and nothing of the caller's
                (*PROGRAM, str(CPU_SECONDS_LIMIT)),
                input=page,
                capture_output=True,
                timeout=WALL_SECONDS_LIMIT,
                check=False,
                env={"SOURCE_DATE_EPOCH": moment},
            )
        except subprocess.TimeoutExpired:
            raise PdfTookTooLong(seconds=WALL_SECONDS_LIMIT) from None
    if child.returncode in OUT_OF_TIME:
        raise PdfTookTooLong(seconds=CPU_SECONDS_LIMIT)
    if child.returncode == NO_PANGO:
        raise PdfNotMade
    child.check_returncode()
    return child.stdout
