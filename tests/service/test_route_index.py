"""A path is answered by the very route that trying all of them in turn would find."""

import re
from functools import cache
from uuid import uuid4

import pytest
from starlette.routing import Match

from rfp_service.required_permissions import routes
from shared.web.requests.route_index import RouteIndex
from tests.support.api import app_at_rest

PARAMETER = re.compile(r"\{[a-z_]+(:[a-z]+)?\}")
OF_KIND = {":path": "a/b/c", ":uuid": str(uuid4()), ":int": "7", None: "x1"}
OTHERS = (
    "/",
    "",
    "//",
    "/v1",
    "/v1/",
    "/v1/rfps/",
    "/v1/nothing",
    "/healthz/more",
    "/console/nothing/x",
    "/é/ü",
)


@cache  # and not as the file is read, which each process does that runs specifications
def paths() -> list[str]:
    """Return a path of each route."""
    return sorted({PARAMETER.sub(lambda found: OF_KIND[found[1]], route.path) for route in routes()})


def found(tried: list[object], path: str, method: str) -> object:
    """Return the route that answers, or the first that knows the path, as a router looks for it."""
    scope = {"type": "http", "path": path, "method": method, "root_path": ""}
    matched = [(route, route.matches(dict(scope))[0]) for route in tried]  # type: ignore[attr-defined]
    whole = [route for route, match in matched if match is Match.FULL]
    return (whole or [route for route, match in matched if match is Match.PARTIAL] or [None])[0]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_the_index_finds_what_all_routes_would(method: str) -> None:
    app = app_at_rest()
    index = app.router.middleware_stack
    assert isinstance(index, RouteIndex)
    assert len(paths()) > 150
    for path in (*paths(), *(f"{each}/more" for each in paths()), *OTHERS):
        assert found(list(index.of(path).routes), path, method) is found(list(app.routes), path, method), path


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_planned_is_answered_by_the_same_route(method: str) -> None:
    app = app_at_rest()
    index = app.router.middleware_stack
    assert isinstance(index, RouteIndex)
    planned = 0
    for path in (*paths(), *OTHERS):
        scope = {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}
        if (route := index.planned(scope)) is not None:
            assert route is found(list(app.routes), path, method), path
            assert scope["route"] is route
            planned += 1
    assert planned > 20
