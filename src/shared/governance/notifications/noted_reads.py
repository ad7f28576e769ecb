"""Reads of one case that are noted: whoever was told of it has looked."""

from uuid import UUID

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from shared.governance.notifications.notification_service import notification_service
from shared.web.requests.bodies import once_answered


async def _noted(request: Request) -> None:
    """Keep that somebody read a case, once they have; nothing if they were refused."""
    [case_id] = request.path_params.values()
    looks, person = notification_service(request).first_looks, request.state.person
    once_answered(request, lambda: looks.keep(UUID(str(case_id)), person.ids))


def noted() -> Dependency:
    """Return a dependency that keeps who first read a case that they were told of; for reads of one."""
    dependency: Dependency = Depends(_noted)
    return dependency
