"""JSON has one kind of number: a whole one in a body may be written 3.0 (JSON Schema, 6.1.1)."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.routing import APIRoute
from pydantic import TypeAdapter, WrapValidator

from rfp_service.rooms import CONTEXTS
from shared.kernel.fields import WHOLE

LEFT_ALONE = {"serialization", "metadata", "default", "cls", "config"}


def bodies() -> Iterator[Any]:
    """Yield what is asked for in each body that is read as JSON."""
    for context in CONTEXTS:
        for router in context.routers:
            for route in router.routes:
                if isinstance(route, APIRoute) and route.body_field is not None:
                    info = route.body_field.field_info
                    if any(isinstance(each, WrapValidator) for each in info.metadata):
                        yield info.annotation


def parts(node: Any, field: str) -> Iterator[tuple[Any, str]]:
    """Yield the parts of a schema of Pydantic's core, each with the field that it is of."""
    if isinstance(node, list | tuple):
        yield from ((each, field) for each in node)
    elif isinstance(node, Mapping):
        model = node["cls"].__name__ if node.get("type") == "model" else field
        for name, part in node.items():
            if name == "fields" and isinstance(part, Mapping):
                yield from ((schema, f"{model}.{each}") for each, schema in part.items())
            elif name not in LEFT_ALONE:
                yield part, model


def as_written(node: Any, field: str = "") -> Iterator[str]:
    """Yield the fields whose numbers must be written without a point."""
    kind = node.get("type") if isinstance(node, Mapping) else ""
    if kind == "int":
        yield field
    elif kind != "function-before" or node["function"]["function"] is not WHOLE.func:
        for part, of in parts(node, field):
            yield from as_written(part, of)


def test_no_whole_number_of_a_body_is_refused_for_its_point() -> None:
    asked = list(bodies())
    assert len(asked) > 50
    assert {field for each in asked for field in as_written(TypeAdapter(each).core_schema)} == set()


def test_a_number_that_would_be_refused_is_found() -> None:
    assert list(as_written(TypeAdapter(int).core_schema, "a")) == ["a"]
