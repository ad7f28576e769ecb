"""The service that answers a request, as far as notices know of it."""

from collections.abc import Callable
from typing import Protocol

from fastapi import Request
from sqlalchemy import ColumnElement, Table

from shared.kernel.person import Person
from shared.web.core_service import CoreService

# The condition on which notices tell somebody as a party of a case.
Notified = Callable[[Table, Person], ColumnElement[bool]]


class NoticeService(CoreService, Protocol):
    """One that knows who is a party of a case, too."""

    @property
    def notified(self) -> Notified: ...


def notice_service(request: Request) -> NoticeService:
    """Return the service that answers this request."""
    service: NoticeService = request.app.state.service
    return service
