"""Finding what a decision of this room must know: whether what it belongs to is there, and which tags are."""

from uuid import UUID

from pydantic import JsonValue

from outcomes.commands.engagement import OpenConsultation
from outcomes.commands.milestones import AmendMilestone, ScheduleMilestone
from outcomes.commands.papers import IssuePaper
from outcomes.commands.priority_tags import TagThing
from outcomes.commands.programme import AddOutcome
from outcomes.commands.promised_data import PromiseData
from outcomes.domain.engagement import Strategy
from outcomes.domain.programme import Programme, ProgrammeOutcome
from shared.kernel.errors import NotFound
from shared.kernel.messages import State
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import STILL_VALID
from shared.web.offers.facts import FactFinders

# Every strategy: those that the view knows, and those adopted since it was last written.
STRATEGIES = f"""
SELECT id FROM strategies WHERE valid_to = {STILL_VALID}
UNION
SELECT originator_id FROM stored_events WHERE topic = ANY ($1)
  AND notification_id > coalesce((SELECT position FROM views WHERE name = 'strategies'), 0)
"""


async def programme_there_facts(
    store: EventStore, command: AddOutcome | PromiseData | OpenConsultation | IssuePaper
) -> dict[str, JsonValue]:
    """Find out whether there is a programme of an id."""
    return {"programme_there": await _is_there(store, command.programme, Programme())}


async def outcome_and_priorities(store: EventStore, command: ScheduleMilestone) -> dict[str, JsonValue]:
    """Find out whether an outcome is there, and what may be a tag."""
    there = await _is_there(store, command.outcome, ProgrammeOutcome())
    return {"outcome_there": there, **await adopted_priorities(store, command)}


async def adopted_priorities(
    store: EventStore, command: AmendMilestone | ScheduleMilestone | TagThing
) -> dict[str, JsonValue]:
    """Return the priorities of the strategies adopted, where a command names any.

    The record says so, not a view that may lag: an edition counts from the moment that it is adopted.
    """
    if not command.priorities:
        return {}
    rows = await store.reader.rows(STRATEGIES, store.reader.mapper.topics.of_kind(Strategy.kind))
    strategies = [(await store.load(row["id"], Strategy())).state for row in rows]
    names = {name for strategy in strategies for name in strategy.priorities}
    return {"priorities": list[JsonValue](sorted(names))}


async def thing_and_priorities(store: EventStore, command: TagThing) -> dict[str, JsonValue]:
    """Find out whether what is to be tagged is there, and is what it is said to be."""
    recorded = await store.reader.stream(command.id)
    there = bool(recorded) and recorded[0].event.kind == command.on
    return {"thing_there": there, **await adopted_priorities(store, command)}


async def _is_there(store: EventStore, thing: UUID, blank: State) -> bool:
    try:
        return (await store.load(thing, blank)).version > 0
    except NotFound:  # the id is of something else
        return False


FACTS: FactFinders = {
    **dict.fromkeys((PromiseData, IssuePaper, OpenConsultation), programme_there_facts),
    ScheduleMilestone: outcome_and_priorities,
    AmendMilestone: adopted_priorities,
    TagThing: thing_and_priorities,
}
