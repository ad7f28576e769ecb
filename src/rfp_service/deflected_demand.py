"""Demand as RFPs and the catalogue's orders tell it, for deflection and what is measured by it."""

from operator import itemgetter

from sqlalchemy import select

from rfp_service.catalogue.views.orders import order_steps
from rfp_service.rfps.views.demand import Demand, DemandStep, demand
from shared.web.context import Context
from shared.web.reads.readings import Reading

DEFLECTION = Context(routes=("rfp_service.deflection:router",))


async def demand_read(reading: Reading) -> Demand:
    """Return demand as it came and went: the steps of RFPs, and of the orders that meet their needs."""
    t, o = demand.c, order_steps.c
    columns = (t.position, t.rfp_id, t.duplicate_of, t.happened_at, t.what)
    asked = await reading.rows(select(*columns).where(t.position <= reading.position))
    ordered = await reading.rows(
        select(o.position, o.order_id, o.rfp_id, o.happened_at, o.what)
        .where(o.position <= reading.position)
        .order_by(o.position)
    )
    whose = {row["order_id"]: row["rfp_id"] for row in ordered if row["rfp_id"] is not None}
    steps = [(row[0], DemandStep(*row[1:])) for row in map(tuple, asked)]
    steps += [
        (row["position"], DemandStep(whose[of], None, row["happened_at"], row["what"], of))
        for row in ordered
        if (of := row["order_id"]) in whose
    ]
    return Demand.of([step for _, step in sorted(steps, key=itemgetter(0))])
