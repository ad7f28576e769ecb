"""The first page: what waits for you, the earliest day first."""

from typing import Any

from fastapi import Request, Response

from rfp_service.console.forms.decisions import ANSWERED_AT_ONCE
from rfp_service.console.rendering import page, stylesheet
from rfp_service.console.routes import HOME, open_page_router, page_router
from rfp_service.console.visits import Visit, Visiting

SHOWN_LIMIT = 50
REFERENCES_LIMIT = 20

# Where each kind of thing that waits is decided; a link between accounts is of one of the people.
DECIDED_AT = {
    "contract": "contracts/{id}",
    "project": "projects/{id}",
    "review-round": "renewal-rounds/{id}",
    "milestone": "milestones/{id}",
    "delegation": "delegations/{id}",
    "service-account": "service-accounts/{id}",
    "directory": "people",
    "catalogue-order": "catalogue-orders/{id}",
    "webhook-endpoint": "webhook-endpoints/{id}",
    "exemption": "exemptions/{id}",
    "pipeline-year": "pipeline-notices/{id}",
    "promised-data": "promised-data/{id}",
    "consultation": "consultations/{id}",
    "scheme": "scheme",
}

router = page_router()
open_router = open_page_router()


@router.get("")
async def for_you(request: Request, visit: Visiting) -> Response:
    """Show what waits for you or for whom you stand in, with what can be done from here."""
    seen = await visit.get("/v1/inbox", limit=SHOWN_LIMIT, count=True)
    items, total = seen["items"], seen["total"]
    amounts = await _amounts(visit, [item["reference"] for item in items if item["thing"] == "rfp"])
    for item in items:
        item.update(amounts.get(item["id"], {"estimate_pence": None, "overdue_working_days": 0}))
        leads = DECIDED_AT.get(item["thing"], "").format(id=item["id"])
        item["page"] = f"{HOME}/{leads}" if leads else ""
        item["answers"] = ANSWERED_AT_ONCE.get(item["kind"], ()) if item["thing"] == "rfp" else ()
    return page(request, "for_you", items=items, total=total, heading=_heading(total), lead=_lead(items))


async def _amounts(visit: Visit, references: list[str]) -> dict[str, dict[str, Any]]:
    """Return what each of some RFPs is worth, and how late it is."""
    if not references:
        return {}
    wanted = references[:REFERENCES_LIMIT]
    seen = await visit.get("/v1/rfps", reference=wanted, limit=len(wanted))
    names = ("estimate_pence", "overdue_working_days")
    return {row["id"]: {name: row[name] for name in names} for row in seen["items"]}


def _heading(total: int) -> str:
    match total:
        case 0:
            return "Nothing waits for you"
        case 1:
            return "1 thing waits for you"
    return f"{total} things wait for you"


def _lead(items: list[dict[str, Any]]) -> str:
    """Return in a sentence how urgent it is, and for whom else one decides."""
    if not items:
        return ""
    late = sum(item["overdue"] for item in items)
    others = sum(bool(item["acting_for"]) for item in items)
    said = [
        "None is late." if not late else f"{'All are' if late == len(items) > 1 else _number(late)} late."
    ]
    if others:
        said.append(f"{others} in somebody else's place.")
    return " ".join(said)


def _number(late: int) -> str:
    return "One is" if late == 1 else f"{late} are"


@open_router.get("/assets/console.css")
async def style() -> Response:
    """Return the stylesheet, which stays the same at its address."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(stylesheet()[1], media_type="text/css; charset=utf-8", headers=headers)
