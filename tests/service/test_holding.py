"""What a caller holds: an ETag stands for an answer only as long as the answer stays what it was."""

import pytest

from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import ADA, HANA, LARS, RITA, SAM, SCHEME, Who


@pytest.mark.parametrize("form", ["application/json", "text/csv"])
@pytest.mark.parametrize(
    ("path", "who"), [("/v1/rfps", RITA), ("/v1/approvals", HANA), ("/v1/projects/at-risk", RITA)]
)
async def test_what_depends_on_the_day_is_not_held_until_the_next(
    api: Api, path: str, who: Who, form: str
) -> None:
    await api.raised()
    tag = (await api.get(path, who, headers={"Accept": form})).headers["etag"]
    old = tag.replace(in_days(0), in_days(-1))
    assert old != tag
    await api.get(path, who, 304, headers={"Accept": form, "If-None-Match": tag})
    await api.get(path, who, 200, headers={"Accept": form, "If-None-Match": old})


async def test_an_rfp_may_be_overdue_since_today(api: Api) -> None:
    rfp = await api.raised()
    tag = (await api.get(f"/v1/rfps/{rfp}")).headers["etag"]
    assert tag == '"1"'  # the version that a decision names
    assert (await api.get(f"/v1/rfps/{rfp}", headers={"If-None-Match": tag})).json()["id"] == rfp
    amend = {"decision": "amend", "title": "Tablets"}
    decided = await api.client.post(
        f"/v1/rfps/{rfp}/decisions", json=amend, headers=api.headers(RITA, If_Match=tag)
    )
    assert decided.headers["etag"] == '"2"'


async def test_a_scheme_adopted_in_advance_may_be_in_force_by_now(api: Api) -> None:
    await api.adopt_scheme()
    ahead = {**SCHEME, "values": {**SCHEME["values"], "effective_from": in_days(1)}}  # type: ignore[dict-item]
    await api.adopts(ahead, 2)
    tag = (await api.get("/v1/scheme")).headers["etag"]
    assert tag == '"4"'
    seen = await api.get("/v1/scheme", headers={"If-None-Match": tag})
    assert seen.json()["scheme_version"] == 1


async def test_what_changes_without_a_decision_is_never_held(api: Api) -> None:
    first = await api.get("/v1/audit/reads", SAM)
    await api.get("/v1/audit/decisions", SAM)
    again = await api.get("/v1/audit/reads", SAM)
    assert len(again.json()["items"]) == len(first.json()["items"]) + 2
    line = {"decision": "schedule", "record_kind": "rfp", "years": 6, "ground": "Limitation Act"}
    await api.post("/v1/retention/decisions", line, ADA, version=0)
    due = await api.get("/v1/retention/due", SAM, record_kind="rfp")
    named = await api.get("/v1/people", SAM)
    told = await api.get("/v1/notices", HANA)
    near = await api.get("/v1/rfps/near-duplicates", need="Laptops")
    for answer in (first, again, due, named, told, near):
        assert "etag" not in answer.headers, answer.url


async def test_what_is_shown_of_the_past_is_veiled_by_what_holds_now(api: Api) -> None:
    rfp = await api.raised()
    tag = (await api.get("/v1/rfps", SAM, as_of=1)).headers["etag"]
    await api.get("/v1/rfps", SAM, 304, as_of=1, headers={"If-None-Match": tag})
    body = {
        "matter_id": rfp,
        "fields": ["title"],
        "paragraph": 3,
        "reason": "It shows who bids.",
        "public_interest": "A better price.",
        "review_on": in_days(90),
    }
    await api.post("/v1/exemptions", body, LARS, 201)
    await api.get("/v1/rfps", SAM)  # the views have come so far
    [row] = (await api.get("/v1/rfps", SAM, as_of=1, headers={"If-None-Match": tag})).json()["items"]
    assert "title" in row["withheld"]
