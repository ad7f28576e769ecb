"""The council's yearly pipeline notice: due by the scheme's table, published once, or missed once."""

from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest

from rfp_service.contracts.commands.pipeline import (
    BeginPipelineYear,
    MissPipelineNotice,
    PublishPipelineNotice,
)
from rfp_service.contracts.commands.rounds import OpenReviewRound
from rfp_service.contracts.domain.pipeline import (
    NoPipelineNotice,
    PipelineNoticeMissed,
    PipelineNoticeOut,
    PipelineStanding,
    PipelineYear,
    PipelineYearBegun,
    pipeline_id,
    year_after,
)
from rfp_service.contracts.domain.refusals import DateNotYetCome
from rfp_service.contracts.domain.rounds import ReviewRound, round_id
from rfp_service.rooms import REACTIONS
from shared.kernel.calendar import end_of, start_of
from shared.kernel.contract_rules import ContractRules
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reactor
from tests.contracts.test_clocks import Worker
from tests.support.specs import RULES, stamp

FIRST_DAY = start_of(date(2026, 4, 1))
BEGIN = BeginPipelineYear(number=7, due_at=FIRST_DAY)
BEGUN = PipelineYearBegun(
    year=2026,
    notice="pipeline notice",
    section="Procurement Act 2023, section 93",
    above_pence=200_000_000,
    due_on=date(2026, 5, 26),
    scheme_version=1,
    late=False,
)
MISSED = PipelineNoticeMissed(due_on=date(2026, 5, 26), late=False)
PUBLISH = PublishPipelineNotice(reference="UK1-1", published_on=date(2026, 5, 20))


def at(month: int, day: int, **known: Any) -> Any:
    return stamp("cora", at=datetime(2026, month, day, 10, tzinfo=UTC), **known)


def after(*events: Any) -> PipelineYear:
    pipeline = PipelineYear()
    for event in events:
        pipeline = event.apply(pipeline)
    return pipeline


@pytest.mark.parametrize(("day", "year"), [("2026-03-31", 2026), ("2026-04-01", 2027), ("2026-11-29", 2027)])
def test_a_financial_year_begins_on_the_first_of_april(day: str, year: int) -> None:
    assert year_after(date.fromisoformat(day)) == year


def test_a_year_begins_with_the_notice_that_the_scheme_wants_its_first_day_being_day_one() -> None:
    decided = BEGIN.decide(PipelineYear(), stamp("clock", at=FIRST_DAY, rules=RULES))
    assert decided == BEGUN
    assert after(BEGUN).called(1) == "2026/27"


def test_a_year_begins_once() -> None:
    assert BEGIN.decide(after(BEGUN), stamp("clock", at=FIRST_DAY, rules=RULES)) == ()


def test_a_scheme_that_wants_no_such_notice_makes_none_due() -> None:
    rules = RULES.model_copy(update={"contracts": ContractRules(duties=[])})
    begun = BEGIN.decide(PipelineYear(), stamp("clock", at=FIRST_DAY, rules=rules))
    assert isinstance(begun, PipelineYearBegun)
    assert begun.due_on is None
    with pytest.raises(NoPipelineNotice):
        PUBLISH.decide(after(begun), at(5, 21))


def test_a_notice_is_published_once_and_late_is_said_so() -> None:
    published = PUBLISH.decide(after(BEGUN), at(5, 21))
    assert not published.late
    with pytest.raises(PipelineNoticeOut):
        PUBLISH.decide(after(BEGUN, published), at(5, 22))
    late = PUBLISH.model_copy(update={"published_on": date(2026, 5, 27)})
    assert late.decide(after(BEGUN, MISSED), at(5, 28)).late


def test_a_day_that_is_still_to_come_is_no_day_of_publication() -> None:
    with pytest.raises(DateNotYetCome):
        PUBLISH.decide(after(BEGUN), at(5, 19))


def test_what_was_published_is_not_missed() -> None:
    miss = MissPipelineNotice(number=1, due_at=end_of(date(2026, 5, 26)))
    published = PUBLISH.decide(after(BEGUN), at(5, 21))
    assert miss.decide(after(BEGUN, published), at(5, 28)) == ()
    assert miss.decide(after(BEGUN), at(5, 26)) == ()
    assert isinstance(miss.decide(after(BEGUN), at(5, 28)), PipelineNoticeMissed)


async def test_a_year_begins_by_itself_its_notice_is_missed_once_and_the_next_one_is_waited_for(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    worker = Worker(pool, store)
    await Reactor(pool, store.reader, REACTIONS).introduce()
    for month in ("2026-01", "2026-02"):  # waited for twice, and begun once
        decided = stamp("cora", rules=RULES, at=datetime(2026, 2, 3, tzinfo=UTC))
        command = OpenReviewRound(month=month)
        await store.handle(round_id(month), command, decided, blank=ReviewRound(), absent=True)
    for day in (datetime(2026, 4, 2, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)):
        await worker.work(day)
        await Worker(pool, store).work(day)
    recorded = await store.reader.stream(pipeline_id(2026))
    assert [type(each.event) for each in recorded] == [PipelineYearBegun, PipelineNoticeMissed]
    assert (await store.load(pipeline_id(2026), PipelineYear())).state.standing is PipelineStanding.MISSED
    assert await store.reader.stream(pipeline_id(2027)) == []
    await worker.work(datetime(2027, 4, 2, tzinfo=UTC))
    [begun] = await store.reader.stream(pipeline_id(2027))
    assert begun.event.year == 2027
