"""What is looked after, each kind listed, read and added to; what a change is to do, before it is made."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Query, Request, Response

from rfp_service.console.adding_forms import AddingForm
from rfp_service.console.available_decisions import offers
from rfp_service.console.changed_values import with_changes
from rfp_service.console.links import chosen
from rfp_service.console.managed_kind import ManagedKind
from rfp_service.console.managed_kinds import MANAGED, kinds_for
from rfp_service.console.pages.cases import done_words, list_page
from rfp_service.console.pages.decisions import (
    OUT_OF_DATE,
    FilledIn,
    ThingId,
    answered,
    errors_of,
    people_for,
    shown_once,
)
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Sent, SentForm, Visit, Visiting
from shared.kernel.errors import NotFound

NARROWED = ("q",)
CHANGED_MEANWHILE = "Somebody changed this while you had it open. Nothing was done: send it again if it holds"

router = page_router()


def _kind_of(request: Request) -> ManagedKind:
    """Return the kind that a page's address is about."""
    return MANAGED[request.url.path.removeprefix(f"{HOME}/").split("/")[0]]


@router.get("/manage")
async def manage(request: Request, visit: Visiting) -> Response:
    """Show what is looked after here, and how many of each there are."""
    kinds = kinds_for(visit.who)
    totals = [(await visit.get(f"/v1/{each.path}", limit=1, count=True))["total"] for each in kinds]
    return page(request, "manage", kinds=kinds, counted=list(zip(kinds, totals, strict=True)))


async def list_kind(request: Request, visit: Visiting) -> Response:
    """List things of one kind, as the API does."""
    kind = _kind_of(request)
    shown = await (_of_programme(request, visit, kind) if kind.of_programme else _paged(request, visit, kind))
    await kind.thing.complete(visit, shown["items"])
    return page(request, "managed_list", kind=kind, kinds=kinds_for(visit.who), **shown)


async def _paged(request: Request, visit: Visit, kind: ManagedKind) -> dict[str, Any]:
    return await list_page(request, visit, f"/v1/{kind.path}", NARROWED)


async def _of_programme(request: Request, visit: Visit, kind: ManagedKind) -> dict[str, Any]:
    """Return all of a programme's, or of every programme if none is asked for."""
    query = chosen(request.query_params, ("programme",))
    there = await visit.get("/v1/programmes", limit=50)
    programmes = [query["programme"]] if query else [each["id"] for each in there["items"]]
    found = [await visit.get(f"/v1/{kind.path}", programme=programme) for programme in programmes]
    items = [each for seen in found for each in seen["items"]]
    return {"items": items, "total": len(items), "next": None, "query": query, "is_first": True}


async def one_thing(
    request: Request, visit: Visiting, thing_id: ThingId, done: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Show one thing: what it is, what of it waits for a second person, what may be done now or why not."""
    kind = _kind_of(request)
    thing = kind.thing
    seen = await thing.seen(visit, thing_id)
    history: list[dict[str, Any]] = []
    if thing.has_history:
        history = with_changes((await visit.get(f"{thing.api(thing_id)}/history"))["items"])[::-1]
    return page(
        request,
        "managed",
        kind=kind,
        kinds=kinds_for(visit.who),
        thing=thing,
        id=thing_id,
        seen=seen,
        leads=kind.leads(visit.who, seen),
        history=history,
        offers=offers(seen["next"], thing),
        done_said=done_words(thing, done),
    )


for each in [path for path, kind in MANAGED.items() if not kind.has_own_pages]:
    router.add_api_route(f"/{each}", list_kind, methods=["GET"])
    router.add_api_route(f"/{each}/{{thing_id}}", one_thing, methods=["GET"])


@router.get("/manage/{path}/new")
async def ask_for_one_more(request: Request, visit: Visiting, path: str) -> Response:
    """Show what one more does, and ask for what it must say."""
    kind = _addable(path)
    form = await _form(visit, kind, request.query_params)
    return await _adding(request, visit, kind, form, FilledIn(form.typed))


@router.post("/manage/{path}/new")
async def add_one(request: Request, sent: Sent, path: str) -> Response:
    """Add one by the API's own rules; what is refused keeps what was typed."""
    kind = _addable(path)
    form = await _form(sent.visit, kind, sent.fields)
    answers, body = answered(form.fields, sent)
    if sent["more"]:
        shown = FilledIn(answers.typed, spare={sent["more"]: 2}, key=sent["key"])
        return await _adding(request, sent.visit, kind, form, shown)
    if answers.errors or form.first:
        shown = FilledIn(answers.typed, answers.errors, key=sent["key"], status=422)
        return await _adding(request, sent.visit, kind, form, shown)
    return await _added(request, sent, kind, form, {**body, **form.hidden, **form.constant}, answers.typed)


async def _added(
    request: Request,
    sent: SentForm,
    kind: ManagedKind,
    form: AddingForm,
    body: Mapping[str, Any],
    typed: Mapping[str, str],
) -> Response:
    version = sent["version"] if form.version else ""
    answer = await sent.visit.post(f"/v1/{kind.adds_at or kind.path}", body, sent["key"], version)
    if answer.is_success:
        there = f"{kind.thing.page(body.get('person') or answer.body['id'])}?done=created"
        return shown_once(request, kind.thing, answer, there) or go_to(there)
    errors = {"": CHANGED_MEANWHILE} if answer.kind == OUT_OF_DATE else errors_of(answer, form.fields)
    return await _adding(request, sent.visit, kind, form, FilledIn(typed, errors, status=answer.status))


def _addable(path: str) -> ManagedKind:
    kind = MANAGED.get(path)
    if kind is None or kind.adding is None:
        raise NotFound
    return kind


async def _form(visit: Visit, kind: ManagedKind, said: Mapping[str, str]) -> AddingForm:
    """Return the form for one more; an empty one for those whom the page tells that it is for others."""
    return await kind.form(visit, said) if kind.can_add(visit.who) else AddingForm(())


async def _adding(
    request: Request, visit: Visit, kind: ManagedKind, form: AddingForm, filled_in: FilledIn
) -> Response:
    return page(
        request,
        "managed_new",
        filled_in.status,
        kind=kind,
        may=kind.can_add(visit.who),
        form=form,
        back=form.back or f"{HOME}/{kind.path}",
        typed=filled_in.typed or {},
        errors=filled_in.errors,
        spare=filled_in.spare,
        people=await people_for(visit, form.fields),
        key=filled_in.key or str(uuid4()),
    )
