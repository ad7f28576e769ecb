"""JSON bodies are read by Pydantic's own strict reader: `false` is no 0, and "7" is no 7."""

from collections.abc import Callable, Collection, Coroutine, Iterable
from contextlib import AsyncExitStack
from functools import cached_property, partial
from typing import Any

from fastapi import Request, Response, params
from fastapi.datastructures import DefaultPlaceholder, QueryParams
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, serialize_response
from pydantic import TypeAdapter, ValidationError, WrapValidator
from starlette.types import Receive, Scope, Send

from shared.kernel.errors import NotAuthenticated, Unacceptable, WrongMediaType
from shared.kernel.person import Person
from shared.web.core_service import core_service
from shared.web.limits.rate_limits import RateLimits, TooManyRequests
from shared.web.requests.json_names import must_be_named_once
from shared.web.requests.parameter_plans import ParameterPlan, plan_of
from shared.web.requests.problems import answer_to
from shared.web.security.address_turns import turn_of_address, waiting_for_its_reader
from shared.web.security.peers import peer_of
from shared.web.security.security_log import note_acts

BODY_BYTES_LIMIT = 64 * 1024
NAME_LIMIT, NAMES_LIMIT = 200, 20  # of what is unknown, when it is named
NO_QUERY = QueryParams()


async def authenticated(request: Request) -> Person:
    """Return who asks, by their bearer token."""
    given = request.headers.getlist("authorization")
    scheme, _, token = (given[0] if len(given) == 1 else "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated
    service = core_service(request)
    try:
        person: Person = await service.person(token.strip())
    except NotAuthenticated:
        limits: RateLimits = service.limits
        await request.state.turn.enter_async_context(turn_of_address(request))
        await limits.failed(str(peer_of(request)))
        raise
    return person


ONE_THING, A_LIST = 1, 2  # what a request costs, unless its operation has a cost of its own
EVENT_STREAM = "text/event-stream"


class NoSuchParameter(Unacceptable):
    """This operation has no such parameter: a misspelt filter would filter nothing."""


def must_be_known(sent: Iterable[str], known: Collection[str]) -> None:
    """Refuse parameters or parts of a form that an operation does not have, and name them."""
    if unknown := sorted({*sent} - {*known}):
        named = [name[:NAME_LIMIT] for name in unknown[:NAMES_LIMIT]]
        raise NoSuchParameter(unknown=named, known=sorted(known))


def once_answered(request: Request, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Let something be done once a request has been answered; not where it is refused."""
    request.state.once_answered.append(step)


def name_of(route: APIRoute) -> str:
    """Return what the API file calls an operation."""
    return route.name


class _RawJson(Request):
    """A request whose JSON is left as bytes, for the strict reader; most have no query to be read."""

    @property
    def query_params(self) -> QueryParams:
        return super().query_params if self.scope["query_string"] else NO_QUERY

    async def json(self) -> bytes:
        return await self.body()


class StrictRoute(APIRoute):
    """A route that knows who asks before it reads a body, takes no unknown parameter, leaves JSON alone.

    Where it takes JSON, a body must call itself so.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **said: Any) -> None:
        """Make a route; in the API file, its operation is called as its function is."""
        super().__init__(path, endpoint, **{**said, "generate_unique_id_function": name_of})
        self._answered = self.get_route_handler() if self._planned else None

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers behind the check of the token: a read's own plan, or FastAPI's handler."""
        handler = self._planned or super().get_route_handler()
        known = _parameters(self.dependant)
        usual = A_LIST if "limit" in known else ONE_THING
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, params.Form)

        async def strictly(given: Request) -> Response:
            request = _RawJson(given.scope, given.receive)
            state: dict[str, Any] = request.scope["state"]
            person = state["person"] = await authenticated(request)
            limits: RateLimits = core_service(request).limits
            allowance = state["allowance"] = limits.allowance(person.id, limits.costs.get(self.name, usual))
            turn: AsyncExitStack = state["turn"]
            await turn.enter_async_context(limits.running(person.id))  # refusals wait for theirs, too
            if allowance.left < 0:
                raise TooManyRequests(a_minute=allowance.limit)
            must_be_known(request.query_params, known)
            if takes_json:
                _must_be_json(request)
            state["acts"], state["once_answered"] = [], []
            answer = await handler(request)
            note_acts(request, answer.status_code)
            for step in state["once_answered"]:
                turn.push_async_callback(step)
            if answer.media_type == EVENT_STREAM:  # it goes on for as long as its reader likes
                await turn.aclose()
            return answer

        return strictly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and keep the caller's turn until their answer is taken: who reads slowly waits alone."""
        async with AsyncExitStack() as turn:
            scope.setdefault("state", {})["turn"] = turn
            await super().handle(scope, receive, waiting_for_its_reader(send))

    def plans(self, scope: Scope) -> bool:
        """Say whether a request that is for this route is answered by a plan."""
        return self._answered is not None and self._has_room_for(scope)

    async def give(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the plan, in the caller's turn as well, and whatever is refused.

        What is planned needs none of the layers for what others have: files to close, dependencies that end
        with the answer, the counting of a body's bytes where its length is said beforehand.
        """
        assert self._answered is not None, "it is planned"
        async with AsyncExitStack() as turn:
            scope["state"]["turn"] = turn
            request = Request(scope, receive)
            try:
                answer = await self._answered(request)
            except Exception as error:  # noqa: BLE001  # what nobody foresaw has an answer, too
                answer = await answer_to(request, error)
            await answer(scope, receive, waiting_for_its_reader(send))

    def _has_room_for(self, scope: Scope) -> bool:
        """Say whether a request's body is surely not too long: its length is said, or there is none."""
        said = dict(scope["headers"])
        if b"transfer-encoding" in said:
            return False
        length = said.get(b"content-length", b"0")
        return length.isdigit() and (self.max_body_size is None or int(length) <= self.max_body_size)

    @cached_property
    def _planned(self) -> Callable[[Request], Coroutine[Any, Any, Response]] | None:
        """Return what answers by a plan: a read that makes its response itself, or a body of JSON."""
        plan = plan_of(self.dependant)
        if plan is None or self.is_sse_stream or self.is_json_stream:
            return None
        if self.response_field is None:
            return plan.answer if self.methods == {"GET"} and self.body_field is None else None
        return partial(self._written, plan) if self._is_usual() else None

    def _is_usual(self) -> bool:
        """Say whether an operation takes JSON or nothing, and answers with all of a model, as JSON."""
        takes_form = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)
        left_out = (
            self.response_model_include,
            self.response_model_exclude,
            self.response_model_exclude_unset,
            self.response_model_exclude_defaults,
            self.response_model_exclude_none,
        )
        makes_json = isinstance(self.response_class, DefaultPlaceholder) and self.response_model_by_alias
        return makes_json and not (takes_form or any(left_out) or self._embed_body_fields)

    async def _written(self, plan: ParameterPlan, request: Request) -> Response:
        """Return what an operation answers as JSON, as FastAPI would write it."""
        found, beside = await plan.answered(request)
        if isinstance(found, Response):
            return found
        content = await serialize_response(field=self.response_field, response_content=found, dump_json=True)
        answer = Response(content, self.status_code or 200, media_type="application/json")
        if beside is not None:
            answer.raw_headers += [pair for pair in beside.raw_headers if pair[0] != b"content-length"]
        return answer


def _parameters(dependant: Dependant) -> set[str]:
    """Return the names of all query parameters that an operation and what it depends on take."""
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_parameters(needed) for needed in dependant.dependencies))


