"""What is asked of the register as a whole: what is due, exposed, unconfirmed, and to be published."""

from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import Column, ColumnElement, func, literal_column, or_, select

from rfp_service.contracts.api.answers import ContractRow
from rfp_service.contracts.api.scheme import rules_as_of, values_as_of
from rfp_service.contracts.domain.contract import LedgerDate, ValueBasis
from rfp_service.contracts.domain.day_counts import end_after
from rfp_service.contracts.domain.rounds import horizon_of
from rfp_service.contracts.views.register import contracts
from shared.kernel.fields import ASKED, Flag
from shared.web.answers import listed
from shared.web.bodies import StrictRoute
from shared.web.commands import may
from shared.web.pages import Paged
from shared.web.readings import Read, Reading

AMOUNTS = ("value_pence", "exposure_pence")

router = APIRouter(prefix="/v1/contracts", tags=["contracts"], route_class=StrictRoute)

OfMonth = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="Such as 2026-09.")]
OfQuarter = Annotated[
    str | None,
    Query(pattern=r"^20[0-9]{2}-Q[1-4]$", description="Only what ran in this quarter, such as 2026-Q3."),
]


class DueContract(ContractRow):
    """A contract of which something is due: a notice, an option, its end, indicators, a duty."""

    due_order: int


@router.get(
    "/due",
    summary="List what is due in a month",
    dependencies=[may("read-contracts")],
    responses=listed(DueContract),
)
async def list_contracts_due(
    request: Request,
    reading: Read,
    page: Paged,
    month: OfMonth,
    undecided: Annotated[
        Flag | None, Query(description="Only those of which nothing is approved yet, or is.")
    ] = None,
    owner: Annotated[
        str | None, Query(max_length=40, pattern=ASKED, description="Only this person's.")
    ] = None,
) -> Response:
    """List what is due by the month's end and as far beyond it as the scheme says, first due first."""
    rules = await rules_as_of(request, reading)
    t = contracts.c
    statement = select(*(t[name] for name in DueContract.model_fields)).where(
        reading.valid(contracts), t.due_on <= horizon_of(month, rules.horizon_days)
    )
    decided = None if undecided is None else not undecided
    wanted = {"decided": decided, "owner": owner}
    statement = statement.where(reading.found_by(contracts, wanted))
    return await page.of(reading, statement, t.due_order, oldest_first=True)


class ExposureMonth(BaseModel):
    """What the last safe dates of one month expose, in pence; amounts not known are only counted."""

    month: str
    months_to_transition: int | None
    contracts: int
    exposure_pence: int
    held_by_outgoing_supplier_pence: int
    unconfirmed_pence: int
    unknown: int


@router.get(
    "/exposure",
    summary="See what missed notices would commit, by month",
    dependencies=[may("read-contracts")],
    responses=listed(ExposureMonth),
)
async def list_exposure(request: Request, reading: Read, page: Paged) -> Response:
    """Add up what roll-overs would commit, by the month of the last safe date, and on what that rests."""
    t = contracts.c
    month = func.to_char(t.notice_by, literal_column("'YYYY-MM'"))  # no parameter: it is grouped by
    pence = func.coalesce(func.sum(t.exposure_pence), 0)
    statement = (
        select(
            month.label("month"),
            func.count().label("contracts"),
            pence.label("exposure_pence"),
            func.coalesce(func.sum(t.exposure_pence).filter(t.held_by_outgoing_supplier), 0).label(
                "held_by_outgoing_supplier_pence"
            ),
            func.coalesce(func.sum(t.exposure_pence).filter(~t.dates_confirmed), 0).label(
                "unconfirmed_pence"
            ),
            func.count().filter(t.exposure_pence.is_(None)).label("unknown"),
        )
        .where(reading.valid(contracts), t.runs, t.notice_by.is_not(None))
        .where(reading.may_find_by(contracts, *AMOUNTS))
        .group_by(month)
    )
    values = await values_as_of(request, reading)
    transition = values.transition_date if values else None
    items = [_month(dict(row), transition) for row in await reading.rows(statement)]
    return await page.numbered(reading, items, lambda item: _number(item["month"]))


