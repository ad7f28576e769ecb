"""The demonstration's year: told on whichever day, every decision in it is one that the rules allow."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from projects.domain.events import ProjectEvent
from projects.domain.project import OPEN, Project
from projects.views.calibration import calibrate
from projects.views.forecasts import ENOUGH
from projects.views.project_histories import ProjectHistory, path_of
from rfp_service.contracts.domain.duty_events import NoticeDue, NoticePublished
from rfp_service.contracts.domain.renewal_events import NoticeDeadlineMissed
from rfp_service.demonstration.exceptions import EXCEPTIONS
from rfp_service.demonstration.in_flight import TOLD
from rfp_service.demonstration.rounds import CONTRACTS, ROUNDS
from rfp_service.demonstration.story import WAITING, story
from rfp_service.demonstration.storyboard import Scene
from rfp_service.demonstration.tales import RFPS
from rfp_service.demonstration.urgencies import URGENCIES
from shared.kernel.messages import Event, Stream

FIRST = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
AFTER_AN_OPTION = datetime(2027, 3, 27, 3, 0, tzinfo=UTC)  # whose day is the first of a month, and of a round
DAYS = [*(FIRST + timedelta(days=37 * n, hours=5 * n) for n in range(0, 10, 3)), SUNDAY, AFTER_AN_OPTION]


pytestmark = pytest.mark.xdist_group("year")


@cache
def told_on(now: datetime) -> list[Scene]:
    """Tell the year once for all that is looked at in it."""
    return story(now)


def by_rfp(scenes: list[Scene]) -> dict[UUID, list[str]]:
    """Return the names of each RFP's events, in order."""
    told: dict[UUID, list[str]] = defaultdict(list)
    for scene in scenes:
        if type(scene.event).kind == "rfp":
            told[scene.stream_id].append(type(scene.event).__name__)
    return told


@pytest.mark.parametrize("now", DAYS, ids=lambda day: f"{day:%d-%b}")
def test_whatever_the_day_the_year_shows_all_that_is_promised(now: datetime) -> None:
    scenes = told_on(now)
    rfps = by_rfp(scenes)
    assert len(rfps) == RFPS + len(WAITING) + len(EXCEPTIONS) + len(URGENCIES) + len(TOLD)
    ends = Counter(names[-1] for names in rfps.values())
    assert ends["ContractConcluded"] >= 2
    assert ends["ApprovalRequested"] >= len(WAITING)
    assert any("DecisionCalledIn" in names for names in rfps.values())
    assert any("BidSetAside" in names for names in rfps.values())
    assert any("ChallengeReceived" in names for names in rfps.values())
    bounced = [n for n in rfps.values() if "DiversionFailed" in n and "RfpSubmitted" in n]
    assert bounced
    assert any(scene.stamp.acting_for for scene in scenes)
    assert all(scene.at < now for scene in scenes)
    assert [scene.at for scene in scenes] == sorted(scene.at for scene in scenes)


@pytest.mark.parametrize("now", DAYS[::4], ids=lambda day: f"{day:%d-%b}")
def test_whatever_the_day_the_year_shows_what_goes_another_way_than_most(now: datetime) -> None:
    told: dict[str, list[Event[Any]]] = defaultdict(list)
    for scene in told_on(now):
        told[type(scene.event).__name__].append(scene.event)
    once = {
        "OrderFulfilled",
        "OrderFailed",
        "TierPassedUp",
        "AdviceGiven",
        "HoldCorrected",
        "TargetExtended",
        "BidCorrected",
        "TakeoverConfirmed",
        "SpecialUrgencyAgreed",
        "SpecialUrgencyPublished",
        "GeneralExceptionUsed",
        "WaiverRefused",
    }
    assert {name for name in once if len(told[name]) != 1} == set()
    assert len(told["AbsenceRecorded"]) == 2
    assert len(told["RfpTakenOver"]) == len(TOLD)
    assert [event.split_passes for event in told["RouteSelected"] if event.split_passes] == [  # type: ignore[attr-defined]  # of a route
        ("tier: director",)
    ]
    assert any(event.order_id for event in told["DiversionFailed"])  # type: ignore[attr-defined]  # of a diversion
    assert all(event.late is False for event in told["BidCorrected"])  # type: ignore[attr-defined]  # of a bid


