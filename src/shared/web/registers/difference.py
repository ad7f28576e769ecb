"""How a register differs from how things stand: new, changed, in conflict, unchanged or gone."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel

from shared.kernel.messages import Stream
from shared.record.eventstore.bulk_appender import DecidedEvent
from shared.web.registers.cells import ReadingOptions
from shared.web.registers.register import REFERENCE, Kind, Register, RegisterField
from shared.web.registers.rows import RegisterRow
from shared.web.tabular.headings import key_words, plain

KEY_DIGITS = 12
UNREAD = "unread"

What = Literal["new", "changed", "conflicting", "unchanged", "gone"]


class RegisterDifference(BaseModel):
    """One way in which a register differs from how things stand.

    `key` names it when it is accepted: it changes with the old value or the new one. What is `conflicting`
    was changed here by hand since the last register; what is `gone` stands here and no longer in the
    register. `decided_by` and `decided_at` are of the old value.
    """

    key: str
    what: What
    row: int | None
    id: UUID
    reference: str
    field: str | None
    column: str | None
    old: str | None
    new: str | None
    decided_by: str | None
    decided_at: datetime | None
    position: int | None


class DifferenceCounts(BaseModel):
    """How many things are new, changed, unchanged or gone; what is in conflict is counted with both words."""

    new: int = 0
    changed: int = 0
    conflicting: int = 0
    unchanged: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs: how it stands, what the register says, and the decision that it stands by."""

    field: str
    column: str | None
    old: object
    new: object
    step: DecidedEvent | None = None
    conflicting: bool = False


@dataclass(slots=True)
class Compared:
    """One row beside the thing that it is about: what differs, if anything."""

    row: RegisterRow
    stream: Stream[Any]
    is_new: bool
    changes: list[FieldChange] = field(default_factory=list)
    _key: str = ""  # of what is new: it is asked for twice

    def differences(self, marks: Mapping[str, str]) -> Iterator[RegisterDifference]:
        """Yield what differs; what its reader may not see of how it stands is marked."""
        if self.is_new:
            yield self._difference("new", None, None, str(self.row.said.get("title", "")))
        elif not self.changes:
            yield self._difference("unchanged", None, None, None)
        for change in self.changes:
            yield self._difference(
                "conflicting" if change.conflicting else "changed",
                change,
                marks.get(change.field, shown(change.old)),
                shown(change.new),
            )

    def _difference(
        self, what: What, change: FieldChange | None, old: str | None, new: str | None
    ) -> RegisterDifference:
        step = None if change is None else change.step
        return RegisterDifference(
            key=self.key(change),
            what=what,
            row=self.row.number,
            id=self.stream.id,
            reference=self.row.reference or "",
            field=None if change is None else change.field,
            column=None if change is None else change.column,
            old=old,
            new=new,
            decided_by=None if step is None else step.by,
            decided_at=None if step is None else step.at,
            position=None if step is None else step.position,
        )

    def key(self, change: FieldChange | None) -> str:
        """Return what names a difference: the thing, the field, its old value and its new one."""
        if change is not None:
            said = [change.field, change.column, shown(change.old), shown(change.new)]
            return key_of(self.stream.id, said)
        if not self._key:
            of_row = sorted((name, shown(value)) for name, value in self.row.said.items())
            self._key = key_of(self.stream.id, of_row)
        return self._key


def key_of(thing: UUID, said: object) -> str:
    """Return a short name of what is said of a thing."""
    return hashlib.sha256(f"{thing}\n{said!r}".encode()).hexdigest()[:KEY_DIGITS]


