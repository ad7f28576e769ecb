"""What may be decided on a milestone, and what may not."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from outcomes.commands.milestones import (
    EVIDENCE_LIMIT,
    WAITS_LIMIT,
    AcceptMilestone,
    AmendMilestone,
    DropMilestone,
    RaiseDependency,
    RebaselineMilestone,
    ReopenMilestone,
    ReportProgress,
    ReturnEvidence,
    SatisfyDependency,
    ScheduleMilestone,
    SubmitEvidence,
)
from outcomes.domain.milestone import MilestoneStatus
from outcomes.domain.milestone_events import (
    DependencySatisfied,
    EvidenceReturned,
    MilestoneAmended,
    MilestoneDropped,
    MilestoneRebaselined,
    MilestoneReopened,
    ProgressReported,
)
from outcomes.domain.refusals import (
    DayStillToCome,
    EvidenceIsThere,
    MilestoneNotMet,
    MilestoneNotUnderWay,
    NoEvidenceYet,
    NoSuchOutcome,
    NoSuchPriority,
    NothingIsAmended,
    OwnEvidence,
    SameDueDay,
    TooManyOfAMilestone,
    WaitsForItAlready,
    WaitsForNothingOfThatKind,
)
from outcomes.domain.tags import AwaitedThing
from shared.kernel.messages import Command
from tests.outcomes.examples import (
    DATA,
    MET,
    MINUTE,
    NONE,
    OTHER_MINUTE,
    OUTCOME,
    SCHEDULED,
    SHOWN,
    THERE,
    TODAY,
    TOMORROW,
    WAITS,
)
from tests.support.specs import given

SCHEDULE = ScheduleMilestone(outcome=OUTCOME, title="Interim process", due=date(2026, 6, 30))
MOVE = RebaselineMilestone(new=date(2026, 9, 30), reason="The supplier is late.")
MOVED = MilestoneRebaselined(
    old=date(2026, 6, 30), new=date(2026, 9, 30), reason="The supplier is late.", on=TODAY
)
SUBMIT = SubmitEvidence(document=MINUTE)
RETURN = ReturnEvidence(reason="Minute 12 says something else.")
ACCEPT = AcceptMilestone()
REOPEN = ReopenMilestone(reason="Two teams still use the old form.")
DROP = DropMilestone(reason="The service closes.")
RAISE = RaiseDependency(on="data", id=DATA)
SATISFY = SatisfyDependency(on="data", id=DATA, reason="Came on a disc.")
AMEND = AmendMilestone(owner="pia", reason="Ann has left.")
REPORT = ReportProgress(progress="Half of it is written.", confidence="Amber/Green")


def test_a_milestone_belongs_to_an_outcome_that_is_there() -> None:
    given(NONE).when(SCHEDULE, **THERE).then(SCHEDULED)
    given(NONE).when(SCHEDULE, outcome_there=False).refused(NoSuchOutcome)


def test_a_tag_is_a_priority_that_was_adopted() -> None:
    tagged = SCHEDULE.model_copy(update={"priorities": ["Disaster recovery"]})
    given(NONE).when(tagged, **THERE, priorities=["Disaster recovery"]).leads_to(
        priorities=("Disaster recovery",)
    )
    given(NONE).when(tagged, **THERE).refused(NoSuchPriority, missing=["Disaster recovery"])
    retag = AmendMilestone(priorities=["Nothing"], reason="R.")
    given(NONE, SCHEDULED).when(retag, priorities=[]).refused(NoSuchPriority)


def test_a_move_keeps_every_earlier_day_and_its_reason() -> None:
    given(NONE, SCHEDULED).when(MOVE).then(MOVED)
    given(NONE, SCHEDULED).when(MOVE).leads_to(due=date(2026, 9, 30), first_due=date(2026, 6, 30))
    undated = RebaselineMilestone(reason="Nobody knows.")
    given(NONE, SCHEDULED, MOVED).when(undated).leads_to(due=None, first_due=date(2026, 6, 30))
    same = RebaselineMilestone(new=date(2026, 6, 30), reason="R.")
    given(NONE, SCHEDULED).when(same).refused(SameDueDay, due=date(2026, 6, 30))


def test_progress_and_confidence_are_kept_as_given() -> None:
    given(NONE, SCHEDULED).when(REPORT).then(
        ProgressReported(progress="Half of it is written.", confidence="Amber/Green")
    )
    again = ReportProgress(progress="All of it.")
    first = ProgressReported(progress="Half.", confidence="Amber/Green")
    given(NONE, SCHEDULED, first).when(again).leads_to(progress="All of it.", confidence="Amber/Green")


def test_what_is_said_of_a_milestone_can_be_put_right() -> None:
    given(NONE, SCHEDULED).when(AMEND).then(MilestoneAmended(owner="pia", reason="Ann has left."))
    given(NONE, SCHEDULED).when(AmendMilestone(reason="R.")).refused(NothingIsAmended)


def test_evidence_is_handed_in_once() -> None:
    given(NONE, SCHEDULED).when(SUBMIT, by="ann").then(SHOWN)
    given(NONE, SCHEDULED, SHOWN).when(SUBMIT).refused(EvidenceIsThere)
    many = [
        SHOWN.model_copy(update={"document": MINUTE.model_copy(update={"sha256": f"{n:064x}"})})
        for n in range(EVIDENCE_LIMIT)
    ]
    given(NONE, SCHEDULED, *many).when(SUBMIT).refused(TooManyOfAMilestone)


def test_evidence_that_shows_too_little_is_returned() -> None:
    given(NONE, SCHEDULED, SHOWN).when(RETURN, by="ben").then(
        EvidenceReturned(reason="Minute 12 says something else.")
    )
    returned = EvidenceReturned(reason="R.")
    given(NONE, SCHEDULED, SHOWN, returned).when(ACCEPT, by="ben").refused(NoEvidenceYet)
    given(NONE, SCHEDULED).when(RETURN).refused(NoEvidenceYet)


def test_somebody_else_accepts_what_was_handed_in() -> None:
    given(NONE, SCHEDULED, SHOWN).when(ACCEPT, by="ben").then(MET)
    given(NONE, SCHEDULED).when(ACCEPT, by="ben").refused(NoEvidenceYet)
    given(NONE, SCHEDULED, SHOWN).when(ACCEPT, by="ann").refused(OwnEvidence)


def test_nobody_accepts_their_own_evidence_by_another_account() -> None:
    given(NONE, SCHEDULED, SHOWN).when(ACCEPT, by="a.smith", same=[("ann", "a.smith")]).refused(OwnEvidence)
    other = SHOWN.model_copy(update={"document": OTHER_MINUTE, "submitted_by": "ben"})
    given(NONE, SCHEDULED, SHOWN, other).when(ACCEPT, by="ann").refused(OwnEvidence)


def test_a_milestone_is_not_met_on_a_day_to_come() -> None:
    early = AcceptMilestone(met_on=TOMORROW)
    given(NONE, SCHEDULED, SHOWN).when(early, by="ben").refused(DayStillToCome)


def test_what_was_met_can_be_reopened_and_needs_new_evidence() -> None:
    reopened = MilestoneReopened(reason="Two teams still use the old form.", on=TODAY)
    given(NONE, SCHEDULED, SHOWN, MET).when(REOPEN).then(reopened)
    given(NONE, SCHEDULED, SHOWN, MET, reopened).when(ACCEPT, by="ben").refused(NoEvidenceYet)
    given(NONE, SCHEDULED).when(REOPEN).refused(MilestoneNotMet)


def test_a_milestone_is_dropped_with_a_reason() -> None:
    dropped = MilestoneDropped(reason="The service closes.", on=TODAY)
    given(NONE, SCHEDULED).when(DROP).then(dropped)
    given(NONE, SCHEDULED).when(DROP).leads_to(status=MilestoneStatus.DROPPED, dropped_on=TODAY)


def test_a_milestone_waits_for_a_thing_until_that_is_satisfied() -> None:
    given(NONE, SCHEDULED).when(RAISE).then(WAITS)
    given(NONE, SCHEDULED, WAITS).when(RAISE).refused(WaitsForItAlready)
    satisfied = DependencySatisfied(on="data", id=DATA, reason="Came on a disc.", satisfied_on=TODAY)
    given(NONE, SCHEDULED, WAITS).when(SATISFY).then(satisfied)
    given(NONE, SCHEDULED, WAITS, satisfied).when(SATISFY).refused(WaitsForNothingOfThatKind)
    given(NONE, SCHEDULED, WAITS, satisfied).when(RAISE).then(WAITS)
    many = [
        WAITS.model_copy(update={"thing": AwaitedThing(on="rfp", id=uuid4())}) for _ in range(WAITS_LIMIT)
    ]
    given(NONE, SCHEDULED, *many).when(RAISE).refused(TooManyOfAMilestone)


@pytest.mark.parametrize("command", [MOVE, AMEND, REPORT, SUBMIT, ACCEPT, DROP, RAISE])
def test_what_is_met_or_dropped_rests(command: Command[Any]) -> None:
    given(NONE, SCHEDULED, SHOWN, MET).when(command, by="cat").refused(MilestoneNotUnderWay)
    dropped = MilestoneDropped(reason="R.", on=TODAY)
    given(NONE, SCHEDULED, dropped).when(command, by="cat").refused(MilestoneNotUnderWay)
