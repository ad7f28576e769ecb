"""Finding what a single decision must know: the scheme's lists and weights, and the rank it comes to.

A rank is among all open projects, whoever decides: no reader's sight limits it.
"""

from datetime import UTC, date, datetime

from pydantic import JsonValue
from sqlalchemy import case, func, literal, select, tuple_

from projects.commands.assessment import CategoriseProject, PrioritiseProject, rank_key, weighted
from projects.commands.delivery import ConfirmReadiness
from projects.commands.facts import of_categories, of_checklist, of_weights
from projects.commands.identification import IdentifyProject
from projects.domain.project import MOSCOW_ORDER
from projects.views.register import projects
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import Refused
from shared.record.eventstore.store import EventStore
from shared.record.projecting.statements import sql_of
from shared.record.projecting.views import valid_at
from shared.web.offers.facts import FactFinders

_T = projects.c
ORDER = case(MOSCOW_ORDER, value=_T.moscow, else_=None)  # the words are the program's own
SCORE = -func.coalesce(_T.score, literal(-1.0))
RANKED = (_T.is_open, _T.moscow.is_not(None))


async def values_in_force(store: EventStore, day: date, until: int | None = None) -> SchemeValues | None:
    """Return the scheme's values in force on a day, as recorded by a position."""
    stream = await store.load(SCHEME_ID, Scheme(), until)
    return stream.state.in_force(day).values


async def category_facts(
    store: EventStore, command: CategoriseProject | IdentifyProject
) -> dict[str, JsonValue]:
    """Find out whether the scheme names a category."""
    values = await values_in_force(store, day_in_london(datetime.now(UTC)))
    return of_categories(values, command.category, command.sub_category)


async def checklist_facts(store: EventStore, _: ConfirmReadiness) -> dict[str, JsonValue]:
    """Find the readiness checklist in force."""
    return of_checklist(await values_in_force(store, day_in_london(datetime.now(UTC))))


async def weights_and_rank(store: EventStore, command: PrioritiseProject) -> dict[str, JsonValue]:
    """Find the weights in force, and the rank that the command's score comes to among open projects."""
    facts = of_weights(await values_in_force(store, day_in_london(datetime.now(UTC))))
    weights = {name: float(w) for name, w in facts.get("weights", {}).items()}  # type: ignore[union-attr, arg-type]  # numbers by name
    try:
        key = rank_key(command.moscow, weighted(command.scores, weights))
    except Refused:  # the command will refuse by the same rule
        return facts
    above = tuple_(ORDER, SCORE) < tuple_(literal(key[0]), literal(key[1]))
    statement = select(func.count()).select_from(projects).where(valid_at(projects, None), *RANKED, above)
    sql, values = sql_of(statement)
    [[higher]] = await store.reader.rows(sql, *values)
    return {**facts, "rank": int(higher) + 1}


async def keys_of_the_ranked(store: EventStore, position: int) -> list[tuple[int, float]]:
    """Return what every open prioritised project was ranked by at a position, highest first."""
    statement = select(ORDER, SCORE).where(valid_at(projects, position), *RANKED).order_by(ORDER, SCORE)
    sql, values = sql_of(statement)
    return [(row[0], row[1]) for row in await store.reader.rows(sql, *values)]


FACTS: FactFinders = {
    **dict.fromkeys((IdentifyProject, CategoriseProject), category_facts),
    PrioritiseProject: weights_and_rank,
    ConfirmReadiness: checklist_facts,
}
