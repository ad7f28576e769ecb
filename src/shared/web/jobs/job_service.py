"""The service that answers a request, as far as jobs know of it."""

from typing import Protocol

from fastapi import Request

from shared.web.core_service import CoreService
from shared.web.jobs.table import Jobs


class JobService(CoreService, Protocol):
    """One that keeps jobs, too."""

    @property
    def jobs(self) -> Jobs: ...


def job_service(request: Request) -> JobService:
    """Return the service that answers this request."""
    service: JobService = request.app.state.service
    return service
