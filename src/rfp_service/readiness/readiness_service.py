"""The service that answers a request, as far as readiness for the transition knows of it."""

from typing import Protocol

from fastapi import Request

from shared.web.core_service import CoreService
from shared.web.offers.readiness import ReadinessOffered


class ReadinessService(CoreService, Protocol):
    """One whose rooms say what is ready, too."""

    @property
    def readiness(self) -> tuple[ReadinessOffered, ...]: ...


def readiness_service(request: Request) -> ReadinessService:
    """Return the service that answers this request."""
    service: ReadinessService = request.app.state.service
    return service
