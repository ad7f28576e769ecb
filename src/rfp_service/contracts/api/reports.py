"""What is asked of the register as a whole: what is due, exposed, unconfirmed, and to be published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, literal_column, not_, or_, select

from rfp_service.contracts.api.filters import DueContractFilters, QuarterFilters
from rfp_service.contracts.domain.contract import HowEnded, LedgerDate, ValueBasis
from rfp_service.contracts.views.register import AMOUNTS, ContractRow, StoredContract, contracts
from shared.governance.scheme.scheme_service import rules_for_list, values_as_of
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import COUNTED, SEARCHED, Derived
from shared.web.decisions.commands import may
from shared.web.lists.filters import ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/contracts", tags=["contracts"], route_class=StrictRoute)


class DueContract(ContractRow):
    """A contract of which something is due: a notice, an option, its end, indicators, a duty."""

    due_order: int


DUE_LIST = ListOf(
    name="contracts-due",
    row=DueContract,
    stored=StoredContract,
    table=contracts,
    filters=DueContractFilters,
    key="due_order",
    ascending=True,
    facts=rules_for_list,
    replay=False,
    sealed=False,
)


@router.get(
    "/due",
    summary="List what is due in a month",
    dependencies=[may("read-contracts")],
    responses=DUE_LIST.responses,
)
async def list_contracts_due(query: Annotated[ListQuery, DUE_LIST.asked]) -> Response:
    """List what is due by the month's end and as far beyond it as the scheme says, first due first."""
    return await DUE_LIST.answer(query)


class ExposureMonth(BaseModel):
    """What the last safe dates of one month expose, in pence; amounts not known are only counted."""

    month: Annotated[str, SEARCHED]
    months_to_transition: int | None
    contracts: int
    exposure_pence: int
    held_by_outgoing_supplier_pence: int
    unconfirmed_pence: int
    unknown: int


EXPOSURE = ShortList(name="contract-exposure", row=ExposureMonth)


@router.get(
    "/exposure",
    summary="See what missed notices would commit, by month",
    dependencies=[may("read-contracts")],
    responses=EXPOSURE.responses,
)
async def list_exposure(query: Annotated[ListQuery, EXPOSURE.asked]) -> Response:
    """Add up what roll-overs would commit, by the month of the last safe date, and on what evidence."""
    reading = await EXPOSURE.reading(query)
    t = contracts.c
    month = func.to_char(t.notice_by, literal_column("'YYYY-MM'"))  # no parameter: it is grouped by
    statement = (
        select(
            month.label("month"),
            func.count().label("contracts"),
            _sum().label("exposure_pence"),
            _sum(t.held_by_outgoing_supplier).label("held_by_outgoing_supplier_pence"),
            _sum(~t.dates_confirmed).label("unconfirmed_pence"),
            func.count().filter(t.exposure_pence.is_(None)).label("unknown"),
        )
        .where(reading.valid(contracts), t.is_open, t.notice_by.is_not(None))
        .where(reading.may_find_by(contracts, *AMOUNTS, "notice_by"))
        .group_by(month)
    )
    values = await values_as_of(query.request, reading)
    transition = values.transition_date if values else None
    items = [_month(dict(row), transition) for row in await reading.rows(statement)]
    return await EXPOSURE.answer(query, reading, items, lambda item: _number(item["month"]))


