"""The service that answers a request, as far as RFPs know of it."""

from typing import Protocol

from fastapi import Request

from rfp_service.rfps.api.rfp_parts import RfpsAtHand
from shared.web.core_service import CoreService


class RfpService(CoreService, Protocol):
    """One that has RFPs at hand, too."""

    @property
    def rfps_at_hand(self) -> RfpsAtHand: ...


def rfp_service(request: Request) -> RfpService:
    """Return the service that answers this request."""
    service: RfpService = request.app.state.service
    return service
