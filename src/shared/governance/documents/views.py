"""What can be seen of documents: one row for each."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from shared.governance.documents.domain import Document
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import (
    COUNTED,
    SEARCHED,
    UNSORTED,
    Derived,
    model_table,
    row_of,
    text_index,
)
from shared.record.projecting.views import STILL_VALID, StateView


class DocumentRow(BaseModel):
    """A document about a case, and the positions of the decisions that it is evidence of."""

    id: UUID
    version: int
    case_id: UUID | None
    case_kind: Annotated[str, COUNTED]
    title: Annotated[str, SEARCHED]
    media_type: Annotated[str, COUNTED]
    content_sha256: str
    size_bytes: int | None
    link: Annotated[TextOrNull, UNSORTED, Field(description="Null where its file is kept here.")]
    kept: bool
    added_by: Annotated[str, COUNTED]
    evidence_of: Annotated[list[int], UNSORTED]
    withdrawn: bool
    first_position: int
    opened_at: datetime
    changed_at: datetime


class ListedDocument(DocumentRow):
    """A document with what its thing is called."""

    case_name: Annotated[str | None, Derived(), Field(description="Null where you may not know it.")]


class StoredDocument(DocumentRow):
    """A document's row, with what is not shown of it."""

    service_area: str | None


documents = model_table("documents", StoredDocument)
document_row = row_of(StoredDocument)

DOCUMENTS_VIEW = StateView(
    documents,
    document_row,
    Document(),
    indexes=(f"(case_id) WHERE valid_to = {STILL_VALID}", text_index(StoredDocument)),
)
