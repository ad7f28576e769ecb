"""Taking an RFP in flight over from the outgoing supplier: one row of a register."""

from collections.abc import Sequence
from typing import Any

from rfp_service.rfps.commands.in_flight_rows import InFlightRow
from rfp_service.rfps.commands.participants import must_be_fit_to_lead
from rfp_service.rfps.commands.rules import (
    must_be_a_listed_area,
    must_hold_its_vat,
    must_not_be_requester,
    staying,
)
from rfp_service.rfps.commands.turns import GOES_ON_CONFIRMED, turn
from rfp_service.rfps.domain.events import RfpAmended, RfpEvent
from rfp_service.rfps.domain.in_flight import UNROUTED
from rfp_service.rfps.domain.rfp import NEED_FIELDS, Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.takeover_events import GoesOnHere, RfpTakenOver, RfpWaitTold
from shared.governance.scheme.tiers import elected_among
from shared.kernel.calendar import start_of
from shared.kernel.messages import Stamp
from shared.kernel.named_people import must_be_known

BY_REGISTER = "By the supplier's register."
ASKED_HERE = (Stage.DRAFT, Stage.CATALOGUE_CHECK, Stage.SUBMITTED)  # procurement has still to accept it
BEFORE_APPROVAL = (*UNROUTED, Stage.BUSINESS_CASE)  # from then on it is what was approved, or asked for
NOT_TOLD = (Party.NOBODY, Party.STATUTORY_CLOCK)  # no register says these
OF_ITS_PERIOD = ("ends_on", "ends_at", "notice_on")
OF_ITS_AWARD = ("supplier", "supplier_number", "award_value_pence")
AT_ITS_PLACE = ("stage", "since", "documents", *OF_ITS_PERIOD, *OF_ITS_AWARD)
ESTIMATES = ("estimate_pence", "estimate_with_vat_pence")
TOLD = ("requester", "lead", "waiting_on", "regime", "route", *AT_ITS_PLACE)


class TakeOverRfp(InFlightRow):
    """Take an RFP in flight over as a row tells it; a row of what was taken over already amends the need."""

    by_the_rules = True

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Take over what is new; of what was taken over, amend the need; the same row again says nothing."""
        if not is_new(rfp):
            return self._amended(rfp)
        self.must_be_whole(stamp)
        must_hold_its_vat(self.estimate_pence, self.estimate_with_vat_pence)
        must_be_a_listed_area(stamp)
        assert self.requester is not None
        must_be_known(stamp, filter(None, (self.requester, self.lead)))
        asked = Rfp().with_part("requester", self.requester)
        if self.stage not in ASKED_HERE:  # procurement accepted it
            must_not_be_requester(asked, stamp)
        if self.lead:
            must_be_fit_to_lead(asked, self.lead, stamp)
        return self._taken_over(rfp, stamp)

    def _taken_over(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        assert self.stage is not None
        assert self.since is not None
        blank = {"requester", "waiting_on", "withdrawn", "ends_on", "ends_at"}
        tiers = self.tiers(stamp)
        taken = RfpTakenOver(
            **self.model_dump(exclude=blank, exclude_none=True),
            raised_by=self.requester,
            waiting_on=self.waiting_on or Party.NOBODY,
            tiers=tiers,
            elected_posts=elected_among(tiers, stamp.known),
            to_confirm=tiers[-1] if self.was_awarded_elsewhere else "",
            taken_over_by=stamp.by,
            told_ends_on=self.ends_on,
            told_ends_at=self.ends_at or "",
            **self.clock(stamp),
        )
        after = taken.apply(rfp)
        waits = self.waiting_on or turn(after.confirmed(), stamp.at)
        told = RfpWaitTold(
            waited_since=start_of(self.since),
            told_by=self.source or "supplier",
            stage=self.stage,
            waiting_on=waits,
        )
        if after.is_to_be_confirmed and self.stage in GOES_ON_CONFIRMED:
            waits = turn(after, stamp.at)
        return [told, taken.model_copy(update={"waiting_on": waits})]

    def _amended(self, rfp: Rfp) -> Sequence[RfpEvent]:
        standing = told_of(rfp)
        changed = {
            name
            for name in (*NEED_FIELDS, *TOLD)
            if (said := getattr(self, name)) is not None and said != standing[name]
        }
        if not changed:
            return []
        goes_on = rfp.stage is not rfp.taken_over.stage or rfp.stage not in BEFORE_APPROVAL or rfp.on_hold
        if not changed <= set(NEED_FIELDS) or goes_on:
            raise GoesOnHere(changed=sorted(changed), now_in=rfp.stage)
        need = {name: getattr(self, name) for name in changed}
        if not changed.isdisjoint(ESTIMATES):
            must_hold_its_vat(*({**standing, **need}[name] for name in ESTIMATES))
        return [RfpAmended(**need, reason=BY_REGISTER, **staying(rfp))]


def is_new(rfp: Rfp) -> bool:
    """Say whether there is no such RFP yet, or its register was taken back."""
    return rfp.stage is Stage.ABSENT or rfp.taken_over.taken_off


def told_of(rfp: Rfp) -> dict[str, Any]:
    """Return what holds of an RFP by the fields of a register; its place as the supplier told it, if so."""
    told = rfp.taken_over
    return {
        **{name: getattr(rfp.need, name) for name in NEED_FIELDS},
        **{name: getattr(told, name) for name in AT_ITS_PLACE},
        "reference": told.reference,
        "requester": rfp.raised_by,
        "lead": rfp.lead,
        "stage": None if told.stage is Stage.ABSENT else told.stage,
        "waiting_on": None if told.party in NOT_TOLD else told.party,
        "regime": rfp.regime,
        "route": rfp.route,
        "unread": told.unread,
    }
