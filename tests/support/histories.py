"""Random accepted histories of an RFP: random people decide at random, and what the rules allow happens."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.approvals import Approve, Refuse, RequestApproval
from rfp_service.rfps.commands.holds import EndHold, StartHold
from rfp_service.rfps.commands.procurement import (
    AcceptRfp,
    RejectRfp,
    ReturnForRework,
    SelectRoute,
    WithdrawRfp,
)
from rfp_service.rfps.commands.requests import (
    CheckCatalogue,
    ConfirmNoMatch,
    DeclineMatch,
    DivertDemand,
    RaiseRfp,
    ReportDiversionFailed,
    SubmitRfp,
)
from rfp_service.rfps.domain.reasons import DeclineReason, ReworkReason
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Stamp
from tests.rfps.examples import CHECK, LAPTOP
from tests.support.specs import NOW, RULES, stamp

PEOPLE = {
    "ann": (("requester",), ()),
    "ben": (("requester", "procurement_officer"), ()),
    "priya": (("procurement_officer",), ()),
    "hana": (("approver",), ("head",)),
    "derek": (("approver", "requester"), ("head", "director")),
}

COMMANDS: tuple[Command[Rfp], ...] = (
    AmendRfp(
        cost_centre="CC-1",
        needed_by=date(2026, 9, 1),
        estimate_pence=2_000_000,
        estimate_with_vat_pence=2_400_000,
    ),
    AmendRfp(estimate_pence=9_000_000, estimate_with_vat_pence=10_800_000),
    CheckCatalogue(check_id=CHECK),
    DivertDemand(item_id=LAPTOP),
    ReportDiversionFailed(reason="No port."),
    DeclineMatch(reason_code=DeclineReason.TOO_SMALL, reason="Small."),
    ConfirmNoMatch(),
    SubmitRfp(),
    AcceptRfp(),
    ReturnForRework(reason_code=ReworkReason.UNCLEAR, reason="How many?"),
    RejectRfp(reason="Asked for already."),
    SelectRoute(regime=Regime.PROCUREMENT_ACT_2023, route=Route.OPEN_TENDER, lots=1, lead="priya"),
    SelectRoute(regime=Regime.BELOW_THRESHOLD, route=Route.IN_HOUSE, lots=1, lead="ben"),
    RequestApproval(budget_code="IT-1", options_considered="Buy or not.", conflicts="None"),
    Approve(reason="In budget."),
    Refuse(reason="Not this year."),
    WithdrawRfp(reason="Closed."),
    StartHold(waiting_on=Party.FINANCE, reason="Budget check."),
    EndHold(),
)

# Forward steps are drawn more often, so that histories get somewhere.
FORWARD = [0, 2, 5, 6, 7, 8, 11, 13, 14]
DRAWN = st.one_of(st.sampled_from(FORWARD), st.sampled_from(range(len(COMMANDS))))
MOVES = st.lists(
    st.tuples(DRAWN, st.sampled_from(sorted(PEOPLE)), st.integers(0, 30 * 24 * 3600 * 10**6)), max_size=60
)

History = list[tuple[Event[Any], Stamp]]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw what happened to one RFP of Ann's, event by event, each with its stamp."""
    shown = draw(st.sampled_from([[], [str(LAPTOP)]]))
    ask = RaiseRfp(title="Laptops", description="Forty of them.", service_area="Registrars")
    at = NOW
    rfp, told = _decided(Rfp(), ask, stamp("ann", at=at))
    for number, by, later in draw(MOVES):
        at += timedelta(microseconds=later)
        roles, tiers = PEOPLE[by]
        seen: Any = {"query": "laptops", "made_by": by, "position": 7, "shown": shown}
        decided = stamp(by, at=at, roles=roles, own_tiers=tiers, rules=RULES, catalogue_check=seen)
        try:
            rfp, more = _decided(rfp, COMMANDS[number], decided)
        except Refused:
            continue
        told += more
    return told


def _decided(rfp: Rfp, command: Command[Rfp], by: Stamp) -> tuple[Rfp, History]:
    decided = command.decide(rfp, by)
    events = list(decided) if isinstance(decided, Sequence) else [decided]
    for event in events:
        rfp = event.apply(rfp)
    return rfp, [(event, by) for event in events]


def instant(step: tuple[Event[Any], Stamp]) -> datetime:
    """Return when a step happened."""
    return step[1].at
