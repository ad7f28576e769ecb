"""What a batch asks for: what is done to each thing, and how the whole is carried out, by whom."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID

from pydantic import JsonValue

from shared.kernel.messages import Command, Event, Known, S, Stamp
from shared.record.eventstore.store import EventStore
from shared.web.bulk.batches import Mode
from shared.web.bulk.items import I


@dataclass(frozen=True)
class Operation(Generic[I, S]):
    """What a batch does to each thing: which thing an item means, what is asked, what must be known.

    Where its rule looks only at parts of a thing that every event of it says, it names them as `sees`; then
    the last event is read in place of the whole history, and what is said (`words`) in the same words of
    things in the same state is decided and written once. What takes decisions back may need to know what a
    thing was before them, and became by them: `snapshot` says what of it.
    """

    name: str
    item: type[I]
    blank: S
    target: Callable[[I], UUID]
    version: Callable[[I], int | None]
    command: Callable[[I], Command[S]]
    facts: Callable[[Command[S]], dict[str, JsonValue]]
    same: Callable[[Command[S], Event[Any]], bool]
    begins: bool = False  # whether a thing may be new
    sees: tuple[str, ...] = ()
    words: Callable[[I], Hashable] | None = None
    beside: frozenset[str] = frozenset()  # columns that a table may have, and that say nothing here
    takes_back: str = ""  # the cause whose decisions it takes back, where it must know what they changed
    snapshot: Callable[[S], dict[str, JsonValue]] | None = None


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """How a batch is to be carried out, and by whom."""

    stamp: Stamp
    mode: Mode = Mode.EACH
    dry_run: bool = False
    known_position: int | None = None
    areas: frozenset[str] | None = None  # the service areas that the caller is limited to


def known_to_all(stamp: Stamp, command: Any) -> Known:
    """Return what all decisions of a batch know of outside: the scheme's rules where they are needed.

    They are kept with each decision, and there may be a million.
    """
    known = stamp.known
    tiers = {"tiers": known.tiers, "own_tiers": known.own_tiers} if command.by_the_rules else {}
    rules = known.as_needed_by(command).rules
    return Known(
        position=known.position, roles=known.roles, scheme_version=known.scheme_version, rules=rules, **tiers
    )


Words = Mapping[str, JsonValue]  # what a request said of all its items, such as a reason
Operations = Mapping[str, Callable[[EventStore, Stamp, Words], Awaitable[Operation[Any, Any]]]]
