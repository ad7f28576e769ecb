"""A kind of thing that has pages of its own: how it is called, read and decided on."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from rfp_service.console.forms.decisions import DecisionForm, forms_of
from rfp_service.console.forms.fields import FormField
from rfp_service.console.visits import Visit
from shared.kernel.errors import NotFound
from shared.kernel.messages import Command

Seen = Mapping[str, Any]
Facts = list[tuple[str, str]]
Options = Mapping[str, Sequence[tuple[str, str]]]
Completed = Callable[[Visit, list[dict[str, Any]]], Awaitable[None]]
Found = Callable[[Visit, Seen, DecisionForm], Awaitable[Options]]
Asking = Callable[[Visit, DecisionForm], Awaitable[DecisionForm]]
Sending = Callable[[Visit, str, dict[str, Any]], Awaitable[dict[str, Any]]]


class NotToBeChosen(Exception):
    """What was chosen in a field is not available, or no longer; it holds the field and a sentence."""

    def __init__(self, field_name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.errors = {field_name: sentence}


def _no_facts(_: Seen) -> Facts:
    return []


def _none_waits(_: Seen) -> Sequence[str]:
    return ()


def _no_options(_: Seen) -> Options:
    return {}


def _nothing(_: str, __: Seen) -> Seen:
    return {}


async def _no_more(_: Visit, __: list[dict[str, Any]]) -> None:
    pass


def _nothing_differs(_: Seen, __: Seen) -> Sequence[tuple[str, str, str]]:
    return ()


def _nothing_said(_: Seen) -> str:
    return ""


async def _as_it_is(_: Visit, form: DecisionForm) -> DecisionForm:
    return form


async def _as_typed(_: Visit, __: str, body: dict[str, Any]) -> dict[str, Any]:
    return body


async def _nothing_found(_: Visit, __: Seen, ___: DecisionForm) -> Options:
    return {}


@dataclass(frozen=True)
class DecidedThing:
    """A kind of thing that is decided on."""

    at: str  # which part of the pages it belongs to
    path: str  # in the addresses of pages, and of the API
    noun: str
    decisions: tuple[type[Command[Any]], ...]
    title: Callable[[Seen], str]
    over: Callable[[Seen], str]
    facts: Callable[[Seen], Facts] = _no_facts
    options: Callable[[Seen], Options] = _no_options
    found: Found = _nothing_found  # what can be meant, where that must be asked for
    stands: Callable[[str, Seen], Seen] = _nothing  # what a decision's form opens with
    decide_at: str = ""  # where its decisions go, where that is not below it
    fixed: str = ""  # the field that says there which one it is
    has_history: bool = True
    is_only: bool = False  # there is one of its kind, which addresses need not name
    waits: Callable[[Seen], Sequence[str]] = _none_waits  # for a second person, and what it does then
    differs: Callable[[Seen, Seen], Sequence[tuple[str, str, str]]] = _nothing_differs  # what a form changes
    lead: Callable[[Seen], str] = _nothing_said  # how one stands, in a sentence
    complete: Completed = _no_more  # adds what some of them are called, where only their ids say it
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of a list's values, by its field
    asks: Asking = _as_it_is  # for something more simply than its command says it
    sends: Sending = _as_typed  # what its command says of that

    @cached_property
    def forms(self) -> Mapping[str, DecisionForm]:
        """Return the forms of its decisions."""
        forms = forms_of(self.decisions)
        return {name: replace(form, fields=tuple(self._asked(form))) for name, form in forms.items()}

    def _asked(self, form: DecisionForm) -> Iterator[FormField]:
        """Yield what a form asks for: not which one it is, and of what there are few, each to be ticked."""
        for each in form.fields:
            if each.name in self.choices:
                yield each.ticked(self.choices[each.name])
            elif each.name != self.fixed:
                yield each

    def form_of(self, decision: str) -> DecisionForm:
        """Return a decision's form, if there is such a decision."""
        if decision not in self.forms:
            raise NotFound
        return self.forms[decision]

    async def seen(self, visit: Visit, thing_id: str, **query: str) -> dict[str, Any]:
        """Return one as the API shows it, with what it is called where only ids say that."""
        found: dict[str, Any] = await visit.get(self.api(thing_id), **query)
        await self.complete(visit, [found])
        return found

    def api(self, thing_id: str) -> str:
        """Return where the API shows one."""
        return f"/v1/{self.path}" if self.is_only else f"/v1/{self.path}/{thing_id}"

    def decisions_at(self, thing_id: str) -> str:
        """Return where the API takes decisions on one."""
        return self.decide_at or f"{self.api(thing_id)}/decisions"

    def page(self, thing_id: str) -> str:
        """Return the address of its page."""
        return f"/console/{self.path}" if self.is_only else f"/console/{self.path}/{thing_id}"
