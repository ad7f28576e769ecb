"""What somebody typed into a form, as the command's JSON; and a command's JSON, as it stands in a form."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from rfp_service.console.forms.fields import ROWS_LIMIT, AskedAs, FormField
from shared.kernel.calendar import LONDON

YES, NO = "yes", "no"
PENCE = 100
LISTS = frozenset({AskedAs.ROWS, AskedAs.LINES, AskedAs.TICKS})


class NotUnderstood(Exception):
    """What was typed is not of its kind: the message says of which it should be."""


def _whole(said: str) -> int:
    try:
        return int(said.replace(",", ""))
    except ValueError:
        raise NotUnderstood("a whole number, such as 12") from None


def _number(said: str) -> float:
    try:
        return float(said.replace(",", ""))
    except ValueError:
        raise NotUnderstood("a number, such as 2.5") from None


def pence(said: str) -> int:
    """Return an amount that was typed in pounds, in pence."""
    try:
        amount = Decimal(said.replace(",", "").replace("£", "").strip()) * PENCE
        if amount == (whole := int(amount)):
            return whole
    except (InvalidOperation, OverflowError, ValueError):
        pass
    raise NotUnderstood("an amount in pounds, such as 12,500 or 12,500.50")


def _moment(said: str) -> str:
    try:
        return datetime.fromisoformat(said).replace(tzinfo=LONDON).isoformat()
    except ValueError:
        raise NotUnderstood("a day and a time") from None


MADE_OF: Mapping[AskedAs, Callable[[str], Any]] = {
    AskedAs.WHOLE: _whole,
    AskedAs.NUMBER: _number,
    AskedAs.POUNDS: pence,
    AskedAs.MOMENT: _moment,
    AskedAs.YES_NO: YES.__eq__,
}


@dataclass(slots=True)
class Answers:
    """What was typed into a form: its command's body, what stands in it again, and what is wrong."""

    sent: Mapping[str, str]
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def read(self, fields: Iterable[FormField], within: str = "", to: str = "") -> dict[str, Any]:
        """Return what was said of some fields; of those that were left out, nothing."""
        body = {}
        for each in fields:
            value = self._one(each, within + each.name, to + each.name)
            if value is not None:
                body[each.name] = value
        return body

    def _one(self, asked: FormField, at: str, to: str) -> Any:  # any JSON
        match asked.kind:
            case AskedAs.GROUP:
                is_left_out = not asked.is_needed and self._is_blank(at)
                return None if is_left_out else self.read(asked.parts, f"{at}.", f"{to}.")
            case AskedAs.ROWS | AskedAs.PAIRS:
                return self._rows(asked, at, to)
            case AskedAs.TICKS:
                return self._ticks(asked, at, to)
            case AskedAs.LINES:
                return self._lines(asked, at, to)
        return self._single(asked, self.sent.get(at, "").strip(), to)

    def _single(self, asked: FormField, said: str, to: str) -> Any:  # any JSON
        if not said:
            self._must_be_there(asked, to)
            return None
        self.typed[to] = said
        return self._understood(asked, said, to)

    def _understood(self, asked: FormField, said: str, to: str) -> Any:  # any JSON
        try:
            return MADE_OF.get(asked.kind, str)(said)
        except NotUnderstood as error:
            self.errors[to] = f"{asked.label}: enter {error}"
            return None

    def _is_blank(self, at: str) -> bool:
        return not any(said.strip() for name, said in self.sent.items() if name.startswith(f"{at}."))

    def _rows(self, asked: FormField, at: str, to: str) -> Any:  # any JSON
        """Return the rows in which something was typed, counted again."""
        filled = [n for n in range(ROWS_LIMIT) if not self._is_blank(f"{at}.{n}")]
        rows = [self.read(asked.parts, f"{at}.{n}.", f"{to}.{new}.") for new, n in enumerate(filled)]
        if not rows:
            self._must_be_there(asked, to)
            return None
        if asked.kind is AskedAs.PAIRS:
            return self._pairs(asked, rows, to)
        return rows

    def _pairs(self, asked: FormField, rows: list[dict[str, Any]], to: str) -> dict[str, Any]:
        """Return values by their names; a name that was typed twice is wrong, as one value would be lost."""
        found: dict[str, Any] = {}
        for number, row in enumerate(rows):
            if row.get("key") in found:
                self.errors[f"{to}.{number}.key"] = f"{asked.label}: “{row['key']}” is there twice"
            if len(row) == len(asked.parts):
                found[row["key"]] = row["value"]
        return found

    def _ticks(self, asked: FormField, at: str, to: str) -> list[str] | None:
        ticked = [each for each in asked.choices if self.sent.get(f"{at}.{each}")]
        self.typed.update({f"{to}.{each}": YES for each in ticked})
        if not ticked:
            self._must_be_there(asked, to)
        return ticked or None

    def _lines(self, asked: FormField, at: str, to: str) -> list[Any] | None:
        said = self.sent.get(at, "").strip()
        if not said:
            self._must_be_there(asked, to)
            return None
        self.typed[to] = said
        lines = (line.strip() for line in said.splitlines())
        return [self._understood(asked.parts[0], line, to) for line in lines if line]

    def _must_be_there(self, asked: FormField, to: str) -> None:
        if asked.is_needed:
            self.errors[to] = asked.missing


