"""A period at a glance: what was out of the ordinary in it, above all which approvals came late."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from rfp_service.events import EVENTS
from rfp_service.permissions import PERMISSIONS
from rfp_service.rfps.domain.approval_events import ApprovalGranted, ApprovalRequested
from rfp_service.rfps.domain.correction_events import BidCorrected, BidderConflictDeclared, ConflictWithdrawn
from rfp_service.rfps.domain.events import RfpHoldEnded, RfpHoldStarted
from rfp_service.rfps.domain.hold_events import TargetExtended
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.views.targets import Targets
from rfp_service.rooms import VIEWS
from shared.governance.audit.bundle.period_summary import case_name, period_summary
from shared.governance.audit.exception_figures import COUNTED
from shared.governance.audit.replay.periods import Figures, period
from shared.governance.disclosure.disclosure_filter import DisclosureFilter
from shared.governance.disclosure.exemptions import Exemptions
from shared.governance.disclosure.sealed_fields import SealedFields
from shared.governance.notifications.approval_turns import (
    ApprovalEscalated,
    ApprovalPassedDeadline,
    EscalatedTo,
)
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeAdopted, SchemeValues, Version
from shared.governance.scheme.lateness import MORE_DAYS, late
from shared.governance.scheme.parts import ApprovalTier, StageTarget
from shared.governance.scheme.proposals import SchemeConfirmed, SchemeProposed
from shared.kernel.messages import Event, Recorded
from shared.kernel.person import Person
from shared.kernel.personal import openly, text_about
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.store import EventStore
from shared.record.projecting.projector import Projector
from shared.record.projecting.visibility import Visibility
from shared.web.reads.readings import Reading
from tests.shared.record.projecting.examples import NOW, happen, year
from tests.support.specs import as_stored, stamp


def adopted(*versions: tuple[date, int]) -> Scheme:
    """A scheme that gives approvals so many working days, from each day on."""
    return Scheme(
        tuple(
            Version(
                number,
                SchemeValues(
                    effective_from=since,
                    tiers=[ApprovalTier(name="head", up_to_pence=100, approvers=["hana"])],
                    stage_targets=[StageTarget(stage="approval", working_days=days)],
                ),
            )
            for number, (since, days) in enumerate(versions, start=1)
        )
    )


FIVE_DAYS = adopted((date(2026, 1, 1), 5))
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def decided(after: timedelta, stage: str = "approval", extra: int = 0) -> dict[str, Any]:
    return {"position": 7, "happened_at": MONDAY + after, "since": MONDAY, "stage": stage, "extra": extra}


@pytest.mark.parametrize(("days", "came_late"), [(0, False), (4, False), (7, False), (8, True), (30, True)])
def test_given_five_working_days_when_decided_after_the_fifth_then_late(
    days: int,
    came_late: bool,  # noqa: FBT001  # what is expected
) -> None:
    assert list(late([decided(timedelta(days=days))], FIVE_DAYS)) == [7] * came_late


def test_days_for_which_a_stage_was_paused_or_extended_make_nobody_late() -> None:
    assert list(late([decided(timedelta(days=8))], FIVE_DAYS)) == [7]
    assert list(late([decided(timedelta(days=8), extra=1)], FIVE_DAYS)) == []
    assert list(late([decided(timedelta(days=9), extra=1)], FIVE_DAYS)) == [7]


def test_given_no_target_when_decided_whenever_then_not_late() -> None:
    year_later = timedelta(days=365)
    assert list(late([decided(year_later, "waiver")], FIVE_DAYS)) == []
    assert list(late([decided(year_later)], Scheme())) == []


def test_given_another_target_later_when_decided_before_then_the_old_one_counts() -> None:
    stricter = adopted((date(2026, 1, 1), 10), (date(2026, 3, 16), 1))
    assert list(late([decided(timedelta(days=9))], stricter)) == []
    assert list(late([decided(timedelta(days=14))], stricter)) == [7]  # in force by then
    looser = adopted((date(2026, 1, 1), 1), (date(2026, 3, 9), 100))
    assert list(late([decided(timedelta(days=3))], looser)) == [7]  # though it would not be today


def test_every_event_that_a_figure_names_is_one_there_is() -> None:
    known = {event.__name__: event for event in EVENTS}
    assert {name for counting in COUNTED.values() for name in counting.names} <= known.keys()
    for name, days in MORE_DAYS.items():
        assert days in known[name].model_fields


def test_every_event_that_takes_an_earlier_one_back_by_its_name_is_a_correction() -> None:
    """But for what a batch that was undone restores: the undoing itself is counted."""
    takes_back = re.compile(r"(Corrected|Readmitted|Reopened|Revoked)$|^(Award|Conflict).*Withdrawn$")
    found = {event.__name__ for event in EVENTS if takes_back.search(event.__name__)}
    left = {
        "ContractTermsCorrected",
        "ApiKeyRevoked",
        "ContractFeedRevoked",
    }  # what is known better, or ended
    assert found - left <= {*COUNTED["corrections"].names}


@pytest.fixture
async def reading(pool: asyncpg.Pool, store: EventStore) -> Reading:
    """The whole demonstration's year, in which some approvers are slow, as somebody reads it."""
    await happen(store, year())
    return await read(pool, store)


