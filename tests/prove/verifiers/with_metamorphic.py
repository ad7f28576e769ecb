"""Verifies a log with the PyPI package metamorphic-log; reads cases as JSON lines, writes true or false."""

import base64
import json
import sys
from typing import Any

import metamorphic_log as theirs


def check(case: dict[str, Any]) -> bool | None:
    hashes = [base64.b64decode(text) for text in case["hashes"]]
    match case["kind"]:
        case "checkpoint":
            theirs.checkpoint_verify(case["note"], [case["key"]])
        case "inclusion":
            leaf = theirs_leaf(base64.b64decode(case["leaf"]))
            theirs.checkpoint_verify_inclusion(case["note"], [case["key"]], case["index"], leaf, hashes)
        case "consistency":
            theirs.checkpoint_verify_consistency(case["earlier"], case["note"], [case["key"]], hashes)
        case _:
            return None  # it knows no cosignatures
    return True


def theirs_leaf(entry: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(b"\x00" + entry).digest()


for line in sys.stdin:
    try:
        answer = check(json.loads(line))
    except (theirs.VerifyError, ValueError, OverflowError):
        answer = False
    print(json.dumps(answer))
