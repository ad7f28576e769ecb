"""One box for any reference, title or supplier: what is found of each kind, and where it is."""

import asyncio
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from rfp_service.console.api_calls import ApiRefused
from rfp_service.console.links import page_of
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Visit, Visiting

TEXT_LIMIT, SHOWN = 200, 6
KINDS = {"rfps": "RFP", "projects": "project", "contracts": "contract", "catalogue-items": "catalogue item"}

router = page_router()


@router.get("/search")
async def search(
    request: Request, visit: Visiting, q: Annotated[str, Query(max_length=TEXT_LIMIT)] = ""
) -> Response:
    """Show what some words find; the one thing that a reference names is opened at once."""
    words = q.strip()
    if not words:
        return page(request, "search", q="", groups=[], total=0)
    groups = await asyncio.gather(*(_found(visit, kind, words) for kind in KINDS))
    for group in groups:
        for item in group["items"]:
            if item["reference"].casefold() == words.casefold() and item["opens"]:
                return go_to(item["opens"])
    found = sorted((each for each in groups if each["total"]), key=lambda each: -each["total"])
    return page(request, "search", q=words, groups=found, total=sum(each["total"] for each in found))


async def _found(visit: Visit, kind: str, words: str) -> dict[str, Any]:
    """Return the first of a kind that words find, and how many there are; none where they may not look."""
    path = f"/v1/{kind}"
    try:
        seen = await visit.get(path, q=words, limit=SHOWN, count=True)
    except ApiRefused:
        seen = {"items": [], "total": 0}
    return {
        "what": KINDS[kind],
        "total": seen["total"],
        "items": [_item(path, each) for each in seen["items"]],
        "all": page_of(f"{path}?{urlencode({'q': words})}") if seen["total"] > SHOWN else "",
    }


def _item(path: str, row: dict[str, Any]) -> dict[str, str]:
    """Return what is said of a thing that was found, whatever its kind."""
    supplier = row.get("supplier") or ""
    beside = [row.get("service_area") or "", supplier if isinstance(supplier, str) else ""]
    return {
        "title": str(row.get("title") or row.get("name") or row.get("reference") or ""),
        "reference": str(row.get("reference") or ""),
        "stage": str(row.get("stage") or ""),
        "beside": " · ".join(each for each in beside if each),
        "opens": page_of(f"{path}/{row['id']}"),
    }
