"""What decisions about contracts save a year, by the month of the decision and the service."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import BigInteger, ColumnElement, Select, Text, column, func, select

from rfp_service.contracts.domain.savings import SavingStanding
from rfp_service.contracts.views.register import contracts
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import COUNTED, SEARCHED
from shared.web.decisions.commands import may
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import StrictRoute

# Whoever may not read these of a contract is told sums without it.
DRAWN_FROM = (
    *("value_pence", "yearly_pence", "exposure_pence", "service_area", "decided_on"),
    *("yearly_before_pence", "yearly_after_pence"),
)

router = APIRouter(prefix="/v1/contracts", tags=["contracts"], route_class=StrictRoute)


class SavingsOfMonth(BaseModel):
    """The decisions that one month approved for a service, and what they save a year, in pence."""

    month: Annotated[str, SEARCHED, COUNTED]
    service_area: Annotated[TextOrNull, SEARCHED, COUNTED]
    decisions: int
    unclaimed: int
    claimed: int
    confirmed: int
    claimed_before_pence: int
    claimed_after_pence: int
    claimed_saving_pence: int
    confirmed_before_pence: int
    confirmed_after_pence: int
    confirmed_saving_pence: int


SAVINGS = ShortList(name="contract-savings", row=SavingsOfMonth)


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


@router.get(
    "/savings",
    summary="See what decisions about contracts save, by month and service",
    dependencies=[may("read-contracts")],
    responses=SAVINGS.responses,
)
async def list_savings(query: Annotated[ListQuery, SAVINGS.asked]) -> Response:
    """Add up the yearly values before and after each approved decision, as claimed and as confirmed.

    A decision counts in the month of its last approval. What is confirmed was claimed, too; who confirmed
    it is another person, and may have found other values.
    """
    reading = await SAVINGS.reading(query)
    items = await savings_read(reading)
    places = {(item["month"], item["service_area"]): place for place, item in enumerate(items, start=1)}
    return await SAVINGS.answer(
        query, reading, items, lambda item: places[item["month"], item["service_area"]]
    )
