"""Whether anybody of a tier can take a decision: who stands on it, is there, and has no part in the case."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from pydantic import JsonValue
from sqlalchemy import select

from shared.governance.delegations.views import delegations
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.governance.scheme.parts import ApprovalTier
from shared.governance.scheme.tiers import step_pence
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Known
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import STILL_VALID
from shared.web.reads.readings import Reading


class StandIn(NamedTuple):
    """Somebody to whom a member of a tier has delegated, up to which amount."""

    ids: tuple[str, ...]
    limit_pence: int
    away: bool


class TierMember(NamedTuple):
    """Somebody who stands on a tier, by all their ids, and who stands in for them."""

    ids: tuple[str, ...]
    away: bool
    stand_ins: tuple[StandIn, ...]


def members_of(
    people: Sequence[str], directory: Directory, live: Iterable[tuple[str, str, int]], day: date
) -> list[TierMember]:
    """Return the members of a tier on a day; live delegations are delegator, delegate and limit."""
    given = list(live)

    def standing_in(ids: tuple[str, ...]) -> tuple[StandIn, ...]:
        return tuple(
            StandIn(directory.same(delegate), limit, directory.is_away(delegate, day))
            for delegator, delegate, limit in given
            if directory.same(delegator) == ids
        )

    found = {directory.same(person) for person in people}
    return [TierMember(ids, directory.is_away(ids[0], day), standing_in(ids)) for ids in sorted(found)]


def can_anybody_act(members: Iterable[TierMember], step_pence: int, kept_out: Collection[str]) -> bool:
    """Say whether anybody can take a step: a member, or who stands in for one who is not kept out."""
    out = set(kept_out)
    for member in members:
        if not out.isdisjoint(member.ids):
            continue
        if not member.away:
            return True
        for other in member.stand_ins:
            if not other.away and other.limit_pence >= step_pence and out.isdisjoint(other.ids):
                return True
    return False


class Reach(NamedTuple):
    """Who stands where on a day: the scheme in force, the directory, and delegations that are live."""

    values: SchemeValues | None
    directory: Directory
    live: Sequence[tuple[str, str, int]]
    day: date

    @property
    def tiers(self) -> Sequence[ApprovalTier]:
        """Return the tiers of the scheme in force."""
        return self.values.tiers if self.values else ()

    def members(self, tier: str) -> list[TierMember]:
        """Return the members of a tier; nobody if the scheme has none of that name."""
        if self.values is None:
            return []
        same, values = self.directory.same, self.values
        counting = [given for given in self.live if tier in values.delegable(same(given[0]), same(given[1]))]
        return members_of(dict(values.standing()).get(tier, ()), self.directory, counting, self.day)


LIVE_TODAY = f"""
SELECT delegator, delegate, limit_pence FROM delegations
WHERE valid_to = {STILL_VALID} AND NOT ended AND NOT waiting AND first_day <= $1 AND last_day >= $1
"""


async def reach_now(store: EventStore, day: date) -> Reach:
    """Return who stands where today, as the record has it now."""
    live = [tuple(row) for row in await store.reader.rows(LIVE_TODAY, day)]
    return await _reach(store, None, day, live)


async def find_who_can_act(
    store: EventStore, tier: str, value_pence: int, kept_out: Collection[str]
) -> dict[str, JsonValue]:
    """Find out whether anybody can take the step of a tier now, and whether there is a last resort."""
    reach = await reach_now(store, day_in_london(datetime.now(UTC)))
    known = Known(tiers=tuple(each.as_known() for each in reach.tiers))
    return {
        "can_act": can_anybody_act(reach.members(tier), step_pence(tier, value_pence, known), kept_out),
        "has_last_resort": bool(reach.values and reach.values.last_resort),
    }


async def reach_read(store: EventStore, reading: Reading) -> Reach:
    """Return who stands where, as a reading of the views has it."""
    day, t = day_in_london(reading.as_of), delegations.c
    rows = await reading.rows(
        select(t.delegator, t.delegate, t.limit_pence).where(
            reading.valid(delegations), ~t.ended, ~t.waiting, t.first_day <= day, t.last_day >= day
        )
    )
    return await _reach(store, reading.until, day, [tuple(row) for row in rows])


async def _reach(
    store: EventStore, position: int | None, day: date, live: Sequence[tuple[str, str, int]]
) -> Reach:
    scheme = (await store.load(SCHEME_ID, Scheme(), position)).state
    directory = (await store.load(DIRECTORY_ID, Directory(), position)).state
    return Reach(scheme.in_force(day).values, directory, live, day)
