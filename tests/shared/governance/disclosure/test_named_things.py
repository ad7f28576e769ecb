"""What is said of things that are named by their ids is withheld as from these, however deep it stands."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from rfp_service.events import EVENTS
from rfp_service.permissions import PERMISSIONS
from shared.governance.disclosure.disclosure_filter import DisclosureFilter
from shared.governance.disclosure.exemptions import Exempted, Exemptions
from shared.governance.disclosure.sealed_fields import SealedFields
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.record.eventstore.changes import StreamChanges
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.projecting.visibility import Visibility

OUTER, INNER, MARK = uuid4(), uuid4(), "[exempt: paragraph 3 of Schedule 12A]"


class OfOne(Exemptions):
    """The title of one thing is exempt."""

    async def in_force(self, *, entitled: bool = False) -> dict[UUID, list[Exempted]]:
        return {INNER: [Exempted(0, ("title",), 3)]}


def redacting(pool: asyncpg.Pool) -> DisclosureFilter:
    exempt, texts = OfOne(pool, Visibility(pool)), PersonalTexts(pool, bytes(32))
    return DisclosureFilter(pool, StreamChanges(pool), SealedFields(EVENTS), exempt, texts, PERMISSIONS)


def naming() -> dict[str, Any]:
    return {"id": OUTER, "title": "Open", "like_it": [{"id": str(INNER), "title": "Secret", "n": 1}]}


async def test_a_thing_inside_of_what_is_said_of_another_is_withheld(pool: asyncpg.Pool) -> None:
    said = {"found": (naming(),)}
    await redacting(pool).draw_named(Person("sam", ()), said)
    assert said["found"][0]["title"] == "Open"
    assert said["found"][0]["like_it"] == [
        {"id": str(INNER), "title": MARK, "n": 1, "withheld": {"title": MARK}}
    ]


async def test_whoever_may_read_all_of_it_reads_it(pool: asyncpg.Pool) -> None:
    said = naming()
    await redacting(pool).draw_named(Person("lars", (Role.LEGAL,)), said)
    assert said == naming()
