"""Holds: who puts one on, what it pauses, whom it names after all, what it costs; and extended targets."""

from datetime import date, timedelta
from typing import Any

import pytest

from rfp_service.rfps.api.holds import holds_of
from rfp_service.rfps.commands.holds import CorrectHold, EndHold, ExtendTarget, StartHold
from rfp_service.rfps.domain.correction_refusals import NoSuchHold, SameParty, UnknownHoldReason
from rfp_service.rfps.domain.events import RfpEvent, RfpHoldStarted
from rfp_service.rfps.domain.hold_events import HoldCorrected, TargetExtended
from rfp_service.rfps.domain.refusals import NoPartInIt, OwnRfp, WaitsOnNobody
from rfp_service.rfps.domain.stages import Party, Stage
from shared.governance.scheme.tiers import NotYourTier
from shared.kernel.calendar import WorkingTime
from shared.kernel.messages import Recorded
from shared.kernel.rules import HoldReason
from tests.rfps import way
from tests.rfps.examples import ABSENT, CHECK, HELD, IN_BUSINESS_CASE, IN_TRIAGE, WITHDRAWN
from tests.rfps.way import DIRECTOR, EVE, HEAD, LEGAL, OFFICER, after
from tests.support.specs import NOW, RULES, given, stamp

REASONS = RULES.model_copy(
    update={
        "hold_reasons": (HoldReason(code="budget-check"), HoldReason(code="our-own", pauses_target=False))
    }
)
PAUSING = StartHold(waiting_on=Party.FINANCE, reason="Budget check.", reason_code="budget-check")
HELD_NOW = after(IN_TRIAGE, PAUSING, rules=REASONS, **OFFICER)
LATER = NOW + timedelta(days=9)  # from Monday to the Wednesday of the week after: 7 working days
CORRECT = CorrectHold(number=1, waiting_on=Party.LEGAL, reason="It was a contract question.")
EXTEND = ExtendTarget(working_days=5, reason="The supplier's office is closed.")


@pytest.mark.parametrize("who", [EVE, LEGAL, OFFICER, HEAD])
def test_whoever_has_a_part_or_procurement_puts_on_a_hold(who: dict[str, Any]) -> None:
    hold = StartHold(waiting_on=Party.LEGAL, reason="Is this allowed?")
    given(ABSENT, *way.IN_EVALUATION).when(hold, **who).leads_to(on_hold=True)


def test_an_evaluator_of_other_rfps_puts_on_none() -> None:
    hold = StartHold(waiting_on=Party.LEGAL, reason="Is this allowed?")
    given(ABSENT, *way.IN_EVALUATION).when(hold, by="ed", roles=["evaluator"]).refused(NoPartInIt)


@pytest.mark.parametrize(("code", "paused"), [("budget-check", True), ("our-own", False), (None, False)])
def test_a_hold_pauses_the_target_where_the_scheme_says_so_for_its_reason(
    code: str | None, *, paused: bool
) -> None:
    hold = PAUSING.model_copy(update={"reason_code": code})
    given(ABSENT, *IN_TRIAGE).when(hold, rules=REASONS, **OFFICER).leads_to(target_pauses=paused)


def test_a_reason_is_one_of_the_schemes() -> None:
    other = PAUSING.model_copy(update={"reason_code": "holiday"})
    given(ABSENT, *IN_TRIAGE).when(other, rules=REASONS, **OFFICER).refused(
        UnknownHoldReason, reasons=["budget-check", "our-own"]
    )
    given(ABSENT, *IN_TRIAGE).when(PAUSING, **OFFICER).refused(UnknownHoldReason, reasons=[])


def test_the_target_is_later_by_the_working_days_that_a_hold_paused_it() -> None:
    ending = given(ABSENT, *HELD_NOW)
    ending.when(EndHold(), at=LATER, **OFFICER).leads_to(extra_days=7, target_pauses=False)
    closed = {"closed_days": [date(2026, 3, 4).isoformat()]}
    ending.when(EndHold(), at=LATER, **OFFICER, **closed).leads_to(extra_days=6)
    own = after(IN_TRIAGE, PAUSING.model_copy(update={"reason_code": "our-own"}), rules=REASONS, **OFFICER)
    given(ABSENT, *own).when(EndHold(), at=LATER, **OFFICER).leads_to(extra_days=0)


def test_extra_days_are_those_of_one_stage() -> None:
    ended = after(HELD_NOW, EndHold(), at=LATER, **OFFICER)
    given(ABSENT, *ended, IN_BUSINESS_CASE[-1]).when(way.FORWARD_PLAN, **OFFICER).leads_to(extra_days=0)


