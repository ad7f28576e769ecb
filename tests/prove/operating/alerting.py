"""A Prometheus that watches the service as the operator's own files say, and what it then alerts of."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from tests.prove.operating.programs import program
from tests.prove.parts import ROOT, Failed
from tests.support.running import free_port

FILES = ROOT / "deploy" / "prometheus"
START_SECONDS = 60


@dataclass(frozen=True)
class Alerting:
    """A running one."""

    url: str

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        answer = httpx.get(f"{self.url}/api/v1/alerts", trust_env=False).json()
        return {each["labels"]["alertname"] for each in answer["data"]["alerts"] if each["state"] == "firing"}

    def has_seen(self, number: int) -> bool:
        """Say whether it has reached so many processes."""
        answer = httpx.get(f"{self.url}/api/v1/targets", trust_env=False).json()
        return sum(each["health"] == "up" for each in answer["data"]["activeTargets"]) == number


@contextmanager
def alerting(folder: Path, targets: Sequence[int]) -> Iterator[Alerting]:
    """Watch these ports of this machine, by the files in `deploy`, checked by their own checker."""
    checker, server = program("promtool", "prometheus"), program("prometheus", "prometheus")
    said = yaml.safe_load((FILES / "prometheus.yaml").read_text())
    said["rule_files"] = [str(FILES / "alerts.yaml")]
    [job] = said["scrape_configs"]
    job["static_configs"] = [{"targets": [f"127.0.0.1:{port}" for port in targets]}]
    config = folder / "prometheus.yaml"
    config.write_text(yaml.safe_dump(said))
    checked = subprocess.run(
        [checker, "check", "config", config], capture_output=True, text=True, check=False
    )
    if checked.returncode:
        raise Failed(checked.stdout + checked.stderr)
    port = free_port()
    command = [
        server,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/-/ready")
        yield Alerting(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait(url: str) -> None:
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last:
        try:
            if httpx.get(url, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise Failed("Prometheus did not start")
