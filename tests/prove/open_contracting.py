"""Runs libcoveocds, a program of its own, on the releases of a year: it knows the standard apart from us."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import orjson

from tests.open_contracting.histories import RELEASE_SCHEMA, SCHEMAS, made_public, processes_of_a_year
from tests.prove.parts import ROOT, Failed, Missing

HERE = Path(__file__).parent
CHECKER = ROOT / ".venv" / "ocds-checker"
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
    """Have libcoveocds judge every release of the demonstration's year; name what else it finds."""
    program = _program()
    releases = _releases()
    with TemporaryDirectory() as folder:
        found = _judged(program, Path(folder), releases)
        faulty = _judged(program, Path(folder), [{**releases[0], "awards": [{"title": "Nameless"}]}])
    if errors := found["validation_errors"]:
        raise Failed(f"structural errors: {json.dumps(errors)[:2_000]}")
    if not faulty["validation_errors"]:
        raise Failed("an award without an id is not found to be a fault")
    return f"libcoveocds finds no structural error in {len(releases)} releases; {_others(found)}"


def _judged(program: Path, folder: Path, releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the program finds in releases, by the pinned schema alone."""
    standard, package = folder / "standard.zip", folder / "package.json"
    _pack(standard)
    package.write_bytes(orjson.dumps({**PACKAGE, "releases": releases}))
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


def _releases() -> list[dict[str, Any]]:
    found = processes_of_a_year(datetime.now(UTC))
    processes = (made_public(history, of=process) for process, history in found.items())
    return [release for process in processes if process for release in process.releases]


def _pack(standard: Path) -> None:
    """Write the standard as the program wants it: the pinned schemas, and the codes that these close."""
    with ZipFile(standard, "w") as packed:
        packed.writestr(FOLDER, "")
        for name in ("release-schema.json", "release-package-schema.json"):
            packed.write(SCHEMAS / name, f"{FOLDER}schema/{name}")
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
