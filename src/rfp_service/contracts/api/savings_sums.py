"""The sums of what each month's decisions about contracts save, for lists and measures alike."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, column, func, select

from rfp_service.contracts.domain.savings import SavingStanding
from rfp_service.contracts.views.register import contracts
from shared.web.reads.readings import Reading

# Whoever may not read these of a contract is told sums without it.
DRAWN_FROM = (
    *("value_pence", "yearly_pence", "exposure_pence", "service_area", "decided_on"),
    *("yearly_before_pence", "yearly_after_pence"),
)


def decisions_of(reading: Reading, *drawn_from: str) -> Select[Any]:
    """Return the months' sums over every decision of every contract that this reader may draw on."""
    t, c = contracts.c, column
    each = (
        func.unnest(
            t.saving_months,
            t.saving_standings,
            t.claimed_before,
            t.claimed_after,
            t.confirmed_before,
            t.confirmed_after,
        )
        .table_valued(
            c("month", Text),
            c("standing", Text),
            c("claimed_before", BigInteger),
            c("claimed_after", BigInteger),
            c("confirmed_before", BigInteger),
            c("confirmed_after", BigInteger),
            name="each_decision",
        )
        .render_derived()
    )
    d = each.c
    return (
        select(
            d.month,
            t.service_area,
            func.count().label("decisions"),
            *(func.count().filter(d.standing == each.value).label(each.value) for each in SavingStanding),
            *_sums("claimed", d.claimed_before, d.claimed_after),
            *_sums("confirmed", d.confirmed_before, d.confirmed_after),
        )
        .select_from(contracts.join(each, onclause=func.cardinality(t.saving_months) > 0))
        .where(reading.valid(contracts), reading.may_find_by(contracts, *(drawn_from or DRAWN_FROM)))
        .group_by(d.month, t.service_area)
        .order_by(d.month, t.service_area)
    )


def _sums(said: str, before: ColumnElement[int], after: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    return (
        func.sum(before).label(f"{said}_before_pence"),
        func.sum(after).label(f"{said}_after_pence"),
        func.sum(before - after).label(f"{said}_saving_pence"),
    )


async def savings_read(reading: Reading) -> list[dict[str, Any]]:
    """Return what each month's decisions save, of each service, in their order."""
    rows = await reading.rows(decisions_of(reading))
    texts = ("month", "service_area")
    return [{name: row[name] if name in texts else int(row[name]) for name in row.keys()} for row in rows]  # noqa: SIM118  # a row is no mapping
