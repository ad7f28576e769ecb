"""The program as operators run it: started, stopped, killed, started again, twice at once."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from rfp_service.demonstration.exceptions import EXCEPTIONS
from rfp_service.demonstration.in_flight import TOLD
from rfp_service.demonstration.story import WAITING
from rfp_service.demonstration.tales import RFPS
from rfp_service.demonstration.urgencies import URGENCIES
from shared.embedded.places import Places
from tests.shared.flow.imports.examples import EVENTS, write
from tests.support.in_full import IN_FULL
from tests.support.patience import PATIENCE_SECONDS
from tests.support.postgres import Base, throwaway_folder
from tests.support.running import PROGRAM, Running, running

STORY_RFPS = RFPS + len(WAITING) + len(EXCEPTIONS) + len(URGENCIES) + len(TOLD)

pytestmark = pytest.mark.xdist_group("demonstration")


@pytest.fixture
def folder() -> Iterator[Path]:
    with throwaway_folder() as made:
        yield made


def get(service: Running, path: str, role: str) -> httpx.Response:
    """Read what follows from all that has happened."""
    headers = {"Authorization": f"Bearer {service.token(role)}"}
    return service.get(f"{path}{'&' if '?' in path else '?'}after={service.head()}", headers)


def rfps_as_of(service: Running, position: int) -> list[dict[str, Any]]:
    """Return the first page of RFPs as of a position, without what follows from today's date."""
    items = get(service, f"/v1/rfps?limit=200&as_of={position}", "requester").json()["items"]
    return [{name: value for name, value in item.items() if name != "overdue_working_days"} for item in items]


def raised(service: Running) -> Any:
    """Raise an RFP."""
    headers = {"Authorization": f"Bearer {service.token('requester')}"}
    body = {"title": "Laptops", "description": "Forty.", "service_area": "Registrars"}
    return httpx.post(f"{service.url}/v1/rfps", json=body, headers=headers, timeout=PATIENCE_SECONDS).json()


@pytest.mark.slow
def test_the_demonstration_shows_a_year_and_starts_again_with_its_data(demonstration: Running) -> None:
    service = demonstration
    head = service.head()
    listed = rfps_as_of(service, head)
    assert len(listed) >= STORY_RFPS
    assert len({item["stage"] for item in listed}) >= 8
    worst = get(service, "/v1/rfps/bottlenecks", "scrutiny_member").json()["edges"][0]
    assert worst["rank"] == 1
    assert worst["share_working"] > 0.1
    status, said = service.stop()
    assert status == 0, said
    for wanted in (service.url, "rfp-service token requester", "/v1/audit/decisions", str(service.data_dir)):
        assert wanted in said
    assert service.postgres() is None

    service.start()
    assert rfps_as_of(service, head) == listed
    status, said = service.stop(signal.SIGINT)
    assert status == 0, said
    assert "Traceback" not in said
    service.start()


@pytest.mark.slow
def test_after_a_kill_everything_is_there_again(demonstration: Running) -> None:
    service = demonstration
    head = service.head()
    before = rfps_as_of(service, head)
    service.kill()
    assert service.postgres() is not None  # the database outlives the service
    service.kill_postgres()
    service.start()
    assert rfps_as_of(service, head) == before


