"""A scheme that one person proposed, until another confirms it or anybody takes it back."""

from datetime import date
from typing import ClassVar

from shared.governance.scheme.domain import Proposal, Scheme, SchemeValues, Version
from shared.kernel.messages import Event
from shared.kernel.states import replace


def ahead(scheme: Scheme, day: date) -> list[Version]:
    """Return the versions that were adopted, and take effect after a day only."""
    return [each for each in scheme.versions if each.values and each.values.effective_from > day]


class SchemeProposed(Event[Scheme]):
    """Somebody proposed a scheme; nothing goes by it yet."""

    kind: ClassVar[str] = "scheme"

    values: SchemeValues
    reason: str
    proposed_by: str
    proposed_on: date

    def apply(self, scheme: Scheme) -> Scheme:
        """Return the scheme with one more proposal."""
        proposal = Proposal(scheme.proposed + 1, self.values, self.reason, self.proposed_by, self.proposed_on)
        return replace(scheme, proposed=proposal.number, proposals=(*scheme.proposals, proposal))


class SchemeConfirmed(Event[Scheme]):
    """A second person confirmed a proposal: it is adopted, and in force from a day on."""

    kind: ClassVar[str] = "scheme"

    proposal: int
    effective_from: date
    proposed_by: str
    confirmed_by: str

    def apply(self, scheme: Scheme) -> Scheme:
        """Return the scheme with one more version, and one proposal less."""
        confirmed = scheme.proposal(self.proposal)
        if confirmed is None:
            return scheme
        values = confirmed.values.model_copy(update={"effective_from": self.effective_from})
        version = Version(len(scheme.versions) + 1, values)
        left = tuple(each for each in scheme.proposals if each is not confirmed)
        return replace(scheme, versions=(*scheme.versions, version), proposals=left)


class SchemeProposalWithdrawn(Event[Scheme]):
    """A proposal was taken back before it was confirmed."""

    kind: ClassVar[str] = "scheme"

    proposal: int
    reason: str

    def apply(self, scheme: Scheme) -> Scheme:
        """Return the scheme with one proposal less."""
        left = tuple(each for each in scheme.proposals if each.number != self.proposal)
        return replace(scheme, proposals=left)


class AdoptedSchemeWithdrawn(Event[Scheme]):
    """A scheme that was adopted was taken back before it took effect; its number stays its own."""

    kind: ClassVar[str] = "scheme"

    scheme_version: int
    reason: str

    def apply(self, scheme: Scheme) -> Scheme:
        """Return the scheme whose version of that number says nothing any more."""
        versions = tuple(
            replace(each, values=None) if each.number == self.scheme_version else each
            for each in scheme.versions
        )
        return replace(scheme, versions=versions)


PROPOSAL_EVENTS = (SchemeProposed, SchemeConfirmed, SchemeProposalWithdrawn, AdoptedSchemeWithdrawn)
