"""A case of a historic log: what another system recorded, kept as events in streams of its own kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shared.kernel.messages import Event
from shared.kernel.states import replace


@dataclass(frozen=True)
class HistoricCase:
    """One case of an imported log, and how many steps it took."""

    kind: ClassVar[str] = "historic-case"

    import_id: str = ""
    case_id: str = ""
    steps: int = 0


class HistoricCaseImported(Event[HistoricCase]):
    """A case of a historic log: when it was opened and, if it was, closed."""

    kind: ClassVar[str] = "historic-case"
    body_of_work: ClassVar[str] = ""
    historic: ClassVar[bool] = True
    in_flow: ClassVar[bool] = True

    import_id: str
    case_id: str
    opened_at: datetime
    closed_at: datetime | None = None
    deadline: datetime | None = None

    def apply(self, case: HistoricCase) -> HistoricCase:
        """Return the case without steps."""
        return HistoricCase(self.import_id, self.case_id)


class HistoricStepImported(Event[HistoricCase]):
    """One row of a historic log; `actor` is an id of the people directory, never a name.

    `completed_at` is when its activity was completed, where the log says that too. Before a `bridged`
    step a row was refused.
    """

    kind: ClassVar[str] = "historic-case"
    body_of_work: ClassVar[str] = ""
    historic: ClassVar[bool] = True
    in_flow: ClassVar[bool] = True

    import_id: str
    case_id: str
    seq: int
    entered_at: datetime
    activity: str
    stage: str
    party: str = ""
    actor: str = ""
    role: str = ""
    completed_at: datetime | None = None
    bridged: bool = False

    def apply(self, case: HistoricCase) -> HistoricCase:
        """Return the case with one more step."""
        return replace(case, steps=case.steps + 1)


EVENTS = (HistoricCaseImported, HistoricStepImported)