def _sum(*of: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return the sum of what is exposed, in all or only in some contracts."""
    pence = func.sum(contracts.c.exposure_pence)
    return func.coalesce(pence.filter(*of) if of else pence, 0)


def _month(row: dict[str, Any], transition: date | None) -> dict[str, object]:
    """Return a month with how far it is from the transition; sums are whole numbers."""
    month = str(row["month"])
    to_go = None if transition is None else _number(f"{transition:%Y-%m}") - _number(month)
    sums = {name: int(value) for name, value in row.items() if name != "month"}
    return {"month": month, "months_to_transition": to_go, **sums}


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number)


class UnconfirmedContract(BaseModel):
    """A contract whose dates nobody has confirmed from a document, by what a mistake would cost."""

    id: UUID
    rank: Annotated[int, Derived()]
    reference: Annotated[str, SEARCHED]
    title: Annotated[str, SEARCHED]
    owner: Annotated[TextOrNull, COUNTED]
    unconfirmed_dates: list[LedgerDate]
    notice_by: date | None
    exposure_pence: int | None


def _unconfirmed(moment: ListMoment) -> Sequence[ColumnElement[bool]]:
    t = contracts.c
    may = moment.reading.may_find_by(contracts, *AMOUNTS)
    return [t.is_open, func.cardinality(t.unconfirmed_dates) > 0, may]


async def _ranked(reading: Reading, _: object, items: list[dict[str, Any]]) -> None:
    """Add each contract's rank among all that are unconfirmed and in sight."""
    t = contracts.c
    by_cost = (t.exposure_pence.desc().nulls_last(), t.first_position)
    rank = func.row_number().over(order_by=by_cost).label("rank")
    among = _unconfirmed(ListMoment(reading, None, {}))
    ranks = select(t.id, rank).where(reading.valid(contracts), *among).subquery()
    wanted = select(ranks).where(ranks.c.id.in_([item["id"] for item in items]))
    found = {row["id"]: row["rank"] for row in await reading.rows(wanted)}
    for item in items:
        item["rank"] = found[item["id"]]


UNCONFIRMED_LIST = ListOf(
    name="unconfirmed-dates",
    row=UnconfirmedContract,
    table=contracts,
    ascending=True,
    within=_unconfirmed,
    derive=_ranked,
    replay=False,
    sealed=False,
)


@router.get(
    "/unconfirmed-dates",
    summary="List unconfirmed dates by what a mistake would cost",
    dependencies=[may("read-contracts")],
    responses=UNCONFIRMED_LIST.responses,
)
async def list_unconfirmed(query: Annotated[ListQuery, UNCONFIRMED_LIST.asked]) -> Response:
    """List the contracts with dates that no document confirms, the most exposed first."""
    return await UNCONFIRMED_LIST.answer(replace(query, sort=query.sort or ("-exposure_pence",)))


class TransparencyRow(BaseModel):
    """A contract as the Local Government Transparency Code 2015 wants it published."""

    id: UUID
    reference: Annotated[str, SEARCHED]
    title: Annotated[str, SEARCHED]
    department: Annotated[TextOrNull, SEARCHED, COUNTED]
    description: Annotated[TextOrNull, SEARCHED]
    supplier: Annotated[TextOrNull, SEARCHED, COUNTED]
    supplier_number: TextOrNull
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


def _to_be_published(moment: ListMoment) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on what the Code wants published.

    Of a value that is not known, or exempt, nobody can say that it is below the limit.
    """
    t = contracts.c
    over = or_(t.value_pence.is_(None), t.value_pence > moment.facts.register_above_pence)
    may_tell = moment.reading.may_find_by(contracts, "value_pence")
    return [or_(over, not_(may_tell)), t.how_ended.is_distinct_from(HowEnded.TAKEN_OFF)]


TRANSPARENCY_REGISTER = ListOf(
    name="transparency-register",
    row=TransparencyRow,
    table=contracts,
    filters=QuarterFilters,
    facts=rules_for_list,
    within=_to_be_published,
    replay=False,
    sealed=False,
)


@router.get(
    "/transparency-register",
    summary="See the register to publish",
    dependencies=[may("read-contracts")],
    responses=TRANSPARENCY_REGISTER.responses,
)
async def list_transparency_register(query: Annotated[ListQuery, TRANSPARENCY_REGISTER.asked]) -> Response:
    """List contracts over the Code's limit with the fields it wants; exempt ones are marked.

    A contract whose value is not known, or exempt, is among them: nobody can say that it is below the limit.
    `as_of` a day or a quarter's end, it is the register as it stood then.
    """
    return await TRANSPARENCY_REGISTER.answer(query)
