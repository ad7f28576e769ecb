"""Accounts that are proposed to be one person's, and wait for a second person to confirm that."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, Uuid, literal, select

from shared.governance.people.commands import ConfirmLink
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings

CONFIRMING = (Role.ADMINISTRATOR, Role.LEGAL)


def _waits(directory: Directory, waiter: Waiter) -> Iterator[Wait]:
    """Yield the links that somebody could confirm: of others' accounts, proposed by others."""
    for person, (same_as, _) in directory.proposed.items():
        if waiter.has(*CONFIRMING) and waiter.may(ConfirmLink(person=person), directory):
            why = f"That {person} is {same_as} waits for a second person to confirm it."
            yield Wait("person-link", why, turn=person)


def _candidates(_: Reading, waiter: Waiter) -> "Select[Any] | None":
    return select(literal(DIRECTORY_ID, Uuid)) if waiter.has(*CONFIRMING) else None


def _shown(_: ThingStanding) -> ThingShown:
    return ThingShown("", "The directory of people", "", "proposed")


LINKS_WAITING = WaitingThings(
    "directory", "ConfirmLink", Directory(), _candidates, _waits, _shown, told=frozenset({"person-link"})
)
