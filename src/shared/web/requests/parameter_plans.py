"""All that an operation depends on, solved in one go by a plan that is made once, when its route is.

FastAPI finds out at each request what is to be known beforehand, dependency by dependency. What it says
of parameters stays its own: those that were sent are read by it, one that was not is its default.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Request, Response
from fastapi._compat import ModelField, Undefined
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import _validate_value_with_model_field, request_params_to_args
from fastapi.exceptions import RequestValidationError

PLAIN = (str, int, bool, type(None))  # what a default may be without being copied for each request
UNREAD = ((str, str), (str | None, str), (UUID, UUID))  # what may be anything of a kind, and the kind


class _Parameter(NamedTuple):
    """One parameter: whether it must be read where it is not sent, and of which kind a value need not be.

    Such are a text that may be any, and an id that the address was found by: each is taken as it was sent.
    """

    name: str
    alias: str
    field: ModelField
    unread: type | None
    is_needed: bool


@dataclass(frozen=True, slots=True)
class _Parameters:
    """Parameters of one sort: where a request has them, and what each is where it is not sent."""

    where: str
    each: Sequence[_Parameter]
    defaults: Mapping[str, object]

    def taken(self, request: Request) -> tuple[dict[str, Any], list[Any]]:
        """Return the values of all of them, and what is wrong with those sent."""
        sent = getattr(request, self.where)
        values: dict[str, Any] = {**self.defaults}
        read: list[ModelField] = []
        for name, alias, field_, unread, is_needed in self.each:
            value = sent.get(alias)
            if type(value) is unread:
                values[name] = value
            elif is_needed or value is not None:
                read.append(field_)
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

    async def body(self, needed: ModelField) -> Any:
        """Return what the body says, and note what is wrong with it; what is empty is not there."""
        said = await self.request.body() or Undefined
        value, errors = _validate_value_with_model_field(field=needed, value=said, values={}, loc=("body",))
        self.errors += errors
        return value


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """How to call one function: what it depends on, its parameters, and by which name it has the request."""

    call: Any
    name: str | None
    needed: "tuple[ParameterPlan, ...]"
    sent: Sequence[_Parameters]
    body: ModelField | None
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
        """Return the arguments of the call, or nothing if some of them are missing."""
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
        for parameters in self.sent:
            taken, errors = parameters.taken(asked.request)
            values |= taken
            asked.errors += errors
        if self.body is not None:
            values[self.body.name] = await asked.body(self.body)
        return values


def plan_of(dependant: Dependant) -> ParameterPlan | None:
    """Return the plan of an operation; nothing if it takes what a plan knows nothing of."""
    needed = [plan_of(each) for each in dependant.dependencies]
    if None in needed or _takes_more(dependant):
        return None
    return ParameterPlan(
        dependant.call,
        dependant.name,
        tuple(plan for plan in needed if plan is not None),
        tuple(_sent(dependant)),
        dependant.body_params[0] if dependant.body_params else None,
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


def _sent(dependant: Dependant) -> Iterator[_Parameters]:
    """Yield the parameters of each sort that an operation has any of."""
    for where, fields in (
        ("path_params", dependant.path_params),
        ("query_params", dependant.query_params),
        ("headers", dependant.header_params),
    ):
        if fields:
            yield _parameters(where, fields)


def _parameters(where: str, fields: Sequence[ModelField]) -> _Parameters:
    defaults = {
        one.name: one.default
        for one in fields
        if not one.field_info.is_required()
        and not one.field_info.validate_default
        and isinstance(one.default, PLAIN)
    }
    each = [_Parameter(one.name, one.alias, one, _unread(one), one.name not in defaults) for one in fields]
    return _Parameters(where, each, defaults)


def _unread(one: ModelField) -> type | None:
    """Return the kind of which a value need not be read: any text, any id."""
    info = one.field_info
    if info.metadata or info.discriminator:
        return None
    return next((kind for known, kind in UNREAD if info.annotation == known), None)
