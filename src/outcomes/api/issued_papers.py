"""Making the committee's paper in its forms, and keeping the bytes of one that is issued."""

import asyncio
import hashlib
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg

from outcomes.api.commitments import reading_since
from outcomes.api.facts import rows_of, scheme_at
from outcomes.api.forms.pages import HTML, ODT, PDF, Meeting, html, pdf
from outcomes.api.paper_content import PaperShown, paper_content
from outcomes.commands.papers import IssuePaper, PaperMade
from outcomes.domain.paper import IssuedDocument
from outcomes.domain.refusals import NotUnderCheckpointYet, PdfNotMade
from outcomes.views.registers import papers
from shared.kernel.calendar import WorkingDays, day_in_london
from shared.web.core_service import CoreService
from shared.web.reads.pages import JSON
from shared.web.reads.readings import Reading

USUAL_CLEAR_DAYS = 5  # Local Government Act 1972, section 100B
KEEP = """
INSERT INTO issued_documents (sha256, media_type, content) VALUES ($1, $2, $3)
ON CONFLICT (sha256) DO NOTHING
"""


class PaperForm(StrEnum):
    """The forms that a paper has."""

    JSON = "json"
    HTML = "html"
    PDF = "pdf"
    ODT = "odt"


MEDIA = {PaperForm.JSON: JSON, PaperForm.HTML: HTML, PaperForm.PDF: PDF, PaperForm.ODT: ODT}


async def before_of(reading: Reading, programme: UUID, since: str | None) -> Reading | None:
    """Return the earlier reading: the one named, or that of the last paper issued by then."""
    if since is not None:
        return await reading_since(reading, since)
    issued = await rows_of(reading, papers, papers.c.programme == programme)
    last = max((row["position"] for row in issued), default=0)
    return await reading_since(reading, str(last)) if 0 < last < reading.position else None


async def made(paper: PaperShown, meeting: Meeting | None, form: PaperForm, base: str) -> bytes:
    """Return the bytes of one form of a paper."""
    if form is PaperForm.JSON:
        return paper.model_dump_json().encode()
    if form is PaperForm.ODT:
        from outcomes.api.forms.text_document import odt  # slow to load, and seldom asked for

        return await asyncio.to_thread(odt, paper, meeting, base)
    page = await asyncio.to_thread(html, paper, meeting, base)
    return page if form is PaperForm.HTML else await asyncio.to_thread(pdf, page, paper.board.as_of)


async def paper_made(
    service: CoreService, release: str, command: IssuePaper, now: Reading, base: str
) -> PaperMade:
    """Make the paper that is to be issued, and keep its bytes; `base` is where its links begin."""
    since = command.since.isoformat() if command.since else None
    before = await before_of(now, command.programme, since)
    paper = await paper_content(service, release, now, before, command.programme)
    if paper.record.root is None:
        raise NotUnderCheckpointYet
    meeting = Meeting(command.meeting, command.meeting_on)
    scheme = await scheme_at(service, now)
    values = scheme.in_force(day_in_london(now.as_of)).values
    clear_days = max(values.paper_clear_days if values else USUAL_CLEAR_DAYS, command.clear_days or 0)
    days = WorkingDays(scheme.closed_days())
    return PaperMade(
        publish_by=publish_by(days, command.meeting_on, clear_days),
        as_of=paper.board.as_of,
        since=paper.since,
        position=now.position,
        since_position=before.position if before else 0,
        release=paper.release,
        documents=await _kept(service.pool, paper, meeting, base),
    )


async def _kept(
    pool: asyncpg.Pool, paper: PaperShown, meeting: Meeting, base: str
) -> tuple[IssuedDocument, ...]:
    """Keep every form of a paper under its hash, and return which they are."""
    documents = []
    for form in PaperForm:
        try:
            content = await made(paper, meeting, form, base)
        except PdfNotMade:
            continue
        digest = hashlib.sha256(content).hexdigest()
        await pool.execute(KEEP, digest, MEDIA[form], content)
        documents.append(IssuedDocument(media_type=MEDIA[form], sha256=digest, size=len(content)))
    return tuple(documents)


def publish_by(days: WorkingDays, meeting_on: date, clear_days: int) -> date:
    """Return the last working day with so many working days between it and a meeting."""
    day = meeting_on - timedelta(days=1)
    while clear_days > 0 or not days.works(day):
        clear_days -= days.works(day)
        day -= timedelta(days=1)
    return day
