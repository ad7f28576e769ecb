"""The register of RFPs in flight that the outgoing supplier hands over: its fields, and rows as commands."""

from collections.abc import Collection
from typing import Any

from pydantic import JsonValue

from rfp_service.rfps.commands.takeover import NOT_TOLD, TakeOverRfp, is_new, told_of
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import LIVE, Party, Stage
from rfp_service.rfps.domain.takeover_events import taken_over_id
from rfp_service.rfps.views.board import rfps
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Stamp
from shared.kernel.named_people import PEOPLE
from shared.record.eventstore.store import EventStore
from shared.web.registers.mappings import saving
from shared.web.registers.register import Extras, Kind, Register, RegisterField, RowRules, Said

WAITED_ON = tuple(party for party in Party if party not in NOT_TOLD)
KNOWN = "SELECT id FROM people ORDER BY id"

FIELDS = (
    RegisterField("reference", Kind.LINE),
    RegisterField("title", Kind.LINE),
    RegisterField("description", Kind.TEXT),
    RegisterField("service_area", Kind.LINE),
    RegisterField("requester", Kind.PERSON),
    RegisterField("lead", Kind.PERSON),
    RegisterField("stage", Kind.CHOICE, noun="stage"),
    RegisterField("waiting_on", Kind.CHOICE, noun="party"),
    RegisterField("since", Kind.DAY),
    RegisterField("estimate_pence", Kind.MONEY),
    RegisterField("estimate_with_vat_pence", Kind.MONEY),
    RegisterField("cost_centre", Kind.LINE),
    RegisterField("needed_by", Kind.DAY),
    RegisterField("regime", Kind.CHOICE, noun="regime"),
    RegisterField("route", Kind.CHOICE, noun="route"),
    RegisterField("ends_on", Kind.DAY, ends=True),
    RegisterField("ends_at", Kind.TIME),
    RegisterField("notice_on", Kind.DAY),
    RegisterField("supplier", Kind.LINE),
    RegisterField("supplier_number", Kind.LINE),
    RegisterField("award_value_pence", Kind.MONEY),
    RegisterField("documents", Kind.TEXT),
)
HEADINGS = """
reference: id; rfp; rfp number; request number
title: name; request; summary
description: need; scope; details
service_area: service; department; directorate
requester: requested by; raised by; requestor
lead: procurement lead; buyer
stage: status; step
waiting_on: waits on; with; party
since: waiting since; since when; in stage since
estimate_pence: value; estimate; estimated value
estimate_with_vat_pence: value with vat; value inc vat
cost_centre: budget code
needed_by: required by; due date
regime: law; procurement regime
route: procurement route
ends_on: closing date; closes on; standstill ends; period ends
ends_at: closing time; closes at
notice_on: forward plan notice; notice published
supplier: awarded to; winning bidder; preferred bidder
supplier_number: company number; charity number
award_value_pence: award value; contract value
documents: papers; attachments; links; files
"""
CHOICES: dict[str, tuple[str, ...]] = {
    "stage": tuple(stage.value for stage in LIVE),
    "waiting_on": tuple(party.value for party in WAITED_ON),
    "regime": tuple(regime.value for regime in Regime),
    "route": tuple(route.value for route in Route),
}


def choices(field: str, _: Extras) -> Collection[str]:
    """Return what may stand in a field."""
    return CHOICES[field]


def row(said: Said, _: Extras) -> TakeOverRfp:
    """Return what a row asks."""
    kinds = {"stage": Stage, "waiting_on": Party, "regime": Regime, "route": Route}
    typed = {name: kinds[name](value) for name, value in said.items() if name in kinds}
    return TakeOverRfp(**{**said, **typed})


async def known_people(store: EventStore) -> frozenset[str]:
    """Return everybody whom the directory knows."""
    return frozenset(record["id"] for record in await store.reader.rows(KNOWN))


async def prepared(store: EventStore, stamp: Stamp) -> RowRules:
    """Find out whom the directory knows, who may request or lead, and which areas the scheme lists."""
    known = await known_people(store)
    scheme = (await store.load(SCHEME_ID, Scheme())).state
    values = scheme.in_force(day_in_london(stamp.at)).values
    areas: list[JsonValue] = [area.name for area in values.service_areas] if values else []

    def facts(row: Any) -> dict[str, JsonValue]:  # noqa: ANN401  # a row of this register
        people: dict[str, JsonValue] = {PEOPLE: sorted({row.requester, row.lead} & known)}
        unlisted = bool(areas) and row.service_area is not None and row.service_area not in areas
        return {**people, "areas_listed": areas} if unlisted else people

    return RowRules(facts)


RFP_REGISTER = Register(
    noun="rfp",
    title="RFPs in flight",
    blank=Rfp(),
    thing_id=taken_over_id,
    table=rfps,
    fields=FIELDS,
    headings=HEADINGS,
    command=TakeOverRfp,
    save=saving(
        "SaveRfpRegisterMapping", FIELDS, {"RFP": "reference", "Name": "title", "With": "waiting_on"}
    ),
    is_new=is_new,
    standing_as=told_of,
    unread_at="",
    row=row,
    prepare=prepared,
    choices=choices,
)
