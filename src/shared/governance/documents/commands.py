"""Adding a document to a case, naming what it is evidence of, and withdrawing it."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypeAliasType

from shared.governance.documents.domain import (
    FILE_BYTES_LIMIT,
    AttachedAlready,
    Document,
    DocumentAdded,
    DocumentAttached,
    DocumentEvent,
    DocumentIsWithdrawn,
    DocumentType,
    DocumentWithdrawn,
    NoSuchCaseForIt,
    NotADecisionOnIt,
    NotYourDocument,
)
from shared.kernel.fields import WHOLE, Reason, ShortText
from shared.kernel.messages import Command, Stamp

SIZE_LIMIT = 10**12
POSITION_LIMIT = 10**15
LINK_LIMIT = 1_000
KEEPERS = ("procurement_officer", "legal", "administrator")

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0" * 64])]
Position = Annotated[
    int,
    Field(ge=1, lt=POSITION_LIMIT, description="The position of a decision on the case.", examples=[918]),
    WHOLE,
]


class AddDocument(Command[Document]):
    """Add a document that is kept elsewhere: what it is, its hash, and its link."""

    case_id: UUID = Field(description="What it is about: an RFP, a contract, a project …")
    title: ShortText = Field(examples=["Quotation of three suppliers"])
    media_type: DocumentType
    content_sha256: Sha256
    size_bytes: Annotated[int, Field(ge=1, le=SIZE_LIMIT), WHOLE] | None = None
    link: str = Field(
        max_length=LINK_LIMIT,
        pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$",
        examples=["https://documents.example/quotation.pdf"],
    )
    evidence_of: Position | None = None

    def decide(self, document: Document, stamp: Stamp) -> DocumentAdded:
        """Keep what was said of it."""
        return _added(stamp, self.model_dump(exclude={"evidence_of"}), self.evidence_of)


class KeepDocument(Command[Document]):
    """Add a document whose file is kept here; the same file of the same name on the same case, once."""

    case_id: UUID
    title: ShortText
    media_type: DocumentType
    content_sha256: Sha256
    size_bytes: int = Field(ge=1, le=FILE_BYTES_LIMIT)
    evidence_of: Position | None = None

    def decide(self, document: Document, stamp: Stamp) -> Sequence[DocumentEvent]:
        """Keep it under its hash; a repeat says at most that it is evidence of one more decision."""
        if document.case_id is None:
            said = {**self.model_dump(exclude={"evidence_of"}), "kept": True}
            return [_added(stamp, said, self.evidence_of)]
        if document.withdrawn:
            raise DocumentIsWithdrawn
        _must_be_on_it(self.evidence_of, stamp)
        if self.evidence_of is None or self.evidence_of in document.evidence_of:
            return []
        return [DocumentAttached(position=self.evidence_of)]


def _added(stamp: Stamp, said: dict[str, Any], evidence_of: int | None) -> DocumentAdded:
    case = stamp.known.facts.get("case")
    if not isinstance(case, dict):
        raise NoSuchCaseForIt
    _must_be_on_it(evidence_of, stamp)
    area = case.get("service_area")
    return DocumentAdded(
        **said,
        case_kind=str(case["kind"]),
        service_area=None if area is None else str(area),
        added_by=stamp.by,
        evidence_of=() if evidence_of is None else (evidence_of,),
    )


def _must_be_on_it(position: int | None, stamp: Stamp) -> None:
    if position is not None and stamp.known.facts.get("is_a_decision") is not True:
        raise NotADecisionOnIt(position=position)


class AttachDocument(Command[Document]):
    """Say that a document is evidence of a decision on its case."""

    decision: Literal["attach"] = "attach"
    position: Position

    def decide(self, document: Document, stamp: Stamp) -> DocumentAttached:
        """Attach it, once."""
        if document.withdrawn:
            raise DocumentIsWithdrawn
        _must_be_on_it(self.position, stamp)
        if self.position in document.evidence_of:
            raise AttachedAlready(position=self.position)
        return DocumentAttached(position=self.position)


class WithdrawDocument(Command[Document]):
    """Withdraw a document: it counts no longer, and is not given out any more."""

    decision: Literal["withdraw"] = "withdraw"
    reason: Reason

    def decide(self, document: Document, stamp: Stamp) -> DocumentWithdrawn:
        """Let whoever added it withdraw it, or those who look after cases."""
        if document.withdrawn:
            raise DocumentIsWithdrawn
        if not stamp.is_from(document.added_by) and set(KEEPERS).isdisjoint(stamp.known.roles):
            raise NotYourDocument(added_by=document.added_by)
        return DocumentWithdrawn(reason=self.reason)


DocumentDecision = TypeAliasType(
    "DocumentDecision", Annotated[AttachDocument | WithdrawDocument, Field(discriminator="decision")]
)
