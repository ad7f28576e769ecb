"""Who may approve: whoever is of the tier whose turn it is, or stands in for one, with no part in the RFP."""

from pydantic import Field

from rfp_service.rfps.domain.approval import Approval
from rfp_service.rfps.domain.rfp import Rfp
from shared.governance.scheme.tiers import must_be_of_tier, must_have_granted_none
from shared.kernel.fields import PersonId
from shared.kernel.messages import Command, Stamp

ActingFor = Field(
    default=None,
    description="Whom you stand in for, where they have delegated this to you.",
    examples=["hana-head"],
)


class Approving(Command[Rfp]):
    """What an approver decides, for themselves or for somebody who has delegated it to them."""

    by_the_rules = True

    acting_for: PersonId | None = ActingFor

    @property
    def on_behalf_of(self) -> str:
        """Return whom the approver stands in for."""
        return self.acting_for or ""


def must_be_of_the_tier(approval: Approval, stamp: Stamp) -> str:
    """Return the tier whose turn it is, once whoever decides belongs to it or stands in for one who does."""
    return must_be_of_tier(approval.waiting_for, approval.value_pence, stamp)


def must_have_granted_no_tier(approval: Approval, stamp: Stamp) -> None:
    """Refuse whoever granted a tier of this round already, for themselves or for anybody else."""
    must_have_granted_none(approval.granted_by, approval.waiting_for, stamp)
