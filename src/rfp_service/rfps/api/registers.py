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
    RegisterField("reference", Kind.LINE, ("ref", "id", "rfp", "rfp number", "rfp ref", "request number")),
    RegisterField("title", Kind.LINE, ("name", "rfp title", "request", "summary")),
    RegisterField("description", Kind.TEXT, ("need", "scope", "details")),
    RegisterField("service_area", Kind.LINE, ("service", "department", "directorate", "service area")),
    RegisterField("requester", Kind.PERSON, ("requested by", "raised by", "requestor")),
    RegisterField("lead", Kind.PERSON, ("procurement lead", "buyer")),
    RegisterField("stage", Kind.CHOICE, ("status", "step"), noun="stage"),
    RegisterField("waiting_on", Kind.CHOICE, ("waits on", "with", "party", "waiting on"), noun="party"),
    RegisterField("since", Kind.DAY, ("waiting since", "since when", "in stage since")),
    RegisterField("estimate_pence", Kind.MONEY, ("value", "estimate", "estimated value", "value ex vat")),
    RegisterField("estimate_with_vat_pence", Kind.MONEY, ("value with vat", "value inc vat")),
    RegisterField("cost_centre", Kind.LINE, ("cost centre", "budget code")),
    RegisterField("needed_by", Kind.DAY, ("needed by", "required by", "due date")),
    RegisterField("regime", Kind.CHOICE, ("law", "procurement regime"), noun="regime"),
    RegisterField("route", Kind.CHOICE, ("procurement route",), noun="route"),
    RegisterField("ends_on", Kind.DAY, ("closing date", "closes on", "standstill ends", "period ends")),
    RegisterField("ends_at", Kind.LINE, ("closing time", "closes at")),
    RegisterField("notice_on", Kind.DAY, ("forward plan notice", "notice published")),
    RegisterField("supplier", Kind.LINE, ("awarded to", "winning bidder", "preferred bidder")),
    RegisterField("supplier_number", Kind.LINE, ("company number", "charity number")),
    RegisterField("award_value_pence", Kind.MONEY, ("award value", "contract value")),
    RegisterField("documents", Kind.TEXT, ("papers", "attachments", "links", "files")),
)
SaveRfpRegisterMapping = saving(
    "SaveRfpRegisterMapping", FIELDS, {"RFP": "reference", "Name": "title", "With": "waiting_on"}
)
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
    name="rfp-register",
    noun="RFPs in flight",
    path="/rfp-registers",
    mappings="/rfp-register-mappings",
    tag="rfps",
    read="read-rfps",
    blank=Rfp(),
    fields=FIELDS,
    command=TakeOverRfp,
    save=SaveRfpRegisterMapping,
    thing_id=taken_over_id,
    is_new=is_new,
    standing=told_of,
    unread=lambda rfp: dict(rfp.taken_over.unread),
    row=row,
    prepare=prepared,
    table=rfps,
    choices=choices,
    prefix="rfp_",
)
