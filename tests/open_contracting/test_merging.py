"""Whatever changes, another compiler makes of our releases what is so now."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rfp_service.open_contracting.merging import merged, news
from tests.open_contracting.histories import MERGER

DAYS = st.sampled_from(["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"])
PERIODS = st.fixed_dictionaries({}, optional={"startDate": DAYS, "endDate": DAYS})
TITLES = st.sampled_from(["Laptops", "Tablets", "Bridges"])


def things(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return lists of things that are told apart by their ids."""
    one = st.fixed_dictionaries({"id": st.sampled_from("abc")}, optional={"title": TITLES, **more})
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda each: each["id"])


CONTRACTS = things(period=PERIODS, documents=things(), amendments=things())
SECTIONS = st.fixed_dictionaries(
    {"buyer": st.just({"id": "council"})},
    optional={
        "planning": st.fixed_dictionaries({}, optional={"rationale": TITLES, "documents": things()}),
        "tender": st.fixed_dictionaries(
            {"id": st.just("1")}, optional={"title": TITLES, "tenderPeriod": PERIODS, "documents": things()}
        ),
        "contracts": CONTRACTS,
    },
)


@given(st.lists(SECTIONS, min_size=1, max_size=5))
def test_releases_of_what_changed_add_up_alike_for_us_and_for_others(course: list[dict[str, Any]]) -> None:
    compiled: dict[str, Any] = {}
    releases = []
    for number, now in enumerate(course):
        if said := news(compiled, now):
            releases.append({"ocid": "o", "id": str(number), "date": f"2026-01-0{number + 1}", **said})
            compiled = merged(compiled, said)
            assert news(compiled, now) == {}
    theirs = MERGER.create_compiled_release(releases)
    assert {name: theirs[name] for name in theirs if name not in ("ocid", "id", "date", "tag")} == compiled
