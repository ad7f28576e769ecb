"""Nobody finds a thing by what is withheld from them: trying values out would tell them what it is.

Every parameter of every list and report is here: either it asks for something that is never exempt, or it
is tried, with the very value, by somebody with the right and by somebody without. A new one fails the
first specification until it is one of them.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest

from rfp_service.events import EVENTS
from shared.governance.disclosure.exemptible_fields import contents
from shared.kernel.roles import Role
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.api_file import described_paths
from tests.support.days import in_days
from tests.support.people import LARS, LEO, PIA, PRIYA, Who

CORA = Who("cora", (Role.CONTRACT_MANAGER,))
EVERYBODY = Who("una", tuple(Role))
EXEMPTABLE = {name for event in EVENTS for name in contents(event)}
SEALED = {name for event in EVENTS if event.sealed for name in event.sealed.fields}
# Which page, when, in which order, how many. What lists search, sort and count by is tried for all of them
# in the same way (tests/service/test_lists.py), and the house sees to it that none goes another way.
FORM = {"limit", "cursor", "after", "as_of", "basis", "q", "sort", "count", "count_by"}
OPEN_PROJECTS = ("/v1/projects/at-risk", "/v1/projects/probabilities", "/v1/projects/timeline")
# Whatever is asked for by these is in sight for everybody who may read the list at all.
IN_SIGHT = {
    "/v1/rfps": {
        *("stage", "waiting_on", "overdue", "on_hold", "mine", "reference"),
        *("requester_kind", "figure"),  # stages and times are never exempt
    },
    "/v1/rfps/bottlenecks": {"requester_kind", "source", "from", "to", "level", "stability", "rows"},
    "/v1/rfps/flow": {"requester_kind", "source", "from", "to", "rows"},
    "/v1/rfps/stuck": {"requester_kind", "from", "to"},
    "/v1/rfps/forecasts": {"requester_kind", "within_days"},
    "/v1/rfps/event-log": {"requester_kind", "form"},
    "/v1/rfps/excess": {"requester_kind", "from", "to"},
    "/v1/rfps/variants": {"requester_kind", "source", "from", "to", "path"},
    "/v1/rfps/comparison": {"requester_kind", "source", "before_from", "before_to", "after_from", "after_to"},
    "/v1/catalogue/deflection": {"from", "to"},
    "/v1/catalogue-orders": {"status"},
    "/v1/approvals": {"unreachable"},
    "/v1/pipeline-notices": {"standing"},
    "/v1/contract-feeds": {"revoked"},
    "/v1/priorities": {"name"},
    "/v1/delegations": {"delegator", "delegate", "live"},
    "/v1/audit/decisions": {"by", "kind", "body_of_work", "decision", "stream_id", "from", "to"},
    "/v1/audit/comparisons": {"from", "stream_id"},
    "/v1/audit/periods": {"from", "to"},
    "/v1/audit/bundles": {"stream_id", "from", "to", "body_of_work", "last_size", "last_origin"},
    "/v1/audit/checkpoint": {"size"},
    "/v1/audit/proofs/{position}": {"size"},
    "/v1/audit/consistency": {"from", "to"},
    "/v1/audit/reads": {"reader"},
    "/v1/changes": {"wait"},
    "/v1/inbox": {"kind", "thing", "unread", "overdue"},
    "/v1/documents": {"case_id", "withdrawn"},
    "/v1/comments": {"case_id"},
    "/v1/clarifications": {"rfp_id"},
    "/v1/exemptions": {"status", "matter_id", "review_by"},
    "/v1/people": {"name"},
    "/v1/retention/due": {"record_kind"},
    "/v1/deliveries": {"status", "case_id", "target", "type"},
    "/v1/outcomes": {"programme"},
    "/v1/milestones": {"programme", "outcome_number", "horizon", "overdue", "priority"},
    "/v1/outcomes/commitments": {"programme", "since"},
    "/v1/outcomes/measures": {"programme", "name"},
    "/v1/outcomes/report": {"programme", "since", "form"},
    "/v1/outcomes/decisions": {"programme", "since", "body_of_work", "kind"},
    "/v1/outcomes/report/exempt": {"programme", "since", "form"},
    "/v1/papers": {"programme"},
    "/v1/papers/{paper_id}/document": {"form"},
    "/v1/consultations": {"programme"},
    "/v1/promised-data": {"programme"},
    "/v1/projects": {"stage", "moscow", "handling", "paused", "is_open"},
    **{path: {"stage", "handling", "action_plan", "paused"} for path in OPEN_PROJECTS},
    "/v1/projects/internal": {"stage", "moscow", "paused", "skill", "short"},
    "/v1/projects/ranking": {"change_percent"},
    "/v1/project-registers": {"form"},
    "/v1/contract-registers": {"form"},
    "/v1/rfp-registers": {"form"},
    "/v1/rfps/transparency-register": {"quarter"},
    "/v1/contracts": {
        "stage",
        "dates_confirmed",
        "held_by_outgoing_supplier",
        "regime",
        "flag",
        "notice_acknowledged",
    },
    "/v1/contracts/due": {"undecided"},
    "/v1/contracts/transparency-register": {"quarter"},
    "/v1/renewal-rounds": {"stage"},
}
CHOOSING = ("service_area", "route", "supplier", "value_from", "value_to")
TESTED_ELSEWHERE = {
    ("/v1/rfps", "supplier"),
    ("/v1/rfps", "awarded_to"),
    ("/v1/audit/decisions", "value_from"),
    ("/v1/audit/decisions", "value_to"),
    ("/v1/contracts/due", "owner"),
    *(
        (f"/v1/rfps/{figures}", name)
        for figures in (
            *("bottlenecks", "flow", "stuck", "forecasts"),
            *("event-log", "excess", "variants", "comparison"),
        )
        for name in CHOOSING
    ),
}


async def raised(api: Api) -> str:
    return await api.raised()


async def routed(api: Api) -> str:
    """Bring an RFP so far that it has a value and a route."""
    return await api.in_business_case(2_000_000)


async def item(api: Api) -> str:
    body = {
        "name": "Tablet",
        "description": "Rugged.",
        "category": "Devices",
        "price_pence": 1,
        "lead_time_days": 1,
        "service_areas": ["Highways"],
        "available_from": "2020-01-01",
    }
    made: str = (await api.post("/v1/catalogue-items", body, PRIYA)).json()["id"]
    revise = {"decision": "revise", "service_areas": ["Highways", "Registrars"], "reason": "Both."}
    await api.post(f"/v1/catalogue-items/{made}/decisions", revise, PRIYA, version=1)
    await api.get("/v1/catalogue-items")  # where a search looks
    return made


async def project(api: Api) -> str:
    await scheme(
        api,
        transition_date="2027-01-01",
        project_categories=[{"name": "Networks", "sub_categories": []}],
        weights=[{"name": "savings", "weight": 30}],
    )
    made = await identified(
        api,
        owner="olga",
        start="2026-01-01",
        forecast_end="2047-06-01",
        category="Networks",
        service_area="Highways",
        supplier="Ribble Networks Ltd",
        confidence="Amber",
    )
    for number in range(2):
        over = {"start": "2020-01-01", "forecast_end": "2021-01-01", "finished_on": "2022-01-01"}
        await identified(api, f"OVER{number}", **over)
    await decided(api, made, "amend", origin="supplier", reason="They began it.")
    await decided(api, made, "prioritise", moscow="must", reason="It is old.")
    await decided(api, made, "decide-handling", handling="internal", reason="We can.")
    plan = {"owner": "olga", "due": "2026-12-01", "steps": [{"what": "x", "due": "2026-12-01"}]}
    await decided(api, made, "agree-action-plan", **plan)
    return made


async def contract(api: Api) -> str:
    await api.adopt_scheme()
    body = {
        "reference": "C-1",
        "title": "Network support",
        "supplier": {"name": "Ribble Networks Ltd"},
        "terms": {"initial_end": "2030-03-31", "notice": {"count": 3, "unit": "months"}},
        "value_pence": 0,
        "service_area": "Highways",
        "owner": "olga",
    }
    made: str = (await api.post("/v1/contracts", body, CORA)).json()["id"]
    return made


Made = Callable[[Api], Awaitable[str]]


class Case(NamedTuple):
    path: str
    parameter: str
    value: object
    made: Made
    fields: tuple[str, ...]


CASES = [
    Case("/v1/rfps", "service_area", "Registrars", raised, ("service_area",)),
    Case("/v1/rfps", "route", "open_tender", routed, ("route",)),
    Case("/v1/rfps", "value_from", 2_000_000, routed, ("estimate_pence",)),
    Case("/v1/rfps", "value_to", 2_000_001, routed, ("estimate_pence",)),
    Case("/v1/rfps/near-duplicates", "need", "Laptops", raised, ("title", "description")),
    Case("/v1/catalogue-items", "category", "Devices", item, ("category",)),
    Case("/v1/catalogue-items", "service_area", "Highways", item, ("service_areas",)),
    Case("/v1/catalogue-items", "available", "true", item, ("available_from",)),
    *(
        Case(path, parameter, value, project, fields)
        for path in ("/v1/projects", *OPEN_PROJECTS)
        for parameter, value, fields in (
            ("category", "Networks", ("category",)),
            ("origin", "supplier", ("origin",)),
            ("owner", "olga", ("owner",)),
            ("service_area", "Highways", ("service_area",)),
            ("supplier", "Ribble Networks Ltd", ("supplier",)),
            ("rating", "Amber", ("confidence",)),
        )
    ),
    *(
        Case(path, parameter, value, project, fields)
        for path in OPEN_PROJECTS
        for parameter, value, fields in (
            ("transition_date", "2027-06-01", ("forecast_end",)),
            ("flag", "ends_on_or_after_transition", ("forecast_end",)),
            ("probability_from", 0.0, ("start",)),
            ("probability_to", 1.0, ("start",)),
        )
    ),
    *(
        Case("/v1/contracts", parameter, value, contract, fields)
        for parameter, value, fields in (
            ("service_area", "Highways", ("service_area",)),
            ("owner", "olga", ("owner",)),
            ("reference", "C-1", ("reference",)),
            ("supplier", "Ribble Networks Ltd", ("supplier",)),
            ("continuation", "express", ("terms",)),
        )
    ),
    Case("/v1/contracts/due", "month", "2030-01", contract, ("terms",)),
    Case("/v1/contracts/calendar.ics", "owner", "olga", contract, ("owner",)),
    *(
        Case("/v1/projects/internal", parameter, value, project, fields)
        for parameter, value, fields in (
            ("category", "Networks", ("category",)),
            ("owner", "olga", ("owner",)),
            ("service_area", "Highways", ("service_area",)),
        )
    ),
    Case("/v1/projects", "reference", "ICT-1", project, ("reference",)),
]


def parameters() -> set[tuple[str, str]]:
    """Return what can be asked for, of which list: as the API file says."""
    return {
        (path, parameter["name"])
        for path, operations in described_paths().items()
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["in"] == "query" and parameter["name"] not in FORM
    }


def test_every_parameter_asks_for_what_is_in_sight_or_is_tried() -> None:
    tried = {(case.path, case.parameter) for case in CASES} | TESTED_ELSEWHERE
    in_sight = {(path, name) for path, names in IN_SIGHT.items() for name in names}
    assert not tried & in_sight
    assert parameters() == tried | in_sight


def test_no_parameter_that_is_in_sight_is_called_like_something_that_may_be_withheld() -> None:
    named = {name for names in IN_SIGHT.values() for name in names}
    # of a person, of an imported step, of a record that is due: none of them is listed by what events say
    # an RFP's reference is where it begins in the record, and not a bid's
    # `since` says which readings are compared, and finds nothing by an issued paper's own
    # a log's source is an import; a contract's flags go by what they are drawn from; its regime is the law
    harmless = {"name", "stage", "record_kind", "reference", "since", "source", "flag", "regime", "supplier"}
    harmless |= {"held_by_outgoing_supplier", "month"}  # the month that something is due in
    harmless |= {"case_id", "rfp_id"}  # which thing is asked about: an id tells nothing of it
    harmless |= {"unread"}  # what one has not read yet in one's inbox, and not a register's cells
    assert named & EXEMPTABLE <= harmless
    # a project's reference is not a bid's
    assert {parameter for _, parameter in parameters()} & SEALED <= {"reference"}


BY_FIELDS: dict[tuple[Made, tuple[str, ...]], list[Case]] = defaultdict(list)
for each in CASES:
    BY_FIELDS[each.made, each.fields].append(each)


@pytest.mark.parametrize(
    "cases", BY_FIELDS.values(), ids=lambda cases: f"{cases[0].made.__name__}-{'-'.join(cases[0].fields)}"
)
async def test_nobody_finds_a_thing_by_what_is_exempt_of_it(api: Api, cases: list[Case]) -> None:
    made = await cases[0].made(api)
    allowed = {name for name in cases[0].fields if name in EXEMPTABLE}
    assert allowed, "it can't be exempt at all"

    async def found(who: Who, case: Case, accept: str = "application/json") -> bool:
        answer = await api.get(case.path, who, headers={"Accept": accept}, **{case.parameter: case.value})
        return made in answer.text

    for case in cases:
        for who in (LEO, LARS):
            assert await found(who, case), f"it is found before: {case}"
    body = {
        "matter_id": made,
        "fields": sorted(allowed),
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", body, LARS)
    await api.get("/v1/exemptions")
    for case in cases:
        for accept in ("application/json", "text/csv", "application/x-ndjson"):
            assert not await found(LEO, case, accept), case
            assert await found(LARS, case, accept), case
        if case.path == "/v1/projects":
            assert not await found(PIA, case), "nor does who registered it, without the right"


async def test_nobody_finds_what_is_due_by_what_is_exempt_of_it(api: Api) -> None:
    made = await contract(api)

    async def due(who: Who) -> list[str]:
        answer = await api.get("/v1/contracts/due", who, month="2030-01", owner="olga")
        return [row["id"] for row in answer.json()["items"]]

    assert await due(LEO) == await due(LARS) == [made]
    body = {
        "matter_id": made,
        "fields": ["owner"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", body, LARS)
    await api.get("/v1/exemptions")
    assert (await due(LEO), await due(LARS)) == ([], [made])


async def test_a_catalogue_search_finds_nothing_by_what_is_exempt(api: Api) -> None:
    made = await item(api)
    find = {"query": "rugged tablet", "service_area": "Highways"}

    async def shown() -> list[str]:
        check = (await api.post("/v1/catalogue-checks", find, LEO)).json()["id"]
        seen: list[str] = (await api.get(f"/v1/catalogue-checks/{check}", LEO)).json()["shown"]
        return seen

    assert await shown() == [made]
    body = {
        "matter_id": made,
        "fields": ["description"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", body, LARS)
    await api.get("/v1/exemptions")
    assert await shown() == []


async def test_a_text_that_no_database_holds_is_refused_wherever_it_is_asked_for(api: Api) -> None:
    for path, operations in described_paths().items():
        for parameter in operations.get("get", {}).get("parameters", []):
            if parameter["in"] == "query" and "{" not in path:
                wanted = {parameter["name"]: "a\x00b"}
                answer = await api.client.get(path, params=wanted, headers=api.headers(EVERYBODY))
                assert answer.status_code == 422, (path, parameter["name"], answer.text)
