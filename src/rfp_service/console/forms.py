"""Which decisions on an RFP the pages have a form for: made of the commands themselves, so that none differs.

A form holds what a decision must say; decisions that need more than words and choices have none yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic.fields import FieldInfo

from rfp_service.rfps.api.rfps import DECISIONS
from shared.kernel.messages import Command

OF_EVERY_DECISION = frozenset({"decision", "acting_for"})
ONE_LINE_LIMIT = 200
FIRST = (  # what an RFP waits for, as a rule: shown as buttons
    "approve",
    "approve-award",
    "grant-waiver",
    "take-key-decision",
    "accept",
    "submit",
    "confirm-no-match",
    "request-approval",
)
THEN = ("refuse", "refuse-award", "refuse-waiver", "refuse-key-decision", "reject", "return-for-rework")
ANSWERED_AT_ONCE: Mapping[str, tuple[str, str]] = {
    "approval": ("approve", "refuse"),
    "award-approval": ("approve-award", "refuse-award"),
    "waiver": ("grant-waiver", "refuse-waiver"),
    "key-decision": ("take-key-decision", "refuse-key-decision"),
}
NEVER_UNDONE = frozenset({*THEN[:-1], "withdraw"})


@dataclass(frozen=True, slots=True)
class FormField:
    """What a decision must say."""

    name: str
    hint: str
    limit: int
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """A decision that has a form."""

    decision: str
    says: str
    fields: tuple[FormField, ...]

    @property
    def is_final(self) -> bool:
        """Say whether it ends the RFP."""
        return self.decision in NEVER_UNDONE


def _form(command: type[Command[Any]]) -> DecisionForm | None:
    """Return a command's form; nothing where words and choices don't do."""
    own = {name: each for name, each in command.model_fields.items() if name not in OF_EVERY_DECISION}
    needed = {name: each for name, each in own.items() if each.is_required()}
    if own and not needed:
        return None
    fields = [_field(name, each) for name, each in needed.items()]
    if None in fields:
        return None
    decision = str(command.model_fields["decision"].default)
    says = " ".join((command.__doc__ or "").split())
    return DecisionForm(decision, says, tuple(each for each in fields if each is not None))


def _field(name: str, field: FieldInfo) -> FormField | None:
    kind = field.annotation
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return FormField(name, field.description or "", 0, tuple(kind))
    if kind is not str:
        return None
    limits = [limit for each in field.metadata if (limit := getattr(each, "max_length", None))]
    return FormField(name, field.description or "", min(limits, default=ONE_LINE_LIMIT))


FORMS: Mapping[str, DecisionForm] = {
    form.decision: form for command in DECISIONS if (form := _form(command)) is not None
}
