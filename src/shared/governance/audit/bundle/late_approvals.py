"""Which approvals of a period came late, where a bundle holds what that takes: scheme, and whole cases."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shared.governance.audit.decision_rows import decision_rows
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.governance.scheme.lateness import late, more_days
from shared.kernel.messages import Recorded
from shared.kernel.roles import Role

NO_SCHEME = (
    "Approvals after the day that the scheme gives their stage. This bundle begins after the scheme was"
    " first adopted, and can't count them: the service's figures of the period do, and a bundle that begins"
    " before it."
)
COUNTED_HERE = (
    "Approvals after the day by which the scheme of that time wanted the case out of its stage, pauses and"
    " extensions counted."
)


class LateApprovals(NamedTuple):
    """The positions of those that came late; whether that can be told, and of how many it can't."""

    positions: frozenset[int] = frozenset()
    known: bool = False
    untold: int = 0

    @property
    def sentence(self) -> str:
        """Say what is counted, and what is not."""
        if not self.known:
            return NO_SCHEME
        rest = (
            f" {self.untold:,} on cases that began before this bundle are not judged." if self.untold else ""
        )
        return COUNTED_HERE + rest


def late_approvals(cases: Mapping[str, Sequence[Recorded]]) -> LateApprovals:
    """Return which decisions of approvers came late, by the entries that are there."""
    scheme = cases.get(str(SCHEME_ID), ())
    if not _is_whole(scheme):
        return LateApprovals()
    state: Any = Scheme()
    for recorded in scheme:
        state = recorded.event.apply(state)
    whole = [events for events in cases.values() if _is_whole(events)]
    decided = [row for events in whole for row in _decided(events)]
    begun = (events for events in cases.values() if not _is_whole(events))
    untold = sum(recorded.stamp.authority == Role.APPROVER for events in begun for recorded in events)
    return LateApprovals(frozenset(late(decided, state)), known=True, untold=untold)


def _is_whole(events: Sequence[Recorded]) -> bool:
    return bool(events) and [each.version for each in events] == list(range(1, len(events) + 1))


def _decided(events: Sequence[Recorded]) -> Iterator[dict[str, Any]]:
    """Yield approvers' decisions on a case: the stage it was in, since when, and how many days it gained."""
    stage, since, extra = "", events[0].happened_at, 0
    for recorded in events:
        for row in decision_rows(recorded):
            if not (leads_to := str(row["stage"])):
                continue
            said: Any = recorded.envelope["data"]
            extra += more_days(str(row["decision"]), said)
            if stage and row["authority"] == Role.APPROVER:
                yield {
                    "position": recorded.position,
                    "happened_at": recorded.happened_at,
                    "stage": stage,
                    "since": since,
                    "extra": extra,
                }
            if leads_to != stage:
                stage, since, extra = leads_to, recorded.happened_at, 0
