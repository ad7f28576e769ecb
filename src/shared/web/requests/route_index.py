"""Finds the routes that a path may have by how it begins and how many parts it has.

A router would try all of its routes in turn, and there are hundreds.
"""

from collections.abc import Iterator

from fastapi import APIRouter
from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

# A path's first two parts (such as a version, and what it is about), and how many it has: any number, where a
# parameter may have several.
Head = tuple[str, str, int | None]


class RouteIndex:
    """Stands in a router's place, and hands each request to the few of its routes that may be meant."""

    def __init__(self, router: APIRouter) -> None:
        """Index the routes that a router has by now."""
        self._router = router
        heads = {id(route): set(_heads_of(route)) for route in router.routes}
        self._by_head: dict[Head | None, APIRouter] = {}
        for head in {None, *(head for found in heads.values() for head in found)}:
            meant = {None, head, head and (*head[:2], None)}
            routes = [route for route in router.routes if not heads[id(route)].isdisjoint(meant)]
            self._by_head[head] = self._of(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the router would."""
        scope.setdefault("router", self._router)
        if scope["type"] == "lifespan":
            await self._router.app(scope, receive, send)
            return
        await self.of(get_route_path(scope)).app(scope, receive, send)

    def of(self, path: str) -> APIRouter:
        """Return the routes that a path may mean."""
        head = _head(path)
        return self._by_head.get(head) or self._by_head.get((*head[:2], None)) or self._by_head[None]

    def _of(self, routes: list[BaseRoute]) -> APIRouter:
        few = APIRouter(redirect_slashes=self._router.redirect_slashes, default=self._router.default)
        few.routes = routes
        return few


def _head(path: str) -> Head:
    first, *rest = path.split("/")[1:] or [""]
    return first, rest[0] if rest else "", 1 + len(rest)


def _heads_of(route: BaseRoute) -> Iterator[Head | None]:
    """Yield how the paths of a route begin; nothing in particular where a parameter stands there."""
    contexts = getattr(route, "effective_route_contexts", None)
    for each in contexts() if contexts else [route]:
        path: str = getattr(each, "path", "")
        head = _head(path)
        if not path or isinstance(route, Mount) or any("{" in part for part in head[:2]):
            yield None
        else:
            yield (*head[:2], None) if ":path}" in path else head
