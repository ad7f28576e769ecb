"""The service that answers a request, as one that knows what may be decided next."""

from typing import Protocol

from fastapi import Request

from shared.web.core_service import CoreService
from shared.web.decisions.decisions_at_hand import DecisionsAtHand


class DecidingService(CoreService, Protocol):
    """One that has what may be decided next at hand, too."""

    @property
    def decisions_at_hand(self) -> DecisionsAtHand: ...


def deciding_service(request: Request) -> DecidingService:
    """Return the service that answers this request."""
    service: DecidingService = request.app.state.service
    return service
