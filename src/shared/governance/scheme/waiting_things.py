"""Schemes that were proposed, and wait for a second person."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, Uuid, literal, select

from shared.governance.scheme.commands import ConfirmScheme
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings

CONFIRMING = (Role.ADMINISTRATOR, Role.LEGAL)


def _waits(scheme: Scheme, waiter: Waiter) -> Iterator[Wait]:
    """Yield the proposals that somebody could confirm: of others, and by which they gain nothing."""
    for proposal in scheme.proposals:
        if waiter.has(*CONFIRMING) and waiter.may(ConfirmScheme(proposal=proposal.number), scheme):
            why = f"Proposal {proposal.number} waits for a second person to confirm it."
            due = proposal.values.effective_from
            yield Wait("scheme", why, turn=str(proposal.number), due_on=due)


def _candidates(_: Reading, waiter: Waiter) -> "Select[Any] | None":
    return select(literal(SCHEME_ID, Uuid)) if waiter.has(*CONFIRMING) else None


def _shown(_: ThingStanding) -> ThingShown:
    return ThingShown("", "The approval scheme", "", "proposed")


SCHEME_WAITING = WaitingThings(
    "scheme", "read-scheme", Scheme(), _candidates, _waits, _shown, told=frozenset({"scheme"})
)
