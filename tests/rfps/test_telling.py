"""Whose turn it is to approve is told, once for each turn; what begins no turn tells nobody."""

from typing import Any

import pytest

from rfp_service.events import EVENTS
from rfp_service.rfps.commands.approvals import RequestApproval
from rfp_service.rfps.commands.call_ins import ReferToCouncil, ReleaseCallIn, UpholdCallIn
from rfp_service.rfps.commands.procurement import ReturnForRework, TerminateProcurement, WithdrawRfp
from rfp_service.rfps.commands.waivers import GrantWaiver
from rfp_service.rfps.domain.award_events import TerminationReason
from rfp_service.rfps.domain.key_decision_events import CallInUpheld
from rfp_service.rfps.domain.reasons import ReworkReason
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.reactions import notify_next_tier, tell_of_approvals
from shared.kernel.messages import Command, Recorded
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from tests.rfps import way
from tests.rfps.examples import ABSENT, IN_BUSINESS_CASE, IN_TWO_TIER_APPROVAL
from tests.rfps.test_the_table import AWARD_CALLED_IN, AWARD_KEY
from tests.rfps.way import DIRECTOR, HEAD, OFFICER, SCRUTINY, after
from tests.support.specs import NOW, STREAM, as_stored, given, stamp

MAPPER = EnvelopeMapper(Topics(EVENTS))
REQUEST = RequestApproval(budget_code="IT-1", options_considered="Buy or not.", conflicts="None")
UPHOLD = UpholdCallIn(reason="Too dear.")
DEAR = way.RECOMMEND.model_copy(update={"value_pence": 21_000_000})
DEAR_AWARD = after(after(way.SCORED, DEAR, **OFFICER), way.APPROVE_AWARD, **HEAD)


def recorded(history: way.History, command: Command[Rfp], **known: Any) -> list[Recorded]:
    """Return what is recorded when one more decision is taken."""
    events = given(ABSENT, *history).when(command, **known).events()
    stored = [MAPPER.stored(STREAM, 1, as_stored(event), stamp("ann")) for event in events]
    return [MAPPER.recorded((1, STREAM, 1, one.topic, one.state, NOW)) for one in stored]


def told(history: way.History, command: Command[Rfp], **known: Any) -> list[tuple[str, str]]:
    """Return who is told of what when one more decision is recorded."""
    notices = [row for one in recorded(history, command, **known) for row in notify_next_tier(one)]
    return [(row["told"], row["about"]) for row in notices]


@pytest.mark.parametrize(
    ("history", "command", "by", "tier"),
    [
        (IN_BUSINESS_CASE, REQUEST, {}, "head"),
        (IN_TWO_TIER_APPROVAL, way.APPROVE, HEAD, "director"),
        (way.IN_WAIVER, GrantWaiver(reason="Urgent."), HEAD, "head"),
        (way.SCORED, DEAR, OFFICER, "head"),
    ],
)
def test_the_tier_that_an_approval_waits_for_is_told(
    history: way.History, command: Command[Rfp], by: dict[str, Any], tier: str
) -> None:
    assert told(history, command, **by) == [(tier, "approval-requested")]


def test_the_last_tier_is_told_that_a_key_decision_is_its_own() -> None:
    assert told(way.KEY_APPROVAL, way.APPROVE, **DIRECTOR) == [("director", "key-decision")]
    assert told(DEAR_AWARD, way.APPROVE_AWARD, **DIRECTOR) == [("director", "key-decision")]
    for called_in in (way.CALLED_IN, AWARD_CALLED_IN):
        assert told(called_in, UPHOLD, **SCRUTINY) == [("director", "key-decision")]


def test_the_tier_that_may_grant_a_waiver_is_told() -> None:
    assert told(IN_BUSINESS_CASE, way.WAIVER) == [("head", "waiver-requested")]


@pytest.mark.parametrize(
    ("history", "command", "by"),
    [
        (way.IN_APPROVAL, way.APPROVE, HEAD),
        (way.RECOMMENDED, way.APPROVE_AWARD, HEAD),
        (way.KEY_DECISION, way.FORWARD_PLAN, OFFICER),
        (way.NOTIFIED, way.TAKE, DIRECTOR),
        (AWARD_KEY, way.FORWARD_PLAN, OFFICER),
        (way.CALLED_IN, ReferToCouncil(reason="Beyond us."), SCRUTINY),
        (way.CALLED_IN, ReleaseCallIn(reason="Fair."), SCRUTINY),
    ],
)
def test_what_begins_no_turn_tells_nobody(
    history: way.History, command: Command[Rfp], by: dict[str, Any]
) -> None:
    assert told(history, command, **by) == []


def test_a_call_in_upheld_before_its_tier_was_told_is_read_as_it_was() -> None:
    old = CallInUpheld(stage=Stage.APPROVAL, waiting_on=Party.APPROVER, reason="Too dear.")
    assert old.next_tier == ""


REWORK = ReturnForRework(reason_code=ReworkReason.ESTIMATE_UNCLEAR, reason="Which VAT?")
WITHDRAW = WithdrawRfp(reason="No need.")
TERMINATE = TerminateProcurement(reason_code=TerminationReason.NEED_CEASED, reason="No need.")


@pytest.mark.parametrize(
    ("history", "command", "by", "said"),
    [
        (IN_TWO_TIER_APPROVAL, REWORK, HEAD, [("approval.decided", "head")]),
        (way.RECOMMENDED, REWORK, HEAD, [("approval.decided", "head")]),
        (way.IN_WAIVER, WITHDRAW, {}, [("approval.superseded", "head"), ("request.ended", "")]),
        (way.KEY_DECISION, WITHDRAW, {}, [("approval.superseded", "director"), ("request.ended", "")]),
        (way.RECOMMENDED, TERMINATE, OFFICER, [("approval.superseded", "head"), ("request.ended", "")]),
        (IN_BUSINESS_CASE, WITHDRAW, {}, [("request.ended", "")]),
    ],
)
def test_whoever_was_asked_hears_that_it_was_sent_back_or_given_up(
    history: way.History, command: Command[Rfp], by: dict[str, Any], said: list[tuple[str, str]]
) -> None:
    rows = [row for one in recorded(history, command, **by) for row in tell_of_approvals(one)]
    assert [(row["type"], row["tier"]) for row in rows] == said
