"""The service that answers a request, as far as the inbox knows of it."""

from typing import Protocol

from fastapi import Request

from shared.web.core_service import CoreService
from shared.web.reads.waiting_things import WaitingThings


class InboxService(CoreService, Protocol):
    """One whose rooms say what waits for whom, too."""

    @property
    def waiting(self) -> tuple[WaitingThings, ...]: ...


def inbox_service(request: Request) -> InboxService:
    """Return the service that answers this request."""
    service: InboxService = request.app.state.service
    return service
