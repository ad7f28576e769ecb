"""What can be decided on many projects at once: their category, their priority, who handles them."""

from bisect import bisect_left
from functools import lru_cache, partial
from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue

from projects.api.bulk_delivery import ON_THE_WAY, STAGE
from projects.api.fact_finders import keys_of_the_ranked, values_in_force
from projects.api.months import people_of
from projects.api.registers import PROJECT_REGISTER
from projects.commands.assessment import (
    CategoriseProject,
    DecideHandling,
    PrioritiseProject,
    UndoBatch,
    rank_key,
    weighted,
)
from projects.commands.facts import of_categories, of_weights
from projects.domain.events import (
    HandlingDecided,
    PersonMonths,
    ProjectCategorised,
    ProjectDecisionUndone,
    ProjectPrioritised,
)
from projects.domain.project import Project, Way
from projects.domain.restatement import ProjectRestated, snapshot
from projects.views.register import ProjectRow
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import Refused
from shared.kernel.fields import ShortText
from shared.kernel.messages import Command, Stamp
from shared.record.eventstore.store import EventStore
from shared.web.bulk.bulk_decisions import BulkDecision, BulkUndo, CommandFacts, Things, item_of
from shared.web.bulk.references import ThingItem

NEEDS_LIMIT = 240


class HandlingItem(ThingItem):
    """A project and who handles it; in a table, people have a column such as `needs: networks 2026-09`."""

    handling: Way
    third_party: ShortText | None = None
    needs: Annotated[list[PersonMonths], BeforeValidator(people_of)] = Field([], max_length=NEEDS_LIMIT)


async def _whether_named(store: EventStore, stamp: Stamp) -> CommandFacts:
    """Find out which categories the scheme names."""
    values = await values_in_force(store, day_in_london(stamp.at), stamp.known.position)
    named = lru_cache(partial(of_categories, values))  # many name the same few

    def facts(command: Command[Project]) -> dict[str, JsonValue]:
        assert isinstance(command, CategoriseProject)
        return named(command.category, command.sub_category)

    return facts


async def _weights_and_rank(store: EventStore, stamp: Stamp) -> CommandFacts:
    """Find the weights in force; ranks are among those ranked before the batch."""
    ranked = await keys_of_the_ranked(store, stamp.known.position)
    weights = of_weights(await values_in_force(store, day_in_london(stamp.at), stamp.known.position))
    by_name: dict[str, float] = weights.get("weights", {})  # type: ignore[assignment]  # numbers by name

    def facts(command: Command[Project]) -> dict[str, JsonValue]:
        assert isinstance(command, PrioritiseProject)
        try:
            key = rank_key(command.moscow, weighted(command.scores, by_name))
        except Refused:  # the command will refuse by the same rule
            return weights
        return {**weights, "rank": bisect_left(ranked, key) + 1}

    return facts


CATEGORISATIONS = BulkDecision(
    path="categorisations",
    route="categorise_projects",
    summary="Categorise many projects",
    item=item_of(CategoriseProject, "CategorisationItem", "A project and its category."),
    command=CategoriseProject,
    event=ProjectCategorised,
    example={"reference": "ICT-0042", "category": "Networks", "reason": "Cables."},
    sees=STAGE,
    restores=False,
    facts=_whether_named,
)
PRIORITISATIONS = BulkDecision(
    path="prioritisations",
    route="prioritise_projects",
    summary="Prioritise many projects",
    description="Priorities follow from the weights in force.",
    item=item_of(
        PrioritiseProject,
        "PrioritisationItem",
        "A project and its priority; in a table, a score has a column such as `scores: benefit`.",
    ),
    command=PrioritiseProject,
    event=ProjectPrioritised,
    example={"reference": "ICT-0042", "moscow": "must", "reason": "It is old."},
    sees=STAGE,
    restores=False,
    facts=_weights_and_rank,
)
HANDLINGS = BulkDecision(
    path="handlings",
    route="decide_handlings",
    summary="Decide the handling of many projects",
    description="Decide who handles each.",
    item=HandlingItem,
    command=DecideHandling,
    event=HandlingDecided,
    example={"reference": "ICT-0042", "handling": "internal", "reason": "We can."},
    sees=STAGE,
    restores=False,
)
MANY_PROJECTS = Things(
    of=PROJECT_REGISTER,
    row=ProjectRow,
    decisions=(CATEGORISATIONS, PRIORITISATIONS, HANDLINGS, *ON_THE_WAY),
    undo=BulkUndo(
        command=UndoBatch,
        events=(ProjectDecisionUndone, ProjectRestated),
        snapshot=snapshot,
        says="""\
So does what later stages depend on. A register is taken back field by field, as are owners, forecasts,
ratings, flags and action plans; what a register put here is cancelled, and a corrected register can put it
here again. An undo can't be undone.""",
    ),
)
