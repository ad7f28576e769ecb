"""What a scheme is made of: tiers and who stands on them, targets, weights, sorts of project."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.fields import WHOLE, Code, Pence, PersonId, ShortText
from shared.kernel.messages import Tier
from shared.kernel.rules import Days

APPROVERS_LIMIT = 200
PARTS_LIMIT = 60
WEIGHT_LIMIT = 1_000


class ApprovalTier(BaseModel):
    """One step of the approval ladder, and who stands on it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["head of service"])
    up_to_pence: Pence = Field(description="Without VAT, up to and including.", examples=[2_500_000])
    approvers: list[PersonId] = Field(max_length=APPROVERS_LIMIT, examples=[["hana-head"]])
    elected_post: bool = Field(
        default=False, description="Whether members of the council stand on it, such as a cabinet member."
    )
    officers: list[PersonId] = Field(
        [],
        max_length=APPROVERS_LIMIT,
        description="Of an elected post: the officers who may decide for a member that delegates to them. "
        "Beside them only whoever stands on an elected post may.",
        examples=[["dev-director"]],
    )

    def as_known(self) -> Tier:
        """Return what decisions know of it."""
        return Tier(name=self.name, up_to_pence=self.up_to_pence, elected_post=self.elected_post)


class StageTarget(BaseModel):
    """How many working days a case should spend in a stage at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: Code = Field(examples=["approval"])
    working_days: Days = Field(examples=[10])


class Weight(BaseModel):
    """What one question counts for when work is put in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code = Field(examples=["statutory-duty"])
    weight: Annotated[int, Field(ge=0, le=WEIGHT_LIMIT), WHOLE] = Field(examples=[30])


class ProjectCategory(BaseModel):
    """A sort of project, and the sorts within it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Networks"])
    sub_categories: list[ShortText] = Field([], max_length=PARTS_LIMIT)
