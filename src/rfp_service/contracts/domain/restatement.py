"""Putting what a batch changed of a contract back as it was, which no amendment can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

from pydantic import JsonValue, TypeAdapter

from rfp_service.contracts.domain.contract import Contract, ContractStage, DateReading, Flag, HowEnded
from rfp_service.contracts.domain.events import ClockedEvent
from rfp_service.contracts.domain.renewal import Renewal
from rfp_service.contracts.domain.terms import NoticePeriod
from shared.kernel.states import replace
from shared.kernel.suppliers import Supplier

Restated = dict[str, JsonValue]


@dataclass(frozen=True)
class RestatedPart:
    """A part of a contract that a batch can change: where it is, and the kind of its values."""

    path: str
    kind: TypeAdapter[Any]


def _parts(of: str, kind: Any, *names: str) -> dict[str, RestatedPart]:  # noqa: ANN401  # a type, or several
    return {name: RestatedPart(f"{of}.{name}" if of else name, TypeAdapter(kind)) for name in names}


PARTS: dict[str, RestatedPart] = {
    **_parts("about", str, "title", "department", "description", "service_area", "owner", "regime"),
    **_parts("about", int | None, "value_pence", "irrecoverable_vat_pence"),
    **_parts("about", date | None, "review_on"),
    **_parts("about", bool | None, "tendered"),
    **_parts("about", Supplier | None, "supplier"),
    **_parts("about", tuple[tuple[str, str], ...], "unread"),
    **_parts("terms", date | None, "start"),
    **_parts("terms", NoticePeriod, "notice"),
    **_parts("terms", int, "service_working_days"),
    **_parts("terms.stated", date | None, "initial_end", "last_safe"),
    **_parts("", tuple[DateReading, ...], "readings"),
    **_parts("", tuple[Flag, ...], "flags"),
    **_parts("", Renewal, "renewal"),
    **_parts("", ContractStage, "stage"),
}


def snapshot(contract: Contract) -> Restated:
    """Return all that a batch can change of a contract, as JSON has it."""
    return {name: p.kind.dump_python(attrgetter(p.path)(contract), mode="json") for name, p in PARTS.items()}


class ContractRestated(ClockedEvent):
    """Parts hold again what they held, or nothing; `undone` is the batch whose changes were taken back."""

    restored: Restated
    undone: UUID | None = None
    taken_off: bool = False
    reason: str = ""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with these parts as they are said; what was taken off has ended."""
        changed = ClockedEvent.apply(self, contract)
        for name, value in self.restored.items():
            part = PARTS[name]
            changed = _with(changed, part.path.split("."), part.kind.validate_python(value))
        return replace(changed, how_ended=HowEnded.TAKEN_OFF) if self.taken_off else changed


def _with(state: Any, path: Sequence[str], value: object) -> Any:  # noqa: ANN401  # a state, or a part of one
    name, *rest = path
    return replace(state, **{name: _with(getattr(state, name), rest, value) if rest else value})
