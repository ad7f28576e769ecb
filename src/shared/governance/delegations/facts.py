"""What a decision must know of delegations: what a principal has delegated, what a delegator may."""

from typing import Any

from pydantic import JsonValue

from shared.governance.delegations.commands import ELECTED_POSTS, GiveDelegation
from shared.governance.delegations.views import delegations_by, values_today
from shared.governance.people.facts import facts_of_people, ids_of
from shared.kernel.messages import Command
from shared.record.eventstore.store import EventStore


async def principal_facts(store: EventStore, command: Command[Any]) -> dict[str, JsonValue]:
    """Return what the person that a caller stands in for has delegated, by whichever account."""
    if not (principal := command.on_behalf_of):
        return {}
    return await delegations_by(store, await ids_of(store, principal))


async def delegator_facts(store: EventStore, command: GiveDelegation) -> dict[str, JsonValue]:
    """Return the tiers of a delegator whom the command names, elected posts, and whether both are known."""
    facts = await facts_of_people("delegate", "delegator")(store, command)
    if (values := await values_today(store)) is None:
        return facts
    if posts := values.elected_posts():
        facts |= {ELECTED_POSTS: {name: [*people] for name, people in posts.items()}}
    if command.delegator is not None:
        facts |= {"delegator_tiers": [*values.tiers_of(*await ids_of(store, command.delegator))]}
    return facts
