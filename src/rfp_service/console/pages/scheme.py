"""The scheme as a page: who approves up to how much, targets, and what each proposal would change."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Request, Response

from rfp_service.console.available_decisions import offers
from rfp_service.console.decided_things import THINGS
from rfp_service.console.managed_kinds import kinds_for
from rfp_service.console.pages.cases import done_words
from rfp_service.console.rendering import page
from rfp_service.console.routes import page_router
from rfp_service.console.scheme_words import proposals_wait, said_one_by_one, scheme_changes
from rfp_service.console.visits import Visiting

SHOWN_APART = frozenset({"effective_from", "tiers", "last_resort", "stage_targets"})
THING = THINGS["scheme"]

router = page_router()


@router.get("/scheme")
async def scheme(
    request: Request, visit: Visiting, done: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Show the scheme in force, what is proposed or takes effect later, and what may be decided now."""
    seen = await visit.get("/v1/scheme")
    offered = offers(seen["next"], THING)
    return page(
        request,
        "scheme",
        kinds=kinds_for(visit.who),
        seen=seen,
        values=seen["values"],
        others=_others(seen["values"]),
        proposals=list(zip(_with_changes(seen, "proposals"), proposals_wait(seen), strict=True)),
        ahead=_with_changes(seen, "ahead"),
        may={*offered.buttons, *offered.more},
        why_not=offered.why_not,
        done_said=done_words(THING, done),
    )


def _others(values: Mapping[str, Any] | None) -> dict[str, str]:
    """Return what a scheme says besides what stands in tables of its own."""
    left = {name: value for name, value in (values or {}).items() if name not in SHOWN_APART}
    return said_one_by_one(left)


def _with_changes(seen: Mapping[str, Any], of: str) -> list[dict[str, Any]]:
    return [{**each, "changes": scheme_changes(seen["values"], each["values"])} for each in seen[of]]
