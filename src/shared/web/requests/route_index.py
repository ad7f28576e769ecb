"""Finds the routes that a path may have by how it begins and ends, and how many parts it has.

A router would try all of its routes in turn, and there are hundreds.
"""

from collections.abc import Iterator

from fastapi import APIRouter
from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.requests.bodies import StrictRoute

# A path's first two parts (such as a version, and what it is about), its last, unless a parameter stands
# there, and how many it has: any number, where a parameter may have several.
Shape = tuple[str, str, str | None, int | None]


class RouteIndex:
    """Stands in a router's place, and hands each request to the few of its routes that may be meant."""

    def __init__(self, router: APIRouter) -> None:
        """Index the routes that a router has by now."""
        self._router = router
        shapes = {id(route): set(_shapes_of(route)) for route in router.routes}
        self._by_shape: dict[Shape | None, APIRouter] = {}
        for shape in {None, *(shape for found in shapes.values() for shape in found)}:
            meant = {None, *(_looser(shape) if shape else ())}
            routes = [route for route in router.routes if not shapes[id(route)].isdisjoint(meant)]
            self._by_shape[shape] = self._of(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the router would."""
        scope.setdefault("router", self._router)
        if scope["type"] == "lifespan":
            await self._router.app(scope, receive, send)
            return
        await self.of(get_route_path(scope)).app(scope, receive, send)

    def planned(self, scope: Scope) -> StrictRoute | None:
        """Return the route that answers a request by its plan, which is then the request's."""
        for route in self.of(get_route_path(scope)).routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                if not isinstance(route, StrictRoute) or not route.plans(scope):
                    return None
                scope.update(found)
                return route
        return None

    def of(self, path: str) -> APIRouter:
        """Return the routes that a path may mean."""
        for shape in _looser(_shape(path)):
            if shape in self._by_shape:
                return self._by_shape[shape]
        return self._by_shape[None]

    def _of(self, routes: list[BaseRoute]) -> APIRouter:
        few = APIRouter(redirect_slashes=self._router.redirect_slashes, default=self._router.default)
        few.routes = routes
        return few


class PlannedFirst:
    """Hands what is answered by a plan straight to its route, before the layers that only others need."""

    def __init__(self, app: ASGIApp, index: RouteIndex) -> None:
        """Stand before an app whose routes are in this index."""
        self._app, self._index = app, index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        route = self._index.planned(scope) if scope["type"] == "http" else None
        await (self._app if route is None else route.give)(scope, receive, send)


def _shape(path: str) -> Shape:
    first, *rest = path.split("/")[1:] or [""]
    return first, rest[0] if rest else "", rest[-1] if rest else first, 1 + len(rest)


def _looser(shape: Shape) -> tuple[Shape, ...]:
    """Return a shape, and those of which its paths are as well, the narrowest first."""
    first, second, _, parts = shape
    return shape, (first, second, None, parts), (first, second, None, None)


def _shapes_of(route: BaseRoute) -> Iterator[Shape | None]:
    """Yield what the paths of a route are like; nothing in particular where they begin with a parameter."""
    contexts = getattr(route, "effective_route_contexts", None)
    for each in contexts() if contexts else [route]:
        path: str = getattr(each, "path", "")
        first, second, last, parts = _shape(path)
        if not path or isinstance(route, Mount) or "{" in first + second:
            yield None
        elif ":path}" in path:
            yield first, second, None, None
        else:
            yield first, second, None if last and "{" in last else last, parts
