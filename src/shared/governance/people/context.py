"""What the people directory offers the roof."""

from shared.governance.people.absences import RecordAbsence
from shared.governance.people.commands import ErasePerson, InvitePerson, LinkPersons, UnlinkPerson
from shared.governance.people.domain import Directory
from shared.governance.people.facts import facts_of_people, known_people_facts
from shared.governance.people.waiting_things import LINKS_WAITING
from shared.web.context import Context, NotificationSubject

PEOPLE = Context(
    waiting=(LINKS_WAITING,),
    subjects=(
        NotificationSubject(
            Directory.kind, "/v1/people", Directory(), lambda _: "", page="/console/people", among_others=True
        ),
    ),
    facts={
        **dict.fromkeys((LinkPersons, UnlinkPerson, ErasePerson, InvitePerson), known_people_facts),
        RecordAbsence: facts_of_people("person"),
    },
    routes=("shared.governance.people.api:router",),
    tags={"people": "Who stands behind an id, and which accounts are one person."},
    seen_with={"directory": "read-people"},
)
