"""An XES log is taken in with the report its tables would have; a hostile one harms nobody."""

import asyncio
import gzip
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.flow.imports import files
from shared.flow.imports.files import FileTooLarge, NotReadable
from shared.flow.imports.historic_log import Log
from shared.flow.imports.loader import XES, LogFiles
from shared.flow.imports.options import Options
from shared.flow.imports.xes import HasDocumentType, NotXes, cases_beside, convert
from shared.kernel.errors import Refused
from shared.web.sandbox.children import Sandbox
from shared.web.sandbox.limits import MIB, NeedsTooMuchMemory
from tests.shared.flow.imports.examples import CASES, EVENTS, write
from tests.support.whole_logs import read_log

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
KEYS = {
    "activity": ("string", "concept:name"),
    "stage": ("string", "stage"),
    "entered_at": ("date", "time:timestamp"),
    "actor": ("string", "org:resource"),
    "role": ("string", "org:role"),
    "party": ("string", "party"),
}


def as_xes(events: str = EVENTS, cases: str = CASES) -> str:
    """Write the tables of an example as XES."""
    heading, *rows = [line.split(",") for line in events.splitlines()]
    told = [dict(zip(heading, row, strict=True)) for row in rows]
    traces = []
    for line in cases.splitlines()[1:]:
        case, *dates = line.split(",")
        inside = f'<string key="concept:name" value="{case}"/>'
        for key, value in zip(("open_at", "close_at", "deadline"), dates, strict=True):
            inside += f'<date key="{key}" value="{value}"/>' if value else ""
        for event in (event for event in told if event["case_id"] == case):
            values = [(tag, key, event[column]) for column, (tag, key) in KEYS.items() if event[column]]
            inside += (
                "<event>"
                + "".join(f'<{tag} key="{key}" value="{v}"/>' for tag, key, v in values)
                + "</event>"
            )
        traces.append(f"<trace>{inside}</trace>")
    space = 'xes.version="1849.2016" xmlns="http://www.xes-standard.org/"'
    default = '<global scope="event"><string key="x" value="y"/></global>'
    return f"{HEAD}<log {space}>{default}{''.join(traces)}</log>"


def read(folder: Path, xes: str | bytes, **options: object) -> Log:
    source, target = folder / "log.xes", folder / "events.csv"
    source.write_bytes(xes if isinstance(xes, bytes) else xes.encode())
    convert(source, target)
    return read_log(target, cases_beside(target), Options(**options), NOW)  # type: ignore[arg-type]


def of_one_event(event: str) -> str:
    return f'<log><trace><string key="concept:name" value="P1"/><event>{event}</event></trace></log>'


RECEIVED = (
    '<string key="concept:name" value="Receive"/><date key="time:timestamp" value="2025-03-03T09:00:00Z"/>'
)


def test_a_log_says_the_same_in_xes_and_in_its_tables(tmp_path: Path) -> None:
    told = read(tmp_path, as_xes())
    tables = read_log(*write(tmp_path), Options(), NOW)
    assert told.report() == tables.report()
    assert told.cases.keys() == tables.cases.keys()
    for case_id, case in tables.cases.items():
        steps = [(s.activity, s.stage, s.entered_at, s.actor, s.role, s.party) for s in case.steps]
        same = told.cases[case_id]
        assert [(s.activity, s.stage, s.entered_at, s.actor, s.role, s.party) for s in same.steps] == steps
        assert (same.opened_at, same.closed_at, same.deadline) == (
            case.opened_at,
            case.closed_at,
            case.deadline,
        )


def test_an_activity_is_a_stage_where_no_map_says_otherwise(tmp_path: Path) -> None:
    log = read(tmp_path, of_one_event(RECEIVED))
    assert [s.stage for s in log.cases["P1"].steps] == ["Receive"]
    assert log.cases["P1"].opened_at == datetime(2025, 3, 3, 9, tzinfo=UTC)
    mapped = read(tmp_path, of_one_event(RECEIVED), activity_map={"Receive": "intake"})
    assert [s.stage for s in mapped.cases["P1"].steps] == ["intake"]
    unmapped = read(tmp_path, of_one_event(RECEIVED), activity_map={"Sing": "intake"})
    assert [(f.row, f.column, f.reason) for f in unmapped.bad] == [(2, "stage", "is missing")]


