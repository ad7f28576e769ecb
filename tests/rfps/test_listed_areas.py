"""Service areas are a list of the scheme: an RFP is raised for one of them, where there is a list."""

from typing import Any

import pytest

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.copies import CopyRfp
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.refusals import UnknownServiceArea
from shared.governance.scheme.commands import AdoptScheme, AreasTwice
from shared.governance.scheme.domain import Scheme
from shared.kernel.messages import Command
from tests.rfps.examples import ABSENT, CHECK, RAISED
from tests.support.api import Api
from tests.support.people import ADA, RITA, SCHEME
from tests.support.specs import SCHEME as VALUES
from tests.support.specs import given

LISTED: Any = ["Highways", "Libraries"]
RAISE = RaiseRfp(title="Laptops", description="Forty of them.", service_area="Nowhere")
NEED: Any = {"title": "Laptops", "description": "Forty.", "service_area": "Nowhere"}


@pytest.mark.parametrize(
    ("history", "command"),
    [((), RAISE), ((), CopyRfp(copy_of=CHECK)), ((RAISED,), AmendRfp(service_area="Nowhere"))],
)
def test_an_area_that_is_not_listed_is_refused_with_those_that_are(
    history: tuple[Any, ...], command: Command[Any]
) -> None:
    unlisted = given(ABSENT, *history).when(command, source=NEED, areas_listed=LISTED)
    unlisted.refused(UnknownServiceArea, service_areas=LISTED)
    assert given(ABSENT, *history).when(command, source=NEED).events()


def test_an_area_is_listed_once() -> None:
    twice = VALUES.model_validate({**VALUES.model_dump(), "service_areas": [{"name": "Highways"}] * 2})
    given(Scheme()).when(AdoptScheme(values=twice, reason="Twice.")).refused(
        AreasTwice, service_areas=["Highways"]
    )


async def test_what_is_raised_is_for_a_listed_area_once_the_scheme_lists_any(api: Api) -> None:
    body = {"title": "Laptops", "description": "Forty of them.", "service_area": "Nowhere"}
    before = (await api.post("/v1/rfps", body, RITA, 201)).json()["id"]  # there is no list yet
    areas = [{"name": "Highways", "heads": ["hana"]}, {"name": "Libraries"}]
    values: Any = SCHEME["values"]
    await api.adopts({**SCHEME, "values": {**values, "service_areas": areas}})
    refused = (await api.post("/v1/rfps", body, RITA, 409)).json()
    assert refused["type"] == "/problems/unknown-service-area"
    assert refused["service_areas"] == LISTED
    await api.post("/v1/rfps", {**body, "service_area": "Libraries"}, RITA, 201)
    await api.decide(before, "amend", expect=409, service_area="Elsewhere")
    await api.decide(before, "amend", title="Laptops, forty")  # what was raised before goes on
    await api.post("/v1/rfp-copies", {"copy_of": before}, RITA, 409)
    shown = (await api.get("/v1/scheme", ADA)).json()
    assert "hana" in str(shown)
