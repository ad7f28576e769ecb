"""A supplier: one thing, whether it bids, is awarded, or holds a contract."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.fields import Code, ShortText


class Supplier(BaseModel):
    """A supplier by its name, with what the Transparency Code asks of it; what is not known is blank."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Ribble Networks Ltd"])
    number: Code | None = Field(None, description="Of its company or charity.", examples=["00000000"])
    small_or_medium: Annotated[bool | None, Field(description="Fewer than 250 people.")] = None
    voluntary_or_community: bool | None = None
