"""An exemption: fields of one thing, or of one decision on it, that are kept from the public for a reason."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace


class ExemptionStatus(StrEnum):
    """How an exemption stands."""

    ABSENT = "absent"
    IN_FORCE = "in_force"
    RELEASED = "released"


@dataclass(frozen=True)
class Exemption:
    """One exemption; `matter_version` 0 means the thing as a whole, else one decision on it."""

    kind: ClassVar[str] = "exemption"

    status: ExemptionStatus = ExemptionStatus.ABSENT
    matter_id: UUID | None = None
    matter_kind: str = ""
    matter_version: int = 0
    fields: tuple[str, ...] = ()
    paragraph: int = 0
    reason: str = ""
    public_interest: str = ""
    review_on: date | None = None
    declared_by: str = ""


class ExemptionEvent(Event[Exemption]):
    """Something that happened to an exemption."""

    kind: ClassVar[str] = "exemption"


class ExemptionDeclared(ExemptionEvent):
    """Something is exempt under a paragraph of Schedule 12A, until released."""

    matter_id: UUID
    matter_kind: str
    matter_version: int
    fields: tuple[str, ...]
    paragraph: int
    reason: str
    public_interest: str
    review_on: date
    declared_by: str

    def apply(self, exemption: Exemption) -> Exemption:
        """Return the exemption, in force."""
        return Exemption(ExemptionStatus.IN_FORCE, **{name: getattr(self, name) for name in DECLARED})


class ExemptionReviewed(ExemptionEvent):
    """It was looked at again, and stays exempt until another review."""

    review_on: date
    reason: str

    def apply(self, exemption: Exemption) -> Exemption:
        """Return the exemption with its next review."""
        return replace(exemption, review_on=self.review_on)


class ExemptionReleased(ExemptionEvent):
    """What was exempt is open to everybody who may read the rest."""

    reason: str

    def apply(self, exemption: Exemption) -> Exemption:
        """Return the exemption, released."""
        return replace(exemption, status=ExemptionStatus.RELEASED)


DECLARED = tuple(ExemptionDeclared.model_fields)


class NoSuchMatter(Refused):
    """There is no such thing, or no such decision on it."""


class NotToBeWithheld(Refused):
    """Only texts and figures can be exempt, not what happened, when, or who did it."""


class ReviewNotAhead(Refused):
    """An exemption must be reviewed on a future day, within two years."""


class NotInForce(Refused):
    """This exemption is no longer in force."""


EVENTS = (ExemptionDeclared, ExemptionReviewed, ExemptionReleased)
