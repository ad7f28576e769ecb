"""What a caller sends to register an endpoint: its address, which may be a secret and then is kept as one."""

from typing import Annotated

from pydantic import Field

from shared.governance.notifications.addresses import AllowList, NotToBeReached
from shared.governance.notifications.commands import URL_LIMIT, RegisterEndpoint
from shared.governance.notifications.domain import TargetKind
from shared.governance.notifications.endpoint_filters import EndpointFilters
from shared.kernel.fields import PersonId, ShortText


class EndpointRegistration(EndpointFilters):
    """Where a program listens, who answers for it, and what it is told of."""

    name: ShortText = Field(examples=["Service desk"])
    owner: PersonId = Field(description="The person who answers for it.", examples=["ada-admin"])
    url: Annotated[str, Field(min_length=1, max_length=URL_LIMIT, pattern=r"^https?://[!-~]+$")] = Field(
        description="Where it listens. A workflow's address is a secret, and never shown again.",
        examples=["https://hooks.intranet.example/rfp"],
    )
    target: TargetKind = TargetKind.WEBHOOK

    @property
    def address_is_secret(self) -> bool:
        """Say whether whoever knows the address may write there."""
        return self.target is not TargetKind.WEBHOOK

    def command(self, allowed: AllowList) -> tuple[RegisterEndpoint, str]:
        """Return what is decided on, and why nothing may be sent there; blank if it may."""
        try:
            host, why = allowed.place(self.url).host, ""
        except NotToBeReached as error:
            host, why = error.host, error.why
        filters = {name: getattr(self, name) for name in EndpointFilters.model_fields}
        shown = "" if self.address_is_secret or why else self.url
        kept = "" if self.address_is_secret and not why else host
        return (
            RegisterEndpoint(
                name=self.name, owner=self.owner, host=kept, url=shown, target=self.target, **filters
            ),
            why,
        )
