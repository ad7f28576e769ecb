"""The published cases of inclusion and consistency proofs (github.com/transparency-dev/merkle, testdata)."""

import base64
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shared.ledger.tree import ProofFails, verify_consistency, verify_inclusion
from tests.prove.parts import Failed, Missing


def published_cases() -> str:
    """Judge each published case as its publishers do; `MERKLE_VECTORS` names the file that holds them all."""
    path = os.environ.get("MERKLE_VECTORS")
    if not path:
        raise Missing("MERKLE_VECTORS names no file of published cases")
    cases = json.loads(Path(path).read_text())
    judged = [(case, _inclusion(case)) for case in cases["inclusion"]]
    judged += [(case, _consistency(case)) for case in cases["consistency"]]
    wrong = [case["file"] for case, holds in judged if holds is case["wantErr"]]
    if wrong or not judged:
        raise Failed(f"judged otherwise: {wrong}")
    return f"{len(judged)} of {len(judged)} published cases judged as they are meant to be"


def _inclusion(case: Mapping[str, Any]) -> bool:
    leaf, root = _hashes([case["leafHash"], case["root"]])
    return _holds(verify_inclusion, leaf, case["leafIdx"], case["treeSize"], _hashes(case["proof"]), root)


def _consistency(case: Mapping[str, Any]) -> bool:
    earlier, later = _hashes([case["root1"], case["root2"]])
    sizes = case["size1"], case["size2"]
    return _holds(verify_consistency, *sizes, _hashes(case["proof"]), earlier, later)


def _holds(check: Any, *arguments: object) -> bool:  # either of the two checks
    try:
        check(*arguments)
    except ProofFails:
        return False
    return True


def _hashes(texts: Iterable[str | None] | None) -> list[bytes]:
    return [base64.b64decode(text or "") for text in texts or ()]
