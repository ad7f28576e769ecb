"""Putting what a register or a batch changed of an RFP back as it was."""

from datetime import date
from uuid import UUID

from pydantic import JsonValue

from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.errors import Refused
from shared.kernel.restatement import Restated, parts, snapshot_of, with_parts
from shared.kernel.states import replace

# What a register or a batch can change of an RFP.
PARTS = {
    **parts("need", str, "title", "description", "service_area", "cost_centre"),
    **parts("need", date | None, "needed_by"),
    **parts("need", int | None, "estimate_pence", "estimate_with_vat_pence"),
    **parts("", str, "lead"),
    **parts("", bool, "on_hold"),
    **parts("", Stage, "stage"),
}


SO_FAR = "so_far"


def snapshot(rfp: Rfp) -> Restated:
    """Return all that a register or a batch can change of an RFP, as JSON has it, and how far it has come."""
    return {**snapshot_of(rfp, PARTS), SO_FAR: _so_far(rfp)}


def _so_far(rfp: Rfp) -> list[JsonValue]:
    """Return what tells that something was decided on an RFP, and nothing of what: it is kept openly."""
    tender = rfp.tender
    beside = (rfp.parts, rfp.deciders, rfp.settlers, rfp.conflicted, rfp.bidder_conflicts, rfp.holds)
    asked = (tender.criteria, tender.evaluators, tender.declared, tender.unanswered, tender.bids)
    counts: list[JsonValue] = [len(each) for each in (*beside, *asked)]
    return [
        *counts,
        rfp.waiting_on.value,
        rfp.regime,
        rfp.route,
        rfp.contract_kind,
        rfp.clock.number,
        rfp.extra_days,
        rfp.key_declared,
        rfp.key.notice_on is not None,
        rfp.award.summaries_sent,
        rfp.award.announced,
        bool(rfp.advice_from),
        tender.questions,
    ]


class RfpRestated(RfpEvent):
    """Parts hold again what they held; `undone` is the batch whose changes were taken back."""

    restored: Restated
    undone: UUID
    taken_off: bool = False
    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with these parts as they are said; what was taken off has ended."""
        if not self.taken_off:
            restored: Rfp = with_parts(Aside.apply(self, rfp), self.restored, PARTS)  # type: ignore[arg-type]  # reads the party alone
            return restored
        gone = RfpEvent.apply(self, rfp)
        return replace(gone, taken_over=replace(gone.taken_over, taken_off=True))


class RfpDecidedSince(Refused):
    """There is nothing to take back: something has been decided on it since, or nothing was changed."""


RESTATEMENT_EVENTS: tuple[type[RfpEvent], ...] = (RfpRestated,)
