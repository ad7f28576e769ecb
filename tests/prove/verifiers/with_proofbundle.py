"""Verifies a log with the PyPI package proofbundle; reads cases as JSON lines, writes true or false."""

import base64
import json
import sys
from typing import Any

from proofbundle.checkpoint import verify_checkpoint, verify_witnessed_checkpoint
from proofbundle.errors import ProofBundleError
from proofbundle.merkle import verify_consistency
from proofbundle.tlogproof import verify_tlog_proof


def check(case: dict[str, Any]) -> bool:
    match case["kind"]:
        case "checkpoint":
            return bool(verify_checkpoint(case["note"], case["key"])["ok"])
        case "cosignature":
            found = verify_witnessed_checkpoint(case["note"], case["logkey"], [case["key"]], threshold=1)
            return bool(found["ok"])
        case "inclusion":
            leaf = base64.b64decode(case["leaf"])
            return bool(verify_tlog_proof(case["proof"], leaf, case["key"])["ok"])
        case _:
            hashes = [base64.b64decode(text) for text in case["hashes"]]
            first, second = (verify_checkpoint(case[n], case["key"]) for n in ("earlier", "note"))
            return bool(first["ok"] and second["ok"]) and bool(
                verify_consistency(
                    first["tree_size"], second["tree_size"], hashes, first["root"], second["root"]
                )
            )


for line in sys.stdin:
    try:
        answer = check(json.loads(line))
    except (ProofBundleError, ValueError):
        answer = False
    print(json.dumps(answer))
