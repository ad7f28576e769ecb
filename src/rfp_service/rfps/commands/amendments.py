"""Putting the need differently: freely while it is written, later at the price of its approval."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from rfp_service.rfps.commands.procurement import is_out
from rfp_service.rfps.commands.rules import (
    entering,
    must_be_a_listed_area,
    must_be_in,
    must_be_requester,
    must_hold_its_vat,
    must_not_be_requester,
    staying,
)
from rfp_service.rfps.domain.approval_events import ApprovalSuperseded
from rfp_service.rfps.domain.events import RfpAmended, RfpEvent
from rfp_service.rfps.domain.refusals import NothingAmended, NotTheLead, NotYourRfp, OutToMarket, ReasonNeeded
from rfp_service.rfps.domain.rfp import PATH_FIELDS, Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import UNDER_APPROVAL, Stage
from shared.kernel.fields import Code, Day, LongText, Pence, Reason, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.rules import ContractKind

WRITTEN = (Stage.DRAFT, Stage.CATALOGUE_CHECK, Stage.BUSINESS_CASE)
LOOKED_UP = frozenset({"title", "description", "service_area"})  # what the catalogue was asked for
OF_THE_LEAD = "The lead's to change, once there is one."


class AmendRfp(Command[Rfp]):
    """Reword the need, or add what is still missing; leave out what stays as it is."""

    decision: Literal["amend"] = "amend"
    title: ShortText | None = None
    description: LongText | None = None
    service_area: ShortText | None = None
    cost_centre: Code | None = None
    needed_by: Day | None = None
    estimate_pence: Pence | None = Field(None, description="Without VAT, in pence.")
    estimate_with_vat_pence: Pence | None = Field(None, description="With VAT, in pence.")
    regime: Regime | None = Field(None, description=OF_THE_LEAD)
    route: Route | None = Field(None, description=OF_THE_LEAD)
    contract_kind: ContractKind | None = Field(None, description=OF_THE_LEAD)
    reason: Reason | None = Field(None, description="Needed once approval has been asked for.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, *WRITTEN, *UNDER_APPROVAL)
        if rfp.stage in UNDER_APPROVAL:
            _must_be_requester_or_lead(rfp, stamp)
            if is_out(rfp):
                raise OutToMarket(stage=rfp.stage)
        elif not rfp.lead or not stamp.known.same_person(stamp.by, rfp.lead):
            must_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Amend what is being written; what is under approval goes back, and its approval is over.

        A need that is put differently while its catalogue check is answered must be looked up again.
        """
        must_be_a_listed_area(stamp)
        if rfp.stage in UNDER_APPROVAL:
            return self._superseding(rfp, stamp)
        if self._changes_its_path:
            self._must_be_the_lead(rfp, stamp)
        else:
            must_be_requester(rfp, stamp)
        given = self._given(rfp)
        anew = rfp.stage is Stage.CATALOGUE_CHECK and not given.keys().isdisjoint(LOOKED_UP)
        where = entering(Stage.DRAFT) if anew else staying(rfp)
        return [RfpAmended(**given, reason=self.reason or "", **where)]

    def _superseding(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Amend with a reason, as requester or lead, and give up whatever has been approved so far."""
        if self._changes_its_path:
            self._must_be_the_lead(rfp, stamp)
        if self.reason is None:
            raise ReasonNeeded(stage=rfp.stage)
        back = entering(Stage.BUSINESS_CASE)
        return [
            RfpAmended(**self._given(rfp), reason=self.reason, **back),
            ApprovalSuperseded(
                tiers=rfp.approval.tiers, granted=rfp.approval.granted, reason=self.reason, **back
            ),
        ]

    @property
    def _changes_its_path(self) -> bool:
        return any(getattr(self, name) is not None for name in PATH_FIELDS)

    def _must_be_the_lead(self, rfp: Rfp, stamp: Stamp) -> None:
        if not rfp.lead or not stamp.known.same_person(stamp.by, rfp.lead):
            raise NotTheLead(lead=rfp.lead)
        must_not_be_requester(rfp, stamp)

    def _given(self, rfp: Rfp) -> dict[str, Any]:
        """Return the fields that were given; the estimate with VAT is never below the one without."""
        given = self.model_dump(exclude={"decision", "reason"}, exclude_none=True)
        if not given:
            raise NothingAmended
        without = given.get("estimate_pence", rfp.need.estimate_pence)
        with_vat = given.get("estimate_with_vat_pence", rfp.need.estimate_with_vat_pence)
        must_hold_its_vat(without, with_vat)
        return given


def _must_be_requester_or_lead(rfp: Rfp, stamp: Stamp) -> None:
    same = stamp.known.same_person
    if not (same(stamp.by, rfp.lead) or same(stamp.by, rfp.raised_by)):
        raise NotYourRfp(requester=rfp.raised_by, lead=rfp.lead)
