"""Whatever is sent to whichever operation, the answer is declared, and no fault.

The operations and their parts come from the API file. That an answer is declared is looked at wherever
specifications ask (`tests.support.declared`); `make prove PROOFS=malformed` sends what a library thinks of.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest

from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.in_full import in_turn
from tests.support.people import Who
from tests.support.sampling import body_of, operations

EVERYBODY = Who("una", tuple(Role))
ODD_TEXTS = ("", "\0", "-1", "9" * 30, "2026-02-30", "nan", "x" * 3_000, "\u202etxt", "[]", "0001-01-01")
ODD_VALUES = (None, True, -1, 10**30, 0.5, "", "\0", "x" * 3_000, "\ud800", [], {}, [None], "0001-01-01")
ODD_BODIES = (b"", b"{", b"null", b"[]", b'"x"', b"\xff", b'{"a":1,"a":2}', b"[" * 3_000, b'{"a":NaN}')

JSON = {"Content-Type": "application/json"}

Sent = Mapping[str, Any]


def _odd_addresses(path: str, operation: Mapping[str, Any]) -> Iterator[tuple[str, Sent]]:
    """Yield addresses and parameters of which one at a time is odd."""
    sound = re.sub(r"\{\w+\}", str(uuid4()), path)
    for name in re.findall(r"\{\w+\}", path):
        for odd in ("%00", *in_turn(path + name, ("x", "0" * 40, "%F0%9F%92%A9", "x%00", "%FF", ".."))):
            yield re.sub(r"\{\w+\}", str(uuid4()), path.replace(name, odd)), {}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query":
            for odd in in_turn(path + parameter["name"], ODD_TEXTS):
                yield sound, {"params": {parameter["name"]: odd}}


def _odd_bodies(path: str, operation: Mapping[str, Any], action: str) -> Iterator[Sent]:
    """Yield bodies that are no JSON, or not what is wanted, or of which one field at a time is odd."""
    sound = body_of(dict(operation), action)
    for content in in_turn(path + action, ODD_BODIES):
        yield {"content": content, "headers": JSON}
    if "json" in sound:
        yield _as_json({**sound["json"], "unheard of": 1})
    for name in sound.get("json", {}):
        for odd in in_turn(path + action + name, ODD_VALUES):
            yield _as_json({**sound["json"], name: odd})
    for name in sound.get("data", {}):
        for odd in in_turn(path + action + name, ODD_TEXTS):
            yield {**sound, "data": {**sound["data"], name: odd}}


def _as_json(body: Any) -> Sent:
    return {"content": json.dumps(body), "headers": JSON}


def _requests(path: str, operation: Mapping[str, Any]) -> Iterator[tuple[str, Sent]]:
    yield from _odd_addresses(path, operation)
    sound = re.sub(r"\{\w+\}", str(uuid4()), path)
    if "requestBody" in operation:
        for needed in operation["x-permissions"]:
            yield from ((sound, sent) for sent in _odd_bodies(path, operation, needed["action"]))


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_whatever_is_sent_every_answer_is_declared_and_none_is_a_fault(api: Api, method: str) -> None:
    faults, asked = [], 0
    for each, path, operation in operations():
        for address, sent in _requests(path, operation) if each == method else ():
            headers = api.headers(EVERYBODY, If_Match='"1"') | sent.get("headers", {})
            answer = await api.client.request(method, address, **{**sent, "headers": headers})
            asked += 1
            if answer.status_code >= 500:
                faults.append((method, address, sent, answer.text))
    assert faults == [], "\n".join(f"{each[:3]}" for each in faults)
    assert asked > 200
