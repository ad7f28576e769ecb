"""What can have happened to an approval: asked for, granted by tiers, refused, superseded, waived into."""

from datetime import datetime

from rfp_service.rfps.domain.approval import Approval, Clock, Waiver, WaiverGround
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.key_decision_events import awaiting
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.personal import Personal
from shared.kernel.states import replace


class ApprovalRequested(RfpEvent):
    """The requester asks for approval of a value; the scheme named the tiers."""

    budget_code: str
    options_considered: str
    conflicts: Personal
    value_pence: int
    tiers: tuple[str, ...]
    scheme_version: int
    conflicted: tuple[str, ...] = ()
    elected_posts: tuple[str, ...] = ()

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with an approval that waits for its first tier."""
        approval = Approval(self.value_pence, self.tiers)
        return replace(
            RfpEvent.apply(self, rfp),
            budget_code=self.budget_code,
            approval=approval,
            elected_posts=self.elected_posts,
            conflicted=_joined(rfp.conflicted, self.conflicted),
        )


class ApprovalGranted(RfpEvent):
    """One tier approved; once the last one has, the RFP goes on."""

    tier: str
    next_tier: str
    reason: str
    scheme_version: int
    decided_by: str = ""
    acting_for: str = ""
    onward: Stage = Stage.ABSENT  # where a key decision, where one is needed, will lead
    clock: int = 0  # of the key decision's notice, where its days are not over yet
    ends_at: datetime | None = None

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more tier granted."""
        approval = rfp.approval.granting(self.decided_by, self.acting_for)
        key = rfp.key if self.onward is Stage.ABSENT else replace(rfp.key, onward=self.onward)
        granted = replace(RfpEvent.apply(self, rfp), approval=approval, key=key)
        clocked = awaiting(granted, self.clock, self.ends_at)
        return clocked.with_deciders(self.decided_by, self.acting_for)


class ApprovalRefused(RfpEvent):
    """A tier refused; the RFP ends."""

    tier: str
    reason: str
    scheme_version: int


class ApprovalSuperseded(RfpEvent):
    """Value, scope or route changed under approval: what was granted is kept, and no longer counts."""

    tiers: tuple[str, ...]
    granted: int
    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP without an approval; notices that were published run on."""
        key = replace(rfp.key, onward=Stage.ABSENT, urgent=False, referred=False)
        return replace(
            RfpEvent.apply(self, rfp),
            approval=Approval(),
            waiver=Waiver(),
            key=key,
            key_declared=False,
            clock=Clock(rfp.clock.number),
        )


class WaiverRequested(RfpEvent):
    """The requester asks to go to one supplier without asking the market."""

    ground: WaiverGround
    value_pence: int
    duration_months: int
    risk: str
    budget_code: str
    options_considered: str
    conflicts: Personal
    conflicted: tuple[str, ...] = ()
    tier: str = ""
    larger_pence: int = 0
    elected_posts: tuple[str, ...] = ()

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with a waiver asked for."""
        waiver = Waiver(self.value_pence, tier=self.tier, larger_pence=self.larger_pence)
        return replace(
            RfpEvent.apply(self, rfp),
            budget_code=self.budget_code,
            waiver=waiver,
            elected_posts=self.elected_posts,
            conflicted=_joined(rfp.conflicted, self.conflicted),
        )


class WaiverGranted(RfpEvent):
    """Competition is waived; what it costs needs approval all the same, by the scheme's tiers."""

    reason: str
    value_pence: int
    tiers: tuple[str, ...]
    scheme_version: int
    decided_by: str
    acting_for: str
    elected_posts: tuple[str, ...] = ()

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP on the way to a direct award, waiting for its first tier."""
        granted = replace(
            RfpEvent.apply(self, rfp),
            route=Route.DIRECT_AWARD,
            waiver=Waiver(self.value_pence, granted=True),
            approval=Approval(self.value_pence, self.tiers),
            elected_posts=self.elected_posts,
        )
        return granted.with_deciders(self.decided_by, self.acting_for)


class WaiverRefused(RfpEvent):
    """The market is to be asked: procurement chooses another route."""

    reason: str


def _joined(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return (*some, *(person for person in more if person not in some))


APPROVAL_EVENTS: tuple[type[RfpEvent], ...] = (
    ApprovalRequested,
    ApprovalGranted,
    ApprovalRefused,
    ApprovalSuperseded,
    WaiverRequested,
    WaiverGranted,
    WaiverRefused,
)
