"""What is shown of one RFP is kept for as long as nothing happens to it, and goes on with the clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from rfp_service.rfps.api.rfp_parts import RfpsAtHand
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.views.targets import Targets, targets_of
from shared.governance.scheme.domain import Scheme
from shared.kernel.messages import Recorded, Stream
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import advance
from tests.rfps.examples import CHECK, RAISED
from tests.support.specs import NOW, stamp

DAY = timedelta(days=1)


class OneRfp:
    """A record in which one RFP was raised, at a time; it counts how often it is read."""

    def __init__(self, at: datetime) -> None:
        self.recorded = Recorded(1, CHECK, 1, RAISED, stamp("ann").model_dump(mode="json"), at, at)
        self.reads = 0

    async def stream(self, _: UUID, __: int) -> Sequence[Recorded]:
        self.reads += 1
        return [self.recorded]

    @property
    def rfp(self) -> Stream[Rfp]:
        return advance(Stream(CHECK, Rfp()), self.recorded)


def by(as_of: datetime) -> Targets:
    return targets_of(Scheme(), as_of)


async def shown(at_hand: RfpsAtHand, record: OneRfp, as_of: datetime) -> dict[str, Any]:
    parts = await at_hand.of(record.rfp, cast("Reader", record))
    return parts.shown(by(as_of), as_of)


async def test_it_is_read_once_and_only_its_waits_grow() -> None:
    at_hand, record = RfpsAtHand(), OneRfp(NOW)
    first, later = [await shown(at_hand, record, NOW + days * DAY) for days in (1, 3)]
    assert record.reads == 1
    assert [each["waits"]["items"][0]["elapsed_seconds"] for each in (first, later)] == [86_400, 3 * 86_400]
    assert {**first, "waits": None} == {**later, "waits": None}


async def test_what_one_reader_is_shown_is_not_what_another_is_handed() -> None:
    at_hand, record = RfpsAtHand(), OneRfp(NOW)
    first = await shown(at_hand, record, NOW)
    first["title"] = "[withheld from one]"
    assert (await shown(at_hand, record, NOW))["title"] == RAISED.title


async def test_another_rfp_at_the_same_place_of_a_record_that_was_put_back_is_read() -> None:
    at_hand, before, after = RfpsAtHand(), OneRfp(NOW), OneRfp(NOW + DAY)
    assert (await shown(at_hand, before, NOW + DAY))["opened_at"] == NOW
    assert (await shown(at_hand, after, NOW + DAY))["opened_at"] == NOW + DAY
    assert after.reads == 1
