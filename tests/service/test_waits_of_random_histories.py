"""What parties are charged with is all the time that cases were in work: through the views and the answer.

Random histories as the rules allow them are stored, go through the worker, and are asked for over HTTP.
"""

import os
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from rfp_service.rfps.domain.stages import ENDS
from shared.kernel.calendar import microseconds
from shared.kernel.messages import Recorded
from shared.record.eventstore.command_record import personal_texts
from tests.rfps import test_random_decisions as random_decisions
from tests.rfps.examples import LAPTOP
from tests.rfps.test_random_decisions import ENOUGH, SCHEMES, TOLD, RandomDecisions
from tests.support.api import Api
from tests.support.people import SAM
from tests.support.specs import as_stored

LONG_AGO = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)  # so that all of a history has happened by now
SEEDS = (7, 11, 25, 33)  # which between them have all that bends a wait
MORE = range(100, 140) if int(os.environ.get("WALKS", "0")) >= ENOUGH else ()
TURNS = 12
BENDS = {
    "RfpHoldStarted",
    "RfpHoldEnded",
    "HoldCorrected",
    "TargetExtended",
    "DiversionFailed",
    "RfpRestated",
    "AdviceRequested",
    "RfpTakenOver",
    "RfpWaitTold",
    "TierPassedUp",
    "RfpReturnedForRework",
    "AwardRevoked",
}


def walked(seed: int) -> RandomDecisions:
    """Return an RFP that random people have decided on, taken over in flight every fourth time."""
    walk = RandomDecisions()
    walk.raise_it([str(LAPTOP)], TOLD[seed * 7 % len(TOLD)] if seed % 4 == 3 else None)
    for turn in range(TURNS):
        walk.scheme = (seed + turn) // 5 % len(SCHEMES)
        walk.it_goes_on_somehow(seed * 1_000 + turn)
    return walk


async def stored(api: Api, walk: RandomDecisions) -> UUID:
    """Store a history as it was decided."""
    store, stream, version, found = api.service.store, uuid4(), 0, []
    for _, command, decided, events in walk.record:
        personal = personal_texts(events)
        for part, event in enumerate(events):
            version += 1
            found.append(
                store.mapper.stored(stream, version, as_stored(event), decided, command, part, personal)
            )
    await store.append(found)
    return stream


def happened(recorded: Recorded) -> int:
    """Return when something happened: a clock's decision when it was due, what was told when it began."""
    said = recorded.event.__dict__
    return microseconds(said.get("waited_since") or said.get("due_at") or recorded.happened_at)


def in_work(history: list[Recorded], as_of: int) -> int:
    """Return for how long a case was in work by a moment, in microseconds: from each step to the next."""
    total = 0
    for step, following in zip(history, [*history[1:], None], strict=True):
        began = happened(step)
        until = as_of if following is None else happened(following)
        if step.event.__dict__["stage"] not in ENDS:
            total += until - began
    return total


async def test_parties_are_charged_with_all_the_time_in_work_to_the_microsecond(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random_decisions, "NOW", LONG_AGO)
    walks = [walked(seed) for seed in (*SEEDS, *MORE)]
    streams = [await stored(api, walk) for walk in walks]
    api.position = await api.service.record.head()
    answer = (await api.get("/v1/rfps/bottlenecks", SAM)).json()
    as_of = microseconds(datetime.fromisoformat(answer["as_of"]))
    expected = 0
    for stream in streams:
        history = await api.service.store.reader.stream(stream)
        known = [each for each in history if each.position <= answer["position"]]
        expected += in_work(known, as_of)
    charged = sum(row["elapsed_seconds"] + row["open_elapsed_seconds"] for row in answer["parties"])
    assert round(charged * 10**6) == expected
    decided = [event for walk in walks for *_, events in walk.record for event in events]
    assert not BENDS - {type(event).__name__ for event in decided}
    assert any(getattr(event, "late", False) for event in decided)
