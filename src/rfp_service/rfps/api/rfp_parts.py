"""What one RFP's events say beside its state, kept at hand until more of them happen."""

from collections import OrderedDict
from collections.abc import Mapping
from copy import deepcopy
from typing import NamedTuple
from uuid import UUID

from rfp_service.rfps.api.particulars import Particulars, particulars
from rfp_service.rfps.domain.rfp import Rfp
from shared.flow.case_waits import case_log
from shared.flow.log import FlowLog
from shared.kernel.messages import Stream
from shared.record.eventstore.reader import Reader

RFPS_AT_HAND = 2_000


class RfpParts(NamedTuple):
    """What was said of an RFP on its way, its personal texts as they are stored, and its steps."""

    said: Particulars
    personal: Mapping[str, object]
    log: FlowLog | None


class RfpsAtHand:
    """Parts of RFPs by where they stand in the record: events never change, so they don't either."""

    def __init__(self) -> None:
        """Have nothing at hand yet."""
        self._at_hand: OrderedDict[tuple[UUID, int], RfpParts] = OrderedDict()

    async def of(self, stream: Stream[Rfp], record: Reader) -> RfpParts:
        """Return the parts of an RFP as it stands, or stood."""
        place = stream.id, stream.position
        if place not in self._at_hand:
            events = await record.stream(stream.id, stream.position)
            said, personal = particulars(events, stream.state)
            self._at_hand[place] = RfpParts(said, personal, case_log(events))
            if len(self._at_hand) > RFPS_AT_HAND:
                self._at_hand.popitem(last=False)
        self._at_hand.move_to_end(place)
        parts = self._at_hand[place]
        # Personal texts are opened in place, for one reader.
        return parts._replace(personal=deepcopy(dict(parts.personal)))
