"""A bidder is a thing with a name and a number: conflicts are with it, and its cases are found by it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rfp_service.rfps.commands.corrections import DeclareBidderConflict
from rfp_service.rfps.commands.responses import RecordResponse
from rfp_service.rfps.domain.tender import Bidder
from shared.kernel.calendar import day_in_london
from shared.kernel.roles import Role
from tests.rfps import way
from tests.rfps.examples import ABSENT
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import HANA, LARS, LEO, PRIYA, SAM, Who
from tests.support.procuring import AGREED, EVAN, awarded, closed, evaluated, last_change, opened
from tests.support.specs import given

ACME = {"name": "Fictional Systems Ltd", "number": "00000000"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Acme Ltd", None), ("ACME  ltd", None), True),
        (("Acme Ltd", "1"), ("Acme Ltd", "2"), False),
        (("Acme Ltd", "1"), ("Acme Holdings", "1"), True),
        (("Acme Ltd", "1"), ("Acme Ltd", None), True),
        (("Acme Ltd", None), ("Bolt Ltd", None), False),
    ],
)
def test_two_bidders_are_one_by_their_numbers_or_else_by_their_names(
    one: Any, other: Any, *, same: bool
) -> None:
    a, b = (Bidder(name=name, number=number) for name, number in (one, other))
    assert a.is_same(b) is b.is_same(a) is same


def test_a_conflict_with_a_bidder_bars_from_when_they_bid() -> None:
    declare = DeclareBidderConflict(supplier=Bidder(**ACME), statement="My sister works there.")
    [declared] = given(ABSENT, *way.OPEN).when(declare, by="eve").events()
    asked = given(ABSENT, *way.OPEN, declared)
    assert asked.state.conflicted == ()  # type: ignore[attr-defined]
    bid = RecordResponse(
        reference="A", sha256=way.HASH, received_at=way.IN_TIME, bidder=Bidder(name="FICTIONAL systems ltd")
    )
    asked.when(bid, at=way.IN_TIME, **way.OFFICER).leads_to(conflicted=("eve",))


async def _declared_and_bid(api: Api) -> str:
    rfp = await opened(api)
    conflict = {"supplier": {"name": "Acme", "number": "7"}, "statement": "I own shares in it."}
    await api.decide(rfp, "declare-bidder-conflict", EVAN, **conflict)
    for reference, bidder in (("A", ACME), ("B", {"name": "Acme Ltd", "number": "7"})):
        await api.decide(
            rfp,
            "record-response",
            PRIYA,
            reference=reference,
            sha256="ab" * 32,
            received_at=await last_change(api, rfp),
            bidder=bidder,
        )
    return rfp


async def test_bidders_are_sealed_with_their_bids_and_their_cases_found_afterwards(api: Api) -> None:
    rfp = await _declared_and_bid(api)

    async def found(name: str, who: Who = SAM) -> list[str]:
        items = (await api.get("/v1/rfps", who, supplier=name)).json()["items"]
        return [item["id"] for item in items]

    sealed = (await api.get(f"/v1/rfps/{rfp}", SAM)).json()["bids_received"]
    assert [bid["bidder"] for bid in sealed] == [None, None]
    assert await found("Acme Ltd") == []
    await closed(api, rfp)
    seen = (await api.get(f"/v1/rfps/{rfp}", SAM)).json()["bids_received"]
    assert [bid["bidder"]["number"] for bid in seen] == ["00000000", "7"]
    assert await found("acme  LTD") == await found("7") == [rfp]
    assert await found("Bolt") == []
    refused = await api.decide(rfp, "declare-interests", EVAN, 409, conflict=False, statement="None.")
    assert refused.json()["type"] == "/problems/conflicted"
    exempt = {
        "matter_id": rfp,
        "fields": ["bidder"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    api.position = (await api.post("/v1/exemptions", exempt, LARS)).json()["position"]
    assert await found("7", LEO) == []
    assert await found("7", LARS) == [rfp]


@pytest.mark.slow
async def test_an_award_goes_to_whoever_made_the_bid_and_keeps_their_number(api: Api) -> None:
    rfp = await opened(api)
    await api.decide(
        rfp,
        "record-response",
        PRIYA,
        reference="A",
        sha256="ab" * 32,
        received_at=await last_change(api, rfp),
        bidder=ACME,
    )
    await api.decide(
        rfp,
        "record-response",
        PRIYA,
        reference="B",
        sha256="cd" * 32,
        received_at=await last_change(api, rfp),
    )
    await closed(api, rfp)
    await evaluated(api, rfp)
    await api.decide(
        rfp,
        "moderate-scores",
        HANA,
        bid="B",
        criterion="Quality",
        score=79,
        reason="Agreed first.",
        highest_bid_pence=AGREED["highest_bid_pence"],
    )
    other = {"bid": "A", "supplier": "Bolt Ltd", "value_pence": 2_000_000, "reason": "The best."}
    refused = await api.decide(rfp, "recommend-award", PRIYA, 409, **other)
    assert refused.json()["type"] == "/problems/not-the-bidder"
    await awarded(api, rfp)
    items = (await api.get("/v1/rfps", SAM, supplier="00000000")).json()["items"]
    assert [item["supplier"] for item in items] == ["Fictional Systems Ltd"]

    async def found(name: str, who: Who = SAM) -> list[str]:
        items = (await api.get("/v1/rfps", who, awarded_to=name)).json()["items"]
        return [item["id"] for item in items]

    assert (await found("Fictional Systems Ltd"), await found("00000000")) == ([rfp], [])
    exempt = {
        "matter_id": rfp,
        "fields": ["supplier"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    api.position = (await api.post("/v1/exemptions", exempt, LARS)).json()["position"]
    assert (await found("Fictional Systems Ltd", LEO), await found("Fictional Systems Ltd", LARS)) == (
        [],
        [rfp],
    )


async def test_an_approver_is_told_for_whom_alone_they_could_decide(api: Api) -> None:
    paula = Who("paula", (Role.APPROVER,))
    await api.adopt_scheme()
    await api.meets(paula, HANA)
    today = day_in_london(datetime.now(UTC))
    lent = {
        "delegate": "paula",
        "limit_pence": 2_000_000,
        "first_day": f"{today}",
        "last_day": f"{today + timedelta(days=30)}",
        "reason": "Leave.",
    }
    await api.post("/v1/delegations", lent, HANA)
    rfp = await api.in_approval(2_000_000, adopt=False)
    refused = (await api.decide(rfp, "approve", paula, 409, reason="Yes.")).json()
    assert (refused["type"], refused["acting_for"]) == ("/problems/not-your-tier", ["hana"])
    dear = await api.in_approval(2_400_000, adopt=False)
    assert "acting_for" not in (await api.decide(dear, "approve", paula, 409, reason="Yes.")).json()
    await api.decide(rfp, "approve", paula, reason="Yes.", acting_for="hana")