@pytest.mark.parametrize("now", DAYS[:3], ids=lambda day: f"{day:%d-%b}")
def test_the_year_shows_how_it_is_governed(now: datetime) -> None:
    told = Counter(type(scene.event).__name__ for scene in told_on(now))
    assert told["LinkConfirmed"] == 1
    assert told["ExemptionDeclared"] == 4
    assert told["ExemptionReleased"] == 1
    assert (told["ServiceAccountConfirmed"], told["ApiKeyProposed"], told["ApiKeyConfirmed"]) == (1, 2, 2)
    assert (told["RetentionScheduled"], told["RecordDisposed"]) == (2, 1)
    assert min(told["DocumentAdded"], told["CommentMade"]) >= 2
    assert told["CommentTakenBack"] <= 1
    assert told["SchemeConfirmed"] == 2
    assert (told["EndpointVerified"], told["EndpointPaused"], told["EndpointDisabled"]) == (2, 1, 1)
    assert (told["ConsultationOpened"], told["ConsultationClosed"]) == (2, 1)


@pytest.mark.parametrize("now", DAYS[::4], ids=lambda day: f"{day:%d-%b}")
def test_the_year_shows_projects_overdue_paused_and_without_a_date_and_odds_that_are_tested(
    now: datetime,
) -> None:
    streams: dict[UUID, Stream[Project]] = {}
    for scene in told_on(now):
        if isinstance(scene.event, ProjectEvent):
            before = streams.get(scene.stream_id, Stream(scene.stream_id, Project()))
            streams[scene.stream_id] = Stream(scene.stream_id, scene.event.apply(before.state))
    projects = [stream.state for stream in streams.values()]
    ends = [project.schedule.forecast_end for project in projects if project.stage in OPEN]
    assert sum(end is not None and end < now.date() for end in ends) >= 10
    assert sum(end is None for end in ends) >= 5
    assert sum(project.paused for project in projects) >= 3
    courses = [
        ProjectHistory(
            path_of(project.category.name, project.category.sub_category),
            schedule.start,
            schedule.forecasts,
            schedule.finished_on,
        )
        for project in projects
        if (schedule := project.schedule).start is not None
    ]
    tested = calibrate(courses, now.date())
    assert tested.tested >= ENOUGH
    assert tested.within[1] is not None


@pytest.mark.parametrize("now", DAYS[::4], ids=lambda day: f"{day:%d-%b}")
def test_the_year_shows_contracts_and_three_rounds_of_which_one_is_open(now: datetime) -> None:
    scenes = told_on(now)
    told = Counter(type(scene.event).__name__ for scene in scenes)
    assert told["ContractRegistered"] == CONTRACTS
    assert (told["ReviewRoundOpened"], told["ReviewRoundClosed"]) == (ROUNDS, ROUNDS - 1)
    assert told["NovationRefused"] == 1
    assert told["PipelineYearBegun"] >= 1
    assert told["ContractFlagged"] > 20
    assert told["ContractDateConfirmed"] > 50
    missed = [s.event for s in scenes if isinstance(s.event, NoticeDeadlineMissed)]
    [only] = missed
    assert only.rolls
    assert only.exposure_pence
    assert told["ContractRolledOver"] == 0
    assert told["RenewalDecisionApproved"] > told["SavingClaimed"] > told["SavingConfirmed"] > 0
    published = {s.stream_id for s in scenes if isinstance(s.event, NoticePublished)}
    change_due = [
        s
        for s in scenes
        if isinstance(s.event, NoticeDue) and s.event.due_on is None and s.stream_id not in published
    ]
    assert len(change_due) == 1