def standing(fields: Iterable[FormField], body: Mapping[str, Any], within: str = "") -> dict[str, str]:
    """Return what would have to be typed into a form for it to say a body."""
    typed: dict[str, str] = {}
    for each in fields:
        value = body.get(each.name)
        if value is not None:
            typed |= _standing(each, value, within + each.name)
    return typed


def _standing(asked: FormField, value: Any, at: str) -> dict[str, str]:  # any JSON
    match asked.kind:
        case AskedAs.GROUP:
            return standing(asked.parts, value, f"{at}.")
        case AskedAs.ROWS:
            rows = [standing(asked.parts, row, f"{at}.{n}.") for n, row in enumerate(value)]
        case AskedAs.PAIRS:
            pairs = [{"key": key, "value": one} for key, one in value.items()]
            rows = [standing(asked.parts, pair, f"{at}.{n}.") for n, pair in enumerate(pairs)]
        case AskedAs.TICKS:
            rows = [{f"{at}.{each}": YES} for each in value]
        case AskedAs.LINES:
            return {at: "\n".join(_text(asked.parts[0], each) for each in value)}
        case _:
            return {at: _text(asked, value)}
    return {name: said for row in rows for name, said in row.items()}


def _text(asked: FormField, value: Any) -> str:  # any JSON
    match asked.kind:
        case AskedAs.YES_NO:
            return YES if value else NO
        case AskedAs.POUNDS:
            return f"{value / PENCE:,.2f}".removesuffix(".00")
        case AskedAs.MOMENT:
            return f"{datetime.fromisoformat(value).astimezone(LONDON):%Y-%m-%dT%H:%M}"
    if isinstance(value, Mapping):  # a text that goes with whom it is about
        value = value.get("text", "")
    return str(value)


def whole(body: Mapping[str, Any], fields: Iterable[FormField]) -> dict[str, Any]:
    """Return a body in which lists that nothing was typed into are empty, not as they are by default."""
    said = dict(body)
    for each in fields:
        match each.kind:
            case AskedAs.GROUP if each.name in said:
                said[each.name] = whole(said[each.name], each.parts)
            case AskedAs.ROWS:
                said[each.name] = [whole(row, each.parts) for row in said.get(each.name, ())]
            case AskedAs.LINES | AskedAs.TICKS:
                said.setdefault(each.name, [])
    return said


def changed(body: Mapping[str, Any], fields: Iterable[FormField], sent: Mapping[str, str]) -> dict[str, Any]:
    """Return of a body what differs from how the form stood when it was made, which it says itself.

    A list of which nothing is left is empty; a text that was emptied stays, for nothing takes its place.
    """
    stood = {name.removeprefix("was."): said for name, said in sent.items() if name.startswith("was.")}
    before = Answers(stood).read(fields)
    emptied: dict[str, Any] = {
        each.name: [] for each in fields if each.kind in LISTS and before.get(each.name)
    }
    return {name: value for name, value in {**emptied, **body}.items() if before.get(name) != value}
