"""Whatever a specification asks, it is answered as the API file declares: by status, form and body."""

from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import orjson

from tests.support.sampling import API

JSON = ("application/json", "application/problem+json")
DRAFT = "https://json-schema.org/draft/2020-12/schema"
FAULT = 500  # a fault that a specification provokes is declared nowhere


def _by_length() -> dict[int, list[tuple[list[str], str]]]:
    """Return the paths of the file by how many parts they have, those with fewer variables first."""
    paths: dict[int, list[tuple[list[str], str]]] = {}
    for path in sorted(API["paths"], key=lambda path: path.count("{")):
        paths.setdefault(path.count("/"), []).append((path.split("/"), path))
    return paths


PATHS = _by_length()


def must_be_declared(request: httpx.Request, response: httpx.Response) -> None:
    """Fail where the API file has this operation, and does not declare such an answer to it."""
    where = _operation(request.method.lower(), request.url.path)
    if where is None or response.status_code == FAULT:
        return
    path, method = where
    asked = f"{request.method} {request.url.path}"
    answer = API["paths"][path][method]["responses"].get(str(response.status_code))
    assert answer is not None, f"{asked}: {response.status_code} is not declared: {response.text[:300]}"
    form = response.headers.get("content-type", "").partition(";")[0]
    if not response.content:
        return
    assert form in answer.get("content", {}), f"{asked}: {response.status_code} as {form} is not declared"
    if form in JSON:
        checker = _checker(path, method, str(response.status_code), form)
        for error in checker.iter_errors(orjson.loads(response.content)):
            raise AssertionError(f"{asked}: {response.status_code} is not as declared: {error}")


def _operation(method: str, path: str) -> tuple[str, str] | None:
    """Return the path and method by which the file has what was asked for, if it has it."""
    given = path.split("/")
    for parts, declared in PATHS.get(len(given) - 1, []):
        if all(part == here or part.startswith("{") for part, here in zip(parts, given, strict=True)):
            return (declared, method) if method in API["paths"][declared] else None
    return None


@cache
def _file() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([("urn:api", API)])


@cache
def _checker(*steps: str) -> Any:
    """Return what checks by a schema of the file, read once."""
    path, method, status, form = (step.replace("~", "~0").replace("/", "~1") for step in steps)
    pointer = f"urn:api#/paths/{path}/{method}/responses/{status}/content/{form}/schema"
    return jsonschema_rs.validator_for(
        {"$schema": DRAFT, "$ref": quote(pointer, safe=":#/~")}, registry=_file(), validate_formats=True
    )
