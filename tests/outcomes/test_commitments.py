"""Promises kept, over HTTP: from two readings of the record, in figures and in words."""

from shared.kernel.wording import long_day
from tests.outcomes.test_http import MINUTE, PAM, PROGRAMME, decided, milestone, outcome
from tests.outcomes.test_http import programme as begun
from tests.support.api import Api
from tests.support.days import in_days, today
from tests.support.people import PIA, SAM

SOON = in_days(30)


async def test_promises_are_compared_with_what_became_of_them(api: Api) -> None:
    await begun(api)
    of = await outcome(api)
    met, moved, dropped, stays = [await milestone(api, of, title, due=SOON) for title in ("A", "B", "C", "D")]
    early = await milestone(api, of, "E", due="2099-01-01")
    since = api.position
    await decided(api, f"milestones/{met}", "submit-evidence", document=MINUTE)
    await decided(api, f"milestones/{met}", "accept", PAM, version=2)
    await decided(api, f"milestones/{moved}", "rebaseline", new="2099-01-01", reason="No data yet.")
    await decided(api, f"milestones/{dropped}", "drop", reason="Nobody needs it.")
    await decided(api, f"milestones/{early}", "rebaseline", new=SOON, reason="It can be sooner.")
    await milestone(api, of, "F", due=SOON)
    query = {"programme": str(PROGRAMME), "since": str(since)}
    shown = (await api.get("/v1/outcomes/commitments", SAM, **query)).json()
    assert shown["counts"] == {
        "promised": 4,
        "met": 1,
        "moved": 1,
        "dropped": 1,
        "silent": 0,
        "under_way": 1,
        "overdue": 0,
        "pushed_out": 1,
        "added_late": 1,
        "brought_forward": 1,
        "reopened": 0,
        "kept_share": 0.25,
    }
    by_id = {promise["id"]: promise for promise in shown["promises"]}
    assert by_id[moved]["reasons"] == ["No data yet."]
    assert by_id[moved]["pushed_out"]
    assert by_id[dropped]["dropped_because"] == "Nobody needs it."
    assert by_id[stays]["fate"] == "under_way"
    assert [one["title"] for one in shown["added_late"]] == ["F"]
    assert [one["title"] for one in shown["brought_forward"]] == ["E"]
    assert shown["in_words"].startswith(f"On {long_day(today())}, 4 things were promised")
    assert "1 met, 1 moved, 1 dropped, 0 silent, 1 still under way." in shown["in_words"]


async def test_what_was_met_and_is_no_longer_is_named(api: Api) -> None:
    await begun(api)
    step = await milestone(api, await outcome(api), due=SOON)
    await decided(api, f"milestones/{step}", "submit-evidence", document=MINUTE)
    await decided(api, f"milestones/{step}", "accept", PAM, version=2)
    since = api.position
    await decided(api, f"milestones/{step}", "reopen", version=3, reason="Not everywhere.")
    query = {"programme": str(PROGRAMME), "since": str(since)}
    shown = (await api.get("/v1/outcomes/commitments", SAM, **query)).json()
    assert shown["in_words"] == f"Nothing was promised on {long_day(today())}."
    assert shown["counts"]["kept_share"] is None
    [one] = shown["reopened"]
    assert (one["title"], one["reason"]) == ("Interim process", "Not everywhere.")


async def test_before_the_programme_nothing_was_promised(api: Api) -> None:
    await api.post("/v1/projects", {"title": "Older"}, PIA, 201)
    await begun(api)
    await milestone(api, await outcome(api), due=SOON)
    query = {"programme": str(PROGRAMME), "since": "1"}
    shown = (await api.get("/v1/outcomes/commitments", SAM, **query)).json()
    assert (shown["counts"]["promised"], shown["counts"]["added_late"]) == (0, 1)


async def test_since_is_earlier(api: Api) -> None:
    await begun(api)
    query = {"programme": str(PROGRAMME), "since": "2999-01-01T00:00Z"}
    for since in ("2090-01-01T00:00Z", str(api.position)):
        refused = await api.get("/v1/outcomes/commitments", SAM, 422, **{**query, "since": since})
        assert refused.json()["type"] == "/problems/ends-before-it-begins"
