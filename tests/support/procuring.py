"""The way from an approved RFP to a signed contract, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.patience import LOOKS
from tests.support.people import HANA, PRIYA, Who

EVE = Who("eve", (Role.EVALUATOR,))
EVAN = Who("evan", (Role.EVALUATOR,))
LARS = Who("lars", (Role.LEGAL,))
CRITERIA = [{"name": "Price", "weight": 60}, {"name": "Quality", "weight": 40}]


async def prepared(api: Api) -> str:
    """Bring an RFP so far that the market can be asked."""
    rfp = await api.approved()
    await api.decide(rfp, "fix-criteria", PRIYA, criteria=CRITERIA)
    await api.meets(EVE, EVAN)
    for who in (EVE, EVAN):
        await api.decide(rfp, "appoint-evaluator", PRIYA, evaluator=who.id)
    return rfp


async def opened(api: Api, seconds: float = 3600) -> str:
    """Ask the market, for so many seconds."""
    rfp = await prepared(api)
    until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    await api.decide(rfp, "publish-tender-notice", PRIYA, reference="T-1", responses_by=until)
    return rfp


async def bids(api: Api, rfp: str, *references: str) -> None:
    """Let bids come in."""
    for number, reference in enumerate(references):
        await api.decide(
            rfp,
            "record-response",
            PRIYA,
            reference=reference,
            sha256=f"{number:064x}",
            received_at=datetime.now(UTC).isoformat(),
        )


async def until(api: Api, rfp: str, stage: str) -> dict[str, Any]:
    """Wait until a clock has moved the RFP to a stage."""
    seen: dict[str, Any] = {}
    for _ in range(LOOKS):
        seen = (await api.get(f"/v1/rfps/{rfp}")).json()
        if seen["stage"] == stage:
            return seen
        await asyncio.sleep(0.05)  # a real clock runs
        api.position = max(api.position, await api.service.record.head())
    raise AssertionError(seen["stage"])


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
