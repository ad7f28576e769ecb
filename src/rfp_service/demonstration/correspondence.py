"""What people say of RFPs to one another, and the documents that they add as evidence."""

from datetime import timedelta
from hashlib import sha256

from pydantic import JsonValue

from rfp_service.demonstration.storyboard import Scene, Storyboard
from shared.governance.comments.commands import MakeComment, TakeCommentBack
from shared.governance.comments.domain import Comment
from shared.governance.documents.commands import AddDocument
from shared.governance.documents.domain import Document, DocumentType

OFFICER = "priya-procurement"
CASES = 4


def tell_of_correspondence(stage: Storyboard) -> None:
    """Let the requesters whose approval was asked for last show a quotation and ask, and be answered."""
    asked = [scene for scene in stage.scenes if type(scene.event).__name__ == "ApprovalRequested"]
    asked.sort(key=lambda scene: scene.at)
    for number, scene in enumerate(asked[-CASES:]):
        _of_one(stage, number, scene)


def _of_one(stage: Storyboard, number: int, scene: Scene) -> None:
    raised = next(s.event for s in stage.scenes if s.stream_id == scene.stream_id and s.version == 1)
    area = str(raised.model_dump().get("service_area", ""))
    case: JsonValue = {"kind": "rfp", "service_area": area}
    requester, at = scene.stamp.by, scene.at
    digest = sha256(f"quotation {number}".encode()).hexdigest()
    quotation = AddDocument(
        case_id=scene.stream_id,
        title="Quotation of three suppliers",
        media_type=DocumentType.PDF,
        content_sha256=digest,
        size_bytes=48_213 + number,
        link=f"https://documents.example/{digest[:12]}.pdf",
    )
    document = stage.thing(f"quotation {number}", Document())
    stage.decide(document, quotation, requester, at + timedelta(minutes=2), case=case)
    people: list[JsonValue] = [OFFICER, requester]
    for said, (by, to, text) in enumerate(
        (
            (requester, OFFICER, "Is the second quotation good enough, or do we need a fourth?"),
            (OFFICER, requester, "Three are enough up to this value."),
        )
    ):
        comment = stage.thing(f"comment {number} {said}", Comment())
        make = MakeComment(case_id=scene.stream_id, text=text, mentions=[to])
        when = at + timedelta(minutes=20 * (said + 1))
        made = stage.decide(comment, make, by, when, case=case, people=people)
        if made and number == 0 and by == OFFICER:  # one that was taken back
            stage.decide(comment, TakeCommentBack(), by, when + timedelta(minutes=3))
