"""Finds the routes that a path may have by its first two parts, where a router would try all in turn."""

from collections.abc import Iterator

from fastapi import APIRouter
from starlette._utils import get_route_path
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

PARTS = 2  # of a path: what comes before, such as a version, and what it is about

Head = tuple[str, ...]


class RouteIndex:
    """Stands in a router's place, and hands each request to the few of its routes that may be meant."""

    def __init__(self, router: APIRouter) -> None:
        """Index the routes that a router has by now."""
        self._router = router
        heads = {id(route): set(_heads_of(route)) for route in router.routes}
        everywhere = [route for route in router.routes if None in heads[id(route)]]
        self._others = self._of(everywhere)
        self._by_head = {
            head: self._of(
                [route for route in router.routes if not heads[id(route)].isdisjoint({head, None})]
            )
            for head in {head for found in heads.values() for head in found if head is not None}
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the router would."""
        scope.setdefault("router", self._router)
        if scope["type"] == "lifespan":
            await self._router.app(scope, receive, send)
            return
        few = self._by_head.get(_head(get_route_path(scope)), self._others)
        await few.app(scope, receive, send)

    def _of(self, routes: list[BaseRoute]) -> APIRouter:
        few = APIRouter(redirect_slashes=self._router.redirect_slashes, default=self._router.default)
        few.routes = routes
        return few


def _head(path: str) -> Head:
    return tuple(path.split("/", PARTS + 1)[1 : PARTS + 1])


def _heads_of(route: BaseRoute) -> Iterator[Head | None]:
    """Yield how the paths of a route begin; nothing in particular where a parameter stands there."""
    contexts = getattr(route, "effective_route_contexts", None)
    for each in contexts() if contexts else [route]:
        path = getattr(each, "path_format", None)
        head = _head(path) if path is not None else None
        yield None if head is None or any("{" in part for part in head) else head
