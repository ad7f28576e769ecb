"""The programme at a glance: one figure of each kind of work, and where it leads. A figure may be missing."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from rfp_service.console.api_calls import ApiRefused
from rfp_service.console.outcome_sentences import readiness_heading
from rfp_service.console.routes import HOME
from rfp_service.console.visits import Visit
from shared.governance.audit.replay.parties import whom


@dataclass(frozen=True, slots=True)
class SummaryFigure:
    """A figure, what it is of, and the page behind it."""

    figure: str
    what: str
    leads: str
    opens: str


async def glance(visit: Visit, *, for_somebody: bool = True) -> list[SummaryFigure]:
    """Return the figures that this person may see; or those that are nobody's in particular."""
    found = await asyncio.gather(
        *([_or_nothing(_waits_for_you(visit))] if for_somebody else []),
        _or_nothing(_stuck(visit)),
        _or_nothing(_readiness(visit)),
        _or_nothing(_promises(visit)),
        _or_nothing(_record(visit)),
    )
    return [each for each in found if each is not None]


async def _or_nothing(asked: Awaitable[SummaryFigure | None]) -> SummaryFigure | None:
    """Return a figure; nothing if it is not available just now: the others still stand."""
    try:
        return await asked
    except ApiRefused:
        return None


async def _waits_for_you(visit: Visit) -> SummaryFigure:
    total = (await visit.get("/v1/inbox", limit=1, count=True))["total"]
    what = "thing waits for you" if total == 1 else "things wait for you"
    return SummaryFigure(str(total), what, "What needs you, the earliest day first", HOME)


async def _stuck(visit: Visit) -> SummaryFigure:
    stuck: dict[str, Any] = await visit.get("/v1/rfps/stuck", limit=1)
    said = "No RFP is open: see how long they took"
    if stuck["parties"]:
        said = (
            f"Most of their waiting is for {whom(stuck['parties'][0]['party'])}: see where, and whom to ask"
        )
    what = "RFP is open" if stuck["total"] == 1 else "RFPs are open"
    return SummaryFigure(str(stuck["total"]), what, said, f"{HOME}/bottlenecks")


async def _readiness(visit: Visit) -> SummaryFigure | None:
    seen: dict[str, Any] = await visit.get("/v1/readiness")
    if seen["days_left"] is None or seen["days_left"] < 0:
        return None
    said = f"{readiness_heading(None, seen['items'])}: see what holds it up"
    what = f"{'day' if seen['days_left'] == 1 else 'days'} to the transition"
    return SummaryFigure(f"{seen['days_left']:,}", what, said, f"{HOME}/readiness")


async def _promises(visit: Visit) -> SummaryFigure | None:
    programmes = (await visit.get("/v1/programmes", limit=50))["items"]
    first = next((each for each in programmes if each["purpose"]), None)
    if first is None:
        return None
    counts = (await visit.get("/v1/outcomes", programme=first["id"]))["counts"]
    late = f"{counts['overdue'] or 'none'} overdue: read the committee's paper"
    what = "milestone is met" if counts["achieved"] == 1 else "milestones are met"
    return SummaryFigure(str(counts["achieved"]), what, late.capitalize(), f"{HOME}/outcomes")


async def _record(visit: Visit) -> SummaryFigure | None:
    if not visit.who.reads_record:
        return None
    signed = await visit.get("/v1/audit/checkpoint")
    said = "Who, when, on what authority: check it yourself"
    return SummaryFigure(f"{signed['size']:,}", "decisions on record", said, f"{HOME}/record")
