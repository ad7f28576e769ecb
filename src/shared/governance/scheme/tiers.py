"""Deciding by the scheme's tiers: which of them a value needs, and who may decide for one of them."""

from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, TypeAdapter

from shared.kernel.calendar import day_in_london
from shared.kernel.errors import Refused
from shared.kernel.messages import Known, Stamp

STANDS_IN_FOR = "stands_in_for"  # the fact: what was delegated to whoever decides


class NoScheme(Refused):
    """No approval scheme is in force yet."""


class AboveEveryTier(Refused):
    """The value is above what any tier of the scheme may approve."""


class NotYourTier(Refused):
    """This is for a different tier to decide."""


class OneTierEach(Refused):
    """Whoever granted one tier of this approval, or was stood in for, can't grant another."""


class NotTheirDelegate(Refused):
    """They have not delegated this to you for today."""


class OverDelegatedLimit(Refused):
    """The value is above the limit that was delegated to you."""


class Delegated(BaseModel):
    """A delegation as known to a decision: by whom to whom, up to which value, from when until when."""

    model_config = ConfigDict(frozen=True)

    delegator: str
    delegate: str
    limit_pence: int
    first_day: date
    last_day: date
    tiers: tuple[str, ...]

    def is_live(self, day: date) -> bool:
        """Say whether it counts on a day; the last day counts."""
        return self.first_day <= day <= self.last_day


_DELEGATED = TypeAdapter(tuple[Delegated, ...])


def must_be_of_tier(tier: str, value_pence: int, stamp: Stamp) -> str:
    """Return a tier, once whoever decides belongs to it or stands in for one who does."""
    yours: Sequence[str] = stamp.known.own_tiers
    if stamp.acting_for:
        yours = must_be_delegated(step_pence(tier, value_pence, stamp.known), stamp)
    if not tier or tier not in yours:
        instead = [] if stamp.acting_for else may_stand_in_for(tier, value_pence, stamp)
        raise NotYourTier(
            waiting_for=tier, yours=list(yours), **({"acting_for": list(instead)} if instead else {})
        )
    return tier


def must_be_of_a_tier_for(least_pence: int, stamp: Stamp) -> None:
    """Refuse whoever is of none of the tiers that decide on a value of at least so much."""
    lowest, above = tiers_for(least_pence, stamp.known)[-1], 0
    yours: Sequence[str] = stamp.known.own_tiers
    for tier in stamp.known.tiers:
        if least_pence <= tier.up_to_pence:
            if stamp.acting_for:
                yours = must_be_delegated(max(least_pence, above), stamp)
            if tier.name in yours:
                return
        above = tier.up_to_pence + 1
    raise NotYourTier(waiting_for=lowest, yours=list(yours))


def step_pence(tier: str, value_pence: int, known: Known) -> int:
    """Return the amount that a step asks for: its tier's own limit, or the value where that is less."""
    return min([value_pence, *(each.up_to_pence for each in known.tiers if each.name == tier)])


def elected_among(tiers: Iterable[str], known: Known) -> tuple[str, ...]:
    """Return which of some tiers are elected posts."""
    posts = {each.name for each in known.tiers if each.elected_post}
    return tuple(tier for tier in tiers if tier in posts)


def tier_above(tier: str, value_pence: int, known: Known) -> str:
    """Return the tier that decides where another can't: the next, or that of the value; blank at the top."""
    names = [each.name for each in known.tiers]
    if tier in names:
        return (*names, "")[names.index(tier) + 1]
    return next((each.name for each in known.tiers if value_pence <= each.up_to_pence), "")


def may_stand_in_for(tier: str, value_pence: int, stamp: Stamp) -> Sequence[str]:
    """Return for whom whoever decides could decide this, where a decision knows that: they must say so."""
    found = _DELEGATED.validate_python(stamp.known.facts.get(STANDS_IN_FOR, ()), strict=False)
    today, asked = day_in_london(stamp.at), step_pence(tier, value_pence, stamp.known)
    return [d.delegator for d in found if tier in d.tiers and asked <= d.limit_pence and d.is_live(today)]


def must_have_granted_none(granted_by: Iterable[str], waiting_for: str, stamp: Stamp) -> None:
    """Refuse whoever granted a tier of this round already, for themselves or for anybody else."""
    for person in granted_by:
        if stamp.is_from(person):
            raise OneTierEach(person=person, waiting_for=waiting_for)


def must_be_delegated(value_pence: int, stamp: Stamp) -> tuple[str, ...]:
    """Return the tiers of the person stood in for, once they have delegated as much for today."""
    found = _DELEGATED.validate_python(stamp.known.facts.get("delegations", ()), strict=False)
    today, same = day_in_london(stamp.at), stamp.known.same_person
    live = [
        d
        for d in found
        if same(d.delegator, stamp.acting_for) and same(d.delegate, stamp.by) and d.is_live(today)
    ]
    if not live:
        raise NotTheirDelegate(acting_for=stamp.acting_for)
    widest = max(live, key=lambda d: d.limit_pence)
    if value_pence > widest.limit_pence:
        raise OverDelegatedLimit(value_pence=value_pence, limit_pence=widest.limit_pence)
    return widest.tiers


def tiers_for(value_pence: int, known: Known) -> tuple[str, ...]:
    """Return the tiers a value needs: all up to the first whose limit covers it, or that one alone."""
    if not known.tiers:
        raise NoScheme
    for number, tier in enumerate(known.tiers, start=1):
        if value_pence <= tier.up_to_pence:
            add_up = known.rules is None or known.rules.tiers_cumulative
            first = 0 if add_up else number - 1
            return tuple(t.name for t in known.tiers[first:number])
    raise AboveEveryTier(value_pence=value_pence, limit_pence=known.tiers[-1].up_to_pence)
