"""Deciding on a thing of any kind: a form that says what is about to happen, and its answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Path, Request, Response

from rfp_service.console.api_calls import ApiAnswer
from rfp_service.console.decided_thing import DecidedThing, NotToBeChosen
from rfp_service.console.decided_things import thing_of
from rfp_service.console.forms.decisions import DecisionForm
from rfp_service.console.forms.fields import AskedAs, FormField
from rfp_service.console.forms.form_values import Answers, changed, standing, whole
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import page_router, sign_in_anew
from rfp_service.console.visits import Sent, SentForm, Visit, Visiting
from rfp_service.console.words import field_label

OUT_OF_DATE = "/problems/out-of-date"
USED_OTHERWISE = "/problems/key-used-otherwise"
SENT_BEFORE = "You have sent this form before with other words: what you sent first counts"
PEOPLE_LIMIT = 200
AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ThingId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]

# What can't be taken back: before it, somebody says again who they are.
SAID_ANEW = frozenset({("people", "erase"), ("scheme", "confirm"), ("scheme", "withdraw-adopted")})
SHOWN_WITHIN, SENT_WITHIN = timedelta(minutes=5), timedelta(minutes=20)

router = page_router()


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What a form is shown with again: what was typed, what is wrong, or what was seen when it was opened."""

    typed: Mapping[str, str] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    stood: Mapping[str, str] = field(default_factory=dict)
    spare: Mapping[str, int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None  # what it would say, where that is looked at first
    seen: str = ""
    acting_for: str = ""
    key: str = ""  # its own again, where it was not used yet
    version: str = ""
    status: int = 200


@router.get("/{path}/{thing_id}/decisions/{decision}")
async def ask_for_decision(
    request: Request, visit: Visiting, path: str, thing_id: ThingId, decision: str
) -> Response:
    """Show what is about to be decided, and ask for what it must say."""
    thing = thing_of(path)
    if (path, decision) in SAID_ANEW and not visit.said_who_lately(SHOWN_WITHIN):
        return go_to(sign_in_anew(f"{request.url.path}?{request.url.query}".removesuffix("?")))
    form = await thing.asks(visit, thing.form_of(decision))
    meant = {each.name: said for each in form.fields if (said := request.query_params.get(each.name))}
    opened = FilledIn(meant) if meant and not form.amends else FilledIn()
    return await show_form(request, visit, thing, thing_id, form, opened)


@router.post("/{path}/{thing_id}/decisions/{decision}")
async def decide(request: Request, sent: Sent, path: str, thing_id: ThingId, decision: str) -> Response:
    """Take the decision by the API's own rules; what is refused keeps what was typed."""
    thing = thing_of(path)
    form = await thing.asks(sent.visit, thing.form_of(decision))
    if (path, decision) in SAID_ANEW and not sent.visit.said_who_lately(SENT_WITHIN):
        return go_to(sign_in_anew(request.url.path))
    answers, body = answered(form.fields, sent)
    filled_in = FilledIn(answers.typed, stood=stood_in(sent), acting_for=sent["acting_for"])
    again = replace(filled_in, key=sent["key"], version=sent["version"])
    if sent["more"]:
        shown = replace(again, spare={sent["more"]: 2})
        return await show_form(request, sent.visit, thing, thing_id, form, shown)
    if answers.errors:
        shown = replace(again, errors=answers.errors, status=422)
        return await show_form(request, sent.visit, thing, thing_id, form, shown)
    if "preview" in sent:
        shown = replace(again, body=whole(body, form.fields))
        return await show_form(request, sent.visit, thing, thing_id, form, shown)
    try:
        body = await thing.sends(sent.visit, thing_id, body)
    except NotToBeChosen as wrong:
        shown = replace(again, errors=wrong.errors, status=422)
        return await show_form(request, sent.visit, thing, thing_id, form, shown)
    if form.amends:
        body = changed(body, form.fields, sent.fields)
    elif form.says_whole:
        body = whole(body, form.fields)
    body |= {"decision": decision} | ({thing.fixed: thing_id} if thing.fixed else {})
    return await answer_to(request, sent, thing, thing_id, form, body, filled_in)


async def answer_to(  # what an answer depends on
    request: Request,
    sent: SentForm,
    thing: DecidedThing,
    thing_id: str,
    form: DecisionForm,
    body: dict[str, Any],
    filled_in: FilledIn,
) -> Response:
    """Send a decision, and lead on; what is refused comes back with what was typed."""
    if sent["acting_for"]:
        body["acting_for"] = sent["acting_for"]
    answer = await sent.visit.post(thing.decisions_at(thing_id), body, sent["key"], sent["version"])
    if answer.is_success:
        there = f"{thing.page(thing_id)}?done={form.decision}"
        return shown_once(request, thing, answer, there) or go_to(there)
    if answer.kind == OUT_OF_DATE:
        shown = replace(filled_in, seen=sent["version"], status=answer.status)
    else:
        shown = replace(filled_in, errors=errors_of(answer, form.fields), status=answer.status)
    return await show_form(request, sent.visit, thing, thing_id, form, shown)


def shown_once(request: Request, thing: DecidedThing, answer: ApiAnswer, there: str) -> Response | None:
    """Return the page of a key or a secret that was made just now; nothing if none was."""
    for name in ("key", "secret"):
        if answer.body.get(name):
            shown = {"secret": answer.body[name], "is_key": name == "key", "name": thing.noun.capitalize()}
            return page(request, "new_key", page=there, **shown)
    return None


def answered(fields: Sequence[FormField], sent: SentForm) -> tuple[Answers, dict[str, Any]]:
    """Return what was typed into a form; where an address was pasted for an id, the id in it."""
    answers = Answers(sent.fields)
    body = answers.read(fields)
    for name in ("id", "rfp_id", "document", "contract", "matter_id"):
        if isinstance(said := body.get(name), str) and (found := AN_ID.findall(said)):
            body[name] = found[-1]
    return answers, body


def stood_in(sent: SentForm) -> dict[str, str]:
    """Return how things stood when a form was made, as it says itself."""
    return {name.removeprefix("was."): said for name, said in sent.fields.items() if name.startswith("was.")}


def errors_of(answer: ApiAnswer, fields: Sequence[FormField]) -> dict[str, str]:
    """Return what is wrong, by the field that mends it; the rule itself if none does."""
    if answer.kind == USED_OTHERWISE:
        return {"": SENT_BEFORE}
    found: dict[str, str] = {}
    for each in answer.body.get("errors", ()):
        steps = str(each.get("pointer", "")).removeprefix("#/").split("/")
        at = _asked_at(steps, fields)
        label = field_label(next((one for one in reversed(steps) if not one.isdecimal()), ""))
        found[at] = f"{label}: {each['detail']}"
    return found or {"": answer.sentence}


def _asked_at(steps: Sequence[str], fields: Sequence[FormField]) -> str:
    """Return the name in the form of what a problem points at; nothing if the form does not ask it."""
    asked = next((each for each in fields if each.name == steps[0]), None)
    if asked is None:
        return ""
    if asked.kind is AskedAs.GROUP and (below := _asked_at(steps[1:], asked.parts) if steps[1:] else ""):
        return f"{asked.name}.{below}"
    if asked.kind is AskedAs.ROWS and steps[2:] and (below := _asked_at(steps[2:], asked.parts)):
        return f"{asked.name}.{steps[1]}.{below}"
    return asked.name


async def people_for(visit: Visit, fields: Sequence[FormField]) -> list[dict[str, Any]]:
    """Return who can be named in a form that asks for somebody, to those who may see it."""
    if not any(_asks_for_somebody(each) for each in fields):
        return []
    seen = await visit.maybe("/v1/people", limit=PEOPLE_LIMIT)
    return seen["items"] if seen else []


def _asks_for_somebody(asked: FormField) -> bool:
    return asked.kind is AskedAs.PERSON or any(_asks_for_somebody(each) for each in asked.parts)


def _then(form: DecisionForm, seen: Mapping[str, Any]) -> str:
    """Return what follows a yes, where the approvals say it."""
    if form.decision != "approve" or not seen.get("approval_tiers"):
        return ""
    left = seen["approval_tiers"][(seen["approvals_granted"] or 0) + 1 :]
    return f"After you, it goes to the {left[0]}." if left else "Yours is the last approval it needs."


async def show_form(  # what a form is made of
    request: Request,
    visit: Visit,
    thing: DecidedThing,
    thing_id: str,
    form: DecisionForm,
    filled_in: FilledIn,
) -> Response:
    """Return the form as it was filled in; after a stale one, with what changed since it was opened."""
    seen = await thing.seen(visit, thing_id)
    offered = next((each for each in seen["next"] or [] if each["decision"] == form.decision), None)
    changes = []
    if filled_in.seen.isdecimal() and thing.has_history:
        history = await visit.get(f"{thing.api(thing_id)}/history")
        changes = [each for each in history["items"] if each["version"] > int(filled_in.seen)]
    stands = (
        standing(form.fields, thing.stands(form.decision, seen)) if form.amends or form.says_whole else {}
    )
    return page(
        request,
        "decision",
        filled_in.status,
        thing=thing,
        page=thing.page(thing_id),
        address=f"/console/{thing.path}/{thing_id}/decisions/{form.decision}",
        form=form,
        seen=seen,
        offered=offered,
        then=_then(form, seen),
        options={**thing.options(seen), **await thing.found(visit, seen, form)},
        typed=stands if filled_in.typed is None else filled_in.typed,
        kept=filled_in.typed or {},
        stood=(filled_in.stood or stands) if form.amends else {},
        acting_for=filled_in.acting_for,
        spare=filled_in.spare,
        people=await people_for(visit, form.fields),
        errors=filled_in.errors,
        changed=changes,
        is_stale=bool(filled_in.seen),
        is_looked_at=form.is_looked_at,
        differs=None if filled_in.body is None else thing.differs(seen, filled_in.body),
        key=filled_in.key or str(uuid4()),
        version=filled_in.version or seen["version"],
    )