def test_a_hold_is_charged_to_another_party_with_a_reason_and_what_it_was_is_kept() -> None:
    given(ABSENT, *HELD_NOW).when(CORRECT, at=LATER, **OFFICER).then(
        HoldCorrected(
            stage=Stage.TRIAGE,
            waiting_on=Party.LEGAL,
            number=1,
            charged_to=Party.LEGAL,
            was=Party.FINANCE,
            charged_since=NOW,
            charged_until=None,
            reason="It was a contract question.",
        )
    )
    given(ABSENT, *HELD_NOW).when(CORRECT, **OFFICER).leads_to(
        waiting_on=Party.LEGAL, on_hold=True, target_pauses=True
    )
    ended = after(HELD_NOW, EndHold(), at=LATER, **OFFICER)
    [corrected] = given(ABSENT, *ended).when(CORRECT, **OFFICER).events()
    assert isinstance(corrected, HoldCorrected)
    assert (corrected.waiting_on, corrected.charged_until) == (Party.PROCUREMENT, LATER)
    given(ABSENT, *ended, WITHDRAWN).when(CORRECT, **OFFICER).leads_to(waiting_on=Party.NOBODY)


def test_a_correction_names_a_hold_there_was_and_another_party() -> None:
    spec = given(ABSENT, *HELD_NOW)
    spec.when(CORRECT.model_copy(update={"number": 2}), **OFFICER).refused(NoSuchHold, holds=1)
    spec.when(CORRECT.model_copy(update={"waiting_on": Party.NOBODY}), **OFFICER).refused(WaitsOnNobody)
    spec.when(CORRECT.model_copy(update={"waiting_on": Party.FINANCE}), **OFFICER).refused(SameParty)
    spec.when(CORRECT, by="ben", roles=["requester"]).refused(NoPartInIt)
    given(ABSENT, *IN_TRIAGE, HELD).when(CORRECT, **OFFICER).refused(NoSuchHold)  # began nobody knows when


def test_the_tier_of_the_case_extends_a_target_with_a_reason() -> None:
    spec = given(ABSENT, *way.IN_EVALUATION)
    spec.when(EXTEND, **HEAD).then(
        TargetExtended(
            stage=Stage.EVALUATION,
            waiting_on=Party.EVALUATORS,
            working_days=5,
            tier="head",
            reason="The supplier's office is closed.",
            scheme_version=1,
            decided_by="hana",
            acting_for="",
        )
    )
    spec.when(EXTEND, **HEAD).leads_to(extra_days=5)
    spec.when(EXTEND, **DIRECTOR).refused(NotYourTier, waiting_for="head")
    spec.when(EXTEND, by="priya", own_tiers=["head"]).refused(OwnRfp)
    key = given(ABSENT, *way.KEY_DECISION)
    key.when(EXTEND, **HEAD).refused(NotYourTier, waiting_for="director")
    key.when(EXTEND, **DIRECTOR).leads_to(extra_days=5)


def recorded(*steps: tuple[RfpEvent, int]) -> list[Recorded]:
    """Return events as they would be read again, each so many days after now."""
    return [
        Recorded(
            n,
            CHECK,
            n,
            event,
            stamp("priya").model_dump(mode="json"),
            NOW + timedelta(days),
            NOW + timedelta(days),
        )
        for n, (event, days) in enumerate(steps, start=1)
    ]


def test_holds_show_what_they_have_cost_and_whom_they_are_charged_to() -> None:
    started = HELD_NOW[-1]
    [corrected] = given(ABSENT, *HELD_NOW).when(CORRECT, **OFFICER).events()
    accepted = IN_TRIAGE[-1]
    again = RfpHoldStarted(stage=Stage.BUSINESS_CASE, waiting_on=Party.FINANCE, reason="More.")
    events = recorded(
        (accepted, 0),
        (started, 0),
        (corrected, 1),
        (IN_BUSINESS_CASE[-1], 7),
        (again, 8),  # type: ignore[arg-type]
    )
    first, second = holds_of(events, NOW + timedelta(days=9), WorkingTime())
    assert (first.waiting_on, first.named_at_first) == (Party.LEGAL, Party.FINANCE)
    assert (first.elapsed_seconds, first.working_seconds) == (7 * 86_400, 5 * 28_800)
    assert (second.ended_at, second.elapsed_seconds) == (None, 86_400)
