"""The service that answers a request, as far as projects know of it."""

from typing import Protocol

from fastapi import Request

from projects.api.slip_history import SlipHistories
from shared.governance.scheme.scheme_service import SchemeService


class ProjectService(SchemeService, Protocol):
    """One that keeps the slip histories, too."""

    @property
    def slips(self) -> SlipHistories: ...


def project_service(request: Request) -> ProjectService:
    """Return the service that answers this request."""
    service: ProjectService = request.app.state.service
    return service
