"""The service that answers a request, as far as those who ask for the scheme's values know of it."""

from typing import Protocol

from fastapi import Request

from shared.governance.scheme.facts import SchemeFacts
from shared.web.core_service import CoreService


class SchemeService(CoreService, Protocol):
    """One that knows the scheme, too."""

    @property
    def scheme(self) -> SchemeFacts: ...


def scheme_service(request: Request) -> SchemeService:
    """Return the service that answers this request."""
    service: SchemeService = request.app.state.service
    return service