def shown(value: object) -> str:
    """Return a value as a list shows it; blank if there is none."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def changes(how: ReadingOptions, row: RegisterRow, stream: Stream[Any]) -> list[FieldChange]:
    """Return the fields in which a row differs from how its thing stands; what it leaves blank stays."""
    register, names = how.register, how.names
    standing = register.standing(stream.state)
    found = [
        FieldChange(name, names.get(name), standing[name], value)
        for name, value in row.said.items()
        if name != REFERENCE
        and name in standing
        and not _same(standing[name], value, register.by_name.get(name))
    ]
    found += [
        FieldChange(name, names.get(name), standing[name], None)
        for name in sorted(row.withdrawn)
        if shown(standing.get(name)) and name not in row.said
    ]
    changing = {change.field for change in found}
    found += _by_extras(how, row, standing, changing)
    if not register.unread_at:
        return found
    return found + list(_unread(how, row, register.unread(stream.state), changing))


def _by_extras(
    how: ReadingOptions, row: RegisterRow, standing: Mapping[str, Any], changing: Collection[str]
) -> Iterator[FieldChange]:
    """Yield what the extras say otherwise of a field that stays; one that changes takes it along."""
    blank = how.register.standing(how.register.blank) if how.register.extra_fields else {}
    for name, of in how.register.extra_fields:
        said = how.extras[name]
        if of in row.said and of not in changing and said not in (standing[name], blank[name]):
            yield FieldChange(name, how.names.get(of), standing[name], said)


def _same(old: object, new: object, field: RegisterField | None) -> bool:
    if field is not None and field.kind is Kind.CHOICE:
        return plain(shown(old)) == plain(shown(new))
    return (old or None) == (new or None) if not isinstance(new, int) else old == new


def _unread(
    how: ReadingOptions, row: RegisterRow, before: Mapping[str, str], changing: Collection[str]
) -> Iterator[FieldChange]:
    """Yield cells that are unread now, or can be read now; those not in this register stay.

    A column that this register calls otherwise is in it where its field changes.
    """
    for column in sorted({*before, *row.unread}):
        old, new = before.get(column), row.unread.get(column)
        if new is None and column not in row.settled:
            field = None if column in how.columns else how.register.known.get(key_words(column))
            if field not in changing:
                continue
        if old != new:
            yield FieldChange(UNREAD, column, old, new)


class Causes(Protocol):
    """Tells which decisions a register led to, and which were an undo of others."""

    def include(self, cause: str) -> bool:
        """Say whether a cause is a batch of the register."""
        ...

    def undone(self, cause: str) -> str | None:
        """Return the cause that a cause took back, if it did."""
        ...


def with_steps(
    register: Register[Any], found: Sequence[FieldChange], steps: Sequence[DecidedEvent], causes: Causes
) -> list[FieldChange]:
    """Return changes with the decision that each old value stands by.

    In conflict is what was decided otherwise than by a register, after one. What an undo put back stands by
    the decision by which it stood before.
    """
    past = _Past(register)
    registered_at: int | None = None
    for step in steps:
        past.goes_on(step, causes.undone(step.cause))
        if registered_at is None and causes.include(step.cause):
            registered_at = step.position
    first = steps[0] if steps else None  # what never changed since holds by it
    return [
        _with_step(
            change,
            past.last.get(change.field) or (first if shown(change.old) else None),
            registered_at,
            causes.include,
        )
        for change in found
    ]


class _Past:
    """How a thing came to stand as it does: by which decision each of its fields does."""

    def __init__(self, register: Register[Any]) -> None:
        self._register, self._state = register, register.blank
        self._standing = register.standing(self._state)
        self.last: dict[str, DecidedEvent] = {}
        self._before: dict[str, tuple[Mapping[str, Any], dict[str, DecidedEvent]]] = {}  # by each cause

    def goes_on(self, step: DecidedEvent, undone: str | None) -> None:
        """Take one more decision in, and what it takes back, if it does."""
        self._before.setdefault(step.cause, (self._standing, dict(self.last)))
        was, stood_by = self._before.get(undone, _NOTHING) if undone else _NOTHING
        self._state = step.event.apply(self._state)
        now = self._register.standing(self._state)
        for name in (name for name, value in now.items() if value != self._standing[name]):
            if name not in was or was[name] != now[name]:
                self.last[name] = step
            elif name in stood_by:
                self.last[name] = stood_by[name]
            else:
                self.last.pop(name, None)
        self._standing = now


_NOTHING: tuple[Mapping[str, Any], dict[str, DecidedEvent]] = ({}, {})


def _with_step(
    change: FieldChange,
    step: DecidedEvent | None,
    registered_at: int | None,
    by_register: Callable[[str], bool],
) -> FieldChange:
    by_hand = step is not None and not by_register(step.cause)
    since = step is not None and registered_at is not None and step.position > registered_at
    return FieldChange(change.field, change.column, change.old, change.new, step, by_hand and since)


Accept = Callable[[str, bool], bool]  # by a difference's key, and whether it is in conflict


def accepting(asked: str, keys: Collection[str]) -> Accept:
    """Return which differences somebody accepts: all of them, all but those in conflict, or some by key."""
    chosen = frozenset(keys)
    if asked == "all":
        return lambda _key, _conflicting: True
    if asked == "unless_conflicting":
        return lambda _key, conflicting: not conflicting
    return lambda key, _conflicting: key in chosen
