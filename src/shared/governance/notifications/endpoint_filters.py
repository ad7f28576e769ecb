"""What an endpoint is told of: only some types, some people, tiers or services; everything without any."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.governance.notifications.domain import NoSuchEventType, NoSuchTeam
from shared.governance.notifications.notification_types import FILTERED
from shared.kernel.fields import Code, PersonId, ShortText
from shared.kernel.messages import Stamp
from shared.kernel.named_people import must_be_known

FILTERS_LIMIT = 50

Types = Annotated[list[Code], Field(max_length=FILTERS_LIMIT, description="Only these; all without any.")]
Ids = Annotated[list[PersonId], Field(max_length=FILTERS_LIMIT, description="Only what these are told.")]
Names = Annotated[list[ShortText], Field(max_length=FILTERS_LIMIT)]


class EndpointFilters(BaseModel):
    """What an endpoint is told of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: Types = Field([], examples=[["approval.requested"]])
    people: Ids = []
    teams: Names = Field([], description="Only what these tiers of the scheme are told.", examples=[["head"]])
    areas: Names = Field([], description="Only cases of these service areas.", examples=[["Registrars"]])
    in_order: bool = Field(default=False, description="Whether nothing is sent before what came before it.")

    def filters(self, stamp: Stamp) -> dict[str, Any]:
        """Return the filters, once each names something that there is."""
        if unknown := sorted({*self.types} - {*FILTERED}):
            raise NoSuchEventType(unknown=unknown, known=list(FILTERED))
        must_be_known(stamp, self.people)
        tiers = [tier.name for tier in stamp.known.tiers]
        if unknown := sorted({*self.teams} - {*tiers}):
            raise NoSuchTeam(unknown=unknown, known=tiers)
        return {
            "types": tuple(self.types),
            "people": tuple(self.people),
            "teams": tuple(self.teams),
            "areas": tuple(self.areas),
            "in_order": self.in_order,
        }
