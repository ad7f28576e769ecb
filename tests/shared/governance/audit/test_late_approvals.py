"""A period's story counts late approvals where it holds the scheme; where it does not, it says so."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from rfp_service.rfps.domain.rfp import Rfp
from shared.governance.audit.bundle.assembly import made
from shared.governance.audit.bundle.contents import STORY
from shared.governance.audit.bundle.late_approvals import late_approvals
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import WorkingDays, day_in_london
from shared.kernel.messages import Recorded
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import kept
from tests.shared.governance.audit.test_bundle import MAPPER, PERIOD, PROGRAM
from tests.shared.record.projecting.examples import year_of_rfps

ENTRIES = 1_600


def late_by_states(events: Sequence[Recorded], scheme: Scheme) -> Iterator[int]:
    """Yield late decisions of approvers on one RFP by its states, and days counted one by one."""
    state: Any = Rfp()
    since = events[0].happened_at
    days = WorkingDays(scheme.closed_days())
    for recorded in events:
        before, state = state, recorded.event.apply(state)
        day = day_in_london(recorded.happened_at)
        values = scheme.in_force(day).values
        targets = {each.stage: each.working_days for each in values.stage_targets} if values else {}
        target = targets.get(before.stage)
        extra = (state if state.stage == before.stage else before).extra_days
        if recorded.stamp.authority == "approver" and target is not None:
            due_on = days.after(day_in_london(since), target + extra)
            late = any(days.works(due_on + timedelta(n)) for n in range(1, (day - due_on).days + 1))
            yield from [recorded.position] * late
        if state.stage != before.stage:
            since = recorded.happened_at


@pytest.mark.slow
async def test_late_approvals_are_those_that_the_states_and_the_scheme_show(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, min(ENTRIES, len(year_of_rfps())))
    cases: dict[str, list[Recorded]] = {}
    async for block in store.reader.all_after(0, await store.reader.head()):
        for recorded in block:
            cases.setdefault(str(recorded.stream_id), []).append(recorded)
    scheme: Any = Scheme()
    for recorded in cases[str(SCHEME_ID)]:
        scheme = recorded.event.apply(scheme)
    rfps = [events for events in cases.values() if type(events[0].event).kind == "rfp"]
    expected = {position for events in rfps for position in late_by_states(events, scheme)}
    found = late_approvals(cases)
    assert (set(found.positions), found.known, found.untold) == (expected, True, 0)
    assert len(expected) > 3
    story = (await made(pool, MAPPER, PERIOD, PROGRAM)).text(STORY)
    told = re.search(r"Late approvals</th><td>(\d+)</td>(.*?)</tr>", story, re.DOTALL)
    assert told is not None
    assert {int(each) for each in re.findall(r"#e-(\d+)", told[2])} == expected
    assert int(told[1]) == len(expected)
    later = replace(PERIOD, start=cases[str(SCHEME_ID)][-1].recorded_at)
    begun = (await made(pool, MAPPER, later, PROGRAM)).text(STORY)
    assert "Late approvals</th><td>not known</td>" in begun
    assert "can&#x27;t count them" in begun
