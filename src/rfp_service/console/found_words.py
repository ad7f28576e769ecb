"""What is said about things and found by its words: documents, comments, what bidders asked."""

from typing import Any

from rfp_service.console.disclosure_facts import PATHS
from rfp_service.console.links import thing_page
from rfp_service.console.words import day, name_of, text_of, words
from shared.kernel.wording import in_sentence

SHOWN_LENGTH = 160  # letters of a text
BEFORE = 60  # letters before the first word that was looked for
WITHHELD = "Exempt from being shown"

FoundItem = dict[str, str]


def document_found(row: dict[str, Any], _: str) -> FoundItem:
    """Return what is said of a document; it is where its thing is."""
    beside = [*_about(row), f"added by {name_of(row['added_by'])}", day(row["opened_at"])]
    shown = _withheld_or(row, "title", row["title"])
    return _item(shown, "withdrawn" if row["withdrawn"] else "", beside, _page(row, "documents"))


def comment_found(row: dict[str, Any], asked: str) -> FoundItem:
    """Return what is said of a comment: its words, as its reader may read them."""
    beside = [*_about(row), name_of(row["made_by"]), day(row["opened_at"])]
    shown = _withheld_or(row, "text", excerpt(text_of(row["text"]), asked))
    return _item(shown, "", beside, _page(row, "said"))


def clarification_found(row: dict[str, Any], asked: str) -> FoundItem:
    """Return what is said of a bidder's question, or of its answer."""
    name = "answer" if row["question"] is None else "question"
    beside = [f"{row['reference']} {_withheld_or(row, 'title', row['title'])}", day(row["happened_at"])]
    shown = _withheld_or(row, name, excerpt(text_of(row[name]), asked))
    return _item(shown, f"{name} {row['number']}", beside, f"{thing_page('rfps', row['rfp_id'])}#asked")


def excerpt(text: str, asked: str) -> str:
    """Return as much of a text as a line holds, with the first word that was looked for in it."""
    if len(text) <= SHOWN_LENGTH:
        return text
    places = (text.casefold().find(word) for word in asked.casefold().split())
    first = min((place for place in places if place >= 0), default=0)
    begin = text.rfind(" ", 0, max(first - BEFORE, 0) + 1) + 1
    shown = text[begin : begin + SHOWN_LENGTH]
    end = "" if begin + SHOWN_LENGTH >= len(text) else " …"
    return f"{'… ' if begin else ''}{shown.rpartition(' ')[0] if end else shown}{end}"


def _about(row: dict[str, Any]) -> list[str]:
    """Return what something is said about: what that is called, or at least of which kind it is."""
    return [f"on {row['case_name'] or 'one ' + in_sentence(words(row['case_kind']))}"]


def _page(row: dict[str, Any], place: str) -> str:
    path = PATHS.get(row["case_kind"], "")
    page = thing_page(path, row["case_id"]) if path else ""
    return f"{page}#{place}" if page else ""


def _withheld_or(row: dict[str, Any], name: str, shown: str) -> str:
    return WITHHELD if name in row.get("withheld", ()) else shown


def _item(title: str, stage: str, beside: list[str], opens: str) -> FoundItem:
    return {"title": title, "reference": "", "stage": stage, "beside": " · ".join(beside), "opens": opens}
