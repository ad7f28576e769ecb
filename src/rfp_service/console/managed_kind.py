"""A kind of thing that is listed: who may read it, what it is for, and how one more is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from rfp_service.console import adding_forms
from rfp_service.console.adding_forms import AddingForm, Asking
from rfp_service.console.columns import COLUMNS, ListColumn
from rfp_service.console.decided_thing import DecidedThing, Seen
from rfp_service.console.decided_things import THINGS
from rfp_service.console.forms.decisions import said_of
from rfp_service.console.forms.fields import FormField, fields_of
from rfp_service.console.sessions import SignedIn
from rfp_service.console.visits import Visit

Leads = Callable[[SignedIn, Seen], list[tuple[str, str]]]


def _leads_nowhere(_: SignedIn, __: Seen) -> list[tuple[str, str]]:
    return []


@dataclass(frozen=True)
class ManagedKind:
    """A kind of thing that is listed: who may read it, what it is for, and how one more is made."""

    path: str
    name: str
    noun: str
    first: str  # the heading of the column that leads to each
    lead: str
    reading: str
    under: Callable[[Seen], str] = lambda _: ""  # what stands below each one's name
    adding: type[BaseModel] | None = None
    add: str = ""
    then: str = ""
    adds: str = ""  # what is allowed to those who may, where it is not called as what is sent
    adds_at: str = ""  # where the API takes one more, where that is not with the others
    asking: Asking = adding_forms.everything
    leads: Leads = _leads_nowhere
    of_programme: bool = False
    has_own_pages: bool = False  # its list and its page are made for it alone

    @property
    def thing(self) -> DecidedThing:
        """Return how one of them is decided on."""
        return THINGS[self.path]

    @property
    def at(self) -> str:
        """Return which part of the pages they belong to."""
        return self.thing.at

    @property
    def columns(self) -> Sequence[ListColumn]:
        """Return the columns of their list."""
        return COLUMNS[self.path]

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """Return what the form for one more asks for."""
        return fields_of(self.adding) if self.adding else ()

    @property
    def says(self) -> str:
        """Return what adding one does."""
        return said_of(self.adding) if self.adding else ""

    def can_add(self, who: SignedIn) -> bool:
        """Say whether somebody's roles let them make one more."""
        return self.adding is not None and who.may(self.adds or self.adding.__name__)

    def page_of(self, row: Seen) -> str:
        """Return the address of the page of one in their list."""
        return self.thing.page(row["id"])

    async def form(self, visit: Visit, said: Mapping[str, str]) -> AddingForm:
        """Return the form for one more, as far as it is known what it is to be about."""
        return await self.asking(visit, self.fields, said)
