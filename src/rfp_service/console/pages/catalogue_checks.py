"""Looking into the catalogue for an RFP that is there already: the look is made, and handed in."""

from dataclasses import replace
from uuid import NAMESPACE_OID, UUID, uuid5

from fastapi import Request, Response

from rfp_service.console.decided_things import THINGS
from rfp_service.console.pages.decisions import FilledIn, answer_to, errors_of, show_form
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Sent, Visiting

THING = THINGS["rfps"]
FORM = replace(
    THING.form_of("check-catalogue"),
    says="See whether the catalogue has what this RFP asks for. What it has stands on the RFP's page then.",
    fields=(),
)

router = page_router()


@router.get("/rfps/{rfp_id}/decisions/check-catalogue")
async def ask_for_check(request: Request, visit: Visiting, rfp_id: UUID) -> Response:
    """Say what a search of the catalogue does."""
    return await show_form(request, visit, THING, str(rfp_id), FORM, FilledIn())


@router.post("/rfps/{rfp_id}/decisions/check-catalogue")
async def check(request: Request, sent: Sent, rfp_id: UUID) -> Response:
    """Look for the RFP's title among what its service may order, and hand the look in."""
    rfp = await sent.visit.get(f"/v1/rfps/{rfp_id}")
    body = {"query": rfp["title"], "service_area": rfp["service_area"]}
    key = str(uuid5(NAMESPACE_OID, f"{sent['key']} {body}"))
    looked = await sent.visit.post("/v1/catalogue-checks", body, key)
    if not looked.is_success:
        shown = FilledIn(errors=errors_of(looked, ()), status=looked.status)
        return await show_form(request, sent.visit, THING, str(rfp_id), FORM, shown)
    asked = {"decision": FORM.decision, "check_id": looked.body["id"]}
    return await answer_to(request, sent, THING, str(rfp_id), FORM, asked, FilledIn(typed={}))
