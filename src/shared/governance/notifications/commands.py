"""Registering an endpoint, changing what it is told, stopping it, and having things sent again.

A secret, and an address that is one, is drawn or taken out when the request is taken in: the command and
the record hold ids of both, so that neither is ever shown again.
"""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypeAliasType

from shared.governance.notifications.domain import (
    AddressNotAllowed,
    DeliveryResent,
    EndpointChallenged,
    EndpointDeleted,
    EndpointDisabled,
    EndpointFiltersChanged,
    EndpointGone,
    EndpointNotInUse,
    EndpointNotStopped,
    EndpointNotVerified,
    EndpointPaused,
    EndpointPinged,
    EndpointRegistered,
    EndpointResumed,
    EndpointSecretRotated,
    EndpointStatus,
    EndpointVerifiedAlready,
    NoSuchDelivery,
    PeriodEndsBeforeItBegins,
    PeriodRecovered,
    SignedOtherwise,
    TargetKind,
    WebhookEndpoint,
)
from shared.governance.notifications.endpoint_filters import EndpointFilters
from shared.kernel.fields import WHOLE, Instant, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.named_people import must_be_known

OVERLAP = timedelta(hours=24)
URL_LIMIT = 2_000
DELIVERIES_LIMIT = 2**62


class RegisterEndpoint(EndpointFilters, Command[WebhookEndpoint]):
    """Have a program told what happens: say where it listens, and who answers for it."""

    name: ShortText = Field(examples=["Service desk"])
    owner: PersonId = Field(description="The person who answers for it.", examples=["ada-admin"])
    host: str = Field(description="Where it listens.", examples=["hooks.intranet.example"])
    url: str = Field("", max_length=URL_LIMIT)
    target: TargetKind = TargetKind.WEBHOOK

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointRegistered:
        """Register it where the allow-list names its address; it is told nothing before it is verified."""
        facts = stamp.known.facts
        if not facts.get("allowed"):
            raise AddressNotAllowed(host=self.host, why=str(facts.get("why_not", "")))
        must_be_known(stamp, [self.owner])
        address = facts.get("address_id")
        return EndpointRegistered(
            target=self.target,
            name=self.name,
            owner=self.owner,
            host=self.host,
            url=self.url,
            address_id=UUID(str(address)) if address else None,
            secret_id=UUID(str(facts["secret_id"])),
            **self.filters(stamp),
        )


class ChangeEndpointFilters(EndpointFilters, Command[WebhookEndpoint]):
    """Replace the filters of an endpoint: those that are not named here are dropped."""

    decision: Literal["change-filters"] = "change-filters"

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_there(endpoint)

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointFiltersChanged:
        """Change the filters, from what happens next on."""
        return EndpointFiltersChanged(**self.filters(stamp))


class ChallengeEndpoint(Command[WebhookEndpoint]):
    """Send an endpoint its challenge again."""

    decision: Literal["challenge"] = "challenge"

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_there(endpoint)
        if endpoint.status is not EndpointStatus.UNVERIFIED:
            raise EndpointVerifiedAlready

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointChallenged:
        """Challenge it, until it has answered."""
        return EndpointChallenged()


class PingEndpoint(Command[WebhookEndpoint]):
    """Ask whether an endpoint listens; its log of deliveries has the answer."""

    decision: Literal["ping"] = "ping"

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_in_use(endpoint)

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointPinged:
        """Ask one that is in use."""
        return EndpointPinged()


class RotateEndpointSecret(Command[WebhookEndpoint]):
    """Give an endpoint a new secret, shown once; the old one signs as well for 24 hours."""

    decision: Literal["rotate-secret"] = "rotate-secret"

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_there(endpoint)
        if endpoint.target is not TargetKind.WEBHOOK:
            raise SignedOtherwise

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointSecretRotated:
        """Add the new secret, and let the old one run out."""
        secret_id = UUID(str(stamp.known.facts["secret_id"]))
        return EndpointSecretRotated(secret_id=secret_id, old_signs_until=stamp.at + OVERLAP)


