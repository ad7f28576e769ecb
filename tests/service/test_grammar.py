"""The grammar that every operation follows: who, on which version, under which key, in which form."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from shared.kernel.calendar import LONDON
from shared.web.reads.readings import end_of_day
from tests.support.api import Api
from tests.support.people import ADA, HANA, LEO, PRIYA, RITA, SAM, SCHEME

RAISE = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}
AMEND = {"decision": "amend", "title": "Tablets"}


async def test_a_new_thing_answers_its_receipt_and_version(api: Api) -> None:
    answer = await api.post("/v1/rfps", RAISE, expect=201)
    assert answer.headers["etag"] == '"1"'
    assert answer.json() == {"id": answer.json()["id"], "version": 1, "position": 1, "warnings": []}
    UUID(answer.json()["id"])


async def test_ones_own_write_is_read_after_its_position(api: Api) -> None:
    for number in range(1, 6):
        receipt = (await api.post("/v1/rfps", RAISE)).json()
        listed = (await api.get("/v1/rfps", after=receipt["position"])).json()
        assert len(listed["items"]) == number
        assert listed["position"] >= receipt["position"]


async def test_the_record_has_an_end(api: Api) -> None:
    for query in ({"after": 1}, {"as_of": 1}, {"after": 10**14}):
        problem = (await api.get("/v1/rfps", expect=422, **query)).json()
        assert problem["type"] == "/problems/beyond-the-record"
    await api.get("/v1/rfps", expect=422, as_of="yesterday")
    await api.get("/v1/rfps", expect=422, as_of="2026-01-01T00:00:00")  # without an offset
    await api.get("/v1/rfps", expect=422, as_of="2026-02-30T00:00Z")
    await api.get("/v1/rfps", expect=200, as_of="2020-02-29T00:00Z")


async def test_a_decision_names_the_version_it_was_made_on(api: Api) -> None:
    rfp = await api.raised()
    path = f"/v1/rfps/{rfp}/decisions"
    missing = await api.post(path, AMEND, expect=428)
    assert missing.json()["type"] == "/problems/version-needed"
    await api.post(path, AMEND, version=1)
    stale = await api.post(path, AMEND, version=1, expect=412)
    assert stale.json()["version"] == 2


async def test_versions_are_compared_strongly(api: Api) -> None:
    """RFC 9110, section 13.1.1."""
    rfp = await api.raised()

    async def status(if_match: str, path: str = f"/v1/rfps/{rfp}/decisions") -> int:
        headers = api.headers(RITA, If_Match=if_match)
        return (await api.client.post(path, json=AMEND, headers=headers)).status_code

    for unreadable in ("latest", "1", "01", "*,", '"1" "2"', '"1"x', 'w/"1"', "", "W/1", '"1", *'):
        assert await status(unreadable) == 422, unreadable
    for other in ('W/"1"', '"2"', '"latest"', '""', '"1 "', 'W/"1", "2"', '"01"'):
        assert await status(other) in (412, 422), other
    assert await status('W/"1"') == 412
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["version"] == 1
    assert await status('"7" , W/"1",\t"1"') == 200
    assert await status('"1", "2"') == 200
    assert await status("*") == 200
    assert await status("*", f"/v1/rfps/{uuid4()}/decisions") == 404
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["version"] == 4
    scheme = await api.client.post(
        "/v1/scheme/decisions", json=SCHEME, headers=api.headers(ADA, If_Match="*")
    )
    assert scheme.status_code == 412, "there is none yet"
    assert (
        await api.client.post("/v1/scheme/decisions", json=SCHEME, headers=api.headers(ADA, If_Match='"0"'))
    ).is_success


ACCEPTED = [
    ("", "application/json"),
    ("*/*", "application/json"),
    ("text/csv;q=0.5, application/json", "application/json"),
    ("text/csv, application/json;q=0.5", "text/csv"),
    ("text/*", "text/csv"),
    ("text/*;q=0.3, application/x-ndjson;q=0.4", "application/x-ndjson"),
    ("TEXT/CSV; Q=1", "text/csv"),
    ("application/json;q=0, */*", "text/csv"),
    ("text/csv;q=0.1, */*;q=0.05", "text/csv"),
    ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
    ("text/csv;q=oops, application/x-ndjson;q=0.1", "application/x-ndjson"),
    ("text/csv;header=present, , application/json;q=0.9", "text/csv"),
    ("text/html", None),
    ("application/json;q=0", None),
    ("image/*, text/csv;q=0", None),
    ("*/*;q=0", None),
]


async def test_a_list_comes_in_the_form_that_is_liked_best(api: Api) -> None:
    """RFC 9110, section 12.5.1."""
    for accept, form in ACCEPTED:
        answer = await api.get("/v1/rfps", expect=200 if form else 406, headers={"Accept": accept})
        expected = form or "application/problem+json"
        assert answer.headers["content-type"].partition(";")[0] == expected, accept
        if form is None:
            assert answer.json()["forms"] == ["application/json", "text/csv", "application/x-ndjson"]


async def test_what_can_be_read_has_a_head(api: Api) -> None:
    rfp = await api.raised()
    await api.get("/v1/rfps")  # once it is in view, both say the same
    for path in ("/v1/rfps", f"/v1/rfps/{rfp}", "/healthz", "/openapi.json"):
        full = again = None
        while full is None or again is None or full.headers.get("etag") != again.headers.get("etag"):
            full = again or await api.client.get(path, headers=api.headers(RITA))
            head = await api.client.head(path, headers=api.headers(RITA))
            again = await api.client.get(path, headers=api.headers(RITA))  # nothing was decided meanwhile
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-type", "etag"):
            assert head.headers.get(name) == full.headers.get(name)
        # How long an RFP has waited is written with more figures in one moment than in another.
        assert abs(int(head.headers["content-length"]) - len(full.content)) < 40
    assert (await api.client.head("/v1/rfps")).status_code == 401
    wrong = await api.client.head(f"/v1/rfps/{rfp}/decisions", headers=api.headers(RITA))
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    wrong = await api.client.delete("/v1/rfps", headers=api.headers(RITA))
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")


async def test_times_are_understood_as_people_write_them(api: Api) -> None:
    rfp = await api.raised()
    at = (await api.get(f"/v1/rfps/{rfp}")).json()["opened_at"]
    today = datetime.fromisoformat(at).astimezone(LONDON).date()

    async def count(as_of: str) -> int:
        return len((await api.get("/v1/rfps", as_of=as_of)).json()["items"])

    assert await count(str(today)) == await count(str(today + timedelta(days=1))) == 1
    assert await count(str(today - timedelta(days=1))) == 0
    assert await count("2020-03-01t00:00z") == await count("2020-03-01T00:00:00.5 01:00") == 0
    held = await api.client.get(f"/v1/rfps?as_of={today}T23:59:59+01:00", headers=api.headers(RITA))
    assert held.status_code == 200
    for unreadable in (
        "2026-02-30",
        "2026-3-1",
        "2026-03-01Z",
        "2026-03-01T00:00",
        "yesterday",
        "2026-03-01 00:00Z",
    ):
        problem = (await api.get("/v1/rfps", expect=422, as_of=unreadable)).json()
        assert "such as 2026-03-01T00:00Z" in problem["title"], unreadable


def test_a_day_ends_at_midnight_in_london() -> None:
    """In summer, that is 23:00 of Coordinated Universal Time."""
    assert end_of_day("2026-07-01") == datetime(2026, 7, 1, 22, 59, 59, 999_999, tzinfo=UTC)
    assert end_of_day("2026-01-31") == datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)


async def test_csv_begins_so_that_excel_knows_its_alphabet(api: Api) -> None:
    headers = {"Accept": "text/csv"}
    nothing = await api.get("/v1/rfps", headers=headers)
    assert nothing.content.startswith(b"\xef\xbb\xbfid,version,reference,")
    await api.raised(title="Möbel")
    table = (await api.get("/v1/rfps", headers=headers)).content
    [row] = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    assert row["title"] == "Möbel"
    assert row["id"]


async def test_who_asks_comes_first_then_what_they_may_then_what_is_there(api: Api) -> None:
    nothing = f"/v1/rfps/{uuid4()}/decisions"
    assert (await api.post(nothing, {}, None, 401)).headers["www-authenticate"] == "Bearer"
    await api.post(nothing, {"decision": "approve", "reason": "Yes."}, RITA, 403)
    await api.post(nothing, {"decision": "approve", "reason": "Yes."}, HANA, 404)
    await api.post(nothing, {"decision": "approve", "reason": "Yes."}, HANA, 404, version=1)
    await api.get(f"/v1/rfps/{uuid4()}", expect=404)
    await api.get("/v1/rfps/no-uuid", expect=404)
    await api.get("/v1/audit/decisions", RITA, 403)
    await api.get("/v1/nowhere", expect=404)


async def test_a_forged_or_foreign_token_names_nobody(api: Api) -> None:
    token = api.token(RITA)
    header, payload, signature = token.split(".")
    for forged in ("", "x", f"{header}.{payload}.", f"{header}.{payload}x.{signature}"):
        answer = await api.client.get("/v1/rfps", headers={"Authorization": f"Bearer {forged}"})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_thing_of_another_kind_is_not_found(api: Api) -> None:
    await api.adopt_scheme()
    check = (await api.post("/v1/catalogue-checks", {"query": "laptop"})).json()["id"]
    await api.get(f"/v1/rfps/{check}", expect=404)
    await api.get(f"/v1/rfps/{check}/history", expect=404)
    await api.get(f"/v1/imports/{check}", expect=404)
    await api.post(f"/v1/rfps/{check}/decisions", AMEND, expect=404, version=1)


WRONG_BODIES: list[tuple[object, str]] = [
    ({}, "#/title"),
    ({**RAISE, "title": ""}, "#/title"),
    ({**RAISE, "title": "   "}, "#/title"),
    ({**RAISE, "title": "a\u0000b"}, "#/title"),
    ({**RAISE, "title": 7}, "#/title"),
    ({**RAISE, "title": "t" * 201}, "#/title"),
    ({**RAISE, "raised_by": "ben"}, "#/raised_by"),
    ([], "#"),
]


async def test_what_is_wrong_with_a_body_is_pointed_at(api: Api) -> None:
    for body, pointer in WRONG_BODIES:
        problem = (await api.post("/v1/rfps", body, expect=422)).json()
        assert problem["type"] == "/problems/invalid-request", body
        assert pointer in [error["pointer"] for error in problem["errors"]], body
        assert await api.service.record.head() == 0, body


ONE_LINE = "Must be one line without control characters, nor any that turn the direction of text"


WRONG_TEXTS = {
    "": "Must not be blank",
    "  ": "Must not be blank",
    "a\nb": ONE_LINE,
    "a\u0000b": ONE_LINE,
    "Pay \u202e000,1": ONE_LINE,
    "\u2066Laptops\u2069": ONE_LINE,
    "Laptops\u200f": ONE_LINE,
    "\u061cLaptops": ONE_LINE,
}


async def test_what_is_wrong_with_a_text_is_said_in_words(api: Api) -> None:
    for title, detail in WRONG_TEXTS.items():
        problem = (await api.post("/v1/rfps", {**RAISE, "title": title}, expect=422)).json()
        assert problem["errors"] == [{"pointer": "#/title", "detail": detail}], title


async def test_a_parameter_that_is_not_known_is_named(api: Api) -> None:
    problem = (await api.get("/v1/rfps", expect=422, stag="draft")).json()
    assert problem["type"] == "/problems/no-such-parameter"
    assert problem["unknown"] == ["stag"]
    assert "stage" in problem["known"]


async def test_an_unknown_decision_is_pointed_at_without_being_repeated(api: Api) -> None:
    rfp = await api.raised()
    body = {"decision": "<script>"}
    answer = await api.post(f"/v1/rfps/{rfp}/decisions", body, expect=422, version=1)
    assert "script" not in answer.text
    [wrong] = answer.json()["errors"]
    assert wrong["pointer"] == "#/decision"
    assert wrong["detail"].startswith("Not one of the values known here: ")
    assert {"amend", "submit", "approve"} <= set(wrong["detail"].partition(": ")[2].split(", "))
    missing = await api.post(f"/v1/rfps/{rfp}/decisions", {}, expect=422, version=1)
    assert missing.json()["errors"] == [{"pointer": "#/decision", "detail": "Field required"}]


async def test_bodies_are_json_and_bounded(api: Api) -> None:
    async def posted(content: bytes, media_type: str) -> int:
        headers = {**api.headers(RITA), "Content-Type": media_type}
        return (await api.client.post("/v1/rfps", content=content, headers=headers)).status_code

    good = json.dumps(RAISE).encode()
    assert await posted(good, "application/json; charset=utf-8") == 201
    assert await posted(good, "text/plain") == 415
    assert await posted(b"{", "application/json") == 422
    assert await posted(b"", "application/json") == 422
    assert await posted(b"\xff\xfe", "application/json") == 422
    assert await posted(b" " * 70_000 + good, "application/json") == 413
    headers = api.headers(RITA, Idempotency_Key="two words")
    twice_wrong = await api.client.post(
        "/v1/rfps", content=b" " * 70_000, headers={**headers, "Content-Type": "application/json"}
    )
    assert (twice_wrong.status_code, twice_wrong.json()["status"]) == (413, 413)
    assert await posted(b"[" * 5_000 + b"]" * 5_000, "application/json") == 422


async def test_every_problem_has_one_shape(api: Api) -> None:
    rfp = await api.raised()
    answer = await api.post(f"/v1/rfps/{rfp}/decisions", {"decision": "submit"}, expect=409, version=1)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.pop("instance").startswith("urn:uuid:")
    assert problem == {
        "type": "/problems/wrong-stage",
        "title": "This can't be decided at the RFP's present stage.",
        "status": 409,
        "stage": "draft",
        "allowed_in": ["catalogue_check"],
    }


async def test_a_trace_goes_through(api: Api) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {**api.headers(RITA), "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answer = await api.client.post("/v1/rfps", json=RAISE, headers=headers)
    assert answer.headers["traceparent"].split("-")[1] == trace
    [event] = await api.service.record.after(0)
    assert event.stamp.trace.split("-")[1] == trace
    refused = await api.client.post("/v1/rfps", json={}, headers=headers)
    assert refused.json()["instance"].replace("-", "").endswith(trace)


async def test_what_one_holds_is_not_sent_again(api: Api) -> None:
    rfp = await api.raised()
    for path in ("/v1/rfps", f"/v1/rfps/{rfp}/history"):
        first = await api.get(path)
        held = {"If-None-Match": first.headers["etag"]}
        assert (await api.get(path, expect=304, headers=held)).content == b""
    await api.decide(rfp, "amend", title="Tablets")
    assert len((await api.get(path, headers=held)).json()["items"]) == 2


async def test_a_hundred_identical_requests_at_once_make_one_event(api: Api) -> None:
    answers = await asyncio.gather(
        *(
            api.client.post("/v1/rfps", json=RAISE, headers=api.headers(RITA, Idempotency_Key="once"))
            for _ in range(100)
        )
    )
    assert {a.status_code for a in answers} <= {201, 409}
    made = [a for a in answers if a.status_code == 201]
    assert len({a.text for a in made}) == 1
    running = [a for a in answers if a.status_code == 409]
    assert {a.json()["type"] for a in running} <= {"/problems/still-running"}
    again = await api.post("/v1/rfps", RAISE, key="once", expect=201)
    assert again.text == made[0].text
    assert again.headers["etag"] == '"1"'
    assert await api.service.record.head() == 1


async def test_a_key_belongs_to_one_request_of_one_person(api: Api) -> None:
    await api.post("/v1/rfps", RAISE, key="mine")
    other = await api.post("/v1/rfps", {**RAISE, "title": "Other"}, key="mine", expect=422)
    assert other.json()["type"] == "/problems/key-used-otherwise"
    await api.post("/v1/rfps", RAISE, LEO, key="mine", expect=201)
    bad = await api.post("/v1/rfps", RAISE, key="a key with spaces", expect=422)
    assert bad.json()["type"] == "/problems/unreadable-key"


async def test_a_repeated_decision_is_answered_though_its_version_has_passed(api: Api) -> None:
    rfp = await api.raised()
    path = f"/v1/rfps/{rfp}/decisions"
    first = await api.post(path, AMEND, version=1, key="k")
    await api.post(path, {**AMEND, "title": "Phones"}, version=2)
    assert (await api.post(path, AMEND, version=1, key="k")).json() == first.json()


async def test_lists_come_a_page_at_a_time_and_hold_still(api: Api) -> None:
    raised = [await api.raised(title=f"Need {n}") for n in range(7)]
    seen: list[str] = []
    page = await api.get("/v1/rfps", limit=3)
    for _ in range(2):
        seen += [item["id"] for item in page.json()["items"]]
        assert page.headers["link"].endswith('; rel="next"')
        path = page.headers["link"].partition(">")[0].removeprefix("<")
        await api.raised(title="In between")  # appears on no later page
        page = await api.client.get(path, headers=api.headers(RITA))
    seen += [item["id"] for item in page.json()["items"]]
    assert page.json()["next"] is None
    assert "link" not in page.headers
    assert seen == raised[::-1]
    for cursor in ("x", "e", "LTE", "w6k", "A" * 101):
        await api.get("/v1/rfps", expect=422, cursor=cursor)
    for limit in (0, 201, "x"):
        await api.get("/v1/rfps", expect=422, limit=limit)


async def test_lists_come_as_csv_and_ndjson(api: Api) -> None:
    await api.raised(title="=HYPERLINK(1)")
    await api.raised(title='Say "hello", world')
    asked = await api.get("/v1/rfps", headers={"Accept": "text/csv"})
    assert asked.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(asked.text)))
    assert [row["title"] for row in rows] == ['Say "hello", world', "'=HYPERLINK(1)"]
    lines = await api.get("/v1/rfps", headers={"Accept": "application/x-ndjson"})
    titles = [json.loads(line)["title"] for line in lines.text.splitlines()]
    assert titles == ['Say "hello", world', "=HYPERLINK(1)"]


async def test_everybody_reads_rfps_and_flow(api: Api) -> None:
    for who in (RITA, PRIYA, HANA, ADA, SAM):
        await api.get("/v1/rfps", who)
        await api.get("/v1/rfps/bottlenecks", who)


async def test_health_is_for_everybody(api: Api) -> None:
    assert (await api.get("/healthz", None)).json() == {"status": "alive"}
    ready = (await api.get("/readyz", None)).json()
    assert ready["status"] == "ready"
    assert "python_info" in (await api.get("/metrics", None)).text
