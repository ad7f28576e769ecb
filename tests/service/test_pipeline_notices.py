"""The yearly pipeline notice over HTTP."""

from datetime import date
from typing import Any

from rfp_service.contracts.domain.pipeline import PipelineYearBegun, pipeline_id
from tests.service.test_contracts import CORA
from tests.support.api import Api
from tests.support.days import in_days, today
from tests.support.people import PRIYA, RITA
from tests.support.specs import stamp
from tests.support.told_streams import append_streams

YEAR = today().year + 1  # whose notice no clock misses meanwhile
NEXT_YEAR = pipeline_id(YEAR)


async def test_a_notice_that_is_due_is_listed_published_once_and_has_its_history(api: Api) -> None:
    begun = PipelineYearBegun(
        year=YEAR, notice="pipeline notice", due_on=date(YEAR, 5, 26), scheme_version=1, late=False
    )
    assert await append_streams(api.service.store, [(NEXT_YEAR, [(begun, stamp("clock"))])])
    api.position = await api.service.record.head()
    path = f"/v1/pipeline-notices/{NEXT_YEAR}"
    [due] = (await api.get("/v1/pipeline-notices", standing="due")).json()["items"]
    assert (due["year"], due["due_on"]) == (YEAR, f"{YEAR}-05-26")
    [waits] = (await api.get("/v1/inbox", CORA)).json()["items"]
    assert (waits["thing"], waits["due_on"]) == ("pipeline-year", f"{YEAR}-05-26")
    [allowed] = (await api.get(path, CORA)).json()["next"]
    assert allowed == {"decision": "publish", "allowed": True}
    said: dict[str, Any] = {"decision": "publish", "reference": "UK1-1", "published_on": in_days(0)}
    await api.post(f"{path}/decisions", said, RITA, 403, 1)
    await api.post(f"{path}/decisions", said, PRIYA, version=1)
    again = await api.post(f"{path}/decisions", said, CORA, 409, 2)
    assert again.json()["type"] == "/problems/pipeline-notice-out"
    seen = (await api.get(path, CORA)).json()
    assert (seen["standing"], seen["reference"]) == ("published", "UK1-1")
    history = (await api.get(f"{path}/history")).json()["items"]
    assert [each["decision"] for each in history] == ["PipelineYearBegun", "PipelineNoticePublished"]
    await api.get(f"/v1/pipeline-notices/{pipeline_id(1999)}", expect=404)
