"""Taking back what a register, or a batch, decided on an RFP, wherever it still stands."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rfp_service.rfps.commands.holds import EndHold
from rfp_service.rfps.commands.participants import must_be_fit_to_lead
from rfp_service.rfps.commands.rules import must_be_at, must_not_be_requester, staying
from rfp_service.rfps.commands.takeover import is_new
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.restatement import SO_FAR, RfpDecidedSince, RfpRestated, snapshot
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import LIVE, Party, Stage
from shared.kernel.fields import Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.restatement import taken_back


class UndoRfpBatch(Command[Rfp]):
    """Take back what a register, or a batch, decided on an RFP."""

    by_the_rules = True

    undone: UUID
    reason: Reason

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Restore what it changed and nobody has decided since; take off what it put here."""
        back = taken_back(snapshot(rfp), stamp)
        if back is None or is_new(rfp):
            raise RfpDecidedSince
        must_be_at(rfp, *LIVE)
        said: dict[str, Any] = {"undone": self.undone, "reason": self.reason}
        if back.taken_off:
            gone = {"stage": Stage.WITHDRAWN, "waiting_on": Party.NOBODY}
            return [RfpRestated(**said, **gone, restored={}, taken_off=True)]
        restored = {name: value for name, value in back.restored.items() if name != SO_FAR}
        held = restored.pop("on_hold", None)
        if held or (held is None and not restored):  # a hold that was ended is not begun again
            raise RfpDecidedSince
        ended = [EndHold().decide(rfp, stamp)] if held is False else []
        for event in ended:
            rfp = event.apply(rfp)
        if "lead" in restored:
            must_not_be_requester(rfp, stamp)
            must_be_fit_to_lead(rfp, str(restored["lead"]), stamp)
        return [*ended, RfpRestated(**said, restored=restored, **staying(rfp))]
