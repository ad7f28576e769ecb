"""The first page: what waits for you, the earliest day first, and what changed since you last looked."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Path, Query, Request, Response

from rfp_service.console.decided_thing import DecidedThing
from rfp_service.console.decided_things import THINGS
from rfp_service.console.forms.decisions import ANSWERED_AT_ONCE
from rfp_service.console.rendering import go_to, page, stylesheet
from rfp_service.console.routes import HOME, open_page_router, page_router
from rfp_service.console.since_last_look import lead_of_looks, tell_changes
from rfp_service.console.visits import Visit, Visiting
from shared.kernel.errors import NotFound

PAGE_LENGTH = 20  # as many as the list of RFPs takes references
CURSOR_LIMIT = 2_000
WAITS_LIMIT = 100  # of which it is counted how many are new, late or changed

# As which kind each thing that waits is decided; a link between accounts is of one of the people.
OF_KIND = {
    "rfp": "rfps",
    "contract": "contracts",
    "project": "projects",
    "review-round": "renewal-rounds",
    "milestone": "milestones",
    "delegation": "delegations",
    "service-account": "service-accounts",
    "catalogue-order": "catalogue-orders",
    "webhook-endpoint": "webhook-endpoints",
    "exemption": "exemptions",
    "pipeline-year": "pipeline-notices",
    "promised-data": "promised-data",
    "consultation": "consultations",
    "scheme": "scheme",
}
PEOPLE = "directory"
DECIDED_AS: dict[str, DecidedThing] = {name: THINGS[path] for name, path in OF_KIND.items()}

Named = Annotated[str, Path(pattern=r"^[a-z][a-z-]{0,39}$")]

router = page_router()
open_router = open_page_router()


@router.get("")
async def for_you(
    request: Request, visit: Visiting, cursor: Annotated[str, Query(max_length=CURSOR_LIMIT)] = ""
) -> Response:
    """Show what waits for you or for whom you stand in, with what can be done from here."""
    seen = await visit.get("/v1/inbox", limit=PAGE_LENGTH, count=True, cursor=cursor)
    items, total = seen["items"], seen["total"]
    everything = items if total == len(items) else await _all_of_them(visit)
    amounts = await _amounts(visit, [item["reference"] for item in items if item["thing"] == "rfp"])
    for item in items:
        item.update(amounts.get(item["id"], {"estimate_pence": None, "overdue_working_days": 0}))
        item["page"] = _leads_to(item, seen["position"])
        item["answers"] = ANSWERED_AT_ONCE.get(item["kind"], ()) if item["thing"] == "rfp" else ()
        item["changed_said"] = ""
    await tell_changes(visit, items, DECIDED_AS)
    return page(
        request,
        "for_you",
        items=items,
        total=total,
        next=seen["next"],
        is_first=not cursor,
        heading=_heading(total),
        lead=_lead(everything, total),
    )


async def _all_of_them(visit: Visit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await visit.get("/v1/inbox", limit=WAITS_LIMIT))["items"]
    return found


def _leads_to(item: dict[str, Any], position: int) -> str:
    """Return where a thing is opened, and counts as looked at until where the record stands now."""
    if item["thing"] not in DECIDED_AS and item["thing"] != PEOPLE:
        return ""
    looked = {"kind": item["kind"], "position": max(position, item["position"])}
    return f"{HOME}/opened/{item['thing']}/{item['id']}?{urlencode(looked)}"


@router.get("/opened/{thing}/{thing_id}")
async def open_thing(
    visit: Visiting,
    thing: Named,
    thing_id: UUID,
    kind: Annotated[str, Query(min_length=1, max_length=60)],
    position: Annotated[int, Query(ge=1, lt=10**11)],
) -> Response:
    """Keep that what waits was looked at, and lead to its page."""
    if thing not in DECIDED_AS and thing != PEOPLE:
        raise NotFound
    mark = {"id": str(thing_id), "kind": kind, "position": position}
    await visit.post("/v1/inbox/marks", {"items": [mark]})
    return go_to(f"{HOME}/people" if thing == PEOPLE else DECIDED_AS[thing].page(str(thing_id)))


async def _amounts(visit: Visit, references: list[str]) -> dict[str, dict[str, Any]]:
    """Return what each of some RFPs is worth, and how late it is."""
    if not references:
        return {}
    seen = await visit.get("/v1/rfps", reference=references, limit=len(references))
    names = ("estimate_pence", "overdue_working_days")
    return {row["id"]: {name: row[name] for name in names} for row in seen["items"]}


def _heading(total: int) -> str:
    match total:
        case 0:
            return "Nothing waits for you"
        case 1:
            return "1 thing waits for you"
    return f"{total} things wait for you"


def _lead(items: list[dict[str, Any]], total: int) -> str:
    """Return in a few sentences how urgent it is, for whom else one decides, and what is new."""
    if not items:
        return ""
    if total > len(items):
        return f"Of the {len(items)} that are due first: {_lead(items, len(items))}"
    late = sum(item["overdue"] for item in items)
    others = sum(bool(item["acting_for"]) for item in items)
    said = [
        "None is late." if not late else f"{'All are' if late == len(items) > 1 else _number(late)} late."
    ]
    if others:
        said.append(f"{others} in somebody else's place.")
    return " ".join([*said, *filter(None, [lead_of_looks(items)])])


def _number(late: int) -> str:
    return "One is" if late == 1 else f"{late} are"


@open_router.get("/")
async def with_a_slash() -> Response:
    """Lead whoever typed a slash too many to the first page."""
    return go_to(HOME)


@open_router.get("/assets/console.css")
async def style() -> Response:
    """Return the stylesheet, which stays the same at its address."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(stylesheet()[1], media_type="text/css; charset=utf-8", headers=headers)
