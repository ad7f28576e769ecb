"""What forms of outcomes and milestones ask for, where their commands name what only programs know."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rfp_service.console.adding_forms import AddingForm, of_a_programme
from rfp_service.console.decided_thing import NotToBeChosen, Options, Seen
from rfp_service.console.forms.decisions import DecisionForm
from rfp_service.console.forms.fields import AskedAs, FormField
from rfp_service.console.outcome_sentences import WAITED_FOR
from rfp_service.console.visits import Visit
from shared.web.core_service import core_service

DOCUMENTS_LIMIT, PROGRAMMES_LIMIT = 100, 50
AMONG_ITS_DOCUMENTS = "Add it to the milestone's documents first: its page has them. Then choose it here."
CALLED = {
    "statement": "What must be true",
    "measures": "Figures that show it",
    "name": "Figure",
    "target": "Aim",
}
HINTED = {"target": "A share is a part of one: 0.9 is 90%. An amount is in pence."}
OF_ANY_KIND = "Paste the address of its page here, or of it in the API."


async def asks_of_milestone(visit: Visit, form: DecisionForm) -> DecisionForm:
    """Ask for a document by its title, for priorities by ticks, for what is waited for by its address."""
    is_new = form.decision == "raise-dependency"
    simpler = [_asked(each, OF_ANY_KIND if is_new else "") for each in form.fields]
    return replace(form, fields=tuple(await _with_priorities(visit, simpler)))


def _asked(field: FormField, which: str) -> FormField:
    match field.name:
        case "document":
            return replace(field, kind=AskedAs.CHOICE, parts=(), hint=AMONG_ITS_DOCUMENTS)
        case "id":
            return replace(field, hint=which)
        case "on":
            return replace(field, label="What kind of thing it is")
    return field


async def _with_priorities(visit: Visit, fields: Sequence[FormField]) -> list[FormField]:
    """Let priorities be ticked; where no strategy was adopted yet there are none, and none is asked for."""
    if all(each.name != "priorities" for each in fields):
        return [*fields]
    seen = await visit.get("/v1/strategies")
    adopted = [
        name for strategy in seen["items"] for theme in strategy["themes"] for name in theme["priorities"]
    ]
    asked = [each.ticked(adopted) if each.name == "priorities" else each for each in fields]
    return [each for each in asked if adopted or each.name != "priorities"]


def _by_their_names(fields: Sequence[FormField]) -> Options:
    """Return priorities as the strategy itself writes them."""
    return {
        each.name: [(name, name) for name in each.choices] for each in fields if each.name == "priorities"
    }


async def found_for_milestone(visit: Visit, milestone: Seen, form: DecisionForm) -> Options:
    """Return which documents of a milestone can be handed in, and what it still waits for."""
    asked = {each.name for each in form.fields}
    found = {**_by_their_names(form.fields)}
    if "document" in asked:
        seen = await visit.get("/v1/documents", case_id=milestone["id"], limit=DOCUMENTS_LIMIT)
        found["document"] = [(each["id"], each["title"]) for each in seen["items"] if not each["withdrawn"]]
    if "on" in asked:
        found["on"] = [*WAITED_FOR.items()]
    if form.decision == "satisfy-dependency":
        waits = [each for each in milestone["waits_for"] if not each["satisfied_on"]]
        found["id"] = [(each["id"], each["title"] or each["note"] or each["id"]) for each in waits]
    return found


async def evidence_sent(visit: Visit, milestone_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Say of a document that was chosen what it is called, its fingerprint, and where it is kept."""
    chosen = body.get("document")
    if not isinstance(chosen, str):
        return body
    seen = await visit.get("/v1/documents", case_id=milestone_id, limit=DOCUMENTS_LIMIT)
    document = next((each for each in seen["items"] if each["id"] == chosen), None)
    if document is None:
        raise NotToBeChosen("document", "What you chose is not among its documents any more: choose another")
    public_url = core_service(visit.request).settings.public_url
    kept_at = document["link"] or f"{public_url}/console/documents/{chosen}/file"
    named = {"title": document["title"], "sha256": document["content_sha256"], "link": kept_at}
    return {**body, "document": named}


async def asks_of_outcome(_: Visit, form: DecisionForm) -> DecisionForm:
    """Call an outcome's sentence what the board calls it."""
    return replace(form, fields=tuple(_called(form.fields)))


def _called(fields: Sequence[FormField]) -> list[FormField]:
    """Return fields as the board calls them."""
    return [
        replace(
            each,
            label=CALLED.get(each.name, each.label),
            hint=HINTED.get(each.name, each.hint),
            parts=tuple(_called(each.parts)),
        )
        for each in fields
    ]


async def found_for_outcome(visit: Visit, _: Seen, form: DecisionForm) -> Options:
    """Return by which figures an outcome can be shown."""
    return _figures(visit) if any(each.name == "measures" for each in form.fields) else {}


def _figures(visit: Visit) -> Options:
    offered = core_service(visit.request).measures.values()
    return {"name": sorted(((each.name, each.title) for each in offered), key=lambda each: each[1])}


async def an_outcome(visit: Visit, fields: Sequence[FormField], said: Any) -> AddingForm:
    """Ask for an outcome of a programme, the next number first."""
    form = await of_a_programme(visit, _called(fields), said)
    programme = form.typed["programme"]
    typed = dict(form.typed)
    if programme:
        board = await visit.get("/v1/outcomes", programme=programme)
        typed["number"] = str(max((each["number"] for each in board["outcomes"]), default=0) + 1)
    return replace(form, options={**form.options, **_figures(visit)}, typed=typed)


async def a_milestone(visit: Visit, fields: Sequence[FormField], said: Any) -> AddingForm:
    """Ask for a milestone of one of the outcomes of any programme; the one that was looked at is chosen."""
    programmes = (await visit.get("/v1/programmes", limit=PROGRAMMES_LIMIT))["items"]
    boards = [await visit.get("/v1/outcomes", programme=each["id"]) for each in programmes]
    options = [
        (each["id"], f"{each['number']}. {each['statement']}")
        for board in boards
        for each in board["outcomes"]
    ]
    asked = await _with_priorities(visit, fields)
    chosen = {"outcome": said.get("outcome", "")}
    return AddingForm(asked, {"outcome": options, **_by_their_names(asked)}, chosen)