async def read(pool: asyncpg.Pool, store: EventStore) -> Reading:
    """Return a reading of all that has happened."""
    projector = Projector(pool, store.reader, VIEWS)
    while await projector.catch_up():
        pass
    exemptions = Exemptions(pool, Visibility(pool))
    redact = DisclosureFilter(
        pool, store.changes, SealedFields(EVENTS), exemptions, PersonalTexts(pool, bytes(32)), PERMISSIONS
    )
    sam = Person("sam", ())
    return Reading(
        pool,
        store.reader,
        head := await store.reader.head(),
        visible=head,
        as_of=datetime.now(UTC),
        past=False,
        person=sam,
        redact=redact,
    )


@pytest.mark.slow
async def test_the_figures_of_a_year_are_those_that_one_counts_by_hand(reading: Reading) -> None:
    """Counted over again from the events themselves, case by case, by another road than the view's."""
    events = [r for r in await reading.record.after(0, 10_000) if is_decision(r)]
    start, end = NOW - timedelta(days=300), NOW - timedelta(days=20)
    seen = (await period(reading, start, end)).recorded_now
    inside = [r for r in events if start <= r.happened_at < end]
    assert seen.decisions == len(inside)
    assert seen.by_kind == Counter(type(r.event).__name__ for r in inside)
    assert seen.by_delegation.n == sum(bool(r.stamp.acting_for) for r in inside)
    for figure in ("exceptions", "urgencies", "waivers", "call_ins", "corrections"):
        names = COUNTED[figure].names
        expected = [r.position for r in inside if type(r.event).__name__ in names]
        assert (getattr(seen, figure).n, getattr(seen, figure).positions) == (len(expected), expected[:100])
    expected = [r.position for r in by_hand_late(events) if start <= r.happened_at < end]
    assert seen.late_approvals.positions == expected[:100]
    assert seen.late_approvals.n == len(expected) > 0


RFP, TURN = (UUID(f"aaaaaaaa-0000-4000-8000-00000000000{n}") for n in (1, 2))
IN_APPROVAL = {"stage": Stage.APPROVAL, "waiting_on": Party.APPROVER}
ASKED = ApprovalRequested(
    budget_code="IT-1",
    options_considered="None.",
    conflicts=openly("None"),
    value_pence=90,
    tiers=("head",),
    scheme_version=1,
    **IN_APPROVAL,
)
GRANTED = ApprovalGranted(
    tier="head",
    next_tier="",
    reason="In budget.",
    scheme_version=1,
    decided_by="hana",
    stage=Stage.READY_TO_ISSUE,
    waiting_on=Party.PROCUREMENT,
)
ADOPTED = SchemeAdopted(values=FIVE_DAYS.versions[0].values, reason="First.")
OF_TURN = {"case_kind": "rfp", "case_id": RFP, "case_version": 1, "tier": "head"}


async def happened(store: EventStore, stream: UUID, *events: tuple[Event[Any], str, str, timedelta]) -> None:
    """Append events on one thing, each by whom, on which authority, and how long after that Monday."""
    for version, (event, by, authority, after) in enumerate(events, start=1):
        said = stamp(by, at=MONDAY + after).model_copy(update={"authority": authority})
        stored = store.mapper.stored(stream, version, as_stored(event), said)
        await store.append([stored])


async def figures(pool: asyncpg.Pool, store: EventStore) -> Figures:
    seen = await period(await read(pool, store), MONDAY - timedelta(days=1), MONDAY + timedelta(days=60))
    return seen.recorded_now


async def glance(store: EventStore) -> Mapping[str, str]:
    """Return the same figures as the story of a bundle shows them."""
    cases: dict[str, list[Recorded]] = {}
    for recorded in await store.reader.after(0):
        cases.setdefault(str(recorded.stream_id), []).append(recorded)
    names = {case: case_name(case, type(events[0].event).kind, events) for case, events in cases.items()}
    shown = period_summary(cases, names)
    return dict(re.findall(r"<th scope=row>([^<]+)</th><td>([^<]+)</td>", shown))


