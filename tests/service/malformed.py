"""Whatever is sent, the API answers as its file says: every check of Schemathesis, on every operation."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.meta import CoverageScenario, coverage_scenario

from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.support.patience import PATIENCE_SECONDS
from tests.support.postgres import throwaway_folder
from tests.support.running import Running, running
from tests.support.sampling import API

ROOT = Path(__file__).parents[2]
UUID_FORM = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EXAMPLES = int(os.environ.get("MALFORMED", "1"))
SEED = os.environ.get("MALFORMED_SEED", "")  # draws other requests than those that are always drawn
PATHS = os.environ.get("MALFORMED_PATHS", ".")  # a pattern: the others are left alone
EXAMPLES_OF_ROLES = max(2, EXAMPLES // 10)  # odd ones first
IN_FULL = EXAMPLES >= 25
EVERY_NTH_ROLE = 1 if IN_FULL else 2 if SEED else 6  # beginning with another one for each path
EVERY_NTH_LIST = 1 if IN_FULL or SEED else 12  # of odd values, which take long to think of, by operations
EVERY_NTH_BY_ROLES = 1 if IN_FULL or SEED else 2  # of the operations

load_all_checks()
BY_NAME = {check.__name__: check for check in CHECKS.get_all()}

# What is well-formed and yet not understood, for what there is to refer to: it may answer 422.
DEPENDS_ON_WHAT_IS_THERE = {
    "/problems/beyond-the-record",  # a position that the record has not reached
    "/problems/key-used-otherwise",  # a key that another request has used
    "/problems/unreadable-instant",  # 30 February
    "/problems/unreadable-cursor",  # a cursor that no page gave
    "/problems/cursor-of-another-list",
    "/problems/no-such-kind",  # a kind of record that the retention schedule does not have
    "/problems/unknown-time-zone",  # and what an import's files and options hold
    "/problems/unreadable-activity-map",
    "/problems/unreadable-columns",
    "/problems/stages-needed",
    "/problems/not-readable",
    "/problems/column-missing",
    "/problems/sizes-reversed",  # an end before its beginning
    "/problems/period-reversed",
    "/problems/live-filters-only",  # of an imported log
    "/problems/ends-before-it-begins",
    "/problems/period-backwards",
    "/problems/times-reversed",
    "/problems/case-or-period",  # both, or neither
    "/problems/too-much-for-one-bundle",
    "/problems/unreadable-table",  # and what a register holds
    "/problems/no-heading",
    "/problems/no-capacity-table",
    "/problems/unknown-columns",
    "/problems/unreadable-mapping",
    "/problems/no-such-column",
    "/problems/no-such-field",
    "/problems/no-such-sheet",
    "/problems/unreadable-capacity",
    "/problems/other-format",
    "/problems/file-not-read",
    "/problems/mixed-columns",
}


def sound_is_accepted(ctx: Any, response: Any, case: Any) -> bool | None:
    """Stand in for the library's check, which can't know what a request refers to."""
    if response.status_code == 412:  # another version than the one that is there
        return None
    if response.status_code == 422 and response.json()["type"] in DEPENDS_ON_WHAT_IS_THERE:
        return None
    return BY_NAME["positive_data_acceptance"](ctx, response, case)


def a_version_is_asked_for(ctx: Any, response: Any, case: Any) -> bool | None:
    """Stand in for the library's check, which does not know 428 (RFC 6585, section 3)."""
    if response.status_code == 428:
        return None
    return BY_NAME["missing_required_header"](ctx, response, case)


def unsound_is_rejected(ctx: Any, response: Any, case: Any) -> bool | None:
    """Stand in for the library's check: a batch says no item by item, and 413 is a no too."""
    if response.status_code in (207, 413) or _vanished(response, case) or _became_text(case):
        return None
    return BY_NAME["negative_data_rejection"](ctx, response, case)


def _vanished(response: Any, case: Any) -> bool:
    """Say whether what was to be wrong was not sent: an unknown parameter that holds nothing."""
    operation = schema.raw_schema["paths"][case.path].get(case.method.lower(), {})
    declared = operation.get("parameters", [])
    unknown = set(case.query or {}) - {p["name"] for p in declared if p["in"] == "query"}
    sent = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    return bool(unknown) and unknown.isdisjoint(sent)


def _became_text(case: Any) -> bool:
    """Say whether a part of a form was to be of another type: a form has none, and sends it as text."""
    return case.media_type == "multipart/form-data" and any(
        not isinstance(value, str | bytes | list) for value in dict(case.body).values()
    )


STAND_INS = {
    "negative_data_rejection": unsound_is_rejected,
    "positive_data_acceptance": sound_is_accepted,
    "missing_required_header": a_version_is_asked_for,
}
ALL_CHECKS = [STAND_INS.get(name, check) for name, check in BY_NAME.items()]


@schemathesis.serializer(
    "application/x-ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
)
def as_it_is(_: Any, value: Any) -> bytes:
    """Send what is no JSON as the text that was drawn for it."""
    return value if isinstance(value, bytes) else str(value).encode()


