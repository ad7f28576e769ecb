"""The register of projects: its fields, what they are usually called, and how a row becomes a command."""

from collections.abc import Collection, Mapping
from functools import lru_cache, partial
from typing import Annotated

from fastapi import Form

from projects.api.fact_finders import values_in_force
from projects.commands.facts import of_categories
from projects.commands.registration import RegisterProject
from projects.domain.project import RATINGS, Project, Scale, project_id
from projects.views.register import projects
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Stamp
from shared.record.eventstore.store import EventStore
from shared.web.registers.mappings import saving
from shared.web.registers.register import Extras, Kind, Register, RegisterField, RowRules, Said

CATEGORIES_NAMED = 20

FIELDS = (
    RegisterField("reference", Kind.LINE),
    RegisterField("title", Kind.LINE),
    RegisterField("description", Kind.TEXT),
    RegisterField("supplier", Kind.LINE),
    RegisterField("service_area", Kind.LINE),
    RegisterField("owner", Kind.PERSON),
    RegisterField("start", Kind.DAY, "schedule.*", withdrawable=True),
    RegisterField("forecast_end", Kind.DAY, "schedule.*", withdrawable=True, ends=True),
    RegisterField("contingency_days", Kind.COUNT, "schedule.*"),
    RegisterField("cost_pence", Kind.MONEY),
    RegisterField("confidence", Kind.CHOICE, "*", noun="rating"),
    RegisterField("category", Kind.LINE, "category.name"),
    RegisterField("sub_category", Kind.LINE, "category.*", beside="category"),
    RegisterField("finished_on", Kind.DAY, "schedule.*", ends=True),
)
HEADINGS = """
reference: id; project number; gmpp id
title: name; project
description: aims; description aims; scope; summary
supplier: contractor; supplier name; delivered by
service_area: service; department; directorate; business area
owner: sro; responsible owner
start: start date; begin date; planned start; planned start date
forecast_end: end; end date; forecast end date; planned end; planned end date; completion date; finish date
contingency_days: contingency
cost_pence: cost; whole life cost; total cost; budget; total budget; value
confidence: delivery confidence; dca; rag; rag rating; rating; colour rating; delivery confidence assessment;
    ipa rating
category: report category; project type
sub_category: subcategory
finished_on: finished; actual end; actual end date; closed date
"""


async def scaled(
    scale: Annotated[Scale, Form(description="The scale of the ratings.")] = Scale.UNSTATED,
) -> Extras:
    """Read the scale of all ratings of a register."""
    return {"scale": scale}


def ratings(_field: str, extras: Extras) -> Collection[str]:
    """Return the ratings of the scale that is named; of every scale, where none is."""
    scale = extras["scale"]
    named = RATINGS.values() if scale is Scale.UNSTATED else [RATINGS[scale]]
    return [rating for one in named for rating in one]


def row(said: Said, extras: Extras) -> RegisterProject:
    """Return what a row asks; a scale is said only with a rating."""
    scale = extras["scale"] if "confidence" in said else Scale.UNSTATED
    return RegisterProject(**said, scale=scale)


async def prepared(store: EventStore, stamp: Stamp) -> RowRules:
    """Find out which categories and service areas the scheme names; it takes any where it names none."""
    values = await values_in_force(store, day_in_london(stamp.at))
    named = lru_cache(partial(of_categories, values))  # many rows name the same few
    categories = [one.name for one in values.project_categories] if values else []
    areas = [one.name for one in values.service_areas] if values else []
    listed = ", ".join(areas[:CATEGORIES_NAMED])
    expected = f"|one of: {', '.join(categories[:CATEGORIES_NAMED])}"

    def is_named(category: str, sub_category: str | None) -> bool:
        return named(category, sub_category).get("category_named") is not False

    def doubts(said: Said) -> Mapping[str, str]:
        return {**of_its_area(said), **of_its_category(said)}

    def of_its_area(said: Said) -> Mapping[str, str]:
        area = said.get("service_area")
        if not areas or area is None or area in areas:
            return {}
        return {"service_area": f"is no service area that the scheme lists|one of: {listed}"}

    def of_its_category(said: Said) -> Mapping[str, str]:
        category, sub_category = said.get("category"), said.get("sub_category")
        if category is None or is_named(category, sub_category):
            return {}
        no_sub = "is no sub-category that the scheme names"
        if is_named(category, None):
            return {"sub_category": no_sub}
        found = {"category": f"is no category that the scheme names{expected}"}
        return found if sub_category is None else {**found, "sub_category": no_sub}

    return RowRules(lambda command: named(command.category, command.sub_category), doubts)  # type: ignore[attr-defined]  # a row's


PROJECT_REGISTER = Register(
    noun="project",
    prefix="",
    blank=Project(),
    thing_id=project_id,
    table=projects,
    fields=FIELDS,
    headings=HEADINGS,
    command=RegisterProject,
    save=saving(
        "SaveRegisterMapping",
        FIELDS,
        {"Project no.": "reference", "Project": "title", "Ends": "forecast_end"},
    ),
    row=row,
    prepare=prepared,
    extras=scaled,
    extra_parts=("scale",),
    extra_fields=(("scale", "confidence"),),
    choices=ratings,
)
