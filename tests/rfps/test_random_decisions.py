"""Random people take random decisions, allowed and forbidden: what must always hold, holds."""

import os
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rfp_service.rfps.commands import turns
from rfp_service.rfps.commands.holds import EndHold, StartHold
from rfp_service.rfps.commands.participants import ReassignLead
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.commands.restatement import UndoRfpBatch
from rfp_service.rfps.commands.takeover import TakeOverRfp
from rfp_service.rfps.commands.unreachable_tiers import PassTierUp, amount_of
from rfp_service.rfps.domain.all_events import EVENTS
from rfp_service.rfps.domain.approval_events import ApprovalGranted, ApprovalRequested, WaiverGranted
from rfp_service.rfps.domain.award_events import AwardApproved, AwardRecommended, ContractConcluded
from rfp_service.rfps.domain.in_flight import stages_on
from rfp_service.rfps.domain.key_decision_events import KeyDecisionTaken
from rfp_service.rfps.domain.restatement import snapshot
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import ENDS, UNDER_APPROVAL, Party, Stage
from rfp_service.rfps.views.board import BOARD
from shared.flow.bottlenecks import bottlenecks
from shared.flow.log import live_log
from shared.flow.waits import activity_waits, stage_waits
from shared.kernel.calendar import microseconds
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Stamp, Stream, Tier
from shared.kernel.rules import ContractKind, Threshold
from shared.record.deadlines.deadline import DeadlineCommand
from shared.record.projecting.views import STILL_VALID
from tests.rfps.examples import CHECK, LAPTOP
from tests.shared.flow.test_waits_add_up import WORKING, asked, assert_parties_add_up, micro, steps_of
from tests.support.guards import WHY
from tests.support.in_full import of_many
from tests.support.moves import FURTHER, MOVES, Try, taken_over_in
from tests.support.specs import NOW, RULES, TIERS, as_stored, stamp

STEPS = int(os.environ.get("STEPS", "60"))

# Everybody's roles and tiers; some have several, so that conflicts come about.
PEOPLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ann": (("requester", "approver"), ("head",)),
    "ben": (("requester", "procurement_officer"), ()),
    "priya": (("procurement_officer", "approver"), ("director",)),
    "paul": (("procurement_officer",), ()),
    "hana": (("approver", "evaluator"), ("head",)),
    "derek": (("approver", "requester"), ("head", "director")),
    "dora": (("approver",), ()),
    "eve": (("evaluator",), ()),
    "evan": (("evaluator", "approver"), ("head",)),
    "sam": (("scrutiny_member", "requester"), ()),
    "lars": (("legal",), ()),
}
DELEGATED: list[Any] = [
    {
        "delegator": who,
        "delegate": to,
        "limit_pence": limit,
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
        "tiers": list(PEOPLE[who][1]),
    }
    for who, to, limit in (
        ("hana", "dora", 2_000_000),
        ("derek", "dora", 25_000_000),
        ("derek", "ann", 25_000_000),
    )
]
SCHEMES = (
    (TIERS, RULES),
    (
        (
            Tier(name="head", up_to_pence=2_000_000),
            *(tier.model_copy(update={"elected_post": True}) for tier in TIERS[1:]),
        ),
        RULES.model_copy(update={"key_decision_pence": None, "unreachable_after_working_days": 3}),
    ),
    (
        TIERS,
        RULES.model_copy(
            update={
                "tiers_cumulative": False,
                "lead_may_evaluate": False,
                "unanswered_stop_closing": True,
                "thresholds": tuple(
                    Threshold(regime="procurement_act_2023", kind=kind, from_pence=20_000_000)
                    for kind in ContractKind
                ),
            }
        ),
    ),
)
TOLD = [(stage, route) for route in Route for stage in stages_on(route)]
TAKEN_FOR_MANY = (ReassignLead, StartHold, EndHold, TakeOverRfp)
GRANTS = ApprovalGranted | AwardApproved | WaiverGranted | KeyDecisionTaken


@cache
def known_to(by: str, scheme: int, shown: tuple[str, ...]) -> Stamp:
    """Return what somebody knows under a scheme."""
    roles, tiers = PEOPLE[by]
    limits, rules = SCHEMES[scheme]
    seen: Any = {"query": "laptops", "made_by": by, "position": 7, "shown": list(shown)}
    return stamp(
        by,
        roles=roles,
        own_tiers=tiers,
        tiers=limits,
        rules=rules,
        scheme_version=scheme + 1,
        catalogue_check=seen,
        delegations=DELEGATED,
    )


