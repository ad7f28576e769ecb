"""The files in `deploy`, each read by the program that it is for."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import httpx

from tests.prove.operating.ground import waited
from tests.prove.operating.programs import program
from tests.prove.parts import ROOT, Failed
from tests.support.postgres import throwaway_folder
from tests.support.running import Running, free_port, running

DEPLOY = ROOT / "deploy"
INSTALLED = "/opt/rfp-service/bin/rfp-service"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
CERTIFICATE = (
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "1",
    "-subj",
    "/CN=rfp.council.example",
)


def configurations() -> str:
    """Have each file read by its own program; run nginx before a service."""
    with throwaway_folder() as folder:
        _units(folder)
        _read(program("promtool", "prometheus"), "check", "config", DEPLOY / "prometheus" / "prometheus.yaml")
        _caddy()
        _nginx(folder)
    return "systemd-analyze, promtool and Caddy read their files; nginx ended TLS before a service"


def _read(tool: Path, *arguments: object, **more: str) -> str:
    """Run a program that reads a file; return what it says, or fail with that."""
    done = subprocess.run(
        [tool, *map(str, arguments)], env={**os.environ, **more}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"{tool.name}: {done.stdout[-1_000:]}{done.stderr[-1_000:]}")
    return done.stdout + done.stderr


def _units(folder: Path) -> None:
    """Expect no word about any unit, but that its program is not installed here."""
    analyze = program("systemd-analyze", "systemd")
    for unit in sorted((DEPLOY / "systemd").glob("*.service")):
        copy = folder / unit.name.replace("@", "@8000")
        copy.write_text(unit.read_text().replace(INSTALLED, "/bin/true"))
    for name in sorted(path for path in folder.glob("*.service")):
        if said := _read(analyze, "verify", name).strip():
            raise Failed(f"{name.name}: {said}")


def _caddy() -> None:
    file = DEPLOY / "proxies" / "Caddyfile"
    said = _read(
        program("caddy", "caddy"),
        "validate",
        "--config",
        file,
        "--adapter",
        "caddyfile",
        HOST_NAME="rfp.council.example",
    )
    if "Valid configuration" not in said:
        raise Failed(f"Caddy: {said}")


def _nginx(folder: Path) -> None:
    """Run nginx with its file, but for its ports and where its certificate is; ask through it."""
    nginx = program("nginx", "nginx")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    _read(program("openssl", "openssl"), *CERTIFICATE, "-keyout", key, "-out", certificate)
    with running(folder, "serve", "--worker", TRUSTED_PROXIES="127.0.0.1") as service:
        tls = free_port()
        config = _nginx_file(folder, service, tls)
        _read(nginx, "-t", "-p", folder, "-c", config)
        process = subprocess.Popen([nginx, "-p", folder, "-c", config, "-g", "daemon off;"])
        try:
            _ask_through(f"https://127.0.0.1:{tls}", service)
        finally:
            process.terminate()
            process.wait(60)


def _nginx_file(folder: Path, service: Running, tls: int) -> Path:
    said = (DEPLOY / "proxies" / "nginx.conf").read_text()
    replaced: Sequence[tuple[str, str]] = (
        ("127.0.0.1:8000", f"127.0.0.1:{service.port}"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;"),
        ("/etc/ssl/rfp-service", str(folder)),
    )
    for old, new in replaced:
        if old not in said:
            raise Failed(f"nginx.conf says nothing of {old}")
        said = said.replace(old, new)
    config = folder / "nginx.conf"
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in TEMPORARY)
    config.write_text(
        f"pid {folder}/pid;\nerror_log {folder}/errors;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{said}\n}}\n"
    )
    return config


def _ask_through(url: str, service: Running) -> None:
    """Expect readiness without details, no metrics, and what a signed-in person may see."""
    with httpx.Client(base_url=url, verify=False, trust_env=False) as client:  # made just now

        def answers() -> bool:
            try:
                return client.get("/healthz").status_code == httpx.codes.OK
            except httpx.HTTPError:
                return False

        waited("nginx", answers)
        statuses = [client.get("/metrics").status_code]
        headers = {"Authorization": f"Bearer {service.token('requester')}"}
        listed = client.get("/v1/rfps", headers=headers)
        statuses.append(listed.status_code)
        if statuses != [httpx.codes.NOT_FOUND, httpx.codes.OK]:
            raise Failed(f"through nginx: {statuses}")
        if "max-age" not in listed.headers.get("Strict-Transport-Security", ""):
            raise Failed("nginx does not ask for TLS next time")
