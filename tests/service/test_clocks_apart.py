"""The record is dated by the database, which may be ahead of a process: clocks differ, and step back."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.rfp import Rfp
from tests.outcomes.examples import PROGRAMME
from tests.outcomes.test_papers import told
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import PIA, SAM
from tests.support.postgres import Base, session
from tests.support.specs import stamp


async def ahead(base: Base) -> None:
    """Date what is recorded from now on an hour later than this process's clock."""
    async with session(base.admin) as owner:
        await owner.execute("UPDATE event_head SET recorded_at = clock_timestamp() + interval '1 hour'")


async def test_everything_is_seen_as_it_stood_by_a_clock_that_is_behind(api: Api, base: Base) -> None:
    await ahead(base)
    rfp = await api.in_approval()
    items = (await api.get(f"/v1/rfps/{rfp}/history")).json()["items"]
    assert len(items) == 8
    for item in items:
        then = (await api.get(f"/v1/rfps/{rfp}", as_of=item["recorded_at"])).json()
        assert (then["version"], then["stage"]) == (item["version"], item["said"]["stage"])
        [listed] = (await api.get("/v1/rfps", as_of=item["recorded_at"])).json()["items"]
        assert (listed["version"], listed["stage"]) == (item["version"], item["said"]["stage"])


async def test_what_is_recorded_now_of_then_has_what_was_recorded_by_then(api: Api) -> None:
    """Though it is dated later, by a clock that was ahead of the database's."""
    clock = datetime.now(UTC) + timedelta(minutes=2)
    asked = RaiseRfp(title="Laptops", description="Forty.", service_area="Registrars")
    store = api.service.store
    made = await store.create(uuid4(), asked, stamp("rita", at=clock), blank=Rfp())
    later = clock + timedelta(minutes=1)
    await store.handle(made.id, AmendRfp(title="Tablets"), stamp("rita", at=later), blank=Rfp())
    api.position = made.position + 1
    items = (await api.get(f"/v1/rfps/{made.id}/history")).json()["items"]
    assert [item["decision"] for item in items] == ["RfpRaised", "RfpAmended"]
    for item, title in zip(items, ("Laptops", "Tablets"), strict=True):
        for as_of in (item["recorded_at"], item["position"]):
            then = {"as_of": as_of, "basis": "recorded_now"}
            [listed] = (await api.get("/v1/rfps", **then)).json()["items"]
            assert (listed["version"], listed["title"]) == (item["version"], title)
            story = (await api.get(f"/v1/audit/streams/{made.id}", SAM, **then)).json()
            assert (story["version"], story["title"]) == (item["version"], title)


async def test_an_answer_is_of_no_instant_before_what_it_shows(api: Api, base: Base) -> None:
    await ahead(base)
    rfp = await api.in_approval()
    last = (await api.get(f"/v1/rfps/{rfp}/history")).json()["items"][-1]
    as_of = (await api.get(f"/v1/rfps/{rfp}/holds")).json()["as_of"]
    assert datetime.fromisoformat(as_of) == datetime.fromisoformat(last["recorded_at"])
    [listed] = (await api.get("/v1/rfps", as_of=as_of)).json()["items"]
    assert (listed["version"], listed["stage"]) == (last["version"], "approval")


@pytest.mark.slow
async def test_papers_follow_one_another_by_a_clock_that_is_behind(api: Api, base: Base) -> None:
    await ahead(base)
    await told(api)
    body = {"programme": str(PROGRAMME), "meeting": "Scrutiny", "meeting_on": in_days(60)}
    for _ in range(2):
        await api.post("/v1/papers", body, PIA, 201)
    second, first = (await api.get("/v1/papers", SAM, programme=str(PROGRAMME))).json()["items"]
    assert second["since_position"] == first["position"]
    assert second["since"] == first["as_of"] < second["as_of"]
    asked = {"programme": str(PROGRAMME), "since": first["as_of"]}
    kept = (await api.get("/v1/outcomes/commitments", SAM, **asked)).json()
    assert kept["since_position"] == first["position"]
    assert date.fromisoformat(kept["since"]) <= date.fromisoformat(kept["day"])
