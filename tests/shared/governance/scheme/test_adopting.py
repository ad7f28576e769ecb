"""Adopting a scheme: from a day on that has not passed in London."""

from datetime import UTC, date, datetime

from shared.governance.scheme.commands import AdoptScheme
from shared.governance.scheme.domain import Scheme, SchemeAdopted
from shared.governance.scheme.refusals import AdoptedForThePast
from tests.support.specs import SCHEME, given

FIRST = SchemeAdopted(values=SCHEME, reason="The cabinet decided so.")
PAST_MIDNIGHT_IN_LONDON = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)


def adopted_from(day: date) -> AdoptScheme:
    values = SCHEME.model_copy(update={"effective_from": day})
    return AdoptScheme(values=values, reason="The cabinet decided so.")


def test_after_midnight_in_london_yesterday_is_past() -> None:
    adopting = given(Scheme(), FIRST).when(
        adopted_from(date(2026, 7, 14)), by="ada", at=PAST_MIDNIGHT_IN_LONDON
    )
    adopting.refused(AdoptedForThePast, effective_from=date(2026, 7, 14))


def test_after_midnight_in_london_today_is_the_new_day() -> None:
    today = adopted_from(date(2026, 7, 15))
    adopting = given(Scheme(), FIRST).when(today, by="ada", at=PAST_MIDNIGHT_IN_LONDON)
    adopting.then(SchemeAdopted(values=today.values, reason=today.reason))
