"""What the sender itself decides of an endpoint: that it is verified, fails, or is given up."""

from datetime import datetime

from shared.governance.notifications.domain import (
    EndpointDisabled,
    EndpointFailing,
    EndpointStatus,
    EndpointVerified,
    WebhookEndpoint,
)
from shared.kernel.messages import Command, Stamp


class VerifyEndpoint(Command[WebhookEndpoint]):
    """Take an endpoint into use that answered its challenge; only the sender says so."""

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointVerified | tuple[()]:
        """Verify it, once."""
        return EndpointVerified() if endpoint.status is EndpointStatus.UNVERIFIED else ()


class WarnOfEndpoint(Command[WebhookEndpoint]):
    """Say that an endpoint has failed for half the time after which it is disabled."""

    failing_since: datetime
    failures: int

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointFailing | tuple[()]:
        """Say so once while it is in use."""
        if endpoint.status is not EndpointStatus.ACTIVE or endpoint.warned:
            return ()
        return EndpointFailing(failing_since=self.failing_since, failures=self.failures)


class GiveEndpointUp(Command[WebhookEndpoint]):
    """Disable an endpoint that failed for too long, or that said that it is gone."""

    reason: str
    failing_since: datetime
    failures: int

    def decide(self, endpoint: WebhookEndpoint, stamp: Stamp) -> EndpointDisabled | tuple[()]:
        """Disable it while it is in use."""
        if endpoint.status is not EndpointStatus.ACTIVE:
            return ()
        return EndpointDisabled(reason=self.reason, failing_since=self.failing_since, failures=self.failures)
