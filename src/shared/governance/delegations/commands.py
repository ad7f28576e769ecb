"""Delegating: one's own at once, somebody else's once a second person confirms it; and taking it back."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from shared.governance.delegations.domain import (
    DelegatedForThePast,
    DelegatedToThemselves,
    Delegation,
    DelegationConfirmed,
    DelegationEnded,
    DelegationGiven,
    DelegationOver,
    DelegationProposed,
    MoreThanTheirs,
    NothingToDelegate,
    NotToAnOfficer,
    NotYoursToDelegate,
)
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import Day, Pence, PersonId, Reason
from shared.kernel.four_eyes import NotProposed, is_proposed, is_unconfirmed, must_be_a_second
from shared.kernel.messages import Command, Stamp
from shared.kernel.named_people import must_be_known
from shared.kernel.personal import text_about

ADMINISTRATOR = "administrator"
ELECTED_POSTS = "elected_posts"  # the fact: each, and who may decide for its members


class GiveDelegation(Command[Delegation]):
    """Let somebody decide for you; an administrator may propose it for somebody else."""

    delegator: PersonId | None = Field(
        None, description="Whose it is; leave it out to give your own.", examples=["hana-head"]
    )
    delegate: PersonId = Field(examples=["dora-deputy"])
    limit_pence: Pence = Field(
        description="Decisions of up to and including this amount.", examples=[1_000_000]
    )
    first_day: Day
    last_day: Day
    reason: Reason = Field(description="Read by both, and by whoever may read what is personal.")

    def decide(self, delegation: Delegation, stamp: Stamp) -> DelegationGiven | DelegationProposed:
        """Give no more than the delegator may decide themselves, from today on at the earliest."""
        delegator = self.delegator or stamp.by
        _must_be_theirs(delegator, stamp)
        if stamp.known.same_person(self.delegate, delegator):
            raise DelegatedToThemselves
        must_be_known(stamp, [one for one in (self.delegate, self.delegator) if one])
        if self.first_day < day_in_london(stamp.at) or self.last_day < self.first_day:
            raise DelegatedForThePast(first_day=self.first_day, last_day=self.last_day)
        self._must_be_within(delegator, stamp)
        said = self.model_dump(exclude={"delegator", "reason"})
        reason = text_about([delegator, self.delegate], self.reason)
        if stamp.is_from(delegator):
            return DelegationGiven(delegator=delegator, reason=reason, **said)
        if is_proposed(stamp):
            return DelegationProposed(delegator=delegator, reason=reason, proposed_by=stamp.by, **said)
        return DelegationGiven(delegator=delegator, reason=reason, unconfirmed=is_unconfirmed(stamp), **said)

    def _must_be_within(self, delegator: str, stamp: Stamp) -> None:
        """Refuse more than the tiers of the delegator decide, of those that the delegate may take."""
        theirs = self._tiers(stamp)
        tiers = [tier for tier in stamp.known.tiers if tier.name in theirs]
        if not tiers:
            raise NothingToDelegate(delegator=delegator)
        limits = [tier.up_to_pence for tier in tiers if self._may_take(tier.name, stamp)]
        if not limits:
            raise NotToAnOfficer(elected_posts=[tier.name for tier in tiers])
        if self.limit_pence > max(limits):
            raise MoreThanTheirs(limit_pence=max(limits))

    def _may_take(self, tier: str, stamp: Stamp) -> bool:
        """Say whether the delegate may decide for whoever stands on a tier."""
        posts = stamp.known.facts.get(ELECTED_POSTS)
        if not isinstance(posts, dict) or not isinstance(people := posts.get(tier), list):
            return True  # officers stand on it
        return bool(stamp.known.among(self.delegate, [str(each) for each in people]))

    def _tiers(self, stamp: Stamp) -> Sequence[object]:
        """Return the tiers of whoever delegates."""
        if self.delegator is None or stamp.is_from(self.delegator):
            return stamp.known.own_tiers
        found = stamp.known.facts.get("delegator_tiers")
        return found if isinstance(found, list) else ()


class ConfirmDelegation(Command[Delegation]):
    """Confirm a delegation that an administrator proposed for somebody else."""

    decision: Literal["confirm"] = "confirm"

    @classmethod
    def guard(cls, delegation: Delegation, stamp: Stamp) -> None:
        if delegation.ended:
            raise DelegationOver(last_day=delegation.last_day)
        if not delegation.waiting:
            raise NotProposed
        must_be_a_second(delegation.proposed_by, [delegation.delegate], stamp)
        if delegation.last_day < day_in_london(stamp.at):
            raise DelegationOver(last_day=delegation.last_day)

    def decide(self, delegation: Delegation, stamp: Stamp) -> DelegationConfirmed:
        """Let it count; a first day that passed while it waited moves to the day of the confirmation."""
        return DelegationConfirmed(
            first_day=max(delegation.first_day, day_in_london(stamp.at)),
            proposed_by=delegation.proposed_by,
            confirmed_by=stamp.by,
        )


class EndDelegation(Command[Delegation]):
    """Take a delegation back before its last day."""

    decision: Literal["end"] = "end"
    reason: Reason = Field(description="Read by both, and by whoever may read what is personal.")

    @classmethod
    def guard(cls, delegation: Delegation, stamp: Stamp) -> None:
        _must_be_theirs(delegation.delegator, stamp)
        if delegation.ended or delegation.last_day < day_in_london(stamp.at):
            raise DelegationOver(last_day=delegation.last_day)

    def decide(self, delegation: Delegation, stamp: Stamp) -> DelegationEnded:
        """End it at once."""
        about = [delegation.delegator, delegation.delegate]
        return DelegationEnded(reason=text_about(about, self.reason))


def _must_be_theirs(delegator: str, stamp: Stamp) -> None:
    if not stamp.is_from(delegator) and ADMINISTRATOR not in stamp.known.roles:
        raise NotYoursToDelegate(delegator=delegator)


DelegationDecision = TypeAliasType(
    "DelegationDecision", Annotated[ConfirmDelegation | EndDelegation, Field(discriminator="decision")]
)
