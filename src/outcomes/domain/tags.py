"""Small parts that several things of this room hold: figures to show, documents, things waited for."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.kernel.fields import Code, ShortText

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Link = Annotated[str, StringConstraints(min_length=8, max_length=500, pattern=r"^https?://[!-~]+$")]
AwaitedKind = Literal["data", "project", "contract", "rfp"]


class MeasureShown(BaseModel):
    """A figure of another register that shows an outcome, and the value that is aimed at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code = Field(examples=["rfps_inside_target"])
    target: float | None = Field(None, ge=-(10**13), le=10**13, examples=[0.9])


class EvidenceDocument(BaseModel):
    """A document that shows something: what it is, where it is kept, and the SHA-256 of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: ShortText = Field(examples=["Structure agreed, minute 12"])
    sha256: Sha256 = Field(examples=["0" * 64])
    link: Link | None = Field(None, examples=["https://documents.example/minute-12"])


class AwaitedThing(BaseModel):
    """What a milestone waits for: the kind of thing and its id; the roof knows what it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: AwaitedKind
    id: UUID
    note: ShortText | None = None
