"""The second log: every reading of the audit is kept, before its answer is handed out."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import asyncpg
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field

from shared.kernel.errors import NotAllowed, NotAuthenticated, Refused, TooMany
from shared.record.database import Connection
from shared.web.access.permissions import Permissions
from shared.web.core_service import core_service
from shared.web.requests.bodies import StrictRoute
from shared.web.requests.problems import status_of

TARGET_LIMIT = 2_000
READ_AUDIT = "read-audit"
UNPROCESSABLE = 422  # as problems says of what can't be understood
NAME = r"^[A-Za-z0-9][A-Za-z0-9 ._:@/-]*$"  # of a person, a kind, an event
AskedName = Annotated[str, Field(max_length=40, pattern=NAME)]

NOT_HEARD = (NotAuthenticated, TooMany)  # who is turned away at the door reads nothing

KEEP = "SELECT append_audit_read($1, $2, $3, $4, $5, $6)"


class AuditRoute(StrictRoute):
    """A route of the audit: whatever it answers, that it was asked is in the log of reads first.

    So it is where the answer is a refusal: which ids there are none of, is something one has read, too.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the keeping of the read behind it."""
        handler = super().get_route_handler()

        async def kept(request: Request) -> Response:
            try:
                response = await handler(request)
            except NOT_HEARD:
                raise
            except Refused as refusal:
                if not isinstance(refusal, NotAllowed) or _may_read(request):
                    await _keep(request, self.name, status_of(type(refusal)))
                raise
            except RequestValidationError:
                await _keep(request, self.name, UNPROCESSABLE)
                raise
            await _keep(request, self.name, response.status_code)
            return response

        return kept


def _may_read(request: Request) -> bool:
    """Say whether somebody was let in to the audit, and refused only what they asked for."""
    permissions: Permissions = core_service(request).permissions
    return permissions.allows(request.state.person, READ_AUDIT)


async def _keep(request: Request, operation: str, status: int) -> None:
    service = core_service(request)
    person = request.state.person
    authority = service.permissions.authority(person, READ_AUDIT).value
    target = _address(request)
    await keep_read(service.pool, person.id, authority, operation, target, status, request.state.traceparent)


def _address(request: Request) -> str:
    """Return what was asked for as it was sent, `%00` and all: decoded, the database may not hold it."""
    path: bytes = request.scope["raw_path"]
    return f"{path.decode('ascii', 'backslashreplace')}?{request.url.query}".rstrip("?")


async def keep_read(
    connection: Connection | asyncpg.Pool,
    reader: str,
    authority: str,
    operation: str,
    target: str,
    status: int = 200,
    trace: str = "",
) -> int:
    """Keep that somebody read; return the read's place in its log."""
    return int(
        await connection.fetchval(KEEP, reader, authority, operation, target[:TARGET_LIMIT], status, trace)
    )
