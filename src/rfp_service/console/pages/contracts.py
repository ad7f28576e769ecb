"""Contracts: a month's work, the register, one with its days and clauses, rounds, and when all end."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Path, Query, Request, Response

from rfp_service.console.charts.expiry import expiry_chart
from rfp_service.console.decided_things import THINGS
from rfp_service.console.pages.cases import case_page, choices, list_page
from rfp_service.console.rendering import HEADERS, go_to, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Sent, Visit, Visiting
from shared.kernel.calendar import day_in_london
from shared.kernel.wording import pounds
from shared.web.core_service import core_service
from shared.web.lists.filters import VALUES_LIMIT

NARROWED = ("q", "stage", "service_area", "supplier", "owner", "flag", "held_by_outgoing_supplier")
ROUNDS_LIMIT = 24
MONTHS_LIMIT = 120
CONTRACT, ROUND = THINGS["contracts"], THINGS["renewal-rounds"]
Done = Annotated[str, Query(max_length=60)]
Month = Annotated[str, Query(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$")]

router = page_router()


def this_month() -> str:
    """Return the month that it is in London."""
    return f"{day_in_london(datetime.now(UTC)):%Y-%m}"


def shifted(month: str, by: int) -> str:
    """Return the month so many after a month."""
    months = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{months // 12:04}-{months % 12 + 1:02}"


@router.get("/contracts")
async def month_of_contracts(
    request: Request, visit: Visiting, month: Month = "", undecided: str = ""
) -> Response:
    """Show which contracts must be decided on in a month, the earliest day first."""
    month = month or this_month()
    only = "true" if undecided else ""
    shown = await list_page(request, visit, "/v1/contracts/due", ("owner",), month=month, undecided=only)
    rounds = await visit.get("/v1/renewal-rounds", limit=ROUNDS_LIMIT)
    its_round = next((each for each in rounds["items"] if each["month"] == month), None)
    return page(
        request,
        "contracts_due",
        month=month,
        before=shifted(month, -1),
        following=shifted(month, 1),
        undecided=bool(undecided),
        its_round=its_round,
        rounds=rounds["items"],
        may_open="contract_manager" in visit.who.roles,
        **shown,
    )


@router.get("/contracts/register")
async def register(request: Request, visit: Visiting) -> Response:
    """Show the register of contracts, narrowed by what its address says."""
    shown = await list_page(request, visit, "/v1/contracts", NARROWED)
    found = await choices(visit, "/v1/contracts", "stage", "service_area")
    return page(request, "contracts", choices=found, **shown)


@router.get("/contracts/expiry")
async def expiry(request: Request, visit: Visiting) -> Response:
    """Show how much ends in which month, against the day of the transition."""
    seen = await visit.get("/v1/contracts/exposure", limit=MONTHS_LIMIT)
    months = seen["items"]
    exposed = sum(each["exposure_pence"] for each in months)
    return page(
        request,
        "contracts_expiry",
        months=months,
        chart=expiry_chart(months),
        exposed=pounds(exposed),
        contracts=sum(each["contracts"] for each in months),
        unconfirmed=sum(each["unconfirmed_pence"] for each in months),
    )


@router.get("/contracts/calendar")
async def calendar(request: Request, _: Visiting) -> Response:
    """Say how a calendar program follows the days of contracts."""
    return page(request, "contracts_calendar", address="", key=str(uuid4()))


@router.post("/contracts/calendar")
async def open_calendar(request: Request, sent: Sent) -> Response:
    """Open a private address for a calendar program, which is shown once."""
    answer = await sent.visit.post("/v1/contract-feeds", {}, sent["key"])
    error = "" if answer.is_success else answer.sentence
    path = answer.body.get("address") if answer.is_success else None
    address = f"{core_service(request).settings.public_url}{path}" if path else ""
    return page(
        request,
        "contracts_calendar",
        200 if answer.is_success else answer.status,
        address=address,
        error=error,
        key=str(uuid4()),
    )


@router.get("/contracts/calendar.ics")
async def calendar_file(visit: Visiting) -> Response:
    """Give the days of contracts out as one file for a calendar."""
    found = await visit.file("/v1/contracts/calendar.ics", "text/calendar")
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="contracts.ics"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get("/contracts/{contract_id}")
async def one_contract(request: Request, visit: Visiting, contract_id: UUID, done: Done = "") -> Response:
    """Show one contract: its days and the clauses they were read in, its duties, what may be decided."""
    shown = await case_page(visit, CONTRACT, str(contract_id), done)
    return page(request, "contract", contract=shown["seen"], **shown)


@router.post("/renewal-rounds")
async def open_round(sent: Sent) -> Response:
    """Open a month's round."""
    answer = await sent.visit.post("/v1/renewal-rounds", {"month": sent["month"]}, sent["key"])
    if answer.is_success:
        return go_to(f"{HOME}/renewal-rounds/{answer.body['id']}?done=created")
    return go_to(f"{HOME}/contracts?month={sent['month']}")


@router.get("/renewal-rounds/{round_id}")
async def one_round(
    request: Request, visit: Visiting, round_id: Annotated[UUID, Path()], done: Done = ""
) -> Response:
    """Show a month's round: what is decided, and what stands in the way of closing it."""
    shown = await case_page(visit, ROUND, str(round_id), done)
    seen = shown["seen"]
    closing = next((each for each in seen["next"] or () if each["decision"] == "close"), None)
    lines: dict[str, list[dict[str, Any]]] = {}
    for each in seen["lines"]:
        lines.setdefault(each["standing"], []).append(each)
    called = await _titles(visit, [each["reference"] for each in seen["lines"]])
    references = {each["contract"]: each["reference"] for each in seen["lines"]}
    for each in shown["history"]:
        contract = str((each.get("said") or {}).get("contract"))
        if contract in references:
            each["said"] = {**each["said"], "contract": called.get(contract, references[contract])}
    return page(request, "round", closing=closing, lines=lines, called=called, **shown)


async def _titles(visit: Visit, references: Sequence[str]) -> dict[str, str]:
    """Return what contracts of these references are called, as far as whoever asks may see it."""
    found = [
        await visit.get("/v1/contracts", reference=some, limit=len(some))
        for some in (references[i : i + VALUES_LIMIT] for i in range(0, len(references), VALUES_LIMIT))
    ]
    rows = [row for seen in found for row in seen["items"]]
    return {row["id"]: row["title"] for row in rows if "title" not in row.get("withheld", ())}
