"""How an RFP ends well: a contract is signed, or the council's own people have done it."""

from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.rules import entering, must_be_confirmed, must_be_in, must_not_be_requester
from rfp_service.rfps.commands.standstill import must_have_an_award
from rfp_service.rfps.domain.award_events import ContractConcluded, FulfilledInHouse
from rfp_service.rfps.domain.refusals import (
    DetailsNoticeMissing,
    DoneInHouse,
    EndsBeforeItStarts,
    SignedInTheFuture,
    StandstillRunning,
    TooFewKpis,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import WHOLE, Code, Day, Reason, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.rules import KPIS_LIMIT, Days, Rules

EXTENSION_MONTHS_LIMIT = 240


class ConcludeContract(Command[Rfp]):
    """Record that the contract with the awarded supplier was signed."""

    by_the_rules = True

    decision: Literal["conclude-contract"] = "conclude-contract"
    reference: Code = Field(examples=["C-2026-041"])
    signed_on: Day
    starts_on: Day
    ends_on: Day
    supplier_number: Code | None = Field(
        None, description="Of its company or charity.", examples=["00000000"]
    )
    small_or_medium: bool | None = None
    voluntary_or_community: bool | None = None
    extension_months: Annotated[int, Field(ge=0, le=EXTENSION_MONTHS_LIMIT), WHOLE] | None = Field(
        None, description="By how much it may be extended altogether."
    )
    notice_days: Days | None = Field(None, description="How long before its end notice is given.")
    kpis: list[ShortText] = Field(
        [], max_length=KPIS_LIMIT, description="Key performance indicators that were published."
    )
    details_notice: Code | None = Field(None, description="The contract details notice.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.CONTRACTING)
        must_not_be_requester(rfp, stamp)
        must_be_confirmed(rfp)
        must_have_an_award(rfp)
        ends = rfp.award.standstill_ends
        if ends is not None and stamp.at < ends:
            raise StandstillRunning(ends_at=ends)

    def decide(self, rfp: Rfp, stamp: Stamp) -> ContractConcluded:
        """End the RFP with what a register of contracts needs."""
        self._must_be_after_the_standstill(rfp)
        if self.signed_on > day_in_london(stamp.at):
            raise SignedInTheFuture(signed_on=self.signed_on)
        if self.ends_on < self.starts_on:
            raise EndsBeforeItStarts(starts_on=self.starts_on, ends_on=self.ends_on)
        self._must_be_published(rfp, stamp.known.rules)
        said = self.model_dump(exclude={"decision"}, exclude_none=True)
        return ContractConcluded(
            **({"supplier_number": rfp.award.supplier_number} | said),
            supplier=rfp.award.supplier,
            value_pence=rfp.award.value_pence,
            title=rfp.need.title,
            service_area=rfp.need.service_area,
            regime=rfp.regime,
            route=rfp.route,
            **entering(Stage.CONTRACTED),
        )

    def _must_be_after_the_standstill(self, rfp: Rfp) -> None:
        """Refuse a contract that was signed while the award's standstill ran."""
        ends = rfp.award.standstill_ends
        if ends is not None and self.signed_on < day_in_london(ends):
            raise StandstillRunning(ends_at=ends, signed_on=self.signed_on)

    def _must_be_published(self, rfp: Rfp, rules: Rules | None) -> None:
        """Refuse while something is missing that the regime wants told of a contract."""
        if rules is None:  # known to no decision from before there were such rules
            return
        wanted = rules.kpis_wanted(rfp.regime, rfp.need.least_with_vat_pence or 0)
        if len(self.kpis) < wanted:
            raise TooFewKpis(regime=rfp.regime, at_least=wanted)
        if rfp.regime in rules.details_notice_regimes and self.details_notice is None:
            raise DetailsNoticeMissing(regime=rfp.regime)


class FulfilInHouse(Command[Rfp]):
    """Record that the council's own people have done it."""

    decision: Literal["fulfil-in-house"] = "fulfil-in-house"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.CONTRACTING)
        must_not_be_requester(rfp, stamp)
        must_be_confirmed(rfp)
        if rfp.route is not Route.IN_HOUSE:
            raise DoneInHouse(route=rfp.route)

    def decide(self, rfp: Rfp, stamp: Stamp) -> FulfilledInHouse:
        """End an RFP that went in house."""
        return FulfilledInHouse(reason=self.reason, **entering(Stage.FULFILLED))
