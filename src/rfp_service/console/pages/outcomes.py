"""What the programme must reach: the board, promises kept, measures over time, the paper."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from rfp_service.console.charts.parts import parts_bar
from rfp_service.console.charts.sparkline import sparkline
from rfp_service.console.links import chosen, page_of
from rfp_service.console.outcome_sentences import COLOURS, heading
from rfp_service.console.rendering import HEADERS, HTML, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visit, Visiting
from shared.kernel.errors import NotFound

PATH = f"{HOME}/outcomes"
HALF_A_YEAR = timedelta(days=183)
WITHIN = ("programme", "since", "as_of")
FATES = ("met", "under_way", "moved", "silent", "dropped")
PDF, ODT = "application/pdf", "application/vnd.oasis.opendocument.text"
UNDERLINED = "a { text-decoration: underline !important; }"  # some values of a row are links, some are none
FORMS = {"html": HTML, "pdf": PDF, "odt": ODT}

router = page_router()


@router.get("/outcomes")
async def board(request: Request, visit: Visiting) -> Response:
    """Show where the outcomes of a programme stand, what was promised and became of it, and its measures."""
    query = chosen(request.query_params, WITHIN)
    listed, programme = await programme_asked(visit, query)
    if programme is None:
        return page(request, "outcomes_none")
    asked = {"programme": programme, "as_of": query.get("as_of", "")}
    since = query.get("since") or _half_a_year_before(query.get("as_of", ""))
    shown, measures, papers, kept = await asyncio.gather(
        visit.get("/v1/outcomes", **asked),
        visit.get("/v1/outcomes/measures", **asked),
        visit.get("/v1/papers", **asked),
        visit.get("/v1/outcomes/commitments", since=since, **asked),
    )
    return page(
        request,
        "outcomes",
        heading=heading(shown["counts"], kept["counts"]),
        programmes=listed,
        programme=shown["programme"],
        shown=shown,
        outcomes=[{**each, "bar": _bar(each["counts"])} for each in shown["outcomes"]],
        kept=kept,
        promises=sorted(kept["promises"], key=lambda one: -FATES.index(one["fate"])),
        measures=[{**each, "spark": _spark(each)} for each in measures["items"]],
        papers=papers["items"],
        colours=COLOURS,
        query={**query, "since": since},
        asked={**asked, "since": since},
        path=PATH,
    )


async def programme_asked(visit: Visit, query: Mapping[str, str]) -> tuple[list[dict[str, Any]], str | None]:
    """Return the programmes there are, and which is shown: the one asked for, else the one with a purpose."""
    listed: list[dict[str, Any]] = (await visit.get("/v1/programmes", limit=50))["items"]
    if not listed:
        return listed, None
    first = next((each for each in listed if each["purpose"]), listed[0])
    return listed, query.get("programme") or first["id"]


def _half_a_year_before(as_of: str) -> str:
    try:
        then = datetime.fromisoformat(as_of)
    except ValueError:
        then = datetime.now(UTC)
    return f"{then - HALF_A_YEAR:%Y-%m-%d}"


def _bar(counts: Mapping[str, int]) -> Any:
    """Return an outcome's milestones as a bar: those met, those to come in time, those overdue."""
    to_come = counts["next_6_months"] + counts["later"] + counts["undated"] - counts["overdue"]
    return parts_bar([("ready", counts["achieved"]), ("on_track", to_come), ("blocked", counts["overdue"])])


def _spark(measure: Mapping[str, Any]) -> Any:
    trend = measure["trend"]
    finished = not trend or trend[-1]["finished"]
    return sparkline([each["value"] for each in trend], measure["target"], finished=finished)


@router.get("/outcomes/paper.{form}")
async def paper(request: Request, visit: Visiting, form: str) -> Response:
    """Return the committee's paper: as a page to read, or as a document to keep."""
    if form not in FORMS:
        raise NotFound
    query = chosen(request.query_params, WITHIN)
    file = await visit.file("/v1/outcomes/report", "*/*", form=form, **query)
    if form == "html":
        return _as_page(file.content.decode())
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="paper.{form}"'}
    return Response(file.content, media_type=FORMS[form], headers=headers)


@router.get("/papers/{paper_id}.{form}")
async def issued_paper(_: Request, visit: Visiting, paper_id: UUID, form: str) -> Response:
    """Return a paper just as it was issued for its meeting."""
    if form not in FORMS:
        raise NotFound
    file = await visit.file(f"/v1/papers/{paper_id}/document", "*/*", form=form)
    if form == "html":
        return _as_page(file.content.decode())
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="paper.{form}"'}
    return Response(file.content, media_type=FORMS[form], headers=headers)


def _as_page(text: str) -> Response:
    """Return a paper under a policy that allows its own style and nothing else; its cases are our pages."""
    text = text.replace("</style>", f"{UNDERLINED}</style>", 1)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256((style[1] if style else "").encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    headers = {**HEADERS, "Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
    shown = re.sub(r'<a href="https?://[^"/]+(/v1/[^"]*)"([^>]*)>(.*?)</a>', _to_page, text, flags=re.DOTALL)
    return Response(shown, media_type=HTML, headers=headers)


def _to_page(link: "re.Match[str]") -> str:
    """Return a link to the page that shows the same; the words alone where there is none."""
    there = page_of(link[1])
    return f'<a href="{there}"{link[2]}>{link[3]}</a>' if there else link[3]
