"""A mapping that somebody has saved: which column of their register stands for which field."""

from dataclasses import dataclass
from typing import ClassVar

from shared.kernel.messages import Event


@dataclass(frozen=True)
class RegisterMapping:
    """A mapping that somebody has saved."""

    kind: ClassVar[str] = "register-mapping"

    name: str = ""
    columns: tuple[tuple[str, str], ...] = ()


class RegisterMappingSaved(Event[RegisterMapping]):
    """Somebody saved which column of their register stands for which field."""

    kind: ClassVar[str] = "register-mapping"

    name: str
    columns: dict[str, str]

    def apply(self, mapping: RegisterMapping) -> RegisterMapping:
        """Return the mapping in place of an earlier one."""
        return RegisterMapping(self.name, tuple(self.columns.items()))


EVENTS = (RegisterMappingSaved,)
