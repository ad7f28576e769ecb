"""A counter: the smallest thing that can have happened, for specifications of the store itself."""

from dataclasses import dataclass
from typing import ClassVar

from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Stamp
from shared.kernel.states import replace


@dataclass(frozen=True)
class Counter:
    """How often something was counted."""

    kind: ClassVar[str] = "counter"

    total: int = 0


class Counted(Event[Counter]):
    """It was counted, by so many."""

    kind: ClassVar[str] = "counter"
    class_version: ClassVar[int] = 2

    by: int
    note: str

    @staticmethod
    def upcast_v1_v2(said: dict[str, object]) -> None:
        """Read the first shape, which had no note."""
        said["note"] = "none was kept"

    def apply(self, counter: Counter) -> Counter:
        return replace(counter, total=counter.total + self.by)


class TooMuch(Refused):
    """The total may not pass the limit."""


class Count(Command[Counter]):
    """Count, up to a limit of 100."""

    by: int = 1
    times: int = 1
    note: str = ""

    def decide(self, counter: Counter, stamp: Stamp) -> list[Counted]:
        if counter.total + self.by * self.times > 100:
            raise TooMuch(total=counter.total)
        return [Counted(by=self.by, note=self.note) for _ in range(self.times)]


class Opens(Command[Counter]):
    """Count once, as somebody who may: what one may is known from outside the counter."""

    def decide(self, counter: Counter, stamp: Stamp) -> Counted:
        if not stamp.authority:
            raise TooMuch(total=counter.total)
        return Counted(by=1, note="")
