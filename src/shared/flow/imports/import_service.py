"""The service that answers a request, as far as imports know of it."""

from typing import Protocol

from fastapi import Request

from shared.flow.imports.importer import Importer
from shared.web.core_service import CoreService


class ImportService(CoreService, Protocol):
    """One that imports logs, too."""

    @property
    def importer(self) -> Importer: ...


def import_service(request: Request) -> ImportService:
    """Return the service that answers this request."""
    service: ImportService = request.app.state.service
    return service
