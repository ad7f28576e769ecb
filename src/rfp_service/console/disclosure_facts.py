"""What pages say of exemptions: what is kept from whom, by which paragraph, and what can be withheld."""

import asyncio
from typing import Any

from rfp_service.console.administration_facts import FactsSaid, Said
from rfp_service.console.links import page_of
from rfp_service.console.visits import Visit
from rfp_service.console.words import day, name_of, words
from rfp_service.events import EVENTS
from shared.governance.disclosure.exemptible_fields import contents
from shared.kernel.wording import in_sentence

CAN_BE_WITHHELD = {event.__name__: contents(event) for event in EVENTS}
PATHS = {
    "rfp": "rfps",
    "contract": "contracts",
    "project": "projects",
    "review-round": "renewal-rounds",
    "catalogue-item": "catalogue-items",
    "catalogue-order": "catalogue-orders",
    "outcome": "outcomes",
    "milestone": "milestones",
    "promised-data": "promised-data",
    "consultation": "consultations",
}
HISTORIES = ("rfps", "contracts", "projects", "outcomes", "milestones")  # whose pages lead to a declaration
CALLED_BY = ("title", "name", "month", "statement", "what", "about")


def matter_page(exemption: Said) -> str:
    """Return the page of the thing that an exemption is about; nothing if there is none."""
    path = PATHS.get(exemption["matter_kind"], "")
    return page_of(f"/v1/{path}/{exemption['matter_id']}") if path else ""


async def name_matters(visit: Visit, exemptions: list[dict[str, Any]]) -> None:
    """Say with each exemption what the thing is called that it is about."""
    there = {
        each["matter_id"]: PATHS[each["matter_kind"]] for each in exemptions if each["matter_kind"] in PATHS
    }
    found = await asyncio.gather(*(visit.maybe(f"/v1/{path}/{thing}") for thing, path in there.items()))
    names = {thing: called(seen) for thing, seen in zip(there, found, strict=True) if seen}
    for each in exemptions:
        each["matter"] = names.get(each["matter_id"]) or words(each["matter_kind"])


def called(thing: Said) -> str:
    """Return what a thing is called, with its reference where it has one."""
    title = next((thing[name] for name in CALLED_BY if thing.get(name)), "")
    return f"{title} ({thing['reference']})" if thing.get("reference") else str(title)


def exemption_title(exemption: Said) -> str:
    """Return what is exempt, and of which thing."""
    fields = [in_sentence(words(each.removesuffix("_pence"))) for each in exemption["fields"].split()]
    said = ", ".join(fields[:4]) + (f" and {len(fields) - 4} more" if len(fields) > 4 else "")
    return f"{said[:1].upper()}{said[1:]}"


def exemption_lead(exemption: Said) -> str:
    """Return from whom it is kept until when, or that it is open."""
    if exemption["status"] != "in_force":
        return "It was exempt, and is open to everybody who may read the rest."
    return (
        "It is kept from everybody without the right to what is exempt, in pages, lists, files and proofs. "
        f"That it exists stays in sight. It is to be reviewed by {day(exemption['review_on'])}."
    )


def exemption_facts(exemption: Said) -> FactsSaid:
    """Return of what something is exempt, under which paragraph, why, and by whom that was declared."""
    one = exemption["matter_version"]
    return [
        ("Of", exemption["matter"]),
        ("How much of it", f"Its decision number {one} alone" if one else "The thing as a whole"),
        (
            "Under",
            f"Paragraph {exemption['paragraph']} of Schedule 12A to the Local Government Act 1972, part 1",
        ),
        ("Why", exemption["reason"]),
        ("Public interest", exemption["public_interest"]),
        ("Declared by", name_of(exemption["declared_by"])),
    ]


async def matter_of(visit: Visit, thing_id: str) -> dict[str, Any] | None:
    """Return what a thing is called that has a page to declare it from, and what of it can be withheld."""
    for path in HISTORIES:
        seen = await visit.maybe(f"/v1/{path}/{thing_id}")
        if seen is None:
            continue
        history = await visit.get(f"/v1/{path}/{thing_id}/history")
        fields = {
            name
            for each in history["items"]
            for name, said in (each["said"] or {}).items()
            if said not in (None, "") and name in CAN_BE_WITHHELD[each["decision"]]
        }
        return {
            "id": thing_id,
            "called": called(seen),
            "page": page_of(f"/v1/{path}/{thing_id}"),
            "fields": fields,
        }
    return None
