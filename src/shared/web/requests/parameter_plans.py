"""All that an operation depends on, solved in one go by a plan that is made once, when its route is.

FastAPI finds out at each request what is to be known beforehand, dependency by dependency. What it says
of parameters stays its own: those that were sent are read by it, one that was not is its default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi._compat import ModelField, Undefined
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from fastapi.exceptions import RequestValidationError
from starlette.requests import ClientDisconnect

from shared.kernel.errors import Unacceptable

PLAIN = (str, int, bool, type(None))  # what a default may be without being copied for each request
UNREAD = ((str, str), (str | None, str), (UUID, UUID))  # what may be anything of a kind, and the kind


@dataclass(frozen=True, slots=True)
class _Parameters:
    """Parameters of one sort: what each is where it is not sent, and those that are read in any case.

    `unread` are of which kind a value is that is taken as it was sent: a text that may be any, an id that the
    address was found by.
    """

    fields: Sequence[ModelField]
    defaults: Mapping[str, object]
    unread: Mapping[str, type]

    def taken(self, sent: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        """Return the values of all of them, and what is wrong with those sent."""
        values: dict[str, Any] = {**self.defaults}
        read: list[ModelField] = []
        for one in self.fields:
            if one.name in self.unread and type(value := sent.get(one.alias)) is self.unread[one.name]:
                values[one.name] = value
            elif one.name not in self.defaults or one.alias in sent:
                read.append(one)
        if not read:
            return values, []
        found, errors = request_params_to_args(read, sent)
        return values | found, errors


@dataclass(slots=True)
class _Asked:
    """One request while it is solved: what has been solved already, and what is wrong with it."""

    request: Request
    done: dict[Any, Any] = field(default_factory=dict)
    errors: list[Any] = field(default_factory=list)
    beside: Response | None = None  # what holds the headers that an answer is given, where one is asked for

    async def body(self) -> Any:
        """Return the body as it came; what is empty is not there."""
        try:
            return await self.request.body() or Undefined
        except ClientDisconnect:
            raise Unacceptable from None


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """How to call one function: what it depends on, its parameters, and by which name it has the request."""

    call: Any
    name: str | None
    needed: "tuple[ParameterPlan, ...]"
    path: _Parameters
    query: _Parameters
    header: _Parameters
    body: Sequence[ModelField]
    request_name: str | None
    response_name: str | None

    async def answer(self, request: Request) -> Response:
        """Return what a read answers; refuse what is wrong with its parameters, all of it together."""
        answer, _ = await self.answered(request)
        assert isinstance(answer, Response), "a read makes its response itself"
        return answer

    async def answered(self, request: Request) -> tuple[Any, Response | None]:
        """Return what an operation answers, and the response that holds headers to go with it, if any."""
        asked = _Asked(request)
        values = await self._values(asked)
        if values is None:
            raise RequestValidationError(asked.errors)
        return await self.call(**values), asked.beside

    async def _values(self, asked: _Asked) -> dict[str, Any] | None:
        """Return the arguments of the call, or nothing where some of them can't be had."""
        values: dict[str, Any] = {}
        before = len(asked.errors)
        for plan in self.needed:
            needed = await plan._values(asked)  # noqa: SLF001  # of its own kind
            if needed is None:
                continue
            if plan.call not in asked.done:
                asked.done[plan.call] = await plan.call(**needed)
            if plan.name is not None:
                values[plan.name] = asked.done[plan.call]
        values |= await self._sent(asked)
        if self.response_name is not None:
            values[self.response_name] = asked.beside = asked.beside or Response()
        if self.request_name is not None:
            values[self.request_name] = asked.request
        return values if len(asked.errors) == before else None

    async def _sent(self, asked: _Asked) -> dict[str, Any]:
        """Return the values of what was sent for this call, and note what is wrong with it."""
        values: dict[str, Any] = {}
        request = asked.request
        for parameters, sent in (
            (self.path, request.path_params),
            (self.query, request.query_params),
            (self.header, request.headers),
        ):
            if parameters.fields:
                taken, errors = parameters.taken(sent)
                values |= taken
                asked.errors += errors
        if self.body:
            taken, errors = await request_body_to_args(
                [*self.body], await asked.body(), embed_body_fields=False
            )
            values |= taken
            asked.errors += errors
        return values


def plan_of(dependant: Dependant) -> ParameterPlan | None:
    """Return the plan of an operation; nothing where it takes what a plan knows nothing of."""
    needed = [plan_of(each) for each in dependant.dependencies]
    if None in needed or _takes_more(dependant):
        return None
    return ParameterPlan(
        dependant.call,
        dependant.name,
        tuple(plan for plan in needed if plan is not None),
        _parameters(dependant.path_params),
        _parameters(dependant.query_params),
        _parameters(dependant.header_params),
        dependant.body_params,
        dependant.request_param_name,
        dependant.response_param_name,
    )


def _takes_more(dependant: Dependant) -> bool:
    return bool(
        any("_" in one.alias for one in dependant.header_params)  # which goes by another name
        or dependant.cookie_params
        or len(dependant.body_params) > 1
        or dependant.background_tasks_param_name
        or dependant.http_connection_param_name
        or dependant.security_scopes_param_name
        or dependant.concurrency
        or not dependant.use_cache
        or not _is_prerequisite(dependant.call)
    )


def _is_prerequisite(call: object) -> bool:
    """Say whether a function, or an object that is called like one, is a coroutine's."""
    return iscoroutinefunction(call) or iscoroutinefunction(type(call).__call__)


def _parameters(fields: Sequence[ModelField]) -> _Parameters:
    defaults = {
        one.name: one.default
        for one in fields
        if not one.field_info.is_required()
        and not one.field_info.validate_default
        and isinstance(one.default, PLAIN)
    }
    unread = {one.name: kind for one in fields if (kind := _unread(one)) is not None}
    return _Parameters(fields, defaults, unread)


def _unread(one: ModelField) -> type | None:
    """Return the kind of which a value need not be read: any text, any id."""
    info = one.field_info
    if info.metadata or info.discriminator:
        return None
    return next((kind for known, kind in UNREAD if info.annotation == known), None)
