"""What is shown of one RFP, kept at hand until more happens to it: only the clock goes on meanwhile."""

from collections import OrderedDict
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from rfp_service.rfps.api.answers import as_seen, due
from rfp_service.rfps.api.particulars import particulars
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.views.targets import Targets
from shared.flow.case_waits import WaitsSoFar, case_log, waits_so_far
from shared.flow.log import FlowLog
from shared.flow.sources import working_time
from shared.kernel.messages import Stream
from shared.record.eventstore.reader import Reader

RFPS_AT_HAND = 2_000


class _Dated(NamedTuple):
    """What follows of an RFP from a scheme's targets and closed days, all of one day."""

    by: Targets
    due: Mapping[str, Any]
    waits: WaitsSoFar


@dataclass(slots=True)
class RfpParts:
    """What is shown of an RFP as far as its events tell, and its steps.

    Its personal texts stand beside it, as they are stored: no other is in what is shown.
    """

    stream: Stream[Rfp]
    seen: Mapping[str, Any]
    stored: Mapping[str, object]
    log: FlowLog | None
    _dated: _Dated | None = None

    @property
    def personal(self) -> Mapping[str, object]:
        """Return the personal texts: they are opened in place, for one reader."""
        return deepcopy(dict(self.stored)) if self.stored else {}

    def shown(self, by: Targets, as_of: datetime) -> dict[str, Any]:
        """Return what is shown of it at an instant; what it holds is shared, so never changed in place."""
        dated = self._dated
        if dated is None or dated.by is not by:
            working = working_time(by.closed_days)
            dated = self._dated = _Dated(by, due(self.stream, by), waits_so_far(self.log, working))
        return {**self.seen, **dated.due, "waits": dated.waits.as_of(as_of)}


class RfpsAtHand:
    """Parts of RFPs by where they stand in the record: events never change, so they don't either."""

    def __init__(self) -> None:
        """Have nothing at hand yet."""
        self._at_hand: OrderedDict[tuple[UUID, int], RfpParts] = OrderedDict()

    async def of(self, stream: Stream[Rfp], record: Reader) -> RfpParts:
        """Return the parts of an RFP as it stands, or stood."""
        place = stream.id, stream.position
        parts = self._at_hand.get(place)
        # Where the record was put back, something else may stand at the same place.
        if parts is None or parts.stream.changed_at != stream.changed_at:
            events = await record.stream(stream.id, stream.position)
            said, personal = particulars(events, stream.state)
            parts = self._at_hand[place] = RfpParts(stream, as_seen(stream, said), personal, case_log(events))
            if len(self._at_hand) > RFPS_AT_HAND:
                self._at_hand.popitem(last=False)
        self._at_hand.move_to_end(place)
        return parts
