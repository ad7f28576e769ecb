"""Making a page: templates that escape whatever they are given, and the policy that it is shown under."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rfp_service.console import case_facts, flow_sentences, links, outcome_sentences, record_words, words
from rfp_service.version import VERSION
from shared.governance.audit.replay import parties
from shared.kernel import wording
from shared.kernel.system_actors import AUTHORITY_OF

HERE = Path(__file__).parent
HTML = "text/html; charset=utf-8"
# Nothing runs, nothing is asked of anybody else, and forms go nowhere but back to this service.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    # With none at all, browsers would not say from where a form comes.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Kept for the way back, so that nothing typed is lost; signing out clears it away.
    "Cache-Control": "private, no-cache",
}
# What templates say things with, by its own name in each module.
FILTERS = {
    words: (
        "words",
        "day",
        "working_days",
        "name_of",
        "chosen_words",
        "event_words",
        "text_of",
        "said_in",
        "said_value",
        "label",
        "moment",
        "capitalize_first",
        "rows_in",
        "short_days",
        "step_words",
        "month_name",
        "field_label",
    ),
    case_facts: ("forecast_words",),
    links: ("page_of", "thing_page"),
    flow_sentences: ("count", "days_of"),
    record_words: ("changes_in", "told_words", "witnessed", "witnessed_when"),
    outcome_sentences: (
        "now_words",
        "on_words",
        "sentence_words",
        "target_words",
        "trend_words",
        "waits_words",
        "work_words",
    ),
}


@cache
def stylesheet() -> tuple[str, bytes]:
    """Return the one stylesheet, put together, with the mark of its content that its address carries."""
    content = b"".join(path.read_bytes() for path in sorted((HERE / "assets").glob("*.css")))
    return hashlib.sha256(content).hexdigest()[:12], content


def or_blank(value: object) -> object:
    """Return nothing to read for what is not known, and anything else as it is."""
    return "" if value is None else value


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=or_blank,
    )
    for module, names in FILTERS.items():
        made.filters.update({name: getattr(module, name) for name in names})
    made.filters.update(
        with_query=links.address,
        figure_of=outcome_sentences.figure,
        lower=wording.in_sentence,
        pounds=wording.pounds,
        whom=parties.whom,
    )
    of_nobody = frozenset(AUTHORITY_OF.values())
    made.globals.update(release=VERSION, style=stylesheet()[0], of_nobody=of_nobody)
    return made


def page(request: Request, template: str, status: int = 200, **shown: Any) -> Response:
    """Return a page for whoever has signed in, or for everybody."""
    shown["who"] = getattr(request.state, "signed_in", None)
    text = _environment().get_template(f"{template}.html.j2").render(**shown)
    return Response(text, status, media_type=HTML, headers=HEADERS)


def go_to(address: str) -> Response:
    """Lead a browser on after a form, so that going back sends nothing again."""
    return Response(status_code=303, headers={**HEADERS, "Location": address})