class RandomDecisions(RuleBasedStateMachine):
    """One RFP, everybody who could touch it, and a clock."""

    @initialize(shown=st.sampled_from([(), (str(LAPTOP),)]), told=st.sampled_from([None] * 9 + TOLD))
    def raise_it(self, shown: Sequence[str], told: tuple[Stage, Route] | None = None) -> None:
        """Raise it here, or take it over in flight at a stage of its route."""
        self.shown = list(shown)
        self.now, self.scheme, self.rfp = NOW, 0, Rfp()
        self.record: list[tuple[Rfp, Command[Rfp], Stamp, list[Event[Any]]]] = []
        ask = RaiseRfp(title="Laptops", description="Forty of them.", service_area="Registrars")
        if told is None:
            self.decide(ask, "ann")
        else:
            assert self.decide(taken_over_in(*told, self.now), "paul")

    @rule(hours=st.sampled_from([0, 1, 20, 24 * 8, 24 * 35]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours, microseconds=1)

    @rule(number=st.sampled_from(range(len(SCHEMES))))
    def the_council_changes_its_scheme(self, number: int) -> None:
        self.scheme = number

    @rule(
        move=st.sampled_from(range(len(MOVES))),
        by=st.sampled_from(sorted(PEOPLE)),
        person=st.sampled_from(sorted(PEOPLE)),
        dice=st.integers(0, 1000),
    )
    def anybody_tries_anything(self, move: int, by: str, person: str, dice: int) -> None:
        self.decide(MOVES[move](Try(self.rfp, self.now, person, dice)), by)

    @rule(seed=st.integers(0, 2**32))
    def it_goes_on_somehow(self, seed: int) -> None:
        """Mostly forwards, sometimes sideways, by whoever may; Hypothesis draws the seed alone."""
        chance = Random(seed)
        for _ in range(chance.randint(1, 9)):
            if chance.random() < 0.6:
                self._further(chance.randrange(1000), chance.choice((0, 0, 1, 3)))
            else:
                self._sideways(chance)

    def _sideways(self, chance: Random) -> None:
        """Take any decision that somebody may take just now, seldom one that ends it all."""
        dice, person = chance.randrange(1000), chance.choice(sorted(PEOPLE))
        if dice % 4 == 0 and self._undo(dice):
            return
        for move in chance.sample(MOVES, len(MOVES)):
            command = move(Try(self.rfp, self.now, person, dice))
            for by in chance.sample(sorted(PEOPLE), len(PEOPLE)):
                if self.decide(command, by, ends=dice % 8 == 0):
                    return

    def _undo(self, dice: int) -> bool:
        """Take the last decision back, where a batch or a register takes it for many."""
        asked = self.record and isinstance(self.record[-1][1], TAKEN_FOR_MANY)
        return bool(asked) and self.decide(UndoRfpBatch(undone=CHECK, reason=WHY), "paul", ends=dice % 8 == 0)

    def _further(self, dice: int, days: int) -> None:
        if (further := FURTHER.get(self.rfp.stage)) is None:
            return
        self.now += timedelta(days=days)
        names = sorted(PEOPLE)
        for turn in range(len(names)):  # whoever may, does
            by = names[(dice + turn) % len(names)]
            command = further(Try(self.rfp, self.now, by, dice))
            if isinstance(command, DeadlineCommand):
                self.now = max(self.now, command.due_at)
            if self.decide(command, by, ends=dice % 2 == 0):
                return

    def decide(self, command: Command[Rfp], by: str, *, ends: bool = True) -> bool:
        """Let somebody decide, seldom to the end; say whether the rules allowed it."""
        decided = known_to(by, self.scheme, tuple(self.shown)).model_copy(
            update={"at": self.now, "acting_for": command.on_behalf_of}
        )
        if found := self._found_out(command):
            facts = {**decided.known.facts, **found}
            decided = decided.model_copy(update={"known": decided.known.model_copy(update={"facts": facts})})
        try:
            answer = command.decide(self.rfp, decided)
        except Refused as refusal:
            self.hear(command, decided, refusal)
            return False
        events = list(answer) if isinstance(answer, Sequence) else [answer]
        if not ends and any(event.stage in ENDS for event in events):
            return False
        if events:
            self.record.append((self.rfp, command, decided, events))
        for event in events:
            self.rfp = event.apply(self.rfp)
        return bool(events)

    def _found_out(self, command: Command[Rfp]) -> dict[str, Any]:
        """Return what a decision is told of who is away, or of the batch that it takes back."""
        match command:
            case PassTierUp(number=number):
                step = number if self.rfp.open_approval.waiting_for else -1
                return {"step": step, "can_act": number % 4 == 0, "has_last_resort": False}
            case UndoRfpBatch():
                return {"was": snapshot(self.record[-1][0]), "became": snapshot(self.rfp)}
            case _:
                return {}

    def hear(self, command: Command[Rfp], decided: Stamp, refusal: Refused) -> None:
        """Hear of a refusal; other walks count them."""

    @invariant()
    def it_waits_on_nobody_exactly_when_it_is_over(self) -> None:
        assert (self.rfp.waiting_on is Party.NOBODY) == (self.rfp.stage in ENDS)
        assert not (self.rfp.on_hold and self.rfp.stage in ENDS)

    @invariant()
    def nobody_decides_on_what_they_have_a_part_in(self) -> None:
        held = {person for _, person in self.rfp.parts}
        assert held.isdisjoint(self.rfp.deciders), (self.rfp.parts, self.rfp.deciders)
        current = {self.rfp.raised_by, self.rfp.lead, *self.rfp.tender.evaluators} - {""}
        assert current <= held

    @invariant()
    def what_is_frozen_has_the_value_that_was_approved(self) -> None:
        rfp = self.rfp
        if rfp.stage in UNDER_APPROVAL and rfp.stage is not Stage.WAIVER and not rfp.key.of_the_award:
            approved = rfp.waiver.value_pence if rfp.waiver.granted else rfp.need.estimate_pence
            assert rfp.approval.value_pence == approved

    def teardown(self) -> None:
        if not hasattr(self, "record"):
            return
        self._limits_held()
        self._every_decision_follows_from_its_record()
        self._events_fold_from_what_is_stored()
        self._waits_add_up()
        self._it_waits_on_whoever_must_act_next()

    def _limits_held(self) -> None:
        """Whoever granted something could decide on its value, to the penny, by the scheme of that day."""
        for before, _, decided, events in self.record:
            for event in events:
                limits = {tier.name: tier.up_to_pence for tier in decided.known.tiers}
                if isinstance(event, ApprovalRequested | AwardRecommended | WaiverGranted):
                    assert limits[event.tiers[-1]] >= event.value_pence
                    assert event.scheme_version == decided.known.scheme_version
                if isinstance(event, GRANTS) and decided.acting_for:
                    value = amount_of(before, decided.known)  # that the step asks for
                    assert any(
                        d["limit_pence"] >= value
                        and d["delegate"] == decided.by
                        and d["delegator"] == decided.acting_for
                        for d in DELEGATED
                    )
                if isinstance(event, ContractConcluded):
                    ends = before.award.standstill_ends
                    assert ends is None or decided.at >= ends

    def _every_decision_follows_from_its_record(self) -> None:
        """Re-run from what was stored, it comes out the same, whatever the scheme says by now."""
        for before, command, decided, events in self.record:
            again = command.decide(before, Stamp.model_validate_json(decided.model_dump_json()))
            assert (list(again) if isinstance(again, Sequence) else [again]) == events

    def _events_fold_from_what_is_stored(self) -> None:
        state, version = Rfp(), 0
        for _, _, decided, events in self.record:
            for event in events:
                stored = type(event).model_validate_json(as_stored(event).model_dump_json())
                state, version = stored.apply(state), version + 1
                stream = Stream(CHECK, state, version, 1, version, NOW, decided.at, NOW)
                assert len(BOARD.values(stream, STILL_VALID)) == len(BOARD.table.columns)
        assert state == self.rfp

    def _waits_add_up(self) -> None:
        """Parties' closed and open waits are all the time in work, in microseconds, as of any later day."""
        told = [(event, decided) for _, _, decided, events in self.record for event in events]
        log = live_log(steps_of(told))
        as_of = told[-1][1].at + timedelta(days=len(told) % 5)
        until = np.append(log.at[1:], microseconds(as_of))
        in_work = int((until - log.at)[~log.ends].sum())
        for waits in (stage_waits, activity_waits):
            assert int(waits(log, microseconds(as_of), WORKING).elapsed.sum()) == in_work
        answer = bottlenecks(log, asked(as_of), WORKING)
        parties = answer.parties
        assert micro(sum(p.elapsed_seconds + p.open_elapsed_seconds for p in parties)) == in_work
        assert_parties_add_up(log, answer)

    def _it_waits_on_whoever_must_act_next(self) -> None:
        """What was decided last says whose turn it is then; a hold names its own party."""
        for before, _, decided, events in self.record:
            after = before
            for event in events:
                after = event.apply(after)
            ends = after.clock.ends_at
            over = ends is not None and ends <= decided.at  # its clock has yet to be noticed
            if not (after.on_hold or over):
                assert after.waiting_on is turns.turn(after, decided.at), (events, after)


RandomDecisions.TestCase.settings = settings(
    max_examples=of_many(1_500, 8), stateful_step_count=STEPS, deadline=None
)
TestRandomDecisions = RandomDecisions.TestCase


WALKS = int(os.environ.get("WALKS", "12"))
ENOUGH = 400  # walks that between them leave nothing out


@pytest.mark.slow
def test_walks_by_fixed_dice_see_everything_that_can_happen() -> None:
    """The same machine on dice of our own: evenly spread, so that between them nothing is left out."""
    seen: set[str] = set()
    for seed in range(WALKS):
        walk = RandomDecisions()
        walk.raise_it(
            [str(LAPTOP)] if seed % 2 else [], TOLD[seed * 7 % len(TOLD)] if seed % 4 == 3 else None
        )
        for turn in range(25):
            walk.scheme = (seed + turn) // 9 % len(SCHEMES)
            walk.it_goes_on_somehow(seed * 1_000 + turn)
            walk.it_waits_on_nobody_exactly_when_it_is_over()
            walk.nobody_decides_on_what_they_have_a_part_in()
            walk.what_is_frozen_has_the_value_that_was_approved()
        walk.teardown()
        seen |= {type(event).__name__ for *_, events in walk.record for event in events}
    happens = {event.__name__ for event in EVENTS}
    assert seen <= happens
    assert len(seen) > len(happens) / 2
    assert WALKS < ENOUGH or seen == happens, happens - seen
