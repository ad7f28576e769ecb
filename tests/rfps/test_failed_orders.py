"""A need whose order from the catalogue failed: it is asked for again, and nobody has to find that out."""

from typing import Any
from uuid import UUID

import pytest

from rfp_service.rfps.commands.failed_orders import ReopenAfterOrder
from rfp_service.rfps.commands.requests import DivertDemand, RaiseRfp
from rfp_service.rfps.domain.events import DiversionFailed
from rfp_service.rfps.domain.refusals import NotYourFailedOrder
from rfp_service.rfps.domain.stages import Party, Stage
from tests.rfps.examples import ABSENT, CHECKED, LAPTOP, RAISED
from tests.rfps.way import CLOCK, after
from tests.support.specs import NOW, given

ORDER = UUID(int=9)
REOPEN = ReopenAfterOrder(number=7, due_at=NOW)
FAILED: dict[str, Any] = {
    "order_id": str(ORDER),
    "raised_by": "ann",
    "reason": "None are made any more.",
    "failed": True,
    "rfp_id": None,
    "others": False,
}
DIVERTED = after((RAISED, CHECKED), DivertDemand(item_id=LAPTOP))


def test_its_rfp_is_a_draft_again_that_says_which_order_failed() -> None:
    case = given(ABSENT, *DIVERTED).when(REOPEN, order=FAILED, **CLOCK)
    case.then(
        DiversionFailed(
            reason="None are made any more.", order_id=ORDER, stage=Stage.DRAFT, waiting_on=Party.REQUESTER
        )
    )
    case.leads_to(stage=Stage.DRAFT, after_order=ORDER)


def test_it_stays_diverted_while_another_order_may_meet_it() -> None:
    given(ABSENT, *DIVERTED).when(REOPEN, order={**FAILED, "others": True}, **CLOCK).then()


def test_what_has_moved_on_since_is_left_alone() -> None:
    given(ABSENT, RAISED).when(REOPEN, order=FAILED, **CLOCK).then()
    given(ABSENT, *DIVERTED).when(REOPEN, order={**FAILED, "failed": False}, **CLOCK).then()


ASK = RaiseRfp(title="Laptops", description="Forty.", service_area="Registrars", order_id=ORDER)


def test_an_rfp_is_raised_after_an_order_that_was_for_none() -> None:
    given(ABSENT).when(ASK, order=FAILED).leads_to(stage=Stage.DRAFT, after_order=ORDER)


@pytest.mark.parametrize(
    "order",
    [None, {**FAILED, "failed": False}, {**FAILED, "raised_by": "ben"}, {**FAILED, "rfp_id": str(LAPTOP)}],
)
def test_an_rfp_follows_only_a_failed_order_of_one_s_own_for_no_rfp(order: Any) -> None:
    given(ABSENT).when(ASK, order=order).refused(NotYourFailedOrder, order_id=str(ORDER))
