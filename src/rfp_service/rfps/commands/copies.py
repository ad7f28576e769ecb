"""Copying a past RFP: its need begins a new draft, with everything still to be decided."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from rfp_service.rfps.commands.rules import entering, must_be_a_listed_area, must_be_in
from rfp_service.rfps.domain.events import RfpAmended, RfpEvent, RfpRaised
from rfp_service.rfps.domain.refusals import NothingToCopy
from rfp_service.rfps.domain.rfp import Need, Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.fields import ShortText
from shared.kernel.messages import Command, Stamp


class CopiedNeed(BaseModel):
    """What of an RFP is worth copying; its days are over, and its decisions are its own."""

    model_config = ConfigDict(frozen=True)

    title: str
    description: str
    service_area: str
    cost_centre: str = ""
    estimate_pence: int | None = None
    estimate_with_vat_pence: int | None = None

    @classmethod
    def of(cls, need: Need) -> "CopiedNeed":
        """Return what of an RFP's need is worth copying."""
        return cls.model_validate(need, from_attributes=True)


class CopyRfp(Command[Rfp]):
    """Raise an RFP that asks for what a past one asked for."""

    copy_of: UUID
    title: ShortText | None = Field(None, description="The past one's where it is left out.")
    near_duplicate: bool = Field(
        default=False, description="Whether it is the same need once more: both count once as demand."
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.ABSENT)

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Open a draft of the caller's with the past one's need, which arrives as a fact."""
        if (source := stamp.known.facts.get("source")) is None:
            raise NothingToCopy(copy_of=str(self.copy_of))
        must_be_a_listed_area(stamp)
        need = CopiedNeed.model_validate(source)
        raised = RfpRaised(
            title=self.title or need.title,
            description=need.description,
            service_area=need.service_area,
            raised_by=stamp.by,
            copied_from=self.copy_of,
            near_duplicate_of=self.copy_of if self.near_duplicate else None,
            **entering(Stage.DRAFT),
        )
        known = {
            "cost_centre": need.cost_centre or None,
            "estimate_pence": need.estimate_pence,
            "estimate_with_vat_pence": need.estimate_with_vat_pence,
        }
        if not any(value is not None for value in known.values()):
            return [raised]
        return [raised, RfpAmended.model_validate({**known, **entering(Stage.DRAFT)})]
