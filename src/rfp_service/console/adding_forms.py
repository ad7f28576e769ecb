"""What the form for one more of a kind asks for, and what can be meant, which depends on who asks."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rfp_service.console import order_facts
from rfp_service.console.disclosure_facts import matter_of
from rfp_service.console.forms.fields import AskedAs, FormField
from rfp_service.console.visits import Visit
from rfp_service.console.words import field_label
from shared.governance.notifications.notification_types import FILTERED

RFPS_LIMIT, PROGRAMMES_LIMIT = 50, 50
# Of Schedule 12A to the Local Government Act 1972, part 1.
PARAGRAPHS = (
    "1: about an individual",
    "2: likely to tell who an individual is",
    "3: about financial or business affairs",
    "4: about consulting or negotiating with staff",
    "5: privileged between lawyer and client",
    "6: that a notice, an order or a direction is to be given",
    "7: about preventing, investigating or prosecuting crime",
)
FIRST_OPEN = (
    "Open the RFP, contract, project or milestone that it is about, and choose "
    '"Keep some of this from the public" there.'
)


@dataclass(frozen=True, slots=True)
class AddingForm:
    """What the form for one more asks for, and what goes with it unasked."""

    fields: Sequence[FormField]
    options: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)  # what it opens with
    hidden: Mapping[str, str] = field(default_factory=dict)  # what it is about, sent with it
    about: str = ""  # what that is called
    back: str = ""  # and its page
    constant: Mapping[str, str] = field(default_factory=dict)  # said in every one
    version: str = ""  # of what it changes
    first: str = ""  # what must be done before it can be asked for


Asking = Callable[[Visit, Sequence[FormField], Mapping[str, str]], Awaitable[AddingForm]]


async def everything(_: Visit, fields: Sequence[FormField], __: Mapping[str, str]) -> AddingForm:
    """Ask for all that the command says."""
    return AddingForm(fields)


async def an_order(visit: Visit, fields: Sequence[FormField], said: Mapping[str, str]) -> AddingForm:
    """Ask for one of the items available today; for an RFP where one was diverted to the catalogue."""
    options = await order_facts.what_can_be_ordered(visit)
    seen = await visit.get("/v1/rfps", mine="true", stage="diverted", limit=RFPS_LIMIT)
    if diverted := [(each["id"], f"{each['reference']}: {each['title']}") for each in seen["items"]]:
        options["rfp_id"] = diverted
    asked = [each for each in fields if each.name != "rfp_id" or diverted]
    return AddingForm(asked, options, {"item_id": said.get("item_id", ""), "quantity": "1"})


async def an_invitation(visit: Visit, fields: Sequence[FormField], _: Mapping[str, str]) -> AddingForm:
    """Ask by which id somebody will sign in; it is a decision on the directory as it stands."""
    own = await visit.maybe(f"/v1/people/{visit.who.person}")
    version = str(own["version"]) if own else "0"
    # Nobody is offered whom the directory knows already.
    hint = "The id by which the council's sign-in will know them."
    plain = [replace(each, kind=AskedAs.LINE, label="Their id", hint=hint) for each in fields]
    return AddingForm(plain, constant={"decision": "invite"}, version=version)


async def an_endpoint(_: Visit, fields: Sequence[FormField], __: Mapping[str, str]) -> AddingForm:
    """Ask where a program listens, and let what it is told be ticked."""
    return AddingForm([each.ticked(FILTERED) if each.name == "types" else each for each in fields])


async def an_exemption(visit: Visit, fields: Sequence[FormField], said: Mapping[str, str]) -> AddingForm:
    """Ask what of a thing is exempt, by the names of what it says; which thing, its page has said."""
    matter = await matter_of(visit, said["matter_id"]) if said.get("matter_id") else None
    if matter is None:
        return AddingForm((), first=FIRST_OPEN)
    names = sorted(matter["fields"], key=field_label)
    asked = [
        each.ticked(names) if each.name == "fields" else each for each in fields if each.name != "matter_id"
    ]
    options = {
        "fields": [(name, field_label(name)) for name in names],
        "paragraph": [(said[:1], said) for said in PARAGRAPHS],
    }
    hidden = {"matter_id": matter["id"]}
    return AddingForm(asked, options, hidden=hidden, about=matter["called"], back=matter["page"])


async def of_a_programme(visit: Visit, fields: Sequence[FormField], said: Mapping[str, str]) -> AddingForm:
    """Ask for which programme; the one that was looked at is chosen."""
    seen = await visit.get("/v1/programmes", limit=PROGRAMMES_LIMIT)
    options = [(each["id"], each["name"]) for each in seen["items"]]
    chosen = said.get("programme") or (options[0][0] if len(options) == 1 else "")
    return AddingForm(fields, {"programme": options}, {"programme": chosen})