API_FILE = ROOT / "openapi" / "openapi.json"
LABELS = sorted(
    f"{method.upper()} {path}"
    for path, methods in API["paths"].items()
    for method in methods
    if re.search(PATHS, path)
)
IN_TURN, BY_ROLES = set(LABELS[::EVERY_NTH_LIST]), set(LABELS[EVERY_NTH_BY_ROLES - 1 :: EVERY_NTH_BY_ROLES])
schema = schemathesis.openapi.from_path(API_FILE).include(lambda context: context.operation.label in IN_TURN)
by_role = schemathesis.openapi.from_path(API_FILE).include(
    lambda context: context.operation.label in BY_ROLES
)

if SEED:  # the library's own list of odd values stays the same
    schema.config.phases.update(phases=["examples", "fuzzing"])

# Ids of things that are there, so that not every request ends at "no such thing".
_known: dict[str, list[str]] = {}


@schema.hook
def map_path_parameters(_: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Let half of the sound ids be those of something that is there."""
    for name, ids in _known.items():
        drawn = str((path_parameters or {}).get(name, ""))
        if ids and UUID_FORM.fullmatch(drawn) and int(drawn[0], 16) % 2:
            assert path_parameters is not None
            path_parameters[name] = ids[int(drawn[1:3], 16) % len(ids)]
    return path_parameters


_tried: set[tuple[str, CoverageScenario, object]] = set()


@schema.hook
def filter_case(_: Any, case: Any) -> bool:
    """Of the library's own list of odd values, send one of each sort and place; all where it is in full.

    Each method that an operation lacks is a sort of its own: what takes its path instead may not answer.
    """
    scenario = coverage_scenario(case)
    if scenario is None or IN_FULL:
        return True
    is_method = scenario is CoverageScenario.UNSPECIFIED_HTTP_METHOD
    place = case.method if is_method else case.meta.phase.data.parameter_location
    sort = (case.operation.label, scenario, place)
    is_new = sort not in _tried
    _tried.add(sort)
    return is_new


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with throwaway_folder() as folder, running(folder, "demo") as demonstration:
        yield demonstration


@pytest.fixture(scope="module")
def headers(service: Running) -> dict[str, str]:
    """Return the headers of somebody who may do everything, and note what there is to do it to."""
    token = demonstration_token(service.data_dir, "rita-requester", list(Role))
    headers = {"Authorization": f"Bearer {token}"}
    for name, path in (
        ("rfp_id", "/v1/rfps"),
        ("item_id", "/v1/catalogue-items"),
        ("project_id", "/v1/projects"),
    ):
        items = httpx.get(service.url + path, headers=headers).json()["items"]
        _known[name] = [item["id"] for item in items]
    decisions = f"{service.url}/v1/audit/decisions?kind=catalogue-check"
    checks = httpx.get(decisions, headers=headers).json()["items"]
    _known["check_id"] = [item["stream_id"] for item in checks]
    return headers


def drawing(examples: int) -> Callable[[Any], Any]:
    """Return what lets a specification draw so many requests for an operation, the same each time."""
    limits = settings(
        max_examples=examples,
        deadline=None,
        derandomize=not SEED,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    return (lambda test: seed(int(SEED))(limits(test))) if SEED else limits


@schema.parametrize()
@drawing(EXAMPLES)
def test_every_answer_is_one_that_the_file_declares(
    case: schemathesis.Case, service: Running, headers: dict[str, str]
) -> None:
    everything_holds(case, service, headers)


def everything_holds(case: schemathesis.Case, service: Running, headers: dict[str, str]) -> None:
    """Send a request as somebody who may do everything, and make every check of its answer."""
    case.call_and_validate(
        base_url=service.url,
        headers=headers,
        excluded_checks=[BY_NAME[n] for n in STAND_INS],
        checks=ALL_CHECKS,
        timeout=PATIENCE_SECONDS,
    )


# Each request is sent by one role after the other; nothing else is asked of the answers than that they are
# declared, and no fault. The library's own list of odd values is left to the one who may do everything; of
# operations whose list is not in turn, they send what is drawn here as well. The examples that stand in the
# file take as long to think of as odd values: those of operations whose list is in turn are sent.
by_role.config.phases.update(phases=["examples", "fuzzing"] if IN_FULL or SEED else ["fuzzing"])
by_role.config.generation.update(modes=[GenerationMode.NEGATIVE, GenerationMode.POSITIVE])
by_role.hook(map_path_parameters)
DECLARED = [
    BY_NAME[name] for name in ("not_a_server_error", "status_code_conformance", "response_schema_conformance")
]


@by_role.parametrize()
@drawing(EXAMPLES_OF_ROLES)
def test_every_role_gets_answers_that_the_file_declares(
    case: schemathesis.Case, service: Running, headers: dict[str, str], tokens: list[str]
) -> None:
    if case.operation.label not in IN_TURN:
        everything_holds(case, service, headers)
    for token in tokens[len(case.path) % EVERY_NTH_ROLE :: EVERY_NTH_ROLE]:
        case.call_and_validate(
            base_url=service.url,
            headers={"Authorization": f"Bearer {token}"},
            checks=DECLARED,
            timeout=PATIENCE_SECONDS,
        )


@pytest.fixture(scope="module")
def tokens(service: Running, headers: dict[str, str]) -> list[str]:
    """Return a token of every role."""
    assert headers, "what there is to ask for has been noted"
    return [demonstration_token(service.data_dir, f"a-{role}", [role]) for role in Role]
