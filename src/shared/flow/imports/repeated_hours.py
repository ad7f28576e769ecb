"""The hour that comes twice: a stamp without an offset may be of either, which its case's order decides."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from shared.flow.imports.historic_log import Case, LogStep
from shared.flow.imports.instants import LogInstants, which_of


class RepeatedHours:
    """The closes and steps in such an hour, to be settled once all of their cases are read."""

    def __init__(self, stamps: LogInstants) -> None:
        """Know of none; say with the stamps which of them nothing puts in order."""
        self._stamps = stamps
        self._closes: list[Case] = []
        self._steps: dict[str, list[LogStep]] = {}

    def closes(self, case: Case) -> None:
        """Remember a case that closes in such an hour."""
        self._closes.append(case)

    def enters(self, case_id: str, step: LogStep) -> None:
        """Remember a step of a case that is in such an hour."""
        self._steps.setdefault(case_id, []).append(step)

    def settle_steps(self, cases: Mapping[str, Case]) -> None:
        """Put a case's steps in the order of `seq`; where that states none, they stay in the file's."""
        for case_id, repeated in self._steps.items():
            case = cases[case_id]
            settled = self._by_seq(case, {step.row for step in repeated})
            for step, at in settled:
                step.entered_at = at
            if not settled and len(repeated) > 1 and self._in_doubt(case, repeated):
                self._stamps.unordered += len(repeated)
                self._stamps.odd.setdefault("unordered", ("events", repeated[0].row, "entered_at"))
        self._steps.clear()

    def _in_doubt(self, case: Case, repeated: list[LogStep]) -> bool:
        """Say whether steps may be in either hour: one before which its case opens is in the second."""
        opened = case.opened_at
        return opened is None or any(self._stamps.both(step.entered_at)[0] >= opened for step in repeated)

    def settle_closes(self) -> None:
        """Close a case in the second of the hours, where its time would run backwards."""
        for case in self._closes:
            assert case.closed_at is not None, "it closes in such an hour"
            known = filter(None, (case.opened_at, *(step.entered_at for step in case.steps)))
            case.closed_at = which_of(self._stamps.both(case.closed_at), max(known, default=None))
        self._closes.clear()

    def _by_seq(self, case: Case, rows: set[int]) -> list[tuple[LogStep, datetime]]:
        """Return when each step was by the order of `seq`; nothing if that is not said, or is not time's."""
        order = sorted(case.steps, key=lambda step: step.seq)
        if not case.is_numbered or any(one.seq == other.seq for one, other in pairwise(order)):
            return []
        before, found = case.opened_at, list[tuple[LogStep, datetime]]()
        for step in order:
            at = step.entered_at
            before = which_of(self._stamps.both(at), before) if step.row in rows else at
            found.append((step, before))
        return found if all(one[1] <= other[1] for one, other in pairwise(found)) else []
