"""Rules compare persons, not ids: one person may have several accounts, linked sooner or later."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
RULES = sorted(
    path
    for place in (
        "rfp_service/*/commands",
        "rfp_service/handover",
        "shared/governance/scheme",
        "shared/governance/delegations",
    )
    for found in SRC.glob(place)
    for path in found.rglob("*.py")
    if "api" not in path.stem  # what is asked over HTTP, is compared as it was asked
)
PEOPLE = {
    "by",
    "acting_for",
    "raised_by",
    "made_by",
    "decided_by",
    "requester",
    "lead",
    "evaluator",
    "evaluators",
    "declared",
    "conflicted",
    "deciders",
    "delegator",
    "delegate",
    "leaver",
    "successor",
}


def names_people(node: ast.expr) -> bool:
    """Say whether an expression is somebody's id, or several."""
    if isinstance(node, ast.Attribute):
        return node.attr in PEOPLE
    if isinstance(node, ast.Tuple):
        return any(names_people(each) for each in node.elts)
    return isinstance(node, ast.Name) and node.id in PEOPLE


def compared_by_id(source: str) -> list[str]:
    """Return the comparisons of people's ids; whether somebody is named at all is none."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and all(isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for op in node.ops)
        and any(names_people(each) for each in (node.left, *node.comparators))
    ]


def test_no_rule_compares_ids_where_it_means_people() -> None:
    assert len(RULES) > 30
    found = {str(path.relative_to(SRC)): compared_by_id(path.read_text()) for path in RULES}
    assert {path: compared for path, compared in found.items() if compared} == {}


def test_a_comparison_of_ids_is_found() -> None:
    assert compared_by_id("if stamp.by not in rfp.tender.evaluators or lead == person: pass") == [
        "stamp.by not in rfp.tender.evaluators",
        "lead == person",
    ]
    assert compared_by_id("if known.same_person(stamp.by, rfp.lead) or lead is None: pass") == []
