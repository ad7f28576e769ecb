"""Sound request bodies, made from what the API file says of them: its own examples first."""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
API: dict[str, Any] = json.loads((ROOT / "openapi" / "openapi.json").read_text())
SCHEMAS = API["components"]["schemas"]
TEXTS = ("Text", "CC-1", "2027-06-01", "ann", "a", "1", "2027-06-01T10:00:00Z")
BY_FORMAT = {
    "uuid": "0f0f0f0f-0000-4000-8000-000000000001",
    "date": "2027-06-01",
    "date-time": "2027-06-01T10:00:00Z",
}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Return every operation that asks who one is: its method, path and description."""
    return [
        (method.upper(), path, operation)
        for path, methods in API["paths"].items()
        for method, operation in methods.items()
        if operation.get("security") != []
    ]


def sample(schema: dict[str, Any]) -> Any:
    """Return something that a schema allows."""
    if "$ref" in schema:
        return sample(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "const" in schema:
        return schema["const"]
    if schema.get("examples"):
        return schema["examples"][0]
    for choices in ("oneOf", "anyOf", "allOf", "enum"):
        if choices in schema:
            first = schema[choices][0]
            return first if choices == "enum" else sample(first)
    return _of_type(schema)


def _of_type(schema: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", [])
            return {name: sample(schema["properties"][name]) for name in wanted}
        case "array":
            return [sample(schema["items"])] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case "string":
            return _text(schema)
        case _:
            return None


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    pattern = schema.get("pattern", "")
    return next(text for text in TEXTS if re.search(pattern, text))


def body_of(operation: dict[str, Any], action: str) -> dict[str, Any]:
    """Return the arguments of a request by which an operation does one action."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        schema = SCHEMAS.get(action) or content["application/json"]["schema"]
        return {"json": sample(schema)}
    if "multipart/form-data" in content:
        schema = SCHEMAS[content["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]]
        parts = {name: schema["properties"][name] for name in schema["required"]}
        files = {name for name, part in parts.items() if "contentMediaType" in part}
        return {
            "files": {name: (f"{name}.csv", b"x\n") for name in files},
            "data": {name: sample(part) for name, part in parts.items() if name not in files},
        }
    return {}