class PauseEndpoint(Command[WebhookEndpoint]):
    """Send nothing there for a while: what would have been is held, and can be recovered."""

    decision: Literal["pause"] = "pause"
    reason: Reason

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_in_use(endpoint)

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointPaused:
        """Pause one that is in use."""
        return EndpointPaused(reason=self.reason)


class ResumeEndpoint(Command[WebhookEndpoint]):
    """Send there again, from what happens next on; recover what was held meanwhile by its period."""

    decision: Literal["resume"] = "resume"

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_verified(endpoint)
        if endpoint.status is EndpointStatus.ACTIVE:
            raise EndpointNotStopped

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointResumed:
        """Resume one that was paused or disabled."""
        return EndpointResumed()


class DisableEndpoint(Command[WebhookEndpoint]):
    """Send nothing there any more, until it is resumed: what would have been is held."""

    decision: Literal["disable"] = "disable"
    reason: Reason

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_verified(endpoint)
        if endpoint.status is EndpointStatus.DISABLED:
            raise EndpointNotInUse(name=endpoint.name, now=endpoint.status.value)

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointDisabled:
        """Disable one that is in use or paused."""
        return EndpointDisabled(reason=self.reason)


class DeleteEndpoint(Command[WebhookEndpoint]):
    """Be rid of an endpoint: its secrets are destroyed, its deliveries stay in the log."""

    decision: Literal["delete"] = "delete"
    reason: Reason

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_there(endpoint)

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointDeleted:
        """Delete it, once."""
        return EndpointDeleted(reason=self.reason)


class ResendDelivery(Command[WebhookEndpoint]):
    """Make one delivery again, with the same id and body, whatever became of it."""

    decision: Literal["resend"] = "resend"
    delivery_id: Annotated[int, Field(ge=1, le=DELIVERIES_LIMIT), WHOLE] = Field(examples=[7])

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_in_use(endpoint)

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> DeliveryResent:
        """Have it sent where the endpoint is in use."""
        if not stamp.known.facts.get("has_delivery"):
            raise NoSuchDelivery
        return DeliveryResent(delivery_id=self.delivery_id)


class RecoverPeriod(Command[WebhookEndpoint]):
    """Send whatever failed or was held of what happened from one instant on, and before another."""

    decision: Literal["recover"] = "recover"
    since: Instant
    until: Instant

    @classmethod
    def guard(cls, endpoint: WebhookEndpoint, stamp: Stamp) -> None:
        _must_be_in_use(endpoint)

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> PeriodRecovered:
        """Have it sent where the endpoint is in use."""
        if self.until <= self.since:
            raise PeriodEndsBeforeItBegins(since=self.since.isoformat(), until=self.until.isoformat())
        return PeriodRecovered(since=self.since, until=self.until)


def _must_be_there(endpoint: WebhookEndpoint) -> None:
    if endpoint.status is EndpointStatus.DELETED:
        raise EndpointGone(name=endpoint.name)


def _must_be_verified(endpoint: WebhookEndpoint) -> None:
    _must_be_there(endpoint)
    if endpoint.status is EndpointStatus.UNVERIFIED:
        raise EndpointNotVerified(name=endpoint.name)


def _must_be_in_use(endpoint: WebhookEndpoint) -> None:
    _must_be_verified(endpoint)
    if endpoint.status is not EndpointStatus.ACTIVE:
        raise EndpointNotInUse(name=endpoint.name, now=endpoint.status.value)


EndpointDecision = TypeAliasType(
    "EndpointDecision",
    Annotated[
        ChangeEndpointFilters
        | ChallengeEndpoint
        | PingEndpoint
        | RotateEndpointSecret
        | PauseEndpoint
        | ResumeEndpoint
        | DisableEndpoint
        | DeleteEndpoint
        | ResendDelivery
        | RecoverPeriod,
        Field(discriminator="decision"),
    ],
)