@pytest.mark.slow
def test_what_the_demonstration_suggests_works(demonstration: Running, tmp_path: Path) -> None:
    """The commands that the guide prints are run as they are printed."""
    text = demonstration.said.read_text()
    commands = re.findall(r"^  (TOKEN=.*|curl (?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert len(commands) == 7
    script = "set -eu\n" + "\n".join(commands).replace("curl ", "curl -sf ")
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"edges"' in done.stdout
    assert '"version":1' in done.stdout
    assert '"RfpRaised"' in done.stdout or '"decision"' in done.stdout


@pytest.mark.slow
def test_two_folders_are_two_services(folder: Path, demonstration: Running) -> None:
    with running(folder, "serve") as two:
        headers = {"Authorization": f"Bearer {demonstration.token('requester')}"}
        for service, expect in ((demonstration, 200), (two, 401)):
            assert service.get("/v1/rfps", headers).status_code == expect


@pytest.mark.slow
def test_a_server_and_a_worker_share_a_folder_and_the_last_one_stops_the_database(folder: Path) -> None:
    with running(folder, "serve") as server:
        worker = subprocess.Popen([PROGRAM, "worker"], env=server.environment)
        try:
            made = raised(server)
            headers = {"Authorization": f"Bearer {server.token('requester')}"}
            seen = server.get(f"/v1/rfps?after={made['position']}", headers).json()
            assert [item["id"] for item in seen["items"]] == [made["id"]]
            server.stop()
            assert server.postgres() is not None
        finally:
            worker.terminate()
            assert worker.wait(timeout=PATIENCE_SECONDS) == 0
        assert server.postgres() is None


@pytest.mark.slow
def test_a_port_that_is_taken_is_said_in_a_sentence(demonstration: Running) -> None:
    clash = Running(demonstration.data_dir, port=demonstration.port)
    done = clash.run("serve", check=False)
    assert done.returncode != 0
    assert f"{clash.port}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "99999"}, "PORT"),
        ({"HOST": "0.0.0.0"}, "loopback"),
        ({"PROFILE": "production"}, "DATABASE_URL"),
        ({"TRUSTED_PROXIES": "the-proxy"}, "TRUSTED_PROXIES"),
        ({"TOKEN_ISSUER": "https://issuer.example"}, "PROFILE=production"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "database"),
    ],
)
def test_what_is_configured_wrongly_is_said_in_a_sentence(
    folder: Path, variables: dict[str, str], sentence: str
) -> None:
    done = Running(folder, more=variables).run("serve", check=False)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_on_which_nothing_was_run_has_no_tokens_and_no_record(folder: Path) -> None:
    program = Running(folder / "other")
    for command in (("token", "requester"), ("audit", "keys"), ("audit", "fsck")):
        done = program.run(*command, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"Nothing was ever run on the data folder {folder / 'other'}" in done.stderr
        assert "set DATA_DIR" in done.stderr
    assert not (folder / "other").exists()


@pytest.mark.slow
def test_a_database_that_was_not_set_up_is_called_that(folder: Path, base: Base) -> None:
    program = Running(
        folder, more={"DATABASE_URL": urlsplit(base.service)._replace(path="/postgres").geturl()}
    )
    done = program.run("audit", "keys", check=False)
    assert "this database has not been set up by this program: run `rfp-service migrate`" in (done.stderr)


def test_the_socket_and_the_passwords_are_private(demonstration: Running) -> None:
    folder = demonstration.data_dir
    places = Places.of(folder)
    for private in (places.home, places.socket):
        assert private.stat().st_mode & 0o777 == 0o700
    for secret in (folder / "passwords.json", folder / "issuer.json"):
        assert secret.stat().st_mode & 0o777 == 0o600
    address = places.addresses().service
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address.replace("rfp_service:", "rfp_service:wrong"))


def test_a_log_is_imported_from_the_command_line(folder: Path, demonstration: Running) -> None:
    events, cases = write(folder, EVENTS + "P1,9,Receive,,2025-03-03T09:00:00Z,,,\n", packed=True)
    command = ("import", "rfp-log", str(events), str(cases), "--name", "Permits")
    tried = demonstration.run(*command, "--dry-run").stdout
    assert "nothing written" in tried
    assert "bad: events row 9, stage: is missing" in tried
    done = demonstration.run(*command).stdout
    assert "done" in done
    assert "3 cases, 7 events." in done
    assert "odd: cases row 4, close_at: closes before it opens" in done
    again = demonstration.run(*command).stdout
    assert again == done
    log_id = done.split()[1].rstrip(":")
    figures = get(demonstration, f"/v1/rfps/bottlenecks?source={log_id}", "requester")
    assert figures.json()["cases"]["all"] == 3


def test_forecasts_are_tested_on_the_past_from_the_command_line(demonstration: Running) -> None:
    horizons = ("--within-days", "30", "--within-days", "90")
    said = demonstration.run("forecasts", "back-test", *horizons).stdout
    assert [line.partition(":")[0] for line in said.splitlines()] == ["30 days", "90 days"]
    assert said.count("for a case's age, on") == 2


@pytest.mark.slow
def test_one_may_bring_ones_own_database(folder: Path, base: Base) -> None:
    own = {"DATABASE_URL": base.service, "DATABASE_OWNER_URL": base.owner}
    command, there = (("demo",), STORY_RFPS) if IN_FULL else (("serve", "--worker"), 0)
    with running(folder, *command, **own) as service:
        assert service.postgres() is None
        raised(service)
        assert len(get(service, "/v1/rfps?limit=200", "requester").json()["items"]) == there + 1
    rebuilt = Running(folder, more=own).run("rebuild").stdout
    assert "Every view is rebuilt" in rebuilt


def test_the_sql_of_a_migration_can_be_read_first(folder: Path, base: Base) -> None:
    sql = Running(folder, more={"DATABASE_URL": base.service}).run("migrate", "--sql").stdout
    assert "CREATE TABLE stored_events" in sql
    assert 'TO "spec_service"' in sql
