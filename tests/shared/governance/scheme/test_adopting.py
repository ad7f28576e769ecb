"""Adopting a scheme: from a day on that has not passed in London."""

from datetime import UTC, date, datetime
from typing import Any

from shared.governance.scheme.commands import AdoptScheme
from shared.governance.scheme.domain import Scheme, SchemeAdopted, SchemeValues
from shared.governance.scheme.refusals import AdoptedForThePast, NoElectedPost
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


def scheme_with(*tiers: dict[str, Any]) -> SchemeValues:
    return SchemeValues.model_validate({"effective_from": "2026-03-02", "tiers": tiers})


HEAD: dict[str, Any] = {"name": "head", "up_to_pence": 2_500_000, "approvers": ["hana"]}
POST: dict[str, Any] = {
    "name": "member",
    "up_to_pence": 25_000_000,
    "approvers": ["carla", "conor"],
    "elected_post": True,
    "officers": ["olga"],
}


def test_officers_are_named_for_an_elected_post_alone() -> None:
    values = scheme_with({**HEAD, "officers": ["olga"]}, POST)
    given(Scheme()).when(AdoptScheme(values=values, reason="First."), by="ada").refused(
        NoElectedPost, tiers=["head"]
    )


def test_what_a_member_may_let_others_decide_is_theirs_for_members_and_named_officers() -> None:
    values = scheme_with(HEAD, POST)
    assert values.delegable(["carla"], ["conor"]) == ("member",)
    assert values.delegable(["carla"], ["other-id", "olga"]) == ("member",)
    assert values.delegable(["carla"], ["hana"]) == ()
    assert values.delegable(["hana"], ["anybody"]) == ("head",)


def test_who_is_named_to_decide_for_members_gains_by_the_scheme() -> None:
    without = scheme_with(HEAD, {**POST, "officers": []})
    adopted = SchemeAdopted(values=without, reason="First.").apply(Scheme())
    assert adopted.gaining(without, date(2026, 3, 2)) == []
    assert adopted.gaining(scheme_with(HEAD, POST), date(2026, 3, 2)) == ["olga"]


def test_a_scheme_from_before_elected_posts_has_none() -> None:
    assert SCHEME.elected_posts() == {}
    assert not any(tier.as_known().elected_post for tier in SCHEME.tiers)
