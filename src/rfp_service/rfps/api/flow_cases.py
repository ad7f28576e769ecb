"""RFPs as flow asks for them: those of some sort, and those that wait, as their reader may find them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, any_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import True_

from rfp_service.rfps.domain.stages import LIVE
from rfp_service.rfps.views.board import rfps
from shared.flow.cases import CaseFacts, CaseFilters, LiveCases, OpenColumns, WaitingCase
from shared.web.reads.readings import Reading

SHOWN = (
    "id",
    "reference",
    "title",
    "stage",
    "waiting_on",
    "approval_waits_for",
    "lead",
    "raised_by",
    "needed_by",
    "clock_ends_at",
    "service_area",
    "rework_loops",
)
# Whom a case waits on, by the party.
WHOM = {
    "approver": "approval_waits_for",
    "member": "approval_waits_for",
    "requester": "raised_by",
    "procurement": "lead",
}


def _conditions(reading: Reading, filters: CaseFilters) -> list[ColumnElement[bool]]:
    """Return what an RFP's row must fulfil; nobody finds one by what they may not read of it."""
    wanted = {name: getattr(filters, name) for name in ("service_area", "route", "supplier")}
    found = [reading.valid(rfps), reading.found_by(rfps, wanted)]
    if filters.value_from is not None:
        found.append(rfps.c.estimate_pence >= filters.value_from)
    if filters.value_to is not None:
        found.append(rfps.c.estimate_pence < filters.value_to)
    if len(found) > 2:
        found.append(reading.may_find_by(rfps, "estimate_pence"))
    if filters.requester_kind is not None:
        found.append(rfps.c.requester_kind == filters.requester_kind)
    return found


async def _chosen(reading: Reading, filters: CaseFilters) -> frozenset[str]:
    rows = await reading.rows(select(rfps.c.id).where(*_conditions(reading, filters)))
    return frozenset(str(row["id"]) for row in rows)


async def _open(reading: Reading, filters: CaseFilters) -> OpenColumns:
    """Return the RFPs that have not ended by columns, blank where their reader may not see something."""
    t, needed_by = rfps.c, _seen(reading, "needed_by")
    shown = (cast(t.id, Text), t.stage, t.waiting_on, _whom_of(reading), needed_by)
    columns: list[ColumnElement[Any]] = [func.array_agg(column) for column in shown]
    found = (*_conditions(reading, filters), t.stage.in_(LIVE))
    [row] = await reading.rows(select(*columns).where(*found))
    return OpenColumns(*(column or () for column in row))


async def _waiting(
    reading: Reading, filters: CaseFilters, ids: Sequence[str] | None = None
) -> list[WaitingCase]:
    """Return the RFPs that have not ended, or some of them, without what their reader may not see."""
    statement = select(*(rfps.c[name] for name in SHOWN)).where(*_conditions(reading, filters))
    if ids is not None:
        statement = statement.where(rfps.c.id == any_(literal([*map(UUID, ids)], ARRAY(Uuid))))
    items = [dict(row) for row in await reading.rows(statement.where(rfps.c.stage.in_(LIVE)))]
    await reading.redacted(items)
    return [_case(item) for item in items]


def _seen(reading: Reading, name: str) -> ColumnElement[Any]:
    """Return a column, null where the reader may not read it."""
    may, column = reading.may_find_by(rfps, name), rfps.c[name]
    return column if isinstance(may, True_) else case((may, column))


async def _facts(reading: Reading, filters: CaseFilters) -> list[CaseFacts]:
    """Return what tells RFPs from others, without what their reader may not see."""
    statement = select(*(rfps.c[field.name] for field in fields(CaseFacts)))
    items = [dict(row) for row in await reading.rows(statement.where(*_conditions(reading, filters)))]
    await reading.redacted(items)
    return [
        CaseFacts(
            id=str(item["id"]),
            reference=item["reference"],
            service_area=item.get("service_area") or "",
            route=item.get("route") or "",
            supplier=item.get("supplier") or "",
            estimate_pence=item.get("estimate_pence"),
            needed_by=item.get("needed_by"),
        )
        for item in items
    ]


def _case(item: dict[str, Any]) -> WaitingCase:
    return WaitingCase(
        id=str(item["id"]),
        reference=item["reference"],
        title=item.get("title") or "",
        stage=item["stage"],
        waiting_on=item["waiting_on"],
        whom=_whom(item),
        needed_by=item.get("needed_by"),
        clock_ends_at=item["clock_ends_at"],
        service_area=item.get("service_area") or "",
        rework_loops=item["rework_loops"],
    )


def _whom(item: Mapping[str, Any]) -> str:
    """Return whom to chase: the tier whose turn it is, the requester or the lead; blank for others."""
    return str(item.get(WHOM.get(item["waiting_on"], "")) or "")


def _whom_of(reading: Reading) -> ColumnElement[str]:
    """Return the same where it is stored."""
    on = rfps.c.waiting_on
    return case(
        *((on == party, func.coalesce(_seen(reading, name), "")) for party, name in WHOM.items()), else_=""
    )


LIVE_CASES = LiveCases(_chosen, _open, _waiting, _facts)