def of_events(*stamps: str, trace: str = "") -> str:
    """Return a log of one trace, its events named by their number."""
    events = "".join(
        f'<event><string key="concept:name" value="{n}"/><date key="time:timestamp" value="{at}"/></event>'
        for n, at in enumerate(stamps)
    )
    return f'<log><trace><string key="concept:name" value="P1"/>{trace}{events}</trace></log>'


def test_a_trace_opens_with_its_first_event_also_in_the_hour_that_comes_twice(tmp_path: Path) -> None:
    xes = of_events("2024-10-27T01:50:00", "2024-10-27T01:10:00", "2024-10-28T09:00:00")
    log = read(tmp_path, xes, time_zone="Europe/London")
    case = log.cases["P1"]
    assert [step.entered_at.isoformat() for step in case.steps] == [
        "2024-10-27T00:50:00+00:00",
        "2024-10-27T01:10:00+00:00",
        "2024-10-28T09:00:00+00:00",
    ]
    assert case.opened_at == case.steps[0].entered_at
    assert log.report().clock_change_stamps == 2


def test_a_trace_opens_with_its_first_event_however_that_is_written(tmp_path: Path) -> None:
    by_numbers = of_events("03/03/2025 09:00", "05/03/2025 09:00")
    log = read(tmp_path, by_numbers, dates="day_first", time_zone="UTC")
    assert (log.cases["P1"].opened_at, log.bad_rows) == (datetime(2025, 3, 3, 9, tzinfo=UTC), 0)
    mixed = read(tmp_path, of_events("2025-03-03T09:00:00", "2025-03-04T09:00:00Z"), time_zone="UTC")
    assert (mixed.cases["P1"].opened_at, mixed.before_open) == (datetime(2025, 3, 3, 9, tzinfo=UTC), 0)
    a_day = read(tmp_path, of_events("2025-03-03"), time_zone="UTC")
    assert a_day.date_only == 1
    own = '<date key="open_at" value="2025-03-01T09:00:00Z"/>'
    said = read(tmp_path, of_events("2025-03-03T09:00:00Z", trace=own))
    assert said.cases["P1"].opened_at == datetime(2025, 3, 1, 9, tzinfo=UTC)


def test_a_trace_opens_with_its_first_event_also_where_that_is_refused(tmp_path: Path) -> None:
    nameless = '<event><date key="time:timestamp" value="2025-03-02T09:00:00Z"/></event>'
    log = read(tmp_path, of_one_event(RECEIVED).replace("</trace>", nameless + "</trace>"))
    assert log.cases["P1"].opened_at == datetime(2025, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        ("2025-03-03T09:00:00", "has no offset, and no time zone was given"),
        ("2099-03-03T09:00:00Z", "is in the future"),
        ("yesterday", "is not an ISO 8601 time"),
    ],
)
def test_a_trace_whose_events_do_not_say_when_is_refused(tmp_path: Path, stamp: str, reason: str) -> None:
    closes = '<date key="close_at" value="2025-03-01T09:00:00Z"/>'
    log = read(tmp_path, of_events(stamp, trace=closes))
    assert [(f.file, f.row, f.column, f.reason) for f in log.bad] == [
        ("cases", 2, "open_at", reason),
        ("events", 2, "entered_at", reason),
    ]
    assert log.cases == {}


def test_a_group_is_the_role_of_who_has_none(tmp_path: Path) -> None:
    group = RECEIVED + '<string key="org:group" value="clerks"/>'
    assert read(tmp_path, of_one_event(group)).cases["P1"].steps[0].role == "clerks"
    both = group + '<string key="org:role" value="officer"/>'
    assert read(tmp_path, of_one_event(both)).cases["P1"].steps[0].role == "officer"


def test_what_is_said_of_an_attribute_is_not_said_of_its_event(tmp_path: Path) -> None:
    nested = '<string key="note" value="x"><string key="org:role" value="nobody"/></string>'
    assert not read(tmp_path, of_one_event(RECEIVED + nested)).cases["P1"].steps[0].role


@pytest.mark.parametrize(
    ("log", "row", "column", "reason"),
    [
        (of_one_event('<string key="concept:name" value="A"/>'), 2, "entered_at", "is missing"),
        (
            of_one_event('<date key="time:timestamp" value="2025-03-03T09:00:00Z"/>'),
            2,
            "activity",
            "is missing",
        ),
        (f"<log><event>{RECEIVED}</event></log>", 2, "case_id", "is missing"),
        ('<log><trace><string key="concept:name" value="P1"/></trace></log>', 2, "open_at", "is missing"),
    ],
)
def test_a_bad_event_is_reported_by_its_number(
    tmp_path: Path, log: str, row: int, column: str, reason: str
) -> None:
    assert (row, column, reason) in [(f.row, f.column, f.reason) for f in read(tmp_path, log).bad]


