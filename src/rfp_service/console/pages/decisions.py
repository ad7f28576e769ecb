"""Deciding on an RFP: a form that says what is about to happen, and its answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request, Response

from rfp_service.console.forms import FORMS, DecisionForm
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Sent, SentForm, Visit, Visiting
from rfp_service.console.words import lower, words
from shared.kernel.errors import NotFound

OUT_OF_DATE = "/problems/out-of-date"
USED_OTHERWISE = "/problems/key-used-otherwise"
SENT_BEFORE = "You have sent this form before with other words: what you sent first counts"

router = page_router()


@router.get("/rfps/{rfp_id}/decisions/{decision}")
async def ask_for_decision(request: Request, visit: Visiting, rfp_id: UUID, decision: str) -> Response:
    """Show what is about to be decided, and ask for the reason."""
    return await _form(request, visit, rfp_id, form_of(decision))


@router.post("/rfps/{rfp_id}/decisions/{decision}")
async def decide(request: Request, sent: Sent, rfp_id: UUID, decision: str) -> Response:
    """Take the decision by the API's own rules; what is refused keeps what was typed."""
    form, visit = form_of(decision), sent.visit
    typed = {field.name: sent[field.name] for field in form.fields}
    missing = [field.name for field in form.fields if not typed[field.name]]
    if missing:
        errors = {name: f"Say the {lower(words(name))}" for name in missing}
        return await _form(request, visit, rfp_id, form, typed=typed, errors=errors, kept=sent)
    body = {"decision": decision, **typed}
    if sent["acting_for"]:
        body["acting_for"] = sent["acting_for"]
    answer = await visit.post(f"/v1/rfps/{rfp_id}/decisions", body, sent["key"], sent["version"])
    if answer.is_success:
        return go_to(f"{HOME}/rfps/{rfp_id}?done={decision}")
    if answer.kind == OUT_OF_DATE:
        return await _form(request, visit, rfp_id, form, typed=typed, seen=sent["version"])
    errors = errors_of(answer.body, form)
    return await _form(request, visit, rfp_id, form, typed=typed, errors=errors, status=answer.status)


def form_of(decision: str) -> DecisionForm:
    """Return a decision's form, if it has one."""
    if decision not in FORMS:
        raise NotFound
    return FORMS[decision]


def errors_of(problem: Mapping[str, Any], form: DecisionForm) -> dict[str, str]:
    """Return what is wrong, by the field where it is mended; the rule itself where that is none."""
    if problem.get("type") == USED_OTHERWISE:
        return {"": SENT_BEFORE}
    names = {field.name for field in form.fields}
    found = {}
    for each in problem.get("errors", ()):
        name = str(each.get("pointer", "")).removeprefix("#/")
        found[name if name in names else ""] = f"{words(name)}: {each['detail']}"
    return found or {"": str(problem.get("title", ""))}


async def _form(
    request: Request,
    visit: Visit,
    rfp_id: UUID,
    form: DecisionForm,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    seen: str = "",
    kept: SentForm | None = None,
    status: int = 200,
) -> Response:
    """Return the form with what was typed; after a stale one, with what changed since it was opened."""
    rfp = await visit.get(f"/v1/rfps/{rfp_id}")
    offered = next((each for each in rfp["next"] or [] if each["decision"] == form.decision), None)
    changed = []
    if seen:
        history = await visit.get(f"/v1/rfps/{rfp_id}/history")
        changed = [each for each in history["items"] if seen.isdecimal() and each["version"] > int(seen)]
    is_wrong = bool(errors) or bool(seen)
    return page(
        request,
        "decision",
        status if status >= 400 else (412 if seen else 422 if is_wrong else 200),
        form=form,
        rfp=rfp,
        offered=offered,
        typed=typed or {},
        errors=errors or {},
        changed=changed,
        is_stale=bool(seen),
        key=kept["key"] if kept else str(uuid4()),
        version=kept["version"] if kept else rfp["version"],
    )
