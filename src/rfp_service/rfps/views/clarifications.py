"""What bidders asked, and what every bidder was answered: a row for each question, and for each answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, Column, DateTime, Text, Uuid

from rfp_service.rfps.domain.correction_events import AnswerCorrected
from rfp_service.rfps.domain.tender_events import ClarificationAnswered, ClarificationReceived
from shared.kernel.messages import Recorded
from shared.record.projecting.row_models import SEARCHED, UNSORTED, Derived, words_of
from shared.record.projecting.views import Journal, Row, journal_table


class ClarificationRow(BaseModel):
    """A bidder's question about an RFP, or the answer that stands."""

    position: int
    rfp_id: UUID
    number: Annotated[int, Field(description="Of the question, among those about its RFP.")]
    question: Annotated[str | None, UNSORTED, SEARCHED, Field(description="Null in the row of an answer.")]
    answer: Annotated[str | None, UNSORTED, SEARCHED, Field(description="Null in the row of a question.")]
    happened_at: datetime
    reference: Annotated[str, Derived()]
    title: Annotated[str, Derived()]


clarifications = journal_table(
    "rfp_clarifications",
    Column("rfp_id", Uuid, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("question", Text),
    Column("answer", Text),
    Column("happened_at", DateTime(timezone=True), nullable=False),
)


def clarification_rows(recorded: Recorded) -> Iterable[Row]:
    """Return the question that was asked, or the answer that was given or corrected."""
    said = recorded.event
    if not isinstance(said, ClarificationReceived | ClarificationAnswered | AnswerCorrected):
        return ()
    return (
        {
            "rfp_id": recorded.stream_id,
            "number": said.number,
            "question": getattr(said, "question", None),
            "answer": getattr(said, "answer", None),
            "happened_at": recorded.happened_at,
        },
    )


CLARIFICATIONS = Journal(
    clarifications,
    clarification_rows,
    indexes=("(rfp_id, number)", f"USING gin ({words_of(ClarificationRow)})"),
    of=frozenset({ClarificationReceived, ClarificationAnswered, AnswerCorrected}),
)
