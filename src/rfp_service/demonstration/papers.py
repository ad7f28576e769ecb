"""The demonstration's papers: each made of the record as it stood, and issued for the meeting after it."""

from datetime import date, datetime, timedelta
from random import Random

from outcomes.api.issued_papers import paper_made
from outcomes.api.paper_content import NOBODY
from outcomes.commands.papers import IssuePaper
from outcomes.domain.paper import Paper
from rfp_service.demonstration.outcomes import PIA, TRANSITION
from rfp_service.demonstration.storyboard import Scene, Storyboard
from rfp_service.rooms import VIEWS
from rfp_service.service import Service
from rfp_service.version import VERSION
from shared.kernel.calendar import day_in_london
from shared.ledger.log_keys import log_keys
from shared.ledger.log_writer import LogWriter
from shared.record.projecting.projector import Projector
from shared.web.reads.readings import Reading

COMMITTEE = "Internal Scrutiny Committee"
TUESDAY, DAYS_AHEAD = 1, 15
A_SECOND = timedelta(seconds=1)


async def issued_at(service: Service, at: datetime) -> list[Scene]:
    """Return how a paper of all that is recorded so far was issued at a time; its bytes are kept."""
    await _come_up_to_date(service)
    position = await service.record.head()
    now = Reading(
        service.pool, service.record, position, position, at, past=True, person=NOBODY, redact=service.redact
    )
    issue = IssuePaper(programme=TRANSITION, meeting=COMMITTEE, meeting_on=_meeting_after(at))
    made = await paper_made(service, VERSION, issue, now, service.settings.public_url)
    stage = Storyboard(at + A_SECOND, Random(0))
    paper = stage.thing(f"paper {issue.meeting_on}", Paper())
    stage.decide(
        paper, issue, PIA, at + A_SECOND / 2, programme_there=True, paper=made.model_dump(mode="json")
    )
    return stage.scenes


def _meeting_after(at: datetime) -> date:
    """Return the Tuesday on which the committee meets next, far enough away for a paper in time."""
    day = day_in_london(at) + timedelta(days=DAYS_AHEAD)
    return day + timedelta(days=(TUESDAY - day.weekday()) % 7)


async def _come_up_to_date(service: Service) -> None:
    """Bring the views, and the log with its signature, up to the record: no worker runs yet."""
    projector = Projector(service.pool, service.record, VIEWS)
    while await projector.catch_up():
        pass
    await LogWriter(service.pool, log_keys(service.settings).signers).catch_up()
    await service.visibility.look(service.pool)
