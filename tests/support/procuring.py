"""The way from an approved RFP to a signed contract, over HTTP."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from rfp_service.rooms import DEADLINES
from shared.kernel.roles import Role
from shared.record.deadlines.firing import Firing
from shared.web.decisions import commands
from tests.support.api import Api
from tests.support.patience import LOOKS, SECONDS_BETWEEN
from tests.support.people import HANA, PRIYA, Who

EVE = Who("eve", (Role.EVALUATOR,))
EVAN = Who("evan", (Role.EVALUATOR,))
LARS = Who("lars", (Role.LEGAL,))
AN_HOUR = timedelta(hours=1)
CRITERIA = [{"name": "Price", "weight": 60}, {"name": "Quality", "weight": 40}]


async def prepared(api: Api) -> str:
    """Bring an RFP so far that the market can be asked."""
    rfp = await api.approved()
    await api.decide(rfp, "fix-criteria", PRIYA, criteria=CRITERIA)
    await api.meets(EVE, EVAN)
    for who in (EVE, EVAN):
        await api.decide(rfp, "appoint-evaluator", PRIYA, evaluator=who.id)
    return rfp


async def opened(api: Api) -> str:
    """Ask the market, for an hour."""
    rfp = await prepared(api)
    until = (datetime.now(UTC) + AN_HOUR).isoformat()
    await api.decide(rfp, "publish-tender-notice", PRIYA, reference="T-1", responses_by=until)
    return rfp


async def last_change(api: Api, rfp: str) -> str:
    """Return when an RFP changed last. What came in then came by now, even where a clock has stepped back."""
    changed_at: str = (await api.get(f"/v1/rfps/{rfp}", PRIYA)).json()["changed_at"]
    return changed_at


async def bids(api: Api, rfp: str, *references: str, received_at: str = "") -> None:
    """Let bids come in, at the RFP's last change where no other time is said."""
    received_at = received_at or await last_change(api, rfp)
    for number, reference in enumerate(references):
        await api.decide(
            rfp,
            "record-response",
            PRIYA,
            reference=reference,
            sha256=f"{number:064x}",
            received_at=received_at,
        )


async def closed(api: Api, rfp: str) -> dict[str, Any]:
    """Let the time for answers be over, without waiting for it: its clock strikes as if it were then.

    Nothing that a spec does before may depend on how long it takes, so the market is open for an hour.
    """
    service = api.service
    clock = Firing(service.pool, service.store, service.known, DEADLINES)
    seen: dict[str, Any] = {}
    for _ in range(LOOKS):  # the worker sets the deadline first
        await clock.fire(datetime.now(UTC) + AN_HOUR)
        seen = (await api.get(f"/v1/rfps/{rfp}")).json()
        await api.catch_up()
        if seen["stage"] != "open" or seen["kept_open"]:
            return seen
        await asyncio.sleep(SECONDS_BETWEEN)
    raise AssertionError(seen["stage"])


@contextmanager
def an_hour_later() -> Iterator[None]:
    """Let whatever is decided meanwhile over HTTP be decided after the time for answers."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + AN_HOUR

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "datetime", Later)
        yield


# What an approver records once the evaluators have agreed.
AGREED = {
    "bid": "B",
    "criterion": "Quality",
    "score": 80,
    "reason": "Agreed.",
    "highest_bid_pence": 2_400_000,
}


async def evaluated(api: Api, rfp: str) -> None:
    """Let both evaluators declare and score: A is better, and they differ on B's quality."""
    for who in (EVE, EVAN):
        await api.decide(rfp, "declare-interests", who, conflict=False, statement="I know none of them.")
    for who in (EVE, EVAN):
        for bid, criterion, score in (
            ("A", "Price", 90),
            ("A", "Quality", 60),
            ("B", "Price", 50),
            ("B", "Quality", 90 if who is EVE else 70),
        ):
            await api.decide(
                rfp, "record-score", who, bid=bid, criterion=criterion, score=score, comment="Read."
            )


async def awarded(api: Api, rfp: str) -> None:
    """Moderate, put forward, approve, and tell."""
    await api.decide(rfp, "moderate-scores", HANA, **AGREED)
    await api.decide(
        rfp,
        "recommend-award",
        PRIYA,
        bid="A",
        supplier="Fictional Systems Ltd",
        value_pence=2_000_000,
        reason="The best.",
    )
    await api.decide(rfp, "approve-award", HANA, reason="As evaluated.")
