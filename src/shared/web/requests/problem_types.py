"""What a kind of refusal is called where it is published."""

import re

from shared.kernel.errors import Refused


def type_of(refusal: type[Refused]) -> str:
    """Return the stable `type` of a kind of refusal: its own where it was renamed, else made of its name."""
    kept = vars(refusal).get("problem_type")
    return "/problems/" + (kept or re.sub(r"(?<=[a-z])(?=[A-Z])", "-", refusal.__name__).lower())
