"""Spend, demand and risk by the priorities of a strategy, across RFPs, contracts, projects and milestones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from outcomes.api.facts import opened, rows_of
from outcomes.commands.priority_tags import TagThing
from outcomes.domain.horizons import is_overdue
from outcomes.domain.ids import tags_id
from outcomes.domain.milestone import UNDER_WAY, MilestoneStatus
from outcomes.domain.priority_tags import PriorityTags
from outcomes.views.registers import milestones, priority_tags, strategies
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import ASKED, TextOrNull
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, may
from shared.web.offers.tagged_things import TaggedStanding
from shared.web.reads.answers import DECIDES, answer_untagged, one
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

MILESTONE = "milestone"
NAME_LIMIT = 300

router = APIRouter(prefix="/v1", tags=["outcomes"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


class PriorityThing(BaseModel):
    """A thing that serves a priority, with what it costs and what is at risk in it."""

    on: Literal["rfp", "contract", "project", "milestone"]
    id: UUID
    title: str
    stage: str
    is_open: bool
    pence: int | None = Field(
        description="Of an RFP its estimate, of a contract its yearly value; null where nobody may say."
    )
    risk: TextOrNull = Field(description="Null where there is none.")
    path: str = Field(examples=["/v1/contracts/0b0e0c4e-5f0a-4a53-a1b8-3d6c6f3f4a11"])
    tags_version: int | None = Field(
        description="What If-Match takes to tag it anew; null of a milestone, which is amended."
    )


class PriorityShown(BaseModel):
    """What serves one priority, as far as its reader may see it.

    Spend is the yearly value of contracts that run; demand counts RFPs that are open, with their estimates;
    at risk are those of all things that are open. `unvalued` is how many of the contracts and RFPs counted
    have no amount that is known or shown.
    """

    strategy: str
    theme: str
    priority: str
    spend_pence: int
    contracts: int
    demand: int
    demand_pence: int
    unvalued: int
    projects: int
    milestones: int
    at_risk: int
    things: list[PriorityThing]


class PriorityList(BaseModel):
    """Every priority of every strategy, theme by theme; one that nothing serves has no things."""

    position: int
    items: list[PriorityShown]


@router.post("/priority-tags", summary="Tag with priorities", responses=DECIDES)
async def tag_thing(command: Annotated[TagThing, strict(TagThing), Body()], handler: Commands) -> Receipt:
    """Say which priorities a thing serves; send If-Match `"0"` the first time.

    A milestone is tagged where it is scheduled or amended.
    """
    return await handler.set(tags_id(command.id), command, blank=PriorityTags())


@router.get(
    "/priorities",
    summary="See spend, demand and risk by priority",
    dependencies=[may("read-outcomes")],
    responses=one(PriorityList, lasting=False),
)
async def see_priorities(
    request: Request,
    reading: Read,
    name: Annotated[
        str | None, Query(max_length=NAME_LIMIT, pattern=ASKED, description="Only the priority of this name.")
    ] = None,
) -> Response:
    """Show what serves each priority of the strategies adopted: its cost, what is asked for, what is at risk.

    Every figure is made of `things`, each with its address; what its reader may not see is in none of them.
    """
    tags, versions = await _tags(reading)
    found = await _standing(request, reading, tags) | await _milestones(reading, tags)
    items = [
        _shown(strategy["name"], theme["name"], priority, _things(found, tags.get(priority, ()), versions))
        for strategy in await rows_of(reading, strategies)
        for theme in strategy["themes"]
        for priority in theme["priorities"]
        if name in (None, priority)
    ]
    return answer_untagged(PriorityList(position=reading.position, items=items).model_dump())


Tagged = tuple[str, UUID]  # the kind of a thing, and its id
Tags = Mapping[str, Sequence[Tagged]]  # by priority
Versions = Mapping[Tagged, int]


async def _tags(reading: Reading) -> tuple[Tags, Versions]:
    """Return what is tagged with each priority, and the tags' versions.

    Milestones have none of their own, and are among it only where their tags may be read.
    """
    found: dict[str, list[Tagged]] = {}
    tagged = await reading.rows(select(priority_tags).where(reading.valid(priority_tags)))
    pairs = [((row["thing_kind"], row["thing"]), opened(dict(row))["priorities"]) for row in tagged]
    pairs += [((MILESTONE, row["id"]), row["priorities"]) for row in await rows_of(reading, milestones)]
    for thing, priorities in pairs:
        for priority in priorities or ():
            found.setdefault(priority, []).append(thing)
    return found, {(row["thing_kind"], row["thing"]): row["version"] for row in tagged}


async def _standing(request: Request, reading: Reading, tags: Tags) -> dict[Tagged, TaggedStanding]:
    """Ask each room how its things stand, as far as the reader may see them."""
    service, person = core_service(request), reading.person
    wanted = {thing for things in tags.values() for thing in things}
    found: dict[Tagged, TaggedStanding] = {}
    for kind, known in service.tagged.items():
        ids = sorted(thing for on, thing in wanted if on == kind)
        if ids and service.permissions.allows(person, known.action):
            theirs = replace(reading, areas=service.permissions.areas(person, known.action))
            found |= {(kind, each): said for each, said in (await known.find(request, theirs, ids)).items()}
    return found


async def _milestones(reading: Reading, tags: Tags) -> dict[Tagged, TaggedStanding]:
    """Return how milestones stand: at risk is one whose day has passed."""
    wanted = [each for things in tags.values() for on, each in things if on == MILESTONE]
    today = day_in_london(reading.as_of)
    found = {}
    for row in await rows_of(reading, milestones, milestones.c.id.in_(wanted)):
        is_open = row["status"] in UNDER_WAY
        late = is_overdue(MilestoneStatus(row["status"]), row["due"], today)
        found[MILESTONE, row["id"]] = TaggedStanding(
            row["title"],
            row["status"],
            is_open,
            f"/v1/milestones/{row['id']}",
            risk=f"It was due by {row['due']}." if late else "",
        )
    return found


def _things(
    found: Mapping[Tagged, TaggedStanding], tagged: Iterable[Tagged], versions: Versions
) -> list[PriorityThing]:
    """Return the things that are in sight, what is at risk first, then what costs most."""
    things = [
        PriorityThing.model_validate(
            {"on": on, "id": each, "tags_version": versions.get((on, each)), **_said(found[on, each])}
        )
        for on, each in tagged
        if (on, each) in found
    ]
    return sorted(things, key=lambda t: (not (t.is_open and t.risk), -(t.pence or 0), t.title, t.id))


def _said(standing: TaggedStanding) -> dict[str, Any]:
    return {name: getattr(standing, name) for name in TaggedStanding.__slots__}


def _shown(strategy: str, theme: str, priority: str, things: list[PriorityThing]) -> PriorityShown:
    """Return the figures of one priority, each counted from its things."""
    goes_on = [thing for thing in things if thing.is_open]
    of = {on: [each for each in goes_on if each.on == on] for on in ("rfp", "contract", "project", MILESTONE)}
    return PriorityShown(
        strategy=strategy,
        theme=theme,
        priority=priority,
        spend_pence=sum(each.pence or 0 for each in of["contract"]),
        contracts=len(of["contract"]),
        demand=len(of["rfp"]),
        demand_pence=sum(each.pence or 0 for each in of["rfp"]),
        unvalued=sum(each.pence is None for each in (*of["rfp"], *of["contract"])),
        projects=len(of["project"]),
        milestones=len(of[MILESTONE]),
        at_risk=sum(bool(each.risk) for each in goes_on),
        things=things,
    )
