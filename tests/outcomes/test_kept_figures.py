"""A figure of a moment that is over is read once, until the scheme that it is counted by changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rfp_service.measures.kept_figures import MOMENTS_AT_HAND, kept
from rfp_service.measures.room_figures import MEASURES, Answering
from shared.kernel.calendar import day_in_london
from shared.kernel.person import Person
from shared.web.reads.readings import Reading
from tests.support.api import Api
from tests.support.people import SCHEME


async def test_the_past_is_read_once_and_the_present_every_time(api: Api) -> None:
    asked: list[Reading] = []

    async def read(_: Answering, reading: Reading) -> float | None:
        asked.append(reading)
        return float(len(asked))

    figure = kept(replace(MEASURES["rfps_open"], read=read))
    await api.adopt_scheme()
    service, now = api.service, datetime.now(UTC)
    somebody = Person("sam", ())
    then = Reading(service.pool, service.record, 1, 1, now, True, somebody, service.redact)  # noqa: FBT003
    assert [await figure.read(service, then) for _ in range(3)] == [1.0, 1.0, 1.0]
    others = (
        replace(then, position=2),
        replace(then, as_of=now - timedelta(days=1)),
        replace(then, happened_by=now),
        replace(then, areas=frozenset({"Registrars"})),
    )
    assert [await figure.read(service, other) for other in others] == [2.0, 3.0, 4.0, 5.0]
    live = replace(then, past=False)
    assert [await figure.read(service, live) for _ in range(2)] == [6.0, 7.0]
    values: Any = SCHEME["values"]
    await api.adopts({**SCHEME, "values": {**values, "effective_from": str(day_in_london(now))}}, 2)
    assert [await figure.read(service, then) for _ in range(2)] == [8.0, 8.0]
    for position in range(10, 10 + MOMENTS_AT_HAND):
        await figure.read(service, replace(then, position=position))
    assert await figure.read(service, then) == 9.0 + MOMENTS_AT_HAND  # what was asked for long ago is let go
