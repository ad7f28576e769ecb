"""What waits for whom, at any moment of any history: what they may decide, and nothing that they may not."""

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rfp_service.rfps.api.waiting_things import waits
from rfp_service.rfps.commands.approvals import Approve
from rfp_service.rfps.domain.rfp import Rfp
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import Refused
from shared.kernel.messages import Stamp
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.reads.waiting_things import Waiter
from tests.rfps.examples import LAPTOP
from tests.support.histories import COMMANDS, PEOPLE, History, histories
from tests.support.specs import RULES, stamp

MOMENTS = 4  # one of so many in a history, and its end, for everybody: over a thousand in all


def asking(who: str, at: datetime) -> tuple[Waiter, Stamp]:
    """Return somebody as things wait for them, and the stamp that they would make now."""
    roles, tiers = PEOPLE[who]
    seen: Any = {"query": "laptops", "made_by": who, "position": 7, "shown": [str(LAPTOP)]}
    made = stamp(who, at=at, roles=roles, own_tiers=tiers, rules=RULES, catalogue_check=seen)
    return Waiter(Person(who, tuple(Role(role) for role in roles)), day_in_london(at), (made,)), made


def accepted(rfp: Rfp, command: Any, made: Stamp) -> bool:
    try:
        command.decide(rfp, made)
    except Refused:
        return False
    return True


@given(histories(), st.integers(0, MOMENTS - 1))
def test_what_waits_for_somebody_is_what_they_may_decide(history: History, first: int) -> None:
    rfp = Rfp()
    for number, (event, by) in enumerate(history):
        rfp = event.apply(rfp)
        if (number - first) % MOMENTS and number != len(history) - 1:
            continue
        for who in PEOPLE:
            waiter, made = asking(who, by.at)
            found = list(waits(rfp, waiter))
            approving = accepted(rfp, Approve(reason="In budget."), made)
            assert ("approval" in {wait.kind for wait in found}) == approving
            if found:
                assert any(accepted(rfp, command, made) for command in COMMANDS), found
