"""Data that somebody, usually the outgoing supplier, has promised for a day."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.kernel.messages import Event
from shared.kernel.states import replace


@dataclass(frozen=True)
class Chase:
    """One time that data were asked for again, and the day promised then, if one was."""

    on: date
    note: str
    new_day: date | None


@dataclass(frozen=True)
class PromisedData:
    """What was promised, by whom, by when; how often it was chased; and when it came."""

    kind: ClassVar[str] = "promised-data"

    programme: UUID | None = None
    what: str = ""
    promised_by: str = ""
    due: date | None = None
    chases: tuple[Chase, ...] = ()
    arrived_on: date | None = None
    note: str = ""

    @property
    def expected_on(self) -> date | None:
        """Return the day that was promised last."""
        return next((c.new_day for c in reversed(self.chases) if c.new_day), self.due)


class DataPromised(Event[PromisedData]):
    """Somebody promised data for a day."""

    kind: ClassVar[str] = "promised-data"

    programme: UUID
    what: str
    promised_by: str
    due: date

    def apply(self, data: PromisedData) -> PromisedData:
        """Return the promise."""
        return PromisedData(self.programme, self.what, self.promised_by, self.due)


class DataChased(Event[PromisedData]):
    """Promised data were asked for again; a new day changes nothing of what was promised first."""

    kind: ClassVar[str] = "promised-data"

    on: date
    note: str
    new_day: date | None = None

    def apply(self, data: PromisedData) -> PromisedData:
        """Return the promise, chased again."""
        return replace(data, chases=(*data.chases, Chase(self.on, self.note, self.new_day)))


class PromisedDataArrived(Event[PromisedData]):
    """Promised data came, whole."""

    kind: ClassVar[str] = "promised-data"

    arrived_on: date
    note: str = ""

    def apply(self, data: PromisedData) -> PromisedData:
        """Return the promise, kept."""
        return replace(data, arrived_on=self.arrived_on, note=self.note)


DATA_EVENTS = (DataPromised, DataChased, PromisedDataArrived)
