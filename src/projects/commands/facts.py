"""What the rules need to know of the scheme, found for one command and given to it in `Known`."""

from pydantic import JsonValue

from shared.governance.scheme.domain import SchemeValues


def of_categories(
    values: SchemeValues | None, category: str | None, sub_category: str | None
) -> dict[str, JsonValue]:
    """Say whether the scheme names a category; nothing if it names none at all."""
    named = values.project_categories if values else []
    if not named or category is None:
        return {}
    subs = {one.name: one.sub_categories for one in named}
    found = category in subs and (sub_category is None or sub_category in subs[category])
    return {"category_named": found}


def of_weights(values: SchemeValues | None) -> dict[str, JsonValue]:
    """Return the weights in force."""
    return {"weights": {w.name: w.weight for w in values.weights if w.weight}} if values else {}


def of_checklist(values: SchemeValues | None) -> dict[str, JsonValue]:
    """Return the readiness checklist in force."""
    return {"checklist": list(values.readiness_checklist)} if values else {}
