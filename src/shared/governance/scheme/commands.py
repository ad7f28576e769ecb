"""Adopting a scheme: one person proposes it, another confirms it, and either takes it back."""

from collections import Counter
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from shared.governance.scheme.domain import Proposal, Scheme, SchemeAdopted, SchemeValues
from shared.governance.scheme.proposals import (
    AdoptedSchemeWithdrawn,
    SchemeConfirmed,
    SchemeProposalWithdrawn,
    SchemeProposed,
    ahead,
)
from shared.governance.scheme.refusals import (
    AdoptedForThePast,
    NoElectedPost,
    ThresholdsTwice,
    TiersNotRising,
)
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import Refused
from shared.kernel.fields import WHOLE, Reason
from shared.kernel.four_eyes import (
    NotProposed,
    is_proposed,
    is_unconfirmed,
    must_be_a_second,
    must_be_a_second_of_one,
)
from shared.kernel.messages import Command, Stamp

PROPOSALS_LIMIT = 1_000_000


class AreasTwice(Refused):
    """List each service area only once."""


ProposalNumber = Annotated[
    int, Field(ge=1, le=PROPOSALS_LIMIT, description="The proposal's number.", examples=[1]), WHOLE
]
SchemeVersion = Annotated[
    int,
    Field(ge=1, le=PROPOSALS_LIMIT, description="The scheme's own number, `scheme_version`.", examples=[2]),
    WHOLE,
]


class AdoptScheme(Command[Scheme]):
    """Adopt a scheme: the whole of it, in force from a day on, once a second person confirms it."""

    decision: Literal["adopt"] = "adopt"
    values: SchemeValues
    reason: Reason

    def decide(self, scheme: Scheme, stamp: Stamp) -> SchemeAdopted | SchemeProposed:
        """Propose a scheme whose tiers rise; only the first may reach into the past."""
        tiers = self.values.tiers
        names = {tier.name for tier in tiers}
        if len(names) < len(tiers) or any(b.up_to_pence <= a.up_to_pence for a, b in pairwise(tiers)):
            raise TiersNotRising(limits_pence=[tier.up_to_pence for tier in tiers])
        if of_officers := [tier.name for tier in tiers if tier.officers and not tier.elected_post]:
            raise NoElectedPost(tiers=of_officers)
        named = Counter((each.regime, each.kind.value) for each in self.values.thresholds)
        if twice := [list(each) for each, times in named.items() if times > 1]:
            raise ThresholdsTwice(thresholds=twice)
        areas = Counter(area.name for area in self.values.service_areas)
        if repeated := [name for name, times in areas.items() if times > 1]:
            raise AreasTwice(service_areas=repeated)
        if scheme.versions and self.values.effective_from < day_in_london(stamp.at):
            raise AdoptedForThePast(effective_from=self.values.effective_from)
        if is_proposed(stamp):
            return SchemeProposed(
                values=self.values,
                reason=self.reason,
                proposed_by=stamp.by,
                proposed_on=day_in_london(stamp.at),
            )
        return SchemeAdopted(values=self.values, reason=self.reason, unconfirmed=is_unconfirmed(stamp))


class ConfirmScheme(Command[Scheme]):
    """Confirm a scheme that somebody else proposed, and by which you gain nothing."""

    decision: Literal["confirm"] = "confirm"
    proposal: ProposalNumber

    @classmethod
    def guard(cls, scheme: Scheme, stamp: Stamp) -> None:
        _must_be_proposed(scheme)
        today = day_in_london(stamp.at)
        waiting = ((each.proposed_by, scheme.gaining(each.values, today)) for each in scheme.proposals)
        must_be_a_second_of_one(waiting, stamp)

    def decide(self, scheme: Scheme, stamp: Stamp) -> SchemeConfirmed:
        """Adopt it; a day that passed while it waited moves to the day of the confirmation."""
        proposal = _proposal(scheme, self.proposal)
        today = day_in_london(stamp.at)
        must_be_a_second(proposal.proposed_by, scheme.gaining(proposal.values, today), stamp)
        begins = proposal.values.effective_from
        if begins < today and (scheme.versions or begins >= proposal.proposed_on):
            begins = today
        return SchemeConfirmed(
            proposal=proposal.number,
            effective_from=begins,
            proposed_by=proposal.proposed_by,
            confirmed_by=stamp.by,
        )


class WithdrawScheme(Command[Scheme]):
    """Take a proposed scheme back, at once."""

    decision: Literal["withdraw"] = "withdraw"
    proposal: ProposalNumber
    reason: Reason

    @classmethod
    def guard(cls, scheme: Scheme, stamp: Stamp) -> None:
        _must_be_proposed(scheme)

    def decide(self, scheme: Scheme, stamp: Stamp) -> SchemeProposalWithdrawn:
        """Let it never come into force."""
        proposal = _proposal(scheme, self.proposal)
        return SchemeProposalWithdrawn(proposal=proposal.number, reason=self.reason)


class NotAhead(Refused):
    """No scheme of this number is waiting to take effect; one in force can only be replaced by another."""


class WithdrawAdoptedScheme(Command[Scheme]):
    """Take an adopted scheme back before it takes effect, at once; what is in force stays in force."""

    decision: Literal["withdraw-adopted"] = "withdraw-adopted"
    scheme_version: SchemeVersion
    reason: Reason

    @classmethod
    def guard(cls, scheme: Scheme, stamp: Stamp) -> None:
        if not ahead(scheme, day_in_london(stamp.at)):
            raise NotAhead(ahead=[])

    def decide(self, scheme: Scheme, stamp: Stamp) -> AdoptedSchemeWithdrawn:
        """Let it never come into force."""
        numbers = [each.number for each in ahead(scheme, day_in_london(stamp.at))]
        if self.scheme_version not in numbers:
            raise NotAhead(ahead=numbers)
        return AdoptedSchemeWithdrawn(scheme_version=self.scheme_version, reason=self.reason)


def _must_be_proposed(scheme: Scheme) -> None:
    if not scheme.proposals:
        raise NotProposed(waiting=[])


def _proposal(scheme: Scheme, number: int) -> Proposal:
    if (found := scheme.proposal(number)) is None:
        raise NotProposed(waiting=[each.number for each in scheme.proposals])
    return found


SchemeDecision = TypeAliasType(
    "SchemeDecision",
    Annotated[
        AdoptScheme | ConfirmScheme | WithdrawScheme | WithdrawAdoptedScheme, Field(discriminator="decision")
    ],
)
