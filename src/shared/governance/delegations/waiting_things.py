"""Delegations that wait for a second person, and what a person decides for whom, as a reading knows it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from shared.governance.delegations.commands import ConfirmDelegation
from shared.governance.delegations.domain import Delegation
from shared.governance.delegations.views import delegations
from shared.governance.scheme.domain import SCHEME_ID, Scheme, Version
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Known, Stamp
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import TheService, ThingShown, ThingStanding, Wait, Waiter, WaitingThings

CONFIRMING = (Role.ADMINISTRATOR, Role.LEGAL)


async def waiter_of(service: TheService, reading: Reading) -> Waiter:
    """Return a reader as things may wait for them: themselves, then for each who delegated to them."""
    person, day = reading.person, day_in_london(reading.as_of)
    scheme = (await service.store.load(SCHEME_ID, Scheme(), reading.until)).state
    version = scheme.in_force(day)
    values, own = version.values, own_stamp(person, version, day, reading.as_of)
    if values is None:
        return Waiter(person, day, own=own)
    known, stamps = own.known, [own]
    for given in await _given_to(reading):
        principal = service.people.ids_of(given["delegator"])
        tiers = list(values.delegable(principal, person.ids))
        facts: Any = {"delegations": [{**given, "tiers": tiers}]}
        knows = known.model_copy(update={"facts": facts, "same": (person.ids, tuple(principal))})
        stamps.append(own.model_copy(update={"acting_for": given["delegator"], "known": knows}))
    return Waiter(person, day, tuple(stamps), bodies_of(person, version), own)


def bodies_of(person: Person, version: Version) -> frozenset[str]:
    """Return the advisory bodies of which somebody is a member, under a version of the scheme."""
    bodies = version.values.advisory_bodies if version.values else ()
    return frozenset(body.name for body in bodies if not {*body.members}.isdisjoint(person.ids))


def own_stamp(person: Person, version: Version, day: date, at: datetime) -> Stamp:
    """Return the stamp of what somebody decides for themselves, under a version of the scheme."""
    known = Known(roles=tuple(role.value for role in person.roles), same=(person.ids,))
    values = version.values
    if values is None:
        return Stamp(by=person.id, at=at, known=known)
    by_scheme: dict[str, Any] = {
        "scheme_version": version.number,
        "tiers": tuple(tier.as_known() for tier in values.tiers),
        "own_tiers": values.tiers_of(*person.ids),
        "rules": values.rules(day),
    }
    return Stamp(by=person.id, at=at, known=known.model_copy(update=by_scheme))


async def _given_to(reading: Reading) -> list[dict[str, Any]]:
    """Return what counts today of what was delegated to the reader."""
    t, day = delegations.c, day_in_london(reading.as_of)
    live = select(t.delegator, t.delegate, t.limit_pence, t.first_day, t.last_day).where(
        reading.valid(delegations),
        t.delegate.in_(reading.person.ids),
        ~t.ended,
        ~t.waiting,
        t.first_day <= day,
        t.last_day >= day,
    )
    return [
        {**row, "first_day": row["first_day"].isoformat(), "last_day": row["last_day"].isoformat()}
        for row in map(dict, await reading.rows(live.order_by(t.first_position)))
    ]


def _waits(delegation: Delegation, waiter: Waiter) -> Iterator[Wait]:
    """Yield a delegation that waits to be confirmed, for whoever could confirm it."""
    if waiter.has(*CONFIRMING) and waiter.may(ConfirmDelegation(), delegation):
        yield Wait("delegation", "A delegation waits for a second person to confirm it.")


def _candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    t = delegations.c
    if not waiter.has(*CONFIRMING):
        return None
    return select(t.id).where(reading.valid(delegations), t.waiting, ~t.ended)


def _shown(standing: ThingStanding) -> ThingShown:
    delegation: Delegation = standing.state
    stage = "ended" if delegation.ended else "waiting" if delegation.waiting else "given"
    return ThingShown("", f"{delegation.delegate} for {delegation.delegator}", "", stage)


DELEGATIONS_WAITING = WaitingThings(
    "delegation", "read-scheme", Delegation(), _candidates, _waits, _shown, told=frozenset({"delegation"})
)