def _month(row: dict[str, Any], transition: date | None) -> dict[str, object]:
    """Return a month with how far it is from the transition; sums are whole numbers."""
    month = str(row["month"])
    to_go = None if transition is None else _number(f"{transition:%Y-%m}") - _number(month)
    sums = {name: int(value) for name, value in row.items() if name != "month"}
    return {"month": month, "months_to_transition": to_go, **sums}


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number)


class UnconfirmedDates(BaseModel):
    """A contract whose dates nobody has confirmed from a document, by what a mistake would cost."""

    id: UUID
    rank: int
    reference: str
    title: str
    owner: str
    unconfirmed_dates: list[LedgerDate]
    notice_by: date | None
    exposure_pence: int | None


@router.get(
    "/unconfirmed-dates",
    summary="List unconfirmed dates by what a mistake would cost",
    dependencies=[may("read-contracts")],
    responses=listed(UnconfirmedDates),
)
async def list_unconfirmed(reading: Read, page: Paged) -> Response:
    """List the contracts with dates that rest on no document, the most exposed first."""
    t = contracts.c
    by_cost = (t.exposure_pence.desc().nulls_last(), t.first_position)
    columns = [t[name] for name in UnconfirmedDates.model_fields if name != "rank"]
    ranked = (
        select(*columns, func.row_number().over(order_by=by_cost).label("rank"))
        .where(reading.valid(contracts), t.runs, func.cardinality(t.unconfirmed_dates) > 0)
        .where(reading.may_find_by(contracts, *AMOUNTS))
        .subquery()
    )
    statement = select(*(ranked.c[name] for name in UnconfirmedDates.model_fields))
    rank = cast("Column[int]", ranked.c.rank)  # a subquery's column has a name as a table's has
    return await page.of(reading, statement, rank, oldest_first=True)


class TransparencyRow(BaseModel):
    """A contract as the Local Government Transparency Code 2015 wants it published."""

    id: UUID
    reference: str
    title: str
    department: str
    description: str
    supplier: str
    supplier_number: str
    small_or_medium: bool | None
    voluntary_or_community: bool | None
    value_pence: int | None
    value_basis: ValueBasis
    irrecoverable_vat_pence: int | None
    start: date | None
    current_end: date | None
    review_on: date | None
    tendered: bool | None
    first_position: int


@router.get(
    "/transparency-register",
    summary="See the register to be published",
    dependencies=[may("read-contracts")],
    responses=listed(TransparencyRow),
)
async def list_transparency_register(
    request: Request, reading: Read, page: Paged, quarter: OfQuarter = None
) -> Response:
    """List contracts over the Code's limit with the fields it wants; exempt ones say so in their place.

    A contract whose value is not known is among them: nobody can say that it is below the limit.
    """
    rules = await rules_as_of(request, reading)
    t = contracts.c
    statement = select(*(t[name] for name in TransparencyRow.model_fields)).where(
        reading.valid(contracts),
        or_(t.value_pence.is_(None), t.value_pence > rules.register_above_pence),
        reading.may_find_by(contracts, "value_pence"),
    )
    if quarter is not None:
        statement = statement.where(*_ran_in(reading, quarter))
    return await page.of(reading, statement, t.first_position)


def _ran_in(reading: Reading, quarter: str) -> list[ColumnElement[bool]]:
    """Return the conditions that a contract ran in a quarter, as far as its days are known."""
    year, number = int(quarter[:4]), int(quarter[-1])
    first = date(year, 3 * number - 2, 1)
    last = end_after(first, 3)
    t = contracts.c
    over = func.coalesce(t.ended_on, t.current_end)
    return [
        or_(t.start.is_(None), t.start <= last),
        or_(over.is_(None), over >= first),
        reading.may_find_by(contracts, "start", "current_end"),
    ]
