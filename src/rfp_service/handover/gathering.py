"""Everything that somebody has in hand: open RFPs, places on approval tiers, delegations both ways."""

from collections.abc import Iterator
from uuid import UUID, uuid4

from rfp_service.handover.commands import HandWorkOver, Plan, Step, steps_of
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import ENDS
from shared.calendar import day_in_london
from shared.eventstore.store import EventStore
from shared.messages import Known, Stamp, Stream
from shared.projecting.views import STILL_VALID
from shared.scheme.commands import AdoptScheme
from shared.scheme.delegating import EndDelegation, GiveDelegation
from shared.scheme.delegation import Delegation
from shared.scheme.domain import SCHEME_ID, Scheme, SchemeValues

OPEN_RFPS = (
    f"SELECT id FROM rfps WHERE valid_to = {STILL_VALID} AND $1 = ANY (kept_out)"
    " AND stage <> ALL ($2) ORDER BY first_position"
)
DELEGATIONS = (
    f"SELECT id FROM delegations WHERE valid_to = {STILL_VALID} AND NOT ended"
    " AND (delegator = $1 OR delegate = $1) ORDER BY first_position"
)


async def gathered(store: EventStore, command: HandWorkOver, stamp: Stamp) -> Plan:
    """Return what is to happen to all that the leaver has in hand; the views say where to look."""
    plan = Plan(command)
    async with store.reader.snapshot() as (connection, _):
        rfps = await connection.fetch(OPEN_RFPS, command.leaver, [*ENDS])
        delegations = await connection.fetch(DELEGATIONS, command.leaver)
    for row in rfps:
        rfp = await store.load(row["id"], Rfp())
        plan.take(rfp, list(steps_of(rfp.state, command)), stamp)
    scheme = await store.load(SCHEME_ID, Scheme())
    plan.take(scheme, list(_tiers(scheme.state, command, stamp)), stamp)
    for row in delegations:
        await _delegation(plan, scheme.state, await _delegation_of(store, row["id"]), stamp)
    return plan


def _tiers(scheme: Scheme, command: HandWorkOver, stamp: Stamp) -> Iterator[Step]:
    """Yield the scheme in force, and each that is to come, with the successor in the leaver's place."""
    today = day_in_london(stamp.at)
    in_force = scheme.in_force(today)
    for version in scheme.versions:
        values = version.values
        if values is None or (version is not in_force and values.effective_from <= today):
            continue
        if values.tiers_of(command.leaver):
            begins = max(values.effective_from, today)
            changed = _replaced(values, command).model_copy(update={"effective_from": begins})
            reason = f"Work handed over: {command.successor} in the place of {command.leaver}."
            yield "tiers", [AdoptScheme(values=changed, reason=reason)]


def _replaced(values: SchemeValues, command: HandWorkOver) -> SchemeValues:
    tiers = [
        tier.model_copy(
            update={
                "approvers": list(
                    dict.fromkeys(
                        command.successor if person == command.leaver else person
                        for person in tier.approvers
                    )
                )
            }
        )
        for tier in values.tiers
    ]
    return values.model_copy(update={"tiers": tiers})


async def _delegation_of(store: EventStore, delegation_id: UUID) -> Stream[Delegation]:
    return await store.load(delegation_id, Delegation())


async def _delegation(plan: Plan, scheme: Scheme, stream: Stream[Delegation], stamp: Stamp) -> None:
    """End a delegation of or to the leaver, and give it anew with the successor in their place."""
    given, command = stream.state, plan.command
    today = day_in_london(stamp.at)
    if given.ended or given.last_day < today:
        return
    plan.take(stream, [("delegation", [EndDelegation(reason=command.reason)])], stamp)
    swap = {command.leaver: command.successor}
    delegator = swap.get(given.delegator, given.delegator)
    delegate = swap.get(given.delegate, given.delegate)
    if delegator == delegate:
        return
    anew = GiveDelegation(
        delegator=delegator, delegate=delegate, limit_pence=given.limit_pence,
        first_day=max(given.first_day, today), last_day=given.last_day, reason=command.reason,
    )  # fmt: skip
    values = scheme.in_force(today).values
    tiers = values.tiers_of(given.delegator) if values else ()
    known: Known = stamp.known.model_copy(update={"facts": {"delegator_tiers": list(tiers)}})
    fresh = Stream(uuid4(), Delegation())
    plan.take(fresh, [("delegation", [anew])], stamp.model_copy(update={"known": known}))
