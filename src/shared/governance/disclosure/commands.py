"""Declaring, reviewing and releasing an exemption."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue
from typing_extensions import TypeAliasType

from shared.governance.disclosure.domain import (
    Exemption,
    ExemptionDeclared,
    ExemptionReleased,
    ExemptionReviewed,
    ExemptionStatus,
    NoSuchMatter,
    NotInForce,
    NotToBeWithheld,
    ReviewNotAhead,
)
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import WHOLE, Code, Day, Reason
from shared.kernel.messages import Command, Stamp

FIELDS_LIMIT = 40
VERSION_LIMIT = 10**9
REVIEW_LIMIT = timedelta(days=731)


class DeclareExempt(Command[Exemption]):
    """Withhold some of what was said from people without the right to it."""

    matter_id: UUID = Field(description="The thing's id: an RFP's, a contract's.")
    matter_version: Annotated[int, Field(ge=0, le=VERSION_LIMIT), WHOLE] = Field(
        0, description="The one decision on it that is exempt; 0 for the thing as a whole."
    )
    fields: list[Code] = Field(
        min_length=1, max_length=FIELDS_LIMIT, examples=[["estimate_pence", "description"]]
    )
    paragraph: Annotated[int, Field(ge=1, le=7), WHOLE] = Field(
        description="Of Schedule 12A to the Local Government Act 1972, part 1.", examples=[3]
    )
    reason: Reason = Field(examples=["It would show the supplier our ceiling."])
    public_interest: Reason = Field(
        description="Why keeping it outweighs the public interest in showing it.",
        examples=["The price is better for everybody while bidders don't know it."],
    )
    review_on: Day = Field(examples=["2027-06-01"])

    def decide(self, exemption: Exemption, stamp: Stamp) -> ExemptionDeclared:
        """Declare it, of fields that the matter has; what happened, when and by whom stays in sight."""
        matter = stamp.known.facts.get("matter")
        if not isinstance(matter, dict):
            raise NoSuchMatter
        fields = matter["fields"]
        assert isinstance(fields, list), "it is found as a list"
        if missing := sorted(set(self.fields) - set(map(str, fields))):
            raise NotToBeWithheld(fields=missing, may_be_withheld=fields)
        _must_lie_ahead(self.review_on, stamp)
        said = self.model_dump() | {"fields": tuple(sorted({*self.fields, *_parts_of(matter)}))}
        return ExemptionDeclared(**said, matter_kind=str(matter["kind"]), declared_by=stamp.by)


class ReviewExemption(Command[Exemption]):
    """Look at it again: it stays exempt until another day."""

    decision: Literal["review"] = "review"
    review_on: Day
    reason: Reason

    @classmethod
    def guard(cls, exemption: Exemption, stamp: Stamp) -> None:
        _must_be_in_force(exemption)

    def decide(self, exemption: Exemption, stamp: Stamp) -> ExemptionReviewed:
        """Keep it exempt."""
        _must_lie_ahead(self.review_on, stamp)
        return ExemptionReviewed(review_on=self.review_on, reason=self.reason)


class ReleaseExemption(Command[Exemption]):
    """Open it to everybody who may read the rest."""

    decision: Literal["release"] = "release"
    reason: Reason

    @classmethod
    def guard(cls, exemption: Exemption, stamp: Stamp) -> None:
        _must_be_in_force(exemption)

    def decide(self, exemption: Exemption, stamp: Stamp) -> ExemptionReleased:
        """Release it, once."""
        return ExemptionReleased(reason=self.reason)


def _parts_of(matter: dict[str, JsonValue]) -> Iterator[str]:
    """Yield the parts of what is named as a whole: where it is withheld, so are they."""
    wholes = matter.get("wholes")
    for parts in wholes.values() if isinstance(wholes, dict) else ():
        yield from map(str, parts)  # type: ignore[arg-type]  # a list of names


def _must_be_in_force(exemption: Exemption) -> None:
    if exemption.status is not ExemptionStatus.IN_FORCE:
        raise NotInForce(stands=exemption.status)


def _must_lie_ahead(day: date, stamp: Stamp) -> None:
    today = day_in_london(stamp.at)
    if not today < day <= today + REVIEW_LIMIT:
        raise ReviewNotAhead(review_on=day)


ExemptionDecision = TypeAliasType(
    "ExemptionDecision", Annotated[ReviewExemption | ReleaseExemption, Field(discriminator="decision")]
)
