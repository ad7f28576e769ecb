"""The figures of RFPs, the catalogue, projects and contracts, as the rooms themselves answer them."""

import asyncio
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, func, select

from projects.api.risk_facts import risk_rules
from projects.api.slip_history import SlipHistories
from projects.views.at_risk import totals as risk_totals
from projects.views.calibration import calibrate
from projects.views.register import projects
from rfp_service.contracts.api.savings_sums import savings_read
from rfp_service.deflected_demand import demand_read
from rfp_service.measures.contract_figures import CONTRACT_MEASURES
from rfp_service.rfps.api.answers import targets
from rfp_service.rfps.api.filters import beyond_target
from rfp_service.rfps.domain.stages import ENDS, LIVE
from rfp_service.rfps.views.board import rfps
from shared.flow.bottlenecks import FlowQuery as FlowQuestion
from shared.flow.bottlenecks import bottlenecks
from shared.flow.requests import LiveQuestion
from shared.flow.sources import FlowLogs
from shared.governance.scheme.facts import SchemeFacts
from shared.kernel.calendar import day_in_london, microseconds
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import valid_at
from shared.web.offers.measures import MeasureOffered
from shared.web.reads.readings import Reading

STILL_OPEN = "&".join(f"stage={stage}" for stage in LIVE)
PARTIES = ("requester", "procurement", "approver", "outgoing_supplier")


class Answering(Protocol):
    """What figures are read from, beside the views: the service, as far as they need it."""

    store: EventStore
    scheme: SchemeFacts
    slips: SlipHistories
    flow: FlowLogs


async def rfps_inside_target(service: Answering, reading: Reading) -> float | None:
    """Return the share of open RFPs, in a stage that has a target, that are not beyond it.

    A target that was extended, or paused, ends so much later; while a hold pauses it, nothing is due.
    """
    by, t = await targets(service.store, reading), rfps.c
    timed, number = and_(~t.target_paused, t.stage.in_(by.stages)), func.count()
    columns: list[ColumnElement[Any]] = [
        number.filter(timed).label("timed"),
        number.filter(timed, ~beyond_target(by)).label("inside"),
    ]
    [row] = await reading.counted(select(*columns).where(*_open(reading)))
    return row["inside"] / row["timed"] if row["timed"] else None


async def rfps_open(_: Answering, reading: Reading) -> float | None:
    """Return how many RFPs have not come to an end."""
    [row] = await reading.counted(select(func.count().label("open")).where(*_open(reading)))
    return float(row["open"])


def _open(reading: Reading) -> tuple[ColumnElement[bool], ...]:
    return reading.valid(rfps), rfps.c.stage.not_in(list(ENDS))


async def catalogue_deflection(_: Answering, reading: Reading) -> float | None:
    """Return the share of needs that the catalogue met for good, over the whole record."""
    chains = (await demand_read(reading)).between(None, None)
    return sum(chain.deflected for chain in chains) / len(chains) if chains else None


async def projects_at_risk(service: Answering, reading: Reading) -> float | None:
    """Return how many open projects will still run on the transition date, by the rules at the time."""
    return float((await _risk(service, reading))["at_risk"])


async def projects_at_risk_with_plan(service: Answering, reading: Reading) -> float | None:
    """Return the share of the projects at risk that have an action plan."""
    totals = await _risk(service, reading)
    if not totals["at_risk"]:
        return None
    return (totals["at_risk"] - totals["without_action_plan"]) / totals["at_risk"]


async def forecasts_within_p80(service: Answering, reading: Reading) -> float | None:
    """Return the share of finished projects that ended by the P80 day of their own start."""
    courses, _ = await service.slips.as_of(reading)
    return (await asyncio.to_thread(calibrate, courses, day_in_london(reading.as_of))).within[1]


async def confirmed_savings(_: Answering, reading: Reading) -> float | None:
    """Return what decisions about contracts save a year, in pounds, as another person confirmed it."""
    months = await savings_read(reading)
    return sum(month["confirmed_saving_pence"] for month in months) / 100 if months else None


async def _risk(service: Answering, reading: Reading) -> dict[str, int]:
    day, _ = await risk_rules(service.store, reading)
    [row] = await reading.counted(risk_totals(day, [valid_at(projects, reading.position)]))
    return dict(row)


async def _waits(service: Answering, reading: Reading, party: str) -> float | None:
    """Return a party's share of all working time that RFPs have waited."""
    await service.scheme.refresh()
    question = FlowQuestion("live", reading.position, reading.as_of, microseconds(reading.as_of))
    closed = service.scheme.scheme.closed_days()
    log, question, working = await LiveQuestion(question, service.flow, closed, None, reading.past).read()
    found = await asyncio.to_thread(bottlenecks, log, question, working)
    shares = {row.party: row.share_working for row in found.parties}
    return shares.get(party, 0.0) if shares else None


def _waiting_on(party: str) -> MeasureOffered:
    async def read(service: Answering, reading: Reading) -> float | None:
        return await _waits(service, reading, party)

    words = party.replace("_", " ")
    return MeasureOffered(
        f"rfp_wait_on_{party}",
        f"Share of RFP waiting time charged to {words}",
        "share",
        "lower",
        "read-flow",
        "/v1/rfps/bottlenecks",
        read,
    )


MEASURES = {
    offered.name: offered
    for offered in (
        MeasureOffered(
            "rfps_inside_target",
            "RFPs inside the target time of their stage",
            "share",
            "higher",
            "read-rfps",
            f"/v1/rfps?overdue=false&{STILL_OPEN}",
            rfps_inside_target,
        ),
        MeasureOffered(
            "rfps_open", "Open RFPs", "count", "lower", "read-rfps", f"/v1/rfps?{STILL_OPEN}", rfps_open
        ),
        MeasureOffered(
            "catalogue_deflection",
            "Needs met by the catalogue instead of an RFP",
            "share",
            "higher",
            "read-catalogue",
            "/v1/catalogue/deflection",
            catalogue_deflection,
            by_record_alone=True,
        ),
        MeasureOffered(
            "projects_at_risk",
            "Projects at risk of spanning the transition date",
            "count",
            "lower",
            "read-projects",
            "/v1/projects/at-risk",
            projects_at_risk,
        ),
        MeasureOffered(
            "projects_at_risk_with_plan",
            "Projects at risk that have an action plan",
            "share",
            "higher",
            "read-projects",
            "/v1/projects/at-risk?action_plan=true",
            projects_at_risk_with_plan,
        ),
        MeasureOffered(
            "forecasts_within_p80",
            "Finished projects that ended by their P80 day",
            "share",
            "higher",
            "read-projects",
            "/v1/projects/forecast-calibration",
            forecasts_within_p80,
        ),
        MeasureOffered(
            "contract_savings_confirmed",
            "Confirmed yearly savings from decisions on contracts, in pounds",
            "count",
            "higher",
            "read-contracts",
            "/v1/contracts/savings",
            confirmed_savings,
        ),
        *map(_waiting_on, PARTIES),
        *CONTRACT_MEASURES,
    )
}