@pytest.mark.parametrize(("days", "came_late"), [(14, 0), (15, 1)])
async def test_an_approval_that_a_hold_had_paused_is_late_by_so_many_days_later_only(
    pool: asyncpg.Pool, store: EventStore, days: int, came_late: int
) -> None:
    """Five working days, four of a hold that pauses and one that a tier gave: Monday a fortnight later."""
    held = RfpHoldStarted(
        stage=Stage.APPROVAL, waiting_on=Party.FINANCE, reason="Budget.", pauses_target=True
    )
    ended = RfpHoldEnded(paused_working_days=4, **IN_APPROVAL)
    more = TargetExtended(
        working_days=1,
        reason="A trial.",
        tier="head",
        scheme_version=1,
        decided_by="hana",
        acting_for="",
        **IN_APPROVAL,
    )
    await happened(store, SCHEME_ID, (ADOPTED, "ada", "administrator", timedelta()))
    await happened(
        store,
        RFP,
        (ASKED, "rita", "requester", timedelta()),
        (held, "paul", "procurement_officer", timedelta(days=1)),
        (ended, "paul", "procurement_officer", timedelta(days=7)),
        (more, "hana", "approver", timedelta(days=7)),
        (GRANTED, "hana", "approver", timedelta(days=days)),
    )
    seen = await figures(pool, store)
    assert seen.late_approvals.positions == [6] * came_late
    assert (await glance(store))["Late approvals"] == str(came_late)


async def test_what_the_clock_says_late_is_no_approval_and_the_clock_is_nobody(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    passed = ApprovalPassedDeadline(late=True, **OF_TURN)
    escalated = ApprovalEscalated(late=True, to=EscalatedTo.STAND_IN, **OF_TURN)
    await happened(store, SCHEME_ID, (ADOPTED, "ada", "administrator", timedelta()))
    await happened(store, RFP, (ASKED, "rita", "requester", timedelta()))
    await happened(
        store,
        TURN,
        (passed, "clock", "deadline", timedelta(days=20)),
        (escalated, "clock", "deadline", timedelta(days=20)),
    )
    seen, shown = await figures(pool, store), await glance(store)
    assert (seen.late_approvals.n, seen.people) == (0, 2)
    assert (shown["Late approvals"], shown["People who decided"]) == ("0", "2")


async def test_a_bid_or_a_conflict_put_right_is_a_correction_and_one_with_a_bidder_a_conflict(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    in_evaluation = {"stage": Stage.EVALUATION, "waiting_on": Party.EVALUATORS}
    declared = BidderConflictDeclared(
        person="hana",
        with_supplier="Fictional Systems Ltd",
        with_number="",
        statement=text_about(["hana"], "My brother works there."),
        **in_evaluation,
    )
    corrected = BidCorrected(
        bid="BID-1",
        reference="BID-1",
        was_received_at=MONDAY,
        received_at=MONDAY - timedelta(hours=1),
        was_late=True,
        late=False,
        reason="The portal's own clock.",
        **in_evaluation,
    )
    withdrawn = ConflictWithdrawn(person="hana", reason=text_about(["hana"], "A namesake."), **in_evaluation)
    await happened(
        store,
        RFP,
        (declared, "hana", "approver", timedelta()),
        (corrected, "paul", "procurement_officer", timedelta()),
        (withdrawn, "derek", "approver", timedelta()),
    )
    seen, shown = await figures(pool, store), await glance(store)
    assert (seen.conflicts_declared.positions, seen.corrections.positions) == ([1], [2, 3])
    assert (shown["Conflicts declared"], shown["Corrections"]) == ("1", "2")


def is_decision(recorded: Recorded) -> bool:
    return type(recorded.event).body_of_work != ""


def by_hand_late(events: list[Recorded]) -> list[Recorded]:
    scheme: Any = Scheme()
    for recorded in events:
        if recorded.stream_id == SCHEME_ID:
            assert isinstance(recorded.event, SchemeProposed | SchemeConfirmed)
            scheme = recorded.event.apply(scheme)
    standing: dict[UUID, tuple[str, datetime, int]] = {}
    found = []
    for recorded in events:
        stage, since, extra = standing.get(recorded.stream_id, ("", recorded.happened_at, 0))
        match recorded.event:
            case RfpHoldEnded(paused_working_days=days) | TargetExtended(working_days=days):
                extra += days
        if recorded.stamp.authority == "approver" and stage:
            due = Targets(scheme, recorded.happened_at).of(stage, since, extra)
            found += [recorded] * bool(due.overdue_working_days)
        now = str(getattr(recorded.event, "stage", stage))
        if now != stage:
            since, extra = recorded.happened_at, 0
        standing[recorded.stream_id] = (now, since, extra)
    return found