def strict(kind: Any) -> WrapValidator:
    """Return what makes a body of this type be read strictly, as JSON."""
    return WrapValidator(_reader(kind))


def _reader(kind: Any) -> Callable[[Any, Any], Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    tagged = adapter.core_schema["type"] == "tagged-union"

    def read(body: Any, _: Any) -> Any:
        if not isinstance(body, bytes):
            raise RequestValidationError([_missing()])
        try:
            command = adapter.validate_json(body, strict=True)
        except ValidationError as error:
            raise RequestValidationError([_located(found, tagged) for found in error.errors()]) from None
        must_be_named_once(body)
        if "decision" in type(command).model_fields and "decision" not in command.model_fields_set:
            raise RequestValidationError([_missing("decision")])
        return command

    return read


def _missing(*path: str) -> dict[str, Any]:
    return {"type": "missing", "loc": ("body", *path), "msg": "Field required"}


def _located(error: Any, tagged: bool) -> dict[str, Any]:  # noqa: FBT001  # a private helper with one caller
    """Place an error in the body; the union's tag is no part of the path."""
    return {**error, "loc": ("body", *error["loc"][1 if tagged else 0 :])}


def _must_be_json(request: Request) -> None:
    """Refuse a body that does not call itself JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise WrongMediaType(needed="application/json")
