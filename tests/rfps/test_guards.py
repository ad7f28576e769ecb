"""Guards: what they let through can be decided, and what is refused for who or when, they refuse."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn

import pytest

from rfp_service.permissions import PERMISSIONS
from rfp_service.rfps.api.rfps import DECISIONS
from rfp_service.rfps.deadlines import DEADLINES
from rfp_service.rfps.domain import correction_refusals as on_correcting
from rfp_service.rfps.domain import evaluation_refusals as on_evaluating
from rfp_service.rfps.domain import refusals
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.governance.scheme import tiers
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Stamp
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.decisions.outlooks import NextDecision, Outlook, of_their_roles
from tests.rfps import way
from tests.rfps.examples import IN_APPROVAL, LAPTOP
from tests.rfps.test_random_decisions import DELEGATED, PEOPLE, SCHEMES, RandomDecisions, known_to
from tests.rfps.way import LONG_AFTER
from tests.support.bodies import COMMANDS, MOMENT, Seen, body_for
from tests.support.moves import MOVES, Try
from tests.support.specs import NOW, given
from tests.support.stages import steps

Met = tuple[Rfp, int, tuple[str, ...], datetime]  # with the scheme's number, and what its check showed
PRINCIPALS = tuple(sorted({each["delegator"] for each in DELEGATED}))
SEEDS = range(5)
TURNS = 25
# What a refusal is for: the stage, the person, a conflict, the tier.
FOR_WHO_OR_WHEN = (
    refusals.WrongStage,
    refusals.OnHold,
    refusals.NotOnHold,
    refusals.NotYourRfp,
    refusals.OwnRfp,
    refusals.NoPartInIt,
    refusals.NotTheLead,
    tiers.OneTierEach,
    refusals.Conflicted,
    refusals.HasDecided,
    refusals.OutToMarket,
    refusals.NotOutToMarket,
    on_correcting.AnotherConfirms,
    on_correcting.AnotherCorrects,
    on_correcting.NotOfTheBody,
    on_evaluating.EvaluatorsSettled,
    on_evaluating.NotAnEvaluator,
    on_evaluating.NotSettledYet,
    tiers.NotYourTier,
    tiers.NotTheirDelegate,
    tiers.OverDelegatedLimit,
)


BY_GUARDS, BY_RULES = Counter[str](), Counter[tuple[str, str]]()


class Walk(RandomDecisions):
    """A random walk that counts what is refused for who decides or when, and whether a guard did."""

    def hear(self, command: Command[Rfp], decided: Stamp, refusal: Refused) -> None:
        if not isinstance(refusal, FOR_WHO_OR_WHEN):
            return
        try:
            command.guard(self.rfp, decided)
        except Refused:
            BY_GUARDS[type(refusal).__name__] += 1
        else:
            BY_RULES[type(refusal).__name__, type(command).__name__] += 1


def walked() -> Iterator[Met]:
    """Yield where random walks by fixed dice come to, turn by turn, and when, and under which scheme."""
    for seed in SEEDS:
        walk = Walk()
        walk.raise_it([str(LAPTOP)] if seed % 2 else [])
        for turn in range(TURNS):
            walk.scheme = (seed + turn) // 9 % len(SCHEMES)
            walk.it_goes_on_somehow(seed * 1_000 + turn)
            yield walk.rfp, walk.scheme, tuple(walk.shown), walk.now


def met() -> Iterator[Met]:
    """Yield RFPs as random walks and examples have them; both where a clock runs, and when it is over."""
    yield from walked()
    for rfp in steps():
        yield rfp, 0, (str(LAPTOP),), LONG_AFTER
        if rfp.tender.responses_by is None or rfp.stage is Stage.OPEN:
            yield rfp, 0, (str(LAPTOP),), NOW


def outlook(met: Met, by: str) -> Outlook:
    """Return what is ahead of somebody who comes to an RFP."""
    _, scheme, shown, at = met
    person = Person(by, tuple(Role(role) for role in PEOPLE[by][0]))
    stamp = known_to(by, scheme, shown).model_copy(update={"at": at})
    return Outlook(person, PERMISSIONS, stamp, PRINCIPALS)


def ahead_of(here: Met, by: str) -> list[NextDecision]:
    ahead = outlook(here, by)
    return ahead.of(here[0], of_their_roles(PERMISSIONS, ahead.person, DECISIONS))


def test_what_is_next_is_accepted_whatever_it_says_and_guards_refuse_the_rest() -> None:
    accepted, refused = Counter[str](), Counter[tuple[str, str]]()
    for dice, here in enumerate(met()):
        for ahead in (outlook(here, by) for by in PEOPLE):
            own = of_their_roles(PERMISSIONS, ahead.person, DECISIONS)
            for each in (one for one in ahead.of(here[0], own) if one["allowed"]):
                principal = each.get("acting_for", [""])[0]
                stamp = ahead.stamp.model_copy(update={"acting_for": principal})
                said = body_for(each["decision"], Seen(here[0], stamp, dice))
                try:
                    COMMANDS[each["decision"]](**said).decide(here[0], stamp)
                except Refused as refusal:
                    refused[each["decision"], type(refusal).__name__] += 1
                else:
                    accepted[each["decision"]] += 1
    assert accepted.total() > 5_000
    assert len(accepted) > 60, set(COMMANDS) - set(accepted)
    assert all(many <= accepted[decision] / 100 for (decision, _), many in refused.items()), refused
    assert BY_RULES.total() < BY_GUARDS.total() / 20, BY_RULES
    assert len(BY_GUARDS) > 12, BY_GUARDS


def test_no_rule_can_leave_its_guard_out() -> None:
    class Wait(Command[Rfp]):
        @classmethod
        def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
            raise refusals.OnHold

        def decide(self, rfp: Rfp, stamp: Stamp) -> NoReturn:
            raise AssertionError("nobody asks this")

    class WaitLonger(Wait):
        def decide(self, rfp: Rfp, stamp: Stamp) -> NoReturn:
            raise AssertionError("nor this")

    for command in (Wait(), WaitLonger()):
        given(Rfp()).when(command).refused(refusals.OnHold)


ANNOUNCED = way.FORWARD_PLAN.model_copy(update={"published_on": NOW.date()})
TOO_EARLY = [
    (way.OPEN, "paul", "close-responses", way.RESPONSES_BY),
    (way.CONTRACTING, "lars", "conclude-contract", way.STANDSTILL_ENDS),
    # 28 clear days after Monday 2 March; by then clocks have changed
    (
        way.after(way.KEY_DECISION, ANNOUNCED, **way.OFFICER),
        "derek",
        "take-key-decision",
        datetime(2026, 3, 30, 23, 0, tzinfo=UTC),
    ),
]


@pytest.mark.parametrize(("history", "by", "decision", "begins"), TOO_EARLY)
def test_what_is_only_too_early_says_from_when(
    history: way.History, by: str, decision: str, begins: datetime
) -> None:
    rfp = state_after(history)
    early = says(rfp, NOW, by, decision)
    assert (early["allowed"], early["from"]) == (False, begins)
    assert early["why_not"]["title"]
    assert not says(rfp, begins - MOMENT, by, decision)["allowed"]
    assert says(rfp, begins, by, decision)["allowed"]


def test_where_more_than_time_is_missing_there_is_no_day() -> None:
    assert "from" not in says(state_after(way.CONTRACTING), NOW, "ann", "withdraw")
    assert "from" not in says(state_after(way.KEY_DECISION), NOW, "derek", "take-key-decision")


def test_whoever_stands_in_is_told_for_whom() -> None:
    approval = state_after(IN_APPROVAL)
    assert says(approval, NOW, "dora", "approve")["acting_for"] == ["derek", "hana"]
    for alone in ("hana", "derek"):
        assert says(approval, NOW, alone, "approve") == {"decision": "approve", "allowed": True}


def test_who_only_reads_is_told_so_and_other_roles_decisions_are_left_out() -> None:
    approval = (state_after(IN_APPROVAL), 0, (), NOW)
    reader = outlook(approval, "hana")
    reader = replace(reader, person=replace(reader.person, reads_only=True))
    told = reader.of(approval[0], of_their_roles(PERMISSIONS, reader.person, DECISIONS))
    assert {each["why_not"]["type"] for each in told} == {"/problems/reads-only"}
    assert not any(each["allowed"] for each in told)
    assert "accept" not in {each["decision"] for each in told}
    assert "approve" in {each["decision"] for each in told}


def state_after(history: way.History) -> Rfp:
    rfp = Rfp()
    for event in history:
        rfp = event.apply(rfp)
    return rfp


def says(rfp: Rfp, at: datetime, by: str, decision: str) -> NextDecision:
    """Return what somebody is told of one decision."""
    return next(each for each in ahead_of((rfp, 0, (), at), by) if each["decision"] == decision)


def test_every_command_is_in_the_table_of_moves() -> None:
    """Random walks try what the table has, and no more: a decision that is not in it is never tried."""
    tried = {type(move(Try(Rfp(), NOW, "paul", 0))) for move in MOVES}
    assert set(DECISIONS) | {deadline.command for deadline in DEADLINES} == tried
