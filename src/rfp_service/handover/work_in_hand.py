"""Everything that somebody has in hand: open RFPs, places on approval tiers, delegations both ways."""

import asyncio
from collections.abc import Iterator, Sequence
from uuid import uuid4

from pydantic import JsonValue

from rfp_service.handover.commands import HandOverPlan, HandWorkOver, Step, steps_of
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import ENDS
from shared.governance.delegations.commands import ELECTED_POSTS, EndDelegation, GiveDelegation
from shared.governance.delegations.domain import Delegation
from shared.governance.scheme.commands import AdoptScheme
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Known, Stamp, Stream
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import STILL_VALID

BLOCK = 500  # streams are looked up so many at a time

OPEN_RFPS = (
    f"SELECT id FROM rfps WHERE valid_to = {STILL_VALID} AND kept_out && $1"
    " AND stage <> ALL ($2) ORDER BY first_position"
)
DELEGATIONS = (
    f"SELECT id FROM delegations WHERE valid_to = {STILL_VALID} AND NOT ended"
    " AND (delegator = ANY ($1) OR delegate = ANY ($1)) ORDER BY first_position"
)


async def gathered(store: EventStore, command: HandWorkOver, stamp: Stamp) -> HandOverPlan:
    """Return what is to happen to all that the leaver has in hand; the views say where to look."""
    plan, ids = HandOverPlan(command), list(stamp.known.ids_of(command.leaver))
    async with store.reader.snapshot() as (connection, _):
        rfps = [row["id"] for row in await connection.fetch(OPEN_RFPS, ids, [*ENDS])]
        delegations = await connection.fetch(DELEGATIONS, ids)
    for start in range(0, len(rfps), BLOCK):
        block = rfps[start : start + BLOCK]
        for rfp in await asyncio.gather(*(store.load(each, Rfp()) for each in block)):
            plan.take(rfp, list(steps_of(rfp.state, command, stamp.known)), stamp)
    scheme = await store.load(SCHEME_ID, Scheme())
    plan.take(scheme, list(_tiers(scheme.state, command, stamp)), stamp)
    for row in delegations:
        await _delegation(plan, scheme.state, await store.load(row["id"], Delegation()), stamp)
    return plan


def _tiers(scheme: Scheme, command: HandWorkOver, stamp: Stamp) -> Iterator[Step]:
    """Yield the scheme in force, and each that is to come, with the successor in the leaver's place."""
    today = day_in_london(stamp.at)
    in_force = scheme.in_force(today)
    for version in scheme.versions:
        values = version.values
        if values is None or (version is not in_force and values.effective_from <= today):
            continue
        replaced = _replaced(values, stamp.known.ids_of(command.leaver), command.successor)
        if replaced != values:
            begins = max(values.effective_from, today)
            changed = replaced.model_copy(update={"effective_from": begins})
            reason = f"Work handed over: {command.successor} in place of {command.leaver}."
            yield "tiers", [AdoptScheme(values=changed, reason=reason)]


def _replaced(values: SchemeValues, ids: Sequence[str], successor: str) -> SchemeValues:
    def swapped(people: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(successor if person in ids else person for person in people))

    tiers = [
        tier.model_copy(update={"approvers": swapped(tier.approvers), "officers": swapped(tier.officers)})
        for tier in values.tiers
    ]
    return values.model_copy(update={"tiers": tiers, "last_resort": swapped(values.last_resort)})


async def _delegation(plan: HandOverPlan, scheme: Scheme, stream: Stream[Delegation], stamp: Stamp) -> None:
    """End a delegation of or to the leaver, and give it again with the successor in their place."""
    given, command = stream.state, plan.command
    today = day_in_london(stamp.at)
    if given.ended or given.last_day < today:
        return
    plan.take(stream, [("delegation", [EndDelegation(reason=command.reason)])], stamp)
    swap = dict.fromkeys(stamp.known.ids_of(command.leaver), command.successor)
    delegator = swap.get(given.delegator, given.delegator)
    delegate = swap.get(given.delegate, given.delegate)
    if stamp.known.same_person(delegator, delegate):
        return
    anew = GiveDelegation(
        delegator=delegator,
        delegate=delegate,
        limit_pence=given.limit_pence,
        first_day=max(given.first_day, today),
        last_day=given.last_day,
        reason=command.reason,
    )
    values = scheme.in_force(today).values
    known: Known = stamp.known.model_copy(
        update={"facts": {**stamp.known.facts, **_facts_after(values, given.delegator, command, stamp)}}
    )
    fresh = Stream(uuid4(), Delegation())
    plan.take(fresh, [("delegation", [anew])], stamp.model_copy(update={"known": known}))


def _facts_after(
    values: SchemeValues | None, delegator: str, command: HandWorkOver, stamp: Stamp
) -> dict[str, JsonValue]:
    """Return what is known of a delegation that is given again: tiers as they are once all is handed over."""
    if values is None:
        return {"delegator_tiers": []}
    tiers = values.tiers_of(*stamp.known.ids_of(delegator))
    posts = _replaced(values, stamp.known.ids_of(command.leaver), command.successor).elected_posts()
    return {"delegator_tiers": [*tiers], ELECTED_POSTS: {name: [*people] for name, people in posts.items()}}
