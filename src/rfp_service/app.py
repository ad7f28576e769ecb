"""The HTTP door."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from rfp_service.console.router import router as console
from rfp_service.costs import COSTS
from rfp_service.reference.pages import router as pages
from rfp_service.required_permissions import routes, stated
from rfp_service.rooms import CONTEXTS
from rfp_service.service import Service
from rfp_service.version import VERSION
from shared.governance.audit.public_log import router as public_log
from shared.governance.notifications.openapi_webhooks import webhooks
from shared.web.middleware import Door
from shared.web.monitoring.health import router as health
from shared.web.reads.answers import PROBLEM
from shared.web.requests import problems
from shared.web.requests.bodies import A_LIST, ONE_THING, name_of
from shared.web.requests.fault_answers import FaultAnswers
from shared.web.requests.route_index import PlannedFirst, RouteIndex
from shared.web.security.security_txt import router as security_txt

HEALTH = {"health": "Whether the service is well."}
TAGS = [
    {"name": name, "description": meaning}
    for tags in (*(context.tags for context in CONTEXTS), HEALTH)
    for name, meaning in tags.items()
]

DESCRIPTION = (
    "Every change is a decision: it names the version it was made on (`If-Match`) and may carry"
    " an `Idempotency-Key`. Reads answer as of any time (`as_of`) and wait for your own writes"
    " (`after`)."
)

CROSS_ORIGIN: dict[str, Any] = {
    "allow_methods": ["GET", "POST"],
    "allow_headers": [
        "Authorization",
        "Content-Type",
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "traceparent",
    ],
    "expose_headers": [
        "ETag",
        "Link",
        "Location",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "traceparent",
    ],
    "allow_credentials": False,
}

# Every operation is for those who have signed in, unless it says itself that it is for everybody.
SIGN_IN = {
    "HTTPBearer": {
        "type": "http",
        "description": "A bearer token of the council's identity provider.",
        "scheme": "bearer",
    }
}

Opening = Callable[[], AbstractAsyncContextManager[Service]]


def create_app(opening: Opening | None = None, *, origins: Sequence[str] = (), tls: bool = False) -> FastAPI:
    """Return the app; with an opening, it runs the service for as long as it is served.

    Pages of these origins may ask it from a browser, and of no other; `tls` says that it is only reached so.
    """
    app = FastAPI(
        title="Programme and RFP workflow service",
        version=VERSION,
        summary="Every decision of a council's IT programme, kept as events.",
        description=DESCRIPTION,
        license_info={"name": "MIT", "identifier": "MIT"},
        contact={"name": "Digital Services, Lancashire County Council"},
        openapi_tags=TAGS,
        servers=[{"url": "/", "description": "This service"}],
        docs_url=None,
        # Off unless the council sets its collector up: asked of the environment, it would cost each request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redoc_url=None,
        openapi_url=None,  # it would be written again for everybody who asks
        lifespan=_lifespan(opening),
        generate_unique_id_function=name_of,
        separate_input_output_schemas=False,
        redirect_slashes=False,  # to wherever the Host header says
    )
    # Not included: FastAPI would make all of them again, and look for one of them twice at each request.
    app.router.routes.extend(
        route for context in CONTEXTS for router in context.routers for route in router.routes
    )
    app.webhooks.include_router(webhooks)
    app.include_router(health)
    app.include_router(security_txt)
    app.include_router(public_log)
    app.include_router(pages)
    app.include_router(console)
    index = app.router.middleware_stack = RouteIndex(app.router)
    problems.install(app)
    app.add_middleware(PlannedFirst, index=index)
    app.add_middleware(FaultAnswers)
    _guard(app, origins, tls=tls)
    app.openapi = cache(lambda: openapi_document(app))  # type: ignore[method-assign]  # FastAPI's own way
    return app


def _lifespan(opening: Opening | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what runs the service for as long as its app is served."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        assert opening is not None, "an app without a service can only be described"
        async with opening() as service:
            app.state.service = service
            yield

    return lifespan


def _guard(app: FastAPI, origins: Sequence[str], *, tls: bool) -> None:
    """Stand before the app: the door outermost, then whose pages may ask."""
    if origins:
        app.add_middleware(CORSMiddleware, allow_origins=origins, **CROSS_ORIGIN)
    app.add_middleware(Door, tls=tls)


def openapi_document(app: FastAPI | None = None) -> dict[str, Any]:
    """Return the API file: what FastAPI derives, and the problem that every refusal is."""
    app = app or create_app()
    document = FastAPI.openapi(app)
    schemas = document["components"]["schemas"]
    schemas["Problem"] = {"title": "Problem", "description": "RFC 9457 problem details.", **PROBLEM}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = SIGN_IN
    needs = {route.name: stated(route) for route in routes()}
    for name, schema in schemas.items():
        if name.startswith("Body_"):  # FastAPI's name for a form; ours refuse parts that they do not know
            schema["additionalProperties"] = False
            schema["properties"] = {name: _never_null(part) for name, part in schema["properties"].items()}
    for path in document["paths"].values():
        for operation in path.values():
            operation.setdefault("security", [{scheme: []} for scheme in SIGN_IN])
            if operation["operationId"] in needs:
                operation["x-permissions"] = needs[operation["operationId"]]
                operation["x-cost"] = _cost(operation)
            for parameter in operation.get("parameters", []):
                parameter["schema"] = _never_null(parameter["schema"])
                # The rules ask for it, so that its absence is a 428; the file says that it is needed.
                parameter["required"] = parameter.get("required") or parameter["name"] == "If-Match"
    return document


def _cost(operation: dict[str, Any]) -> int:
    """Return what an operation takes of a caller's allowance a minute."""
    is_list = any(parameter["name"] == "limit" for parameter in operation.get("parameters", []))
    return COSTS.get(operation["operationId"], A_LIST if is_list else ONE_THING)


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema without null: a parameter that is not there is just not there."""
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**choices[0], **rest} if len(choices) == 1 else schema


def openapi_text() -> bytes:
    """Return the API file as it is kept in the repository."""
    return orjson.dumps(openapi_document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
