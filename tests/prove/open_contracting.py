"""Runs libcoveocds, a program of its own, on releases and records of a year: it knows the standard apart."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import orjson

from rfp_service.open_contracting.releases import PublishedProcess
from tests.open_contracting.histories import RELEASE_SCHEMA, SCHEMAS, made_public, processes_of_a_year
from tests.prove.parts import ROOT, Failed, Missing

HERE = Path(__file__).parent
CHECKER = ROOT / ".venv" / "ocds-checker"
PACKAGE_SCHEMA = "release-package-schema.json"
DRAFT = {"$schema": "http://json-schema.org/draft-04/schema#"}
FOLDER = "standard-1__1__5/"
PACKAGE = {
    "uri": "https://council.example/releases.json",
    "version": "1.1",
    "publisher": {"name": "Lancashire County Council"},
    "publishedDate": "2026-01-05T09:00:00Z",
}
OTHER_FINDINGS = (
    "deprecated_fields",
    "additional_closed_codelist_values",
    "additional_open_codelist_values",
    "additional_checks",
)


def open_contracting() -> str:
    """Have libcoveocds judge all releases and records of a year; name what else it finds."""
    program, processes = _program(), _processes()
    releases = [release for process in processes for release in process.releases]
    records = [_record(process) for process in processes]
    nameless = [{"title": "Nameless"}]
    faulty = {**records[0], "compiledRelease": {**records[0]["compiledRelease"], "awards": nameless}}
    with TemporaryDirectory() as folder:
        judge = partial(_judged, program, Path(folder))
        found = {name: judge(name, things) for name, things in (("releases", releases), ("records", records))}
        faults = judge("releases", [{**releases[0], "awards": nameless}]), judge("records", [faulty])
    for name, judged in found.items():
        if errors := judged["validation_errors"]:
            raise Failed(f"structural errors in {name}: {json.dumps(errors)[:2_000]}")
    if not all(each["validation_errors"] for each in faults):
        raise Failed("an award without an id is not found to be a fault")
    others = "; ".join(f"in {name} {_others(judged)}" for name, judged in found.items())
    return f"no structural error in {len(releases)} releases and {len(records)} records; {others}"


def _judged(program: Path, folder: Path, name: str, things: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the program finds in releases, or in records, by the pinned schema alone."""
    standard, package = folder / "standard.zip", folder / "package.json"
    _pack(standard)
    package.write_bytes(orjson.dumps({**PACKAGE, name: things}))
    done = subprocess.run(
        [program, "--standard-zip", standard, package], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(done.stderr[-2_000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _others(found: Mapping[str, Any]) -> str:
    """Return by name whatever else it finds."""
    fields = [f"{each['path']}/{each['field']}" for each in found["additional_fields"]]
    rest = [name for name in OTHER_FINDINGS if found[name]]
    return f"fields of our own: {', '.join(fields) or 'none'}; other findings: {', '.join(rest) or 'none'}"


def _processes() -> list[PublishedProcess]:
    found = processes_of_a_year(datetime.now(UTC))
    processes = (made_public(history, of=process) for process, history in found.items())
    return [process for process in processes if process]


def _record(process: PublishedProcess) -> dict[str, Any]:
    return {"ocid": process.ocid, "releases": process.releases, "compiledRelease": process.compiled}


def _record_package_schema() -> dict[str, Any]:
    """Return the schema of a package of records: that of releases, with records in their place.

    A record has an ocid, its releases (embedded, or linked to by their URLs), and what they add up to, as
    the standard's reference of record packages has it.
    """
    schema = json.loads((SCHEMAS / PACKAGE_SCHEMA).read_text())
    release = schema["properties"].pop("releases")["items"]
    linked = {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}}
    releases = [{"type": "array", "minItems": 1, "items": items} for items in (linked, release)]
    properties = {"ocid": {"type": "string"}, "releases": {"oneOf": releases}, "compiledRelease": release}
    record = {"type": "object", "required": ["ocid", "releases"], "properties": properties}
    records = {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/record"}, "uniqueItems": True}
    required = [name if name != "releases" else "records" for name in schema["required"]]
    known = {**schema["properties"], "records": records}
    return {**schema, "required": required, "properties": known, "definitions": {"record": record}}


def _pack(standard: Path) -> None:
    """Write the standard as the program wants it: the pinned schemas, and the codes that these close."""
    with ZipFile(standard, "w") as packed:
        packed.writestr(FOLDER, "")
        for name in ("release-schema.json", PACKAGE_SCHEMA):
            packed.write(SCHEMAS / name, f"{FOLDER}schema/{name}")
        packed.writestr(f"{FOLDER}schema/record-package-schema.json", json.dumps(_record_package_schema()))
        packed.writestr(f"{FOLDER}schema/versioned-release-validation-schema.json", json.dumps(DRAFT))
        for name, codes in dict(_closed(RELEASE_SCHEMA)).items():
            packed.writestr(f"{FOLDER}schema/codelists/{name}", "\n".join(["Code", *codes]))


def _closed(schema: object) -> Iterator[tuple[str, list[str]]]:
    """Yield the closed lists of codes, as the schema itself has them."""
    if isinstance(schema, list):
        for each in schema:
            yield from _closed(each)
    if not isinstance(schema, dict):
        return
    codes = schema.get("enum") or schema.get("items", {}).get("enum")
    if "codelist" in schema and codes:
        yield schema["codelist"], [code for code in codes if code]
    for each in schema.values():
        yield from _closed(each)


def _program() -> Path:
    """Return libcoveocds, under the AGPL, in a Python of its own, installed by its hashes."""
    python = CHECKER / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", CHECKER], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    done = subprocess.run(
        [*install, "-r", HERE / "ocds-checker.lock"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Missing(f"libcoveocds from PyPI: {done.stderr[-500:]}")
    return CHECKER / "bin" / "libcoveocds"
