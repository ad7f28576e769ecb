"""Exemptions whose day of review has come, for legal."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from shared.governance.disclosure.commands import ReleaseExemption
from shared.governance.disclosure.domain import Exemption, ExemptionStatus
from shared.governance.disclosure.views import exemptions
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings

ASKED = ReleaseExemption(reason="Asked whether it could be decided.")  # never recorded


def _waits(exemption: Exemption, waiter: Waiter) -> Iterator[Wait]:
    """Yield an exemption that is to be looked at again, or released, from its day on."""
    due = exemption.review_on
    if due is not None and due <= waiter.today and waiter.has(Role.LEGAL) and waiter.may(ASKED, exemption):
        why = "Its day of review has come: keep it exempt until another, or release it."
        yield Wait("exemption-review", why, turn=due.isoformat(), due_on=due, from_day=due)


def _candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    if not waiter.has(Role.LEGAL):
        return None
    t = exemptions.c
    due = (t.status == ExemptionStatus.IN_FORCE) & (t.review_on <= waiter.today)
    return select(t.id).where(reading.valid(exemptions), due).order_by(t.review_on)


def _shown(standing: ThingStanding) -> ThingShown:
    exemption: Exemption = standing.state
    title = f"{', '.join(exemption.fields)} of one {exemption.matter_kind}"
    return ThingShown("", title, "", exemption.status)


EXEMPTIONS_WAITING = WaitingThings(
    "exemption",
    "ReviewExemption",
    Exemption(),
    _candidates,
    _waits,
    _shown,
    told=frozenset({"exemption-review"}),
)
