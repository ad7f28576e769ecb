"""The words everything is said in: commands ask, stamps vouch, events happened, streams are their sum."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.kernel.rules import Rules

CLOCKS_APART = timedelta(minutes=5)  # by how much those of two machines may differ, ours among them


class State(Protocol):
    """What a stream of events adds up to; a frozen value whose blank form means 'nothing yet'."""

    kind: ClassVar[str]


S = TypeVar("S", bound=State)


class Tier(BaseModel):
    """One step of the approval ladder: the amount, without VAT, up to and including which it decides.

    Members of the council stand on an elected post, officers on any other.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    up_to_pence: int
    elected_post: bool = False


class Known(BaseModel):
    """What a rule needed from outside its stream, read as at one position, kept with the decision."""

    model_config = ConfigDict(frozen=True)

    position: int = 0
    roles: tuple[str, ...] = ()
    scheme_version: int = 0
    tiers: tuple[Tier, ...] = ()
    own_tiers: tuple[str, ...] = ()
    same: tuple[tuple[str, ...], ...] = ()
    rules: Rules | None = None
    facts: dict[str, JsonValue] = {}

    def as_needed_by(self, command: "type[Command[Any]]", **more: object) -> "Known":
        """Return what is known, and more, without the scheme's rules that a command does not go by."""
        rules = self.rules
        if not (command.by_the_rules or command.by_the_contract_rules):
            rules = None
        elif rules is not None and not command.by_the_contract_rules:
            rules = rules.without_contracts
        return self.model_copy(update={"rules": rules, **more})

    def same_person(self, one: str, other: str) -> bool:
        """Say whether two ids are one person, as far as the people in this decision go.

        `same` holds the ids of whoever decides, and of whomever the command names, where they have several.
        """
        return one == other or any(one in ids and other in ids for ids in self.same)

    def ids_of(self, person: str) -> tuple[str, ...]:
        """Return every id of a person, as far as the people in this decision go."""
        return next((ids for ids in self.same if person in ids), (person,))

    def among(self, person: str, people: Sequence[str]) -> str:
        """Return the id by which a person is among some people; blank if they are not."""
        if person in people:
            return person
        return next((one for one in people if self.same_person(person, one)), "")


class Stamp(BaseModel):
    """Who decides, for whom, on what authority, when, knowing what, and what led to it."""

    model_config = ConfigDict(frozen=True)

    by: str
    acting_for: str = ""
    authority: str = ""
    at: datetime
    known: Known = Known()
    trace: str = ""
    causation: str = ""

    def is_from(self, person: str) -> bool:
        """Say whether a person decides, by whatever account, or is decided for."""
        known = self.known
        return bool(person) and any(
            known.same_person(person, one) for one in (self.by, self.acting_for) if one
        )

    def not_before(self, last: datetime | None) -> "Stamp":
        """Return it at `last` if it is earlier: clocks differ, and time goes forward within a stream."""
        return self if last is None or self.at >= last else self.model_copy(update={"at": last})


class Sealed(NamedTuple):
    """Fields of an event that nobody reads until the same thing has an event of a name in `until`.

    Those also in `within` are sealed only inside what shows the thing, which has a field of that name
    itself. Whoever the event names in its field `author` reads what they said themselves.
    """

    fields: tuple[str, ...]
    until: tuple[str, ...]
    within: tuple[str, ...] = ()
    author: str = ""


class Event(BaseModel, Generic[S]):
    """Something that happened. Its class name is its stored name, for ever."""

    model_config = ConfigDict(frozen=True)

    kind: ClassVar[str] = ""
    body_of_work: ClassVar[str] = "administration"  # of its kind, in the index for ever; blank: no decision
    in_flow: ClassVar[bool] = False  # whether events of its kind say a stage, and whom the case waits on
    class_version: ClassVar[int] = 1
    sealed: ClassVar[Sealed | None] = None
    wholes: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # fields of several parts, and where else these show
    historic: ClassVar[bool] = False  # told by another system's log: it sets nothing off here

    def apply(self, state: S) -> S:
        """Return the state that follows; never refuse, for it has already happened."""
        raise NotImplementedError


def _decision_is_required(schema: dict[str, Any]) -> None:
    if "decision" in schema.get("properties", {}):
        schema["required"] = ["decision", *schema.get("required", [])]


def _guarded(decide: Callable[..., Any]) -> Callable[..., Any]:
    """Return a rule that asks its command's guard before anything else."""

    @wraps(decide)
    def guarded(command: "Command[Any]", state: Any, stamp: Stamp) -> Any:  # noqa: ANN401  # of any kind
        command.guard(state, stamp)
        return decide(command, state, stamp)

    return guarded


class Command(BaseModel, Generic[S]):
    """Something a caller asks for, holding only what a caller may say.

    A command that is told apart by its `decision` knows its own; whoever sends it as JSON must say it.
    Its guard stands before its rule wherever that is asked, so that no rule can leave it out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_decision_is_required)

    by_the_rules: ClassVar[bool] = False  # whether it must know the scheme's rules
    by_the_contract_rules: ClassVar[bool] = False  # and those of contracts among them

    @property
    def on_behalf_of(self) -> str:
        """Return whom the caller says that they stand in for; blank for themselves."""
        return ""

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # as Pydantic has it
        """Put the guard before the rule."""
        super().__init_subclass__(**kwargs)
        if "decide" in vars(cls):
            setattr(cls, "decide", _guarded(vars(cls)["decide"]))  # noqa: B010  # a method is not assigned to

    @classmethod
    def guard(cls, state: S, stamp: Stamp) -> None:
        """Refuse whatever could be said: for the stage, the person, a conflict, the tier, the time.

        It knows no body, for it also answers what somebody may decide just now.
        """

    def decide(self, state: S, stamp: Stamp) -> Event[S] | Sequence[Event[S]]:
        """Answer with what happened, or refuse by raising a `Refused`."""
        raise NotImplementedError


class Recorded(NamedTuple):
    """One event in its place in the record; a tuple because millions are made while rebuilding.

    It was recorded when the database says, and happened when the service or a historic log says.
    """

    position: int
    stream_id: UUID
    version: int
    event: "Event[Any]"
    envelope: dict[str, JsonValue]
    recorded_at: datetime
    happened_at: datetime

    @property
    def by(self) -> str:
        """Return the id of the person who decided."""
        return str(self.envelope["by"])

    @property
    def stamp(self) -> Stamp:
        """Return the whole stamp, read again from the envelope."""
        return Stamp.model_validate({**self.envelope, "data": None})


class Stream(NamedTuple, Generic[S]):
    """The sum of one thing's events: its state, and where it stands in the record; a tuple likewise."""

    id: UUID
    state: S
    version: int = 0
    first_position: int = 0
    position: int = 0
    opened_at: datetime | None = None
    changed_at: datetime | None = None
    stage_since: datetime | None = None


class Receipt(BaseModel):
    """What every accepted change answers: the thing, its new version, its place in the record."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    version: int
    position: int


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What makes a repeat of a request recognisable: who sent it, its key, and a hash of what it asked."""

    caller: str
    key: str
    request_hash: bytes
