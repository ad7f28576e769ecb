"""`scheme adopt`: the first scheme, by two named persons, while nobody could confirm anything yet."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from pydantic import TypeAdapter

from rfp_service.databases import Database, database
from rfp_service.operator.configuration import configured
from rfp_service.operator.preparation import prepare
from rfp_service.service import Service, opened
from rfp_service.terminal import say
from shared.governance.people.facts import KNOWN
from shared.governance.scheme.commands import AdoptScheme, ConfirmScheme
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.kernel.errors import OutOfDate, Refused
from shared.kernel.fields import PersonId
from shared.kernel.four_eyes import FACT, Eyes
from shared.kernel.messages import Command, Known, Stamp
from shared.kernel.named_people import NoSuchPerson
from shared.settings import Settings

AUTHORITY = "operator"


class NotTheFirst(Refused):
    """There is already a scheme: administrators must propose and confirm the next one."""


def adopt(
    values: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The scheme's values, as JSON.")
    ],
    *,
    proposed_by: Annotated[str, typer.Option(help="The id of the person who proposes it.")],
    confirmed_by: Annotated[
        str, typer.Option(help="The id of another person, who stands on none of its tiers.")
    ],
    reason: str = "First scheme.",
) -> None:
    command = AdoptScheme(values=SchemeValues.model_validate_json(values.read_bytes()), reason=reason)
    named = TypeAdapter(list[PersonId]).validate_python([proposed_by, confirmed_by])
    settings = configured()
    with database(settings) as base:
        uvloop.run(_adopt(settings, base, command, named))
    say(f"Adopted, in force from {command.values.effective_from} on.")


async def _adopt(settings: Settings, base: Database, command: AdoptScheme, named: Sequence[str]) -> None:
    await prepare(base)
    async with opened(settings, base.service) as service:
        await adopted(service, command, *named)


async def adopted(service: Service, command: AdoptScheme, proposed_by: str, confirmed: str) -> None:
    """Let one person propose the first scheme and another confirm it, both or neither."""
    scheme = await service.store.load(SCHEME_ID, Scheme())
    if scheme.version:
        raise NotTheFirst
    known = {row["id"] for row in await service.pool.fetch(KNOWN, [proposed_by, confirmed])}
    for person in (proposed_by, confirmed):
        if person not in known:
            raise NoSuchPerson(person=person)
    same = await service.people.same((proposed_by, confirmed))
    state, events = scheme.state, []
    steps: tuple[tuple[str, Command[Scheme]], ...] = (
        (proposed_by, command),
        (confirmed, ConfirmScheme(proposal=1)),
    )
    for version, (by, step) in enumerate(steps, start=1):
        stamp = Stamp(
            by=by,
            authority=AUTHORITY,
            at=datetime.now(UTC),
            causation="cli",
            known=Known(same=same, facts={FACT: Eyes.FOUR.value}),
        )
        event = step.decide(state, stamp)
        assert not isinstance(event, Sequence), "each of the two decides one thing"
        state = event.apply(state)
        events.append((SCHEME_ID, version, event, stamp, step, 0))
    if await service.store.append_together(events) is None:
        raise OutOfDate(version=1)
