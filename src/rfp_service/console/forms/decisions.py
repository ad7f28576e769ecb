"""Every decision's form, read from its command; and which of them stand first where they are offered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rfp_service.console.forms.fields import FormField, fields_of
from shared.kernel.messages import Command

FIRST = (  # what a thing waits for, as a rule: shown as buttons
    "approve",
    "approve-award",
    "approve-renewal",
    "approve-order",
    "grant-waiver",
    "take-key-decision",
    "accept",
    "submit",
    "confirm-no-match",
    "check-catalogue",
    "request-approval",
    "confirm",
    "confirm-link",
    "select-route",
    "start-review",
    "recommend",
    "recommend-award",
    "fix-criteria",
    "publish-tender-notice",
    "publish",
    "send-order",
    "fulfil-order",
    "challenge",
    "resume",
    "ping",
    "submit-evidence",
    "report-progress",
    "record-arrived",
    "chase",
    "count",
    "review",
    "issue-invitation",
    "declare-interests",
    "record-score",
    "send-summaries",
    "publish-award-notice",
    "conclude-contract",
)
THEN = (
    "refuse",
    "refuse-award",
    "refuse-renewal",
    "refuse-order",
    "refuse-waiver",
    "refuse-key-decision",
    "reject",
    "return-for-rework",
    "return-evidence",
)
# What is a way on only until what comes of it is there to be answered.
ONCE = {"check-catalogue": frozenset({"divert", "decline-match", "confirm-no-match", "submit"})}
ANSWERED_AT_ONCE: Mapping[str, tuple[str, str]] = {
    "approval": ("approve", "refuse"),
    "award-approval": ("approve-award", "refuse-award"),
    "waiver": ("grant-waiver", "refuse-waiver"),
    "key-decision": ("take-key-decision", "refuse-key-decision"),
}
NEVER_UNDONE = frozenset(
    {
        *(each for each in THEN if not each.startswith("return-")),
        "drop",
        "withdraw",
        "cancel",
        "erase",
        "delete",
        "fail-order",
        "withdraw-adopted",
        "terminate",
        "release",
    }
)
# Put something that is there differently: the form opens with how it stands.
AMENDS = frozenset({"amend", "revise", "correct-terms"})
# State the whole of something again: the form opens with how it stands, and sends all of it.
SAYS_WHOLE = frozenset({"adopt", "change-filters", "count"})


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """The form of one decision."""

    decision: str
    says: str
    fields: tuple[FormField, ...]

    @property
    def is_final(self) -> bool:
        """Say whether it ends what it is about."""
        return self.decision in NEVER_UNDONE

    @property
    def amends(self) -> bool:
        """Say whether it opens with how things stand, and sends what is put differently."""
        return self.decision in AMENDS

    @property
    def is_looked_at(self) -> bool:
        """Say whether what it changes is looked at before it is sent: it is too long to be kept in mind."""
        return any(each.sections for each in self.fields)

    @property
    def says_whole(self) -> bool:
        """Say whether it opens with how things stand, and sends all of it: what was emptied is empty."""
        return self.decision in SAYS_WHOLE


def forms_of(commands: Iterable[type[Command[Any]]]) -> Mapping[str, DecisionForm]:
    """Return the forms of some decisions, by their names."""
    return {form.decision: form for form in map(_form, commands)}


def _form(command: type[Command[Any]]) -> DecisionForm:
    decision = str(command.model_fields["decision"].default)
    return DecisionForm(decision, said_of(command), fields_of(command))


def said_of(command: type[Any]) -> str:
    """Return in a sentence what a command does."""
    return " ".join((command.__doc__ or "").split())


def buttons(offered: Iterable[Mapping[str, Any]], forms: Mapping[str, DecisionForm]) -> list[str]:
    """Return what a thing waits for, as a rule: a yes first."""
    allowed = _allowed(offered, forms)
    first = [each for each in (*FIRST, *THEN) if each in allowed]
    return [each for each in first if each not in ONCE or ONCE[each].isdisjoint(allowed)]


def more(offered: Sequence[Mapping[str, Any]], forms: Mapping[str, DecisionForm]) -> list[str]:
    """Return what else is allowed."""
    first, allowed = buttons(offered, forms), _allowed(offered, forms)
    return [each for each in allowed if each not in first]


def _allowed(offered: Iterable[Mapping[str, Any]], forms: Mapping[str, DecisionForm]) -> Sequence[str]:
    return [each["decision"] for each in offered if each["allowed"] and each["decision"] in forms]
