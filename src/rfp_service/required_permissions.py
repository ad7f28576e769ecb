"""What each operation needs: the rows of the permission table that decide who may call it."""

from collections.abc import Iterator
from typing import Any, get_type_hints

from fastapi.routing import APIRoute

from rfp_service.permissions import PERMISSIONS
from rfp_service.rooms import CONTEXTS
from shared.kernel.messages import Command
from shared.web.decisions.commands import Needs
from shared.web.decisions.next_decisions import commands_in


def routes() -> Iterator[APIRoute]:
    """Yield every route that a room offers."""
    for context in CONTEXTS:
        for router in context.routers:
            yield from (route for route in router.routes if isinstance(route, APIRoute))


def actions(route: APIRoute) -> list[str]:
    """Return the actions of a route: those it asks for before all else, and the commands it takes."""
    asked = [d.call.action for d in route.dependant.dependencies if isinstance(d.call, Needs)]
    return list(dict.fromkeys(asked + [command.__name__ for command in commands(route)]))


def commands(route: APIRoute) -> list[type[Command[Any]]]:
    """Return the commands that a route takes as its body."""
    hints = get_type_hints(route.endpoint, include_extras=True)
    return [command for hint in hints.values() for command in commands_in(hint)]


def stated(route: APIRoute) -> list[dict[str, Any]]:
    """Return what a route needs as the API file states it, one entry for each action."""
    return [
        {
            "action": action,
            "roles": [role.value for role in PERMISSIONS.table.get(action, ())],
            "conditions": {
                role.value: [condition.value for condition in conditions]
                for role in PERMISSIONS.table.get(action, ())
                if (conditions := PERMISSIONS.conditions_of(role, action))
            },
        }
        for action in actions(route)
    ]
