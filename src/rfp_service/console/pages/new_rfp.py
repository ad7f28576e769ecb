"""Raising an RFP: the need, then what the catalogue has and who asked for the same, then the RFP."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from fastapi import Request, Response

from rfp_service.console.api_calls import ApiAnswer
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Sent, Visit, Visiting
from rfp_service.console.words import words
from rfp_service.rfps.domain.reasons import DeclineReason

NEED = ("title", "description", "service_area")
ASK_FOR = {
    "title": "Say in a few words what is needed",
    "description": "Describe what it must do, and for whom",
    "service_area": "Say which service needs it",
}
WHY_NOT = {
    "reason_code": "Choose why nothing in the catalogue will do",
    "reason": "Say why nothing in the catalogue will do",
}
NEAR_LIMIT = 5

router = page_router()


@router.get("/raise")
async def ask_for_need(request: Request, visit: Visiting) -> Response:
    """Ask what is needed."""
    return await _need(request, visit, {}, {})


@router.post("/raise")
async def look_first(request: Request, sent: Sent) -> Response:
    """Search the catalogue, and for whoever asked for nearly the same, before anything is raised."""
    typed = {name: sent[name] for name in NEED}
    if errors := {name: ASK_FOR[name] for name in NEED if not typed[name]}:
        return await _need(request, sent.visit, typed, errors)
    body = {"query": typed["title"], "service_area": typed["service_area"]}
    key = str(uuid5(NAMESPACE_OID, f"{sent['key']} {body}"))  # back, and another need, is another look
    answer = await sent.visit.post("/v1/catalogue-checks", body, key)
    if not answer.is_success:
        return await _need(request, sent.visit, typed, _errors(answer))
    return await _found(request, sent.visit, typed, answer.body["id"], {}, {}, str(uuid4()))


@router.post("/raise/confirmed")
async def raise_rfp(request: Request, sent: Sent) -> Response:
    """Raise it, hand in the check, and answer what it showed: three decisions under one form's key."""
    need = {name: sent[name] for name in NEED}
    check = await sent.visit.get(f"/v1/catalogue-checks/{UUID(sent['check'])}")
    why = {name: sent[name] for name in WHY_NOT} if check["shown"] else {}
    if errors := {name: WHY_NOT[name] for name, said in why.items() if not said}:
        return await _found(request, sent.visit, need, check["id"], why, errors, sent["key"])
    answer = await sent.visit.post("/v1/rfps", need, sent["key"])
    if not answer.is_success:
        return await _need(request, sent.visit, need, _errors(answer))
    rfp = answer.body["id"]
    first = {"decision": "check-catalogue", "check_id": check["id"]}
    then = {"decision": "decline-match", **why} if why else {"decision": "confirm-no-match"}
    for body in (first, then):
        key = str(uuid5(UUID(rfp), sent["key"] + body["decision"]))
        version = str(answer.body["version"])
        answer = await sent.visit.post(f"/v1/rfps/{rfp}/decisions", body, key, version)
        if not answer.is_success:  # the RFP is there: its page says what it still needs
            break
    return go_to(f"{HOME}/rfps/{rfp}?done=raise")


def _errors(answer: ApiAnswer) -> dict[str, str]:
    """Return what is wrong, by its field; the rule itself if no field is."""
    found = {}
    for each in answer.body.get("errors", ()):
        name = str(each.get("pointer", "")).removeprefix("#/")
        found[name if name in NEED else ""] = f"{words(name)}: {each['detail']}"
    return found or {"": answer.sentence}


async def _need(
    request: Request, visit: Visit, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response:
    counted = await visit.get("/v1/rfps", limit=1, count_by="service_area")
    areas = sorted(each["value"] for each in counted["counts"] if each["value"])
    status = 422 if errors else 200
    return page(request, "raise", status, typed=typed, errors=errors, areas=areas, key=str(uuid4()))


async def _found(
    request: Request,
    visit: Visit,
    need: Mapping[str, str],
    check_id: str,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    key: str,
) -> Response:
    """Show what there is already, and ask why it won't do."""
    check = await visit.get(f"/v1/catalogue-checks/{check_id}")
    items = [await visit.get(f"/v1/catalogue-items/{item}") for item in check["shown"]]
    near = await visit.get("/v1/rfps/near-duplicates", need=need["title"], limit=NEAR_LIMIT)
    shown: dict[str, Any] = {"need": need, "check": check, "items": items, "near": near["items"]}
    status = 422 if errors else 200
    return page(
        request, "found", status, typed=typed, errors=errors, reasons=tuple(DeclineReason), key=key, **shown
    )
