"""An order whose tier nobody of can act in: it goes to the next tier, so that nothing waits for nobody."""

from collections.abc import Sequence

from rfp_service.catalogue.domain.orders import Order, OrderStatus, OrderTierPassedUp
from shared.governance.scheme.passing_up import StepDeadline, tiers_without_the_next
from shared.kernel.messages import Stamp


class PassOrderUp(StepDeadline[Order]):
    """Let the next tier approve what nobody of its own tier can; look again while it waits."""

    def decide(self, order: Order, stamp: Stamp) -> Sequence[OrderTierPassedUp]:
        """Pass it up, by the scheme in force; nothing while somebody can act."""
        if (days := self.days_waited(stamp)) is None:
            return ()
        tiers = tiers_without_the_next((order.tier,), 0, order.value_pence, stamp.known)
        if not tiers:
            return ()
        return [
            OrderTierPassedUp(
                tier=order.tier,
                next_tier=tiers[0],
                after_working_days=days,
                scheme_version=stamp.known.scheme_version,
            )
        ]


def order_step_of(order: Order) -> str:
    """Return the tier that an order waits for; blank if it waits for none."""
    return order.tier if order.status is OrderStatus.WAITS_FOR_APPROVAL else ""
