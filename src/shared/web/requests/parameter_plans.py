"""All that a read depends on, solved in one go by a plan that is made once, when its route is.

FastAPI finds out at each request what is to be known beforehand, dependency by dependency. What it says
of parameters stays its own: those that were sent are read by it, one that was not is its default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any

from fastapi import Request, Response
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError

PLAIN = (str, int, bool, type(None))  # what a default may be without being copied for each request


@dataclass(frozen=True, slots=True)
class _Parameters:
    """Parameters of one sort: what each is where it is not sent, and those that are read in any case."""

    fields: Sequence[ModelField]
    defaults: Mapping[str, object]

    def taken(self, sent: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        """Return the values of all of them, and what is wrong with those sent."""
        if not self.fields:
            return {}, []
        read = [one for one in self.fields if one.name not in self.defaults or one.alias in sent]
        values, errors = request_params_to_args(read, sent) if read else ({}, [])
        return {**self.defaults, **values}, errors


@dataclass(slots=True)
class _Asked:
    """One request while it is solved: what has been solved already, and what is wrong with it."""

    request: Request
    done: dict[Any, Any] = field(default_factory=dict)
    errors: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """How to call one function: what it depends on, its parameters, and by which name it has the request."""

    call: Any
    name: str | None
    needed: "tuple[ParameterPlan, ...]"
    path: _Parameters
    query: _Parameters
    request_name: str | None

    async def answer(self, request: Request) -> Response:
        """Return what a route answers; refuse what is wrong with its parameters, all of it together."""
        asked = _Asked(request)
        values = await self._values(asked)
        if values is None:
            raise RequestValidationError(asked.errors)
        answer: Response = await self.call(**values)
        return answer

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
        for parameters, sent in (
            (self.path, asked.request.path_params),
            (self.query, asked.request.query_params),
        ):
            taken, errors = parameters.taken(sent)
            values |= taken
            asked.errors += errors
        if self.request_name is not None:
            values[self.request_name] = asked.request
        return values if len(asked.errors) == before else None


def plan_of(dependant: Dependant) -> ParameterPlan | None:
    """Return the plan of a read; nothing where it takes what a plan knows nothing of."""
    needed = [plan_of(each) for each in dependant.dependencies]
    if None in needed or _takes_more(dependant):
        return None
    return ParameterPlan(
        dependant.call,
        dependant.name,
        tuple(plan for plan in needed if plan is not None),
        _parameters(dependant.path_params),
        _parameters(dependant.query_params),
        dependant.request_param_name,
    )


def _takes_more(dependant: Dependant) -> bool:
    return bool(
        dependant.header_params
        or dependant.cookie_params
        or dependant.body_params
        or dependant.response_param_name
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
    return _Parameters(fields, defaults)
