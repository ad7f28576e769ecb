"""What the house is run by, each kind listed, read and added to; what it is to do once it is confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Query, Request, Response

from rfp_service.catalogue.commands.items import AddCatalogueItem
from rfp_service.console.available_decisions import offers
from rfp_service.console.decided_things import THINGS, DecidedThing
from rfp_service.console.forms.decisions import said_of
from rfp_service.console.forms.fields import FormField, fields_of
from rfp_service.console.pages.cases import DONE, list_page
from rfp_service.console.pages.decisions import FilledIn, ThingId, answered, errors_of, people_for
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.sessions import SignedIn
from rfp_service.console.visits import Sent, Visit, Visiting
from shared.governance.accounts.commands import OpenServiceAccount
from shared.governance.delegations.commands import GiveDelegation
from shared.kernel.errors import NotFound
from shared.kernel.messages import Command

NARROWED = ("q",)

router = page_router()


@dataclass(frozen=True)
class ManagedKind:
    """A kind of thing that is listed here: who may read it, what it is for, and how one more is made."""

    path: str
    name: str
    lead: str
    reading: str
    adding: type[Command[Any]] | None = None
    add: str = ""
    then: str = ""

    @property
    def thing(self) -> DecidedThing:
        """Return how one of them is decided on."""
        return THINGS[self.path]

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """Return what the form for one more asks for."""
        return fields_of(self.adding) if self.adding else ()

    @property
    def says(self) -> str:
        """Return what adding one does."""
        return said_of(self.adding) if self.adding else ""

    def can_add(self, who: SignedIn) -> bool:
        """Say whether somebody's roles let them make one more."""
        return self.adding is not None and who.may(self.adding.__name__)


MANAGED: Mapping[str, ManagedKind] = {
    each.path: each
    for each in (
        ManagedKind(
            "delegations",
            "Delegations",
            "Who may decide in whose place, up to how much, from when until when.",
            "read-scheme",
            GiveDelegation,
            "Give a delegation",
            "Your own counts from its first day on. One that an administrator proposes for somebody else "
            "counts for nothing until a second person, who is not the delegate, confirms it.",
        ),
        ManagedKind(
            "catalogue-items",
            "Catalogue",
            "What services can have without an RFP, at what price and how soon.",
            "read-catalogue",
            AddCatalogueItem,
            "Add a catalogue item",
            "It can be ordered from its first day on, and is shown to whoever raises an RFP for the like. "
            "Nobody else has to confirm it.",
        ),
        ManagedKind(
            "people",
            "People",
            "Whoever has signed in or was named, and which accounts are one person's.",
            "read-people",
        ),
        ManagedKind(
            "service-accounts",
            "Service accounts",
            "Programs that may ask this service, who answers for each, and their keys.",
            "read-service-accounts",
            OpenServiceAccount,
            "Open a service account",
            "It may do nothing until a second person, who does not answer for it, confirms it; "
            "after that, each of its keys waits for a second person as well.",
        ),
    )
}


def kinds_for(who: SignedIn) -> list[ManagedKind]:
    """Return what somebody may read of it."""
    return [each for each in MANAGED.values() if who.may(each.reading)]


def _kind_of(request: Request) -> ManagedKind:
    """Return the kind that a page's address is about."""
    return MANAGED[request.url.path.removeprefix(f"{HOME}/").split("/")[0]]


@router.get("/manage")
async def manage(request: Request, visit: Visiting) -> Response:
    """Show what is looked after here, and how many of each there are."""
    kinds = kinds_for(visit.who)
    totals = [(await visit.get(f"/v1/{each.path}", limit=1, count=True))["total"] for each in kinds]
    return page(request, "manage", kinds=kinds, counted=list(zip(kinds, totals, strict=True)))


@router.get("/delegations")
@router.get("/catalogue-items")
@router.get("/people")
@router.get("/service-accounts")
async def list_kind(request: Request, visit: Visiting) -> Response:
    """List things of one kind, as the API does."""
    kind = _kind_of(request)
    shown = await list_page(request, visit, f"/v1/{kind.path}", NARROWED)
    return page(
        request, f"manage_{kind.path.replace('-', '_')}", kind=kind, kinds=kinds_for(visit.who), **shown
    )


@router.get("/delegations/{thing_id}")
@router.get("/catalogue-items/{thing_id}")
@router.get("/people/{thing_id}")
@router.get("/service-accounts/{thing_id}")
async def one_thing(
    request: Request, visit: Visiting, thing_id: ThingId, done: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Show one thing: what it is, what of it waits for a second person, what may be done now or why not."""
    kind = _kind_of(request)
    seen = await visit.get(kind.thing.api(thing_id))
    return page(
        request,
        "managed",
        kind=kind,
        kinds=kinds_for(visit.who),
        thing=kind.thing,
        id=thing_id,
        seen=seen,
        offers=offers(seen["next"], kind.thing),
        done=done if done in kind.thing.forms or done in DONE else "",
        done_said=DONE.get(done, ""),
    )


@router.get("/manage/{path}/new")
async def ask_for_one_more(request: Request, visit: Visiting, path: str) -> Response:
    """Show what one more does, and ask for what it must say."""
    return await _adding(request, visit, _addable(path), FilledIn())


@router.post("/manage/{path}/new")
async def add_one(request: Request, sent: Sent, path: str) -> Response:
    """Add one by the API's own rules; what is refused keeps what was typed."""
    kind = _addable(path)
    answers, body = answered(kind.fields, sent)
    if sent["more"]:
        shown = FilledIn(answers.typed, spare={sent["more"]: 2}, key=sent["key"])
        return await _adding(request, sent.visit, kind, shown)
    if answers.errors:
        shown = FilledIn(answers.typed, answers.errors, key=sent["key"], status=422)
        return await _adding(request, sent.visit, kind, shown)
    answer = await sent.visit.post(f"/v1/{path}", body, sent["key"])
    if answer.is_success:
        return go_to(f"{kind.thing.page(answer.body['id'])}?done=created")
    errors = errors_of(answer, kind.fields)
    return await _adding(request, sent.visit, kind, FilledIn(answers.typed, errors, status=answer.status))


def _addable(path: str) -> ManagedKind:
    kind = MANAGED.get(path)
    if kind is None or kind.adding is None:
        raise NotFound
    return kind


async def _adding(request: Request, visit: Visit, kind: ManagedKind, filled_in: FilledIn) -> Response:
    return page(
        request,
        "managed_new",
        filled_in.status,
        kind=kind,
        may=kind.can_add(visit.who),
        form=kind,
        typed=filled_in.typed or {},
        errors=filled_in.errors,
        spare=filled_in.spare,
        people=await people_for(visit, kind.fields),
        key=filled_in.key or str(uuid4()),
    )
