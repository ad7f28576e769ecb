"""Deciding on an RFP: a form that says what is about to happen, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request, Response

from rfp_service.console.forms import FORMS, DecisionForm
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Sent, Visit, Visiting
from rfp_service.console.words import lower, words
from shared.kernel.errors import NotFound

OUT_OF_DATE = "/problems/out-of-date"
USED_OTHERWISE = "/problems/key-used-otherwise"
MISSING = {"reason": "Give a reason", "reason_code": "Choose a reason"}
SENT_BEFORE = "You have sent this form before with other words: what you sent first counts"

router = page_router()


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What a form is shown with again: what was typed, what is wrong, or what was seen when it was opened."""

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""
    key: str = ""  # its own again, where it was not used yet
    version: str = ""
    status: int = 200


@router.get("/rfps/{rfp_id}/decisions/{decision}")
async def ask_for_decision(request: Request, visit: Visiting, rfp_id: UUID, decision: str) -> Response:
    """Show what is about to be decided, and ask for the reason."""
    return await _form(request, visit, rfp_id, form_of(decision), FilledIn())


@router.post("/rfps/{rfp_id}/decisions/{decision}")
async def decide(request: Request, sent: Sent, rfp_id: UUID, decision: str) -> Response:
    """Take the decision by the API's own rules; what is refused keeps what was typed."""
    form, visit = form_of(decision), sent.visit
    typed = {each.name: sent[each.name] for each in form.fields}
    missing = [name for name, said in typed.items() if not said]
    if missing:
        errors = {name: MISSING.get(name, f"Enter the {lower(words(name))}") for name in missing}
        filled_in = FilledIn(typed, errors, key=sent["key"], version=sent["version"], status=422)
        return await _form(request, visit, rfp_id, form, filled_in)
    body = {"decision": decision, **typed}
    if sent["acting_for"]:
        body["acting_for"] = sent["acting_for"]
    answer = await visit.post(f"/v1/rfps/{rfp_id}/decisions", body, sent["key"], sent["version"])
    if answer.is_success:
        return go_to(f"{HOME}/rfps/{rfp_id}?done={decision}")
    if answer.kind == OUT_OF_DATE:
        filled_in = FilledIn(typed, seen=sent["version"], status=answer.status)
    else:
        filled_in = FilledIn(typed, errors_of(answer.body, form), status=answer.status)
    return await _form(request, visit, rfp_id, form, filled_in)


def form_of(decision: str) -> DecisionForm:
    """Return a decision's form, if it has one."""
    if decision not in FORMS:
        raise NotFound
    return FORMS[decision]


def errors_of(problem: Mapping[str, Any], form: DecisionForm) -> dict[str, str]:
    """Return what is wrong, by the field where it is mended; the rule itself where that is none."""
    if problem.get("type") == USED_OTHERWISE:
        return {"": SENT_BEFORE}
    names = {one.name for one in form.fields}
    found = {}
    for each in problem.get("errors", ()):
        name = str(each.get("pointer", "")).removeprefix("#/")
        found[name if name in names else ""] = f"{words(name)}: {each['detail']}"
    return found or {"": str(problem.get("title", ""))}


def _then(form: DecisionForm, rfp: Mapping[str, Any]) -> str:
    """Return what follows a yes, where the approvals say it."""
    if form.decision != "approve" or not rfp["approval_tiers"]:
        return ""
    left = rfp["approval_tiers"][(rfp["approvals_granted"] or 0) + 1 :]
    return f"After you, it goes to the {left[0]}." if left else "Yours is the last approval it needs."


async def _form(
    request: Request, visit: Visit, rfp_id: UUID, form: DecisionForm, filled_in: FilledIn
) -> Response:
    """Return the form as it was filled in; after a stale one, with what changed since it was opened."""
    rfp = await visit.get(f"/v1/rfps/{rfp_id}")
    offered = next((each for each in rfp["next"] or [] if each["decision"] == form.decision), None)
    changed = []
    if filled_in.seen.isdecimal():
        history = await visit.get(f"/v1/rfps/{rfp_id}/history")
        changed = [each for each in history["items"] if each["version"] > int(filled_in.seen)]
    return page(
        request,
        "decision",
        filled_in.status,
        form=form,
        rfp=rfp,
        offered=offered,
        then=_then(form, rfp),
        typed=filled_in.typed,
        errors=filled_in.errors,
        changed=changed,
        is_stale=bool(filled_in.seen),
        key=filled_in.key or str(uuid4()),
        version=filled_in.version or rfp["version"],
    )
