"""Which fields of an event may be exempt: what it says in words or figures; not by whom, nor which step."""

from functools import cache
from typing import Any, get_args

from shared.kernel.messages import Event
from shared.kernel.personal import Personal

AMOUNT = "_pence"

# Who did it, and which step it was, stays in sight.
IN_SIGHT = frozenset(
    {
        "raised_by",
        "made_by",
        "declared_by",
        "decided_by",
        "acting_for",
        "requester",
        "lead",
        "evaluator",
        "delegator",
        "delegate",
        "leaver",
        "successor",
        "tier",
        "next_tier",
    }
)


@cache
def contents(event: type[Event[Any]]) -> frozenset[str]:
    """Return the fields of an event that can be left out: texts, amounts, what may be missing, and wholes."""
    return frozenset(event.wholes) | {
        name
        for name, field in event.model_fields.items()
        if name not in IN_SIGHT
        and (
            name.endswith(AMOUNT)
            or field.annotation in (str, Personal)
            or type(None) in get_args(field.annotation)
        )
    }
