"""The service that answers a request, as far as telling people knows of it."""

from typing import Protocol

from fastapi import Request

from shared.governance.notifications.addresses import AllowList
from shared.governance.notifications.endpoint_secrets import EndpointSecrets
from shared.governance.notifications.first_looks import FirstLooks
from shared.web.core_service import CoreService


class NotificationService(CoreService, Protocol):
    """One that knows where it may send, with which secrets, and who has looked, too."""

    @property
    def endpoint_secrets(self) -> EndpointSecrets: ...
    @property
    def receivers(self) -> AllowList: ...
    @property
    def first_looks(self) -> FirstLooks: ...


def notification_service(request: Request) -> NotificationService:
    """Return the service that answers this request."""
    service: NotificationService = request.app.state.service
    return service