async def test_a_packed_log_is_the_same_log_and_read_in_a_child(tmp_path: Path) -> None:
    told = []
    for name, content in (("plain", as_xes().encode()), ("packed", gzip.compress(as_xes().encode()))):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "log").write_bytes(content)
        log = LogFiles(folder / "log", None, Options())
        tables = await log.as_tables(folder, Sandbox())
        told.append((log.identity(), await asyncio.to_thread(lambda read=tables: read.tried().report())))
    assert told[0] == told[1]
    assert told[0][1].events == 7


async def test_a_cases_file_counts_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(of_one_event(RECEIVED))
    _, cases = write(tmp_path)
    (folder := tmp_path / "tables").mkdir()
    tables = await LogFiles(tmp_path / "log", cases, Options()).as_tables(folder, Sandbox())
    assert tables.tried().report().cases == 3


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHING = f'{HEAD}<!DOCTYPE log [<!ENTITY l0 "ha">{LAUGHS}]>' + of_one_event(
    '<string key="concept:name" value="&l9;"/>'
)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (LAUGHING.encode(), (HasDocumentType, NotReadable)),
        (f"{HEAD}<!DOCTYPE log>{of_one_event(RECEIVED)}".encode(), HasDocumentType),
        (
            f"{HEAD}<!DOCTYPE log>{of_one_event(RECEIVED)}".replace("UTF-8", "UTF-16").encode("utf-16"),
            HasDocumentType,
        ),
        (b"<html><body/></html>", NotXes),
        (as_xes().encode()[:-20], NotReadable),
        (gzip.compress(as_xes().encode())[:-20], NotReadable),
        (b"<log>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</log>", NotReadable),
        (of_one_event('<string key="concept:name" value="&unknown;"/>').encode(), NotReadable),
        (of_one_event(f'<string key="concept:name" value="{"x" * 11_000_000}"/>').encode(), NotReadable),
    ],
    ids=["laughs", "DOCTYPE", "DOCTYPE-16", "other XML", "cut off", "damaged", "deep", "entity", "long"],
)
def test_what_is_no_sound_log_is_refused(
    tmp_path: Path, content: bytes, refusal: type[Refused] | tuple[type[Refused], ...]
) -> None:
    with pytest.raises(refusal):
        read(tmp_path, content)


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Return a site's address, and what it is asked for."""
    paths: list[str] = []

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


def test_nothing_is_fetched_for_a_log_from_elsewhere(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    site, paths = asked
    (tmp_path / "secret").write_text("secret")
    hostile = [
        f'<!DOCTYPE log SYSTEM "{site}/log.dtd">',
        f'<!DOCTYPE log [<!ENTITY x SYSTEM "{site}/x">]>',
        f'<!DOCTYPE log [<!ENTITY % x SYSTEM "{site}/y"> %x;]>',
        f'<!DOCTYPE log [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>',
    ]
    for doctype in hostile:
        with pytest.raises((HasDocumentType, NotReadable)):
            read(tmp_path, HEAD + doctype + of_one_event(RECEIVED + "&x;"))
        assert "secret" not in (tmp_path / "events.csv").read_text()
    assert paths == []


def test_a_packed_bomb_goes_off_no_further_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.flow.imports.xes.PLAIN_BYTES_LIMIT", 1 << 20)
    monkeypatch.setattr(files, "PLAIN_BYTES_LIMIT", 1 << 20)
    bomb = gzip.compress(b"<log>" + b" " * (1 << 22) + b"</log>")
    with pytest.raises(FileTooLarge):
        read(tmp_path, bomb)
    with pytest.raises(FileTooLarge):
        LogFiles(tmp_path / "log.xes", None, Options()).identity()


async def test_a_log_that_needs_too_much_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(gzip.compress(b"<log><trace>" + b"<x/>" * 1_000_000, 1))
    little = replace(XES, limits=XES.limits._replace(memory_bytes=96 * MIB))
    with pytest.raises(NeedsTooMuchMemory):
        await Sandbox().convert(little, tmp_path / "log", tmp_path / "events.csv")
