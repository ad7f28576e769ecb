"""The service that answers a request, as far as batches know of it."""

from typing import Protocol

from fastapi import Request

from shared.web.bulk.responses import Batches
from shared.web.core_service import CoreService


class BatchService(CoreService, Protocol):
    """One that carries out batches, too."""

    @property
    def batches(self) -> Batches: ...


def batch_service(request: Request) -> BatchService:
    """Return the service that answers this request."""
    service: BatchService = request.app.state.service
    return service
