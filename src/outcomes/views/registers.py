"""Programmes, outcomes, milestones and what they wait for: one row for each, of facts."""

import orjson
from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Text, Uuid

from outcomes.domain.engagement import Consultation, Strategy
from outcomes.domain.milestone import Milestone
from outcomes.domain.paper import Paper
from outcomes.domain.priority_tags import PriorityTags
from outcomes.domain.programme import Programme, ProgrammeOutcome
from outcomes.domain.promised_data import PromisedData
from shared.kernel.messages import Stream
from shared.record.projecting.views import STILL_VALID, Row, StateView, state_table

programmes = state_table(
    "programmes",
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("owner", Text, nullable=False),
)
outcomes = state_table(
    "programme_outcomes",
    Column("programme", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("statement", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("confidence_reason", Text, nullable=False),
    Column("measures", Text, nullable=False),
)
milestones = state_table(
    "outcome_milestones",
    Column("outcome", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due", Date),
    Column("first_due", Date),
    Column("priorities", Text, nullable=False),
    Column("progress", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("moves", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("waits_for", Text, nullable=False),
    Column("met_on", Date),
    Column("accepted_by", Text, nullable=False),
    Column("reopened", Text, nullable=False),
    Column("dropped_on", Date),
    Column("dropped_because", Text, nullable=False),
)
promised_data = state_table(
    "promised_data",
    Column("programme", Uuid, nullable=False),
    Column("what", Text, nullable=False),
    Column("promised_by", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("expected_on", Date, nullable=False),
    Column("chases", Text, nullable=False),
    Column("arrived_on", Date),
    Column("note", Text, nullable=False),
)
consultations = state_table(
    "consultations",
    Column("programme", Uuid, nullable=False),
    Column("about", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("counts", Text, nullable=False),
    Column("closed_on", Date),
    Column("conclusion", Text, nullable=False),
)
strategies = state_table(
    "strategies",
    Column("name", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("adopted_on", Date, nullable=False),
    Column("themes", Text, nullable=False),
)
priority_tags = state_table(
    "priority_tags",
    Column("thing_kind", Text, nullable=False),
    Column("thing", Uuid, nullable=False),
    Column("priorities", Text, nullable=False),
)
papers = state_table(
    "papers",
    Column("programme", Uuid, nullable=False),
    Column("meeting", Text, nullable=False),
    Column("meeting_on", Date, nullable=False),
    Column("publish_by", Date, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("late_because", Text, nullable=False),
    Column("as_of", DateTime(timezone=True), nullable=False),
    Column("since", DateTime(timezone=True)),
    Column("position", BigInteger, nullable=False),
    Column("since_position", BigInteger, nullable=False),
    Column("release", Text, nullable=False),
    Column("documents", Text, nullable=False),
)


def json_text(value: object) -> str:
    """Return a part of a thing as the text of its JSON."""
    return orjson.dumps(value).decode()


def _programme(stream: Stream[Programme]) -> Row:
    programme = stream.state
    return {
        "code": programme.code,
        "name": programme.name,
        "purpose": programme.purpose,
        "owner": programme.owner,
    }


def _outcome(stream: Stream[ProgrammeOutcome]) -> Row:
    outcome = stream.state
    return {
        "programme": outcome.programme,
        "number": outcome.number,
        "statement": outcome.statement,
        "owner": outcome.owner,
        "confidence": outcome.confidence,
        "confidence_reason": outcome.confidence_reason,
        "measures": json_text([shown.model_dump() for shown in outcome.measures]),
    }


def _milestone(stream: Stream[Milestone]) -> Row:
    milestone = stream.state
    return {
        "outcome": milestone.outcome,
        "title": milestone.title,
        "status": milestone.status,
        "owner": milestone.owner,
        "due": milestone.due,
        "first_due": milestone.first_due,
        "priorities": json_text(milestone.priorities),
        "progress": milestone.progress,
        "confidence": milestone.confidence,
        "met_on": milestone.met_on,
        "moves": json_text(milestone.moves),
        "accepted_by": milestone.accepted_by,
        "evidence": json_text(
            [
                {
                    "document": e.document.model_dump(),
                    "submitted_by": e.submitted_by,
                    "submitted_on": e.submitted_on,
                }
                for e in milestone.evidence
            ]
        ),
        "waits_for": json_text(
            [
                {**w.thing.model_dump(), "raised_on": w.raised_on, "satisfied_on": w.satisfied_on}
                for w in milestone.waits_for
            ]
        ),
        "reopened": json_text([{"on": on, "reason": reason} for on, reason in milestone.reopened]),
        "dropped_on": milestone.dropped_on,
        "dropped_because": milestone.dropped_because,
    }


def _promised_data(stream: Stream[PromisedData]) -> Row:
    data = stream.state
    return {
        "programme": data.programme,
        "what": data.what,
        "promised_by": data.promised_by,
        "due": data.due,
        "expected_on": data.expected_on,
        "chases": json_text(data.chases),
        "arrived_on": data.arrived_on,
        "note": data.note,
    }


def _consultation(stream: Stream[Consultation]) -> Row:
    one = stream.state
    return {
        "programme": one.programme,
        "about": one.about,
        "opened_on": one.opened_on,
        "closes_on": one.closes_on,
        "asked": one.asked,
        "counts": json_text(dict(one.counts)),
        "closed_on": one.closed_on,
        "conclusion": one.conclusion,
    }


def _strategy(stream: Stream[Strategy]) -> Row:
    strategy = stream.state
    return {
        "name": strategy.name,
        "edition": strategy.edition,
        "sha256": strategy.sha256,
        "link": strategy.link,
        "adopted_on": strategy.adopted_on,
        "themes": json_text([theme.model_dump() for theme in strategy.themes]),
    }


def _priority_tags(stream: Stream[PriorityTags]) -> Row:
    tags = stream.state
    return {"thing_kind": tags.on, "thing": tags.thing, "priorities": json_text(tags.priorities)}


def _paper(stream: Stream[Paper]) -> Row:
    paper = stream.state
    return {
        "programme": paper.programme,
        "meeting": paper.meeting,
        "meeting_on": paper.meeting_on,
        "publish_by": paper.publish_by,
        "issued_on": paper.issued_on,
        "late_because": paper.late_because,
        "as_of": paper.as_of,
        "since": paper.since,
        "position": paper.position,
        "since_position": paper.since_position,
        "release": paper.release,
        "documents": json_text([document.model_dump() for document in paper.documents]),
    }


REGISTERS = (
    StateView(programmes, _programme, Programme()),
    StateView(
        outcomes,
        _outcome,
        ProgrammeOutcome(),
        indexes=(f"(programme, number) WHERE valid_to = {STILL_VALID}",),
    ),
    StateView(milestones, _milestone, Milestone(), indexes=("(outcome, valid_from, valid_to)",)),
    StateView(promised_data, _promised_data, PromisedData(), indexes=("(programme)",)),
    StateView(consultations, _consultation, Consultation(), indexes=("(programme)",)),
    StateView(strategies, _strategy, Strategy()),
    StateView(priority_tags, _priority_tags, PriorityTags()),
    StateView(papers, _paper, Paper(), indexes=("(programme)",)),
)
