"""Proposing categories by rules that somebody wrote; a person accepts them, or does not."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from projects.domain.project import Origin
from shared.kernel.fields import ShortText

RULES_LIMIT = 200
WORDS_LIMIT = 50


class CategoryRule(BaseModel):
    """A rule: all that it names must hold; of `title_contains`, any one does. Letters' case is nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Network words"])
    category: ShortText = Field(examples=["Networks"])
    sub_category: ShortText | None = None
    title_contains: list[ShortText] = Field([], max_length=WORDS_LIMIT, examples=[["network"]])
    supplier: ShortText | None = None
    service_area: ShortText | None = None
    origin: Origin | None = None


class RulesFile(BaseModel):
    """Rules, tried in order: the first that holds proposes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Annotated[list[CategoryRule], Field(min_length=1, max_length=RULES_LIMIT)]


def first_that_holds(rules: Sequence[CategoryRule], row: Mapping[str, Any]) -> CategoryRule | None:
    """Return the first rule that holds for a project."""
    return next((rule for rule in rules if holds(rule, row)), None)


def holds(rule: CategoryRule, row: Mapping[str, Any]) -> bool:
    """Say whether a rule holds for a project; a rule that names nothing holds for none."""
    title = row["title"].casefold()
    conditions = [
        any(word.casefold() in title for word in rule.title_contains) if rule.title_contains else None,
        _same(rule.supplier, row["supplier"]),
        _same(rule.service_area, row["service_area"]),
        _same(rule.origin, row["origin"]),
    ]
    named = [condition for condition in conditions if condition is not None]
    return bool(named) and all(named)


def _same(wanted: str | None, said: str | None) -> bool | None:
    return None if wanted is None else wanted.casefold() == (said or "").casefold()
