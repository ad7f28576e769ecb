"""A webhook endpoint: where a program of the council's is told what happens, and since when it may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace


class TargetKind(StrEnum):
    """How an endpoint is spoken to."""

    WEBHOOK = "webhook"
    TEAMS_WORKFLOW = "teams-workflow"


class EndpointStatus(StrEnum):
    """Whether an endpoint is sent to."""

    ABSENT = "absent"
    UNVERIFIED = "unverified"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    DELETED = "deleted"


@dataclass(frozen=True)
class WebhookEndpoint:
    """Where something is told, of what, and the secrets it is signed with: their ids, never themselves."""

    kind: ClassVar[str] = "webhook-endpoint"

    status: EndpointStatus = EndpointStatus.ABSENT
    target: TargetKind = TargetKind.WEBHOOK
    name: str = ""
    owner: str = ""
    host: str = ""
    url: str = ""  # blank where the whole address is a secret
    address_id: UUID | None = None
    types: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    in_order: bool = False
    secrets: Mapping[UUID, datetime | None] = field(default_factory=dict)  # until when each signs
    warned: bool = False

    def live_secrets(self, at: datetime) -> list[UUID]:
        """Return the ids of the secrets that sign at an instant, newest first."""
        return [
            secret for secret, until in reversed(list(self.secrets.items())) if until is None or at < until
        ]


class EndpointEvent(Event[WebhookEndpoint]):
    """Something that happened to a webhook endpoint."""

    kind: ClassVar[str] = "webhook-endpoint"


class EndpointRegistered(EndpointEvent):
    """Somebody wants something told there; it must first prove that it is who listens."""

    target: TargetKind
    name: str
    owner: str
    host: str
    url: str
    address_id: UUID | None
    types: tuple[str, ...]
    people: tuple[str, ...]
    teams: tuple[str, ...]
    areas: tuple[str, ...]
    in_order: bool
    secret_id: UUID

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint, which has yet to answer its challenge."""
        said = {name: getattr(self, name) for name in type(self).model_fields if name != "secret_id"}
        return WebhookEndpoint(EndpointStatus.UNVERIFIED, **said, secrets={self.secret_id: None})


class EndpointVerified(EndpointEvent):
    """It answered its challenge: from now on it is told."""

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint, in use."""
        return replace(endpoint, status=EndpointStatus.ACTIVE)


class EndpointFiltersChanged(EndpointEvent):
    """It is told of something else from now on."""

    types: tuple[str, ...]
    people: tuple[str, ...]
    teams: tuple[str, ...]
    areas: tuple[str, ...]
    in_order: bool

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint with other filters."""
        return replace(endpoint, **self.model_dump())


class EndpointChallenged(EndpointEvent):
    """Its challenge was sent again."""

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint as it is."""
        return endpoint


class EndpointPinged(EndpointEvent):
    """Somebody asked whether it listens."""

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint as it is."""
        return endpoint


class EndpointSecretRotated(EndpointEvent):
    """It has a new secret; the one before it signs as well, for a while."""

    secret_id: UUID
    old_signs_until: datetime

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint with both secrets."""
        until = self.old_signs_until
        old = {secret: min(ends, until) if ends else until for secret, ends in endpoint.secrets.items()}
        return replace(endpoint, secrets={**old, self.secret_id: None})


class EndpointPaused(EndpointEvent):
    """Nothing is sent there until it is resumed; what would have been is held."""

    reason: str

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint, paused."""
        return replace(endpoint, status=EndpointStatus.PAUSED)


class EndpointResumed(EndpointEvent):
    """It is sent to again."""

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint, in use."""
        return replace(endpoint, status=EndpointStatus.ACTIVE, warned=False)


class EndpointFailing(EndpointEvent):
    """It has failed for half the time after which it is disabled: somebody should look."""

    failing_since: datetime
    failures: int

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint, of which somebody has been warned."""
        return replace(endpoint, warned=True)


class EndpointDisabled(EndpointEvent):
    """Nothing is sent there any more: somebody decided so, it failed for too long, or said it is gone."""

    reason: str
    failing_since: datetime | None = None
    failures: int = 0

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint, disabled."""
        return replace(endpoint, status=EndpointStatus.DISABLED)


class EndpointDeleted(EndpointEvent):
    """It is gone for good, with its secrets."""

    reason: str

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint without secrets."""
        return replace(endpoint, status=EndpointStatus.DELETED, secrets={})


class DeliveryResent(EndpointEvent):
    """One delivery is made again, whatever became of it."""

    delivery_id: int

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint as it is."""
        return endpoint


class PeriodRecovered(EndpointEvent):
    """Whatever of a period failed or was held is sent after all."""

    since: datetime
    until: datetime

    def apply(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Return the endpoint as it is."""
        return endpoint


class EndpointNotVerified(Refused):
    """This endpoint has yet to answer its challenge."""


class EndpointGone(Refused):
    """This endpoint has been deleted."""


class EndpointNotInUse(Refused):
    """This endpoint is not in use: resume it first."""


class EndpointNotStopped(Refused):
    """This endpoint is neither paused nor disabled."""


class EndpointVerifiedAlready(Refused):
    """This endpoint has already answered its challenge."""


class AddressNotAllowed(Refused):
    """The list of allowed receivers does not include this address."""


class NoSuchTeam(Refused):
    """The scheme in force has no such team: name its tiers."""


class NoSuchEventType(Refused):
    """There is no event of this type."""


class NoSuchDelivery(Refused):
    """This endpoint has no such delivery."""


class PeriodEndsBeforeItBegins(Refused):
    """A period must end after it begins."""


class SignedOtherwise(Refused):
    """A workflow's address is its only secret: there is no other to rotate."""


EVENTS = (
    EndpointRegistered,
    EndpointVerified,
    EndpointFiltersChanged,
    EndpointChallenged,
    EndpointPinged,
    EndpointSecretRotated,
    EndpointPaused,
    EndpointResumed,
    EndpointFailing,
    EndpointDisabled,
    EndpointDeleted,
    DeliveryResent,
    PeriodRecovered,
)
