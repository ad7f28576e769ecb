"""A log leaves the house whole, without names and without a dangling reference, and can come in again."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.flow.cases import CaseFacts
from shared.flow.exports.event_log import ExportedLog
from shared.flow.exports.ocel_json import write_ocel_json
from shared.flow.exports.ocel_sqlite import write_ocel_sqlite
from shared.flow.exports.xes_file import write_xes
from shared.flow.imports.options import Options
from shared.flow.imports.xes import cases_beside, convert
from shared.flow.log import Steps, live_log
from shared.kernel.calendar import HOUR, microseconds
from tests.shared.flow.exports.structure import must_be_ocel
from tests.support.whole_logs import read_log

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BEGAN = microseconds(datetime(2025, 3, 3, 9, 0, tzinfo=UTC))
ROWS = [
    ("A", "RfpRaised", "draft", "requester", "ann", False),
    ("A", "RfpSubmitted", "triage", "procurement", "ann", False),
    ("A", "RfpWithdrawn", "withdrawn", "nobody", "bob", True),
    ("B", "RfpRaised", "draft", "requester", "bob", False),
    ("B", "TargetExtended", "draft", "requester", "", False),
]
FACTS = [
    CaseFacts("A", "RFP-1", "Highways & <Parks>", "open", "Acme \x01 Ltd", 5_000, date(2025, 6, 1)),
    CaseFacts("B", "RFP-2", "Registrars", "", "", None, None),
    CaseFacts("C", "RFP-3", "Libraries", "", "", None, None),  # nothing of it in the log
]


def exported(salt: bytes = b"salt") -> ExportedLog:
    cases, activities, stages, parties, actors, ends = (list(column) for column in zip(*ROWS, strict=True))
    at = [BEGAN + n * HOUR + n for n in range(len(ROWS))]
    steps = Steps(cases, range(len(ROWS)), at, activities, stages, parties, ends, actors)  # type: ignore[arg-type]
    return ExportedLog(live_log(steps), {facts.id: facts for facts in FACTS}, salt)


def test_ocel_in_json_has_the_published_structure_and_no_dangling_reference(tmp_path: Path) -> None:
    write_ocel_json(exported(), tmp_path / "log.json")
    log = json.loads((tmp_path / "log.json").read_bytes())
    must_be_ocel(log)
    kinds = [thing["type"] for thing in log["objects"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {"rfp": 2, "person": 2, "service": 2, "supplier": 1}
    assert [event["type"] for event in log["events"]] == [row[1] for row in ROWS]
    [rfp] = [thing for thing in log["objects"] if thing["id"] == "A"]
    assert {a["name"]: a["value"] for a in rfp["attributes"]} == {
        "reference": "RFP-1",
        "route": "open",
        "estimate_pence": "5000",
        "needed_by": "2025-06-01T23:00:00.000000+00:00",
    }
    assert [link["qualifier"] for link in rfp["relationships"]] == ["is for", "awarded to"]
    assert log["events"][1]["time"] == "2025-03-03T10:00:00.000001+00:00"


def test_ocel_of_nothing_is_a_log_too(tmp_path: Path) -> None:
    nothing = ExportedLog(live_log(Steps([], [], [], [], [], [], [])), {}, b"salt")
    write_ocel_json(nothing, tmp_path / "log.json")
    must_be_ocel(json.loads((tmp_path / "log.json").read_bytes()))
    write_ocel_sqlite(nothing, tmp_path / "log.sqlite")
    write_xes(nothing, tmp_path / "log.xes")


def test_ocel_in_sqlite_says_the_same_and_keeps_its_keys(tmp_path: Path) -> None:
    write_ocel_json(exported(), tmp_path / "log.json")
    write_ocel_sqlite(exported(), tmp_path / "log.sqlite")
    told = json.loads((tmp_path / "log.json").read_bytes())
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = database.execute("SELECT ocel_id, ocel_type FROM event").fetchall()
        assert sorted(rows) == sorted((event["id"], event["type"]) for event in told["events"])
        for event in told["events"]:
            sql = f"SELECT ocel_time, stage, waiting_on FROM event_{event['type']} WHERE ocel_id = ?"
            stage, party = (attribute["value"] for attribute in event["attributes"])
            assert database.execute(sql, [event["id"]]).fetchall() == [(event["time"], stage, party)]
        links = database.execute("SELECT * FROM event_object").fetchall()
        links += database.execute("SELECT * FROM object_object").fetchall()
        assert sorted(links) == sorted(
            (one["id"], link["objectId"], link["qualifier"])
            for one in [*told["events"], *told["objects"]]
            for link in one["relationships"]
        )
        for thing in told["objects"]:
            cursor = database.execute(
                f"SELECT * FROM object_{thing['type']} WHERE ocel_id = ?", [thing["id"]]
            )
            row = dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
            said = {name: str(v) for name, v in row.items() if not name.startswith("ocel_") and v is not None}
            assert said == {a["name"]: a["value"] for a in thing["attributes"]}
        for table in ("event", "object", "event_object", "object_object", "event_RfpRaised", "object_rfp"):
            assert database.execute(f"SELECT count(*) FROM pragma_table_info('{table}') WHERE pk").fetchone()[
                0
            ]
        database.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("INSERT INTO event_object VALUES ('A-1', 'nobody', 'x')")


def test_xes_can_be_taken_in_again_with_equal_counts(tmp_path: Path) -> None:
    out = exported()
    write_xes(out, tmp_path / "log.xes")
    assert convert(tmp_path / "log.xes", tmp_path / "events.csv") == {"traces": 2, "events": 5}
    log = read_log(tmp_path / "events.csv", cases_beside(tmp_path / "events.csv"), Options(), NOW)
    report = log.report()
    assert (report.cases, report.events, report.bad_rows, report.warnings) == (2, 5, 0, 0)
    for case in out.cases():
        read = log.cases[case.facts.id]
        assert read.opened_at == datetime.fromisoformat(case.opened_at)
        assert (read.closed_at is None) == (case.closed_at == "")
        assert [(s.activity, s.stage, s.party, s.actor, s.entered_at) for s in read.steps] == [
            (e.activity, e.stage, e.party, e.person, datetime.fromisoformat(e.at)) for e in case.events
        ]


def test_persons_have_pseudonyms_that_hold_for_one_export_only(tmp_path: Path) -> None:
    for name, write in (("json", write_ocel_json), ("sqlite", write_ocel_sqlite), ("xes", write_xes)):
        write(exported(), tmp_path / name)
        content = (tmp_path / name).read_bytes()
        assert not any(
            f">{who}<".encode() in content or f'"{who}"'.encode() in content for who in ("ann", "bob")
        )
    one, other = exported(b"one"), exported(b"other")
    assert len(one.people) == len(other.people) == 2
    assert not set(one.people) & set(other.people)
    assert exported(b"one").people == one.people
