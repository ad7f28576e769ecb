"""A need that was diverted to the catalogue, and whose order failed: it is asked for again by itself."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from rfp_service.rfps.commands.rules import entering
from rfp_service.rfps.domain.events import DiversionFailed
from rfp_service.rfps.domain.refusals import NotYourFailedOrder
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.messages import Stamp
from shared.record.deadlines.deadline import DeadlineCommand


class FailedOrderKnown(BaseModel):
    """An order that ended without meeting the need: whose it was, why, and whether another may meet it."""

    model_config = ConfigDict(frozen=True)

    order_id: UUID
    raised_by: str
    reason: str
    failed: bool
    rfp_id: UUID | None = None
    others: bool = False


_FAILED = TypeAdapter(FailedOrderKnown)


class ReopenAfterOrder(DeadlineCommand[Rfp]):
    """Let the requester ask again, once the last order for their need has failed or was refused."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[DiversionFailed]:
        """Make it a draft again; nothing while another order may meet it, or where it has moved on."""
        order = _FAILED.validate_python(stamp.known.facts["order"], strict=False)
        if rfp.stage is not Stage.DIVERTED or not order.failed or order.others:
            return ()
        return [DiversionFailed(reason=order.reason, order_id=order.order_id, **entering(Stage.DRAFT))]


def must_be_their_failed_order(order_id: UUID, stamp: Stamp) -> None:
    """Refuse an order that is not the caller's, has not failed, or was for an RFP that goes on itself."""
    found = stamp.known.facts.get("order")
    order = _FAILED.validate_python(found, strict=False) if found else None
    if order is None or not order.failed or order.rfp_id or not stamp.is_from(order.raised_by):
        raise NotYourFailedOrder(order_id=str(order_id))
