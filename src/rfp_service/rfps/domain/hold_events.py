"""What can have happened to a hold, or to a stage's target: corrected whom it waits on, given more time."""

from datetime import datetime

from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party
from shared.kernel.states import replace


class HoldCorrected(Aside):
    """A hold had named the wrong party; its wait is charged to another, from its beginning to its end."""

    number: int
    charged_to: Party
    was: Party
    charged_since: datetime
    charged_until: datetime | None  # blank while the hold lasts, or where it ended with its stage
    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with that hold charged to the other party; what it was stays on record."""
        corrected = tuple(
            replace(hold, party=self.charged_to) if number == self.number else hold
            for number, hold in enumerate(rfp.holds, start=1)
        )
        return replace(Aside.apply(self, rfp), holds=corrected)


class TargetExtended(Aside):
    """The case was given more working days in the stage that it is in."""

    working_days: int
    reason: str
    tier: str
    scheme_version: int
    decided_by: str
    acting_for: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with so many days more before it is overdue."""
        more = rfp.extra_days + self.working_days
        return replace(Aside.apply(self, rfp), extra_days=more)


HOLD_EVENTS: tuple[type[RfpEvent], ...] = (HoldCorrected, TargetExtended)
