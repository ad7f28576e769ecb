"""One box for any reference, title, supplier or word: what is found of each kind, and where it is."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from rfp_service.console.api_calls import ApiRefused
from rfp_service.console.decided_things import THINGS
from rfp_service.console.found_words import (
    WITHHELD,
    FoundItem,
    clarification_found,
    comment_found,
    document_found,
)
from rfp_service.console.links import PAGES
from rfp_service.console.outcome_sentences import HORIZONS
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Visit, Visiting
from rfp_service.console.words import name_of

TEXT_LIMIT, SHOWN, PROGRAMMES_LIMIT = 200, 6, 50
AT_ONCE = 4  # of the connections that all requests share
BESIDE = ("service_area", "supplier", "fulfiller", "third_party", "promised_by", "category", "section")
OWNED = ("webhook-endpoints", "service-accounts", "milestones")  # found by whoever answers for them, too

Found = dict[str, Any]
Shown = Callable[[dict[str, Any], str], FoundItem]

router = page_router()


@dataclass(frozen=True, slots=True)
class SearchedKind:
    """A kind of thing that is searched by the API itself, and the page of all that were found."""

    path: str
    noun: str
    listed_at: str = ""
    shown: Shown | None = None  # of what has no page of its own


KINDS = (
    SearchedKind("rfps", "RFP", "rfps"),
    SearchedKind("projects", "project", "projects"),
    SearchedKind("contracts", "contract", "contracts/register"),
    SearchedKind("catalogue-items", "catalogue item", "catalogue-items"),
    SearchedKind("catalogue-orders", "order", "catalogue-orders"),
    SearchedKind("renewal-rounds", "round"),
    SearchedKind("pipeline-notices", "pipeline notice", "pipeline-notices"),
    SearchedKind("exemptions", "exemption", "exemptions"),
    SearchedKind("webhook-endpoints", "endpoint", "webhook-endpoints"),
    SearchedKind("service-accounts", "service account", "service-accounts"),
    SearchedKind("people", "account", "people"),
    SearchedKind("documents", "document", shown=document_found),
    SearchedKind("comments", "comment", shown=comment_found),
    SearchedKind("clarifications", "clarification", shown=clarification_found),
)


@router.get("/search")
async def search(
    request: Request, visit: Visiting, q: Annotated[str, Query(max_length=TEXT_LIMIT)] = ""
) -> Response:
    """Show what some words find; the one thing that a reference names is opened at once."""
    words = q.strip()
    if not words:
        return page(request, "search", q="", groups=[], total=0)
    turns = asyncio.Semaphore(AT_ONCE)
    found, of_programmes = await asyncio.gather(
        asyncio.gather(*(_found(visit, kind, words, turns) for kind in KINDS)), _of_programmes(visit, words)
    )
    groups = [*found, *of_programmes]
    for group in groups:
        for item in group["items"]:
            if item["reference"].casefold() == words.casefold():
                return go_to(item["opens"])
    shown = sorted((each for each in groups if each["total"]), key=lambda each: -each["total"])
    return page(request, "search", q=words, groups=shown, total=sum(each["total"] for each in shown))


async def _found(visit: Visit, kind: SearchedKind, words: str, turns: asyncio.Semaphore) -> Found:
    """Return the first of a kind that words find, and how many there are; none if they may not look."""
    try:
        async with turns:
            seen = await visit.get(f"/v1/{kind.path}", q=words, limit=SHOWN, count=True)
    except ApiRefused:
        return _group(kind.noun, [], 0)
    items = await _shown(visit, kind, seen["items"], words)
    all_of_them = f"{PAGES}{kind.listed_at}?{urlencode({'q': words})}" if kind.listed_at else ""
    return _group(kind.noun, items, seen["total"], all_of_them)


async def _shown(visit: Visit, kind: SearchedKind, rows: list[dict[str, Any]], words: str) -> list[FoundItem]:
    """Return what is said of each that was found."""
    if kind.shown is not None:
        return [kind.shown(row, words) for row in rows]
    await THINGS[kind.path].complete(visit, rows)
    return [_item(kind.path, row) for row in rows]


async def _of_programmes(visit: Visit, words: str) -> list[Found]:
    """Return what words find of every programme: its outcomes, milestones, promised data, consultations."""
    try:
        programmes = (await visit.get("/v1/programmes", limit=PROGRAMMES_LIMIT))["items"]
        boards = [await visit.get("/v1/outcomes", programme=each["id"]) for each in programmes]
        steps = [
            await visit.get("/v1/milestones", programme=each["id"], q=words, limit=SHOWN, count=True)
            for each in programmes
        ]
    except ApiRefused:
        return []
    listed = [_item("milestones", row) for seen in steps for row in seen["items"]]
    of_one = {"programme": programmes[0]["id"], "q": words} if len(programmes) == 1 else {}
    all_of_them = f"{PAGES}milestones?{urlencode(of_one)}" if of_one else ""
    found = [_group("milestone", listed[:SHOWN], sum(seen["total"] for seen in steps), all_of_them)]
    for path, noun, name in (
        ("outcomes", "outcome", "outcomes"),
        ("promised-data", "promise", "promised_data"),
        ("consultations", "consultation", "consultations"),
    ):
        items = [_item(path, row) for board in boards for row in board[name]]
        matching = [each for each in items if _has_all(each, words)]
        found.append(_group(noun, matching[:SHOWN], len(matching)))
    return found


def _has_all(item: FoundItem, words: str) -> bool:
    """Say whether each of some words begins a word of what is said of a thing."""
    said = f"{item['title']} {item['beside']}".casefold().split()
    return all(any(each.startswith(word) for each in said) for word in words.casefold().split())


def _group(noun: str, items: Sequence[FoundItem], total: int, all_of_them: str = "") -> Found:
    return {"what": noun, "total": total, "items": items, "all": all_of_them if total > SHOWN else ""}


def _item(path: str, row: dict[str, Any]) -> FoundItem:
    """Return what is said of a thing that was found, whatever its kind."""
    thing = THINGS[path]
    beside = [said for name in BESIDE if isinstance(said := row.get(name), str) and said]
    if row.get("owner") and path in OWNED:
        beside.append(name_of(row["owner"]))
    stands = HORIZONS.get(row.get("horizon", ""), "") or row.get("stage") or row.get("status") or ""
    return {
        "title": WITHHELD if {"title", "name"} & set(row.get("withheld", ())) else thing.title(row),
        "reference": str(row.get("reference") or ""),
        "stage": str(stands),
        "beside": " · ".join(beside),
        "opens": thing.page(row["id"]),
    }
