"""A service that is away, fails, hangs or breaks off: the monitor says so, keeps what it saw, goes on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer

from rfp_service.operator import monitoring
from shared.governance.audit import monitor
from shared.governance.audit.monitor import CHECKPOINT, LEAVES
from shared.ledger.checkpoints import Checkpoint, Policy
from shared.ledger.notes import signed_note
from shared.ledger.tree import leaf_hash, nodes_of, root_hash
from tests.shared.governance.audit.examples import LOG
from tests.support.running import free_port

WELL, FAILS, HANGS, BREAKS_OFF, HANGS_UP, DRIPS = "well", "fails", "hangs", "breaks off", "hangs up", "drips"
SICK = {
    FAILS: "it answered 500 at /log/checkpoint",
    HANGS: "timed out",
    BREAKS_OFF: "peer closed connection without sending complete message body",
    HANGS_UP: "Server disconnected without sending a response.",
    DRIPS: "its answer at /log/checkpoint does not come to an end",
}


class Enough(Exception):
    """Everything was seen."""


class Log:
    """A log of some entries, and how whoever serves it does."""

    def __init__(self) -> None:
        self.size, self.does, self.ended = 5, WELL, threading.Event()

    def answer(self, path: str) -> bytes:
        leaves = [leaf_hash(bytes([n])) for n in range(self.size)]
        if path == "/log/checkpoint":
            root = root_hash(self.size, nodes_of(leaves))
            return signed_note(Checkpoint(LOG.verifier.name, self.size, root).text(), [LOG]).encode()
        return b"".join(leaves)


@contextmanager
def serving(log: Log) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if log.does == HANGS_UP:
                self.close_connection = True
                return
            if log.does == HANGS:
                log.ended.wait()
            content = log.answer(self.path)
            self.send_response(500 if log.does == FAILS else 200)
            more = {BREAKS_OFF: 10, DRIPS: 10**9}.get(log.does, 0)
            self.send_header("Content-Length", str(len(content) + more))
            self.end_headers()
            self.wfile.write(content)
            while log.does == DRIPS and not log.ended.wait(0.01):
                self.wfile.write(b".")

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # whoever asked has gone
                self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        log.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.txt"
    path.write_text(Policy((LOG.verifier,)).text())
    return path


@pytest.mark.slow
def test_it_says_so_keeps_what_it_knew_and_goes_on(
    tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log, folder = Log(), tmp_path / "seen"
    states = iter([*SICK, WELL])
    kept: list[bytes] = []

    def later(_: float) -> None:
        kept.append((folder / LEAVES).read_bytes() + (folder / CHECKPOINT).read_bytes())
        if (does := next(states, None)) is None:
            raise Enough
        log.does = does
        log.size += 1  # what happens meanwhile is followed once it answers again

    monkeypatch.setattr(monitoring, "SECONDS", 3)
    monkeypatch.setattr(monitor, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(monitoring.time, "sleep", later)
    with serving(log) as url, pytest.raises(Enough):
        monitoring.monitor(url, keys=keys, folder=folder, token=None, every=1)
    first, *sick, last = capsys.readouterr().out.splitlines()
    assert first.startswith("5 entries, 5 of them new")
    for said, why in zip(sick, SICK.values(), strict=True):
        assert said.partition("not followed, ")[2].startswith(why)
    assert last.startswith("11 entries, 6 of them new")
    assert len({*kept[:-1]}) == 1


@pytest.mark.parametrize("does", [FAILS, BREAKS_OFF])
def test_without_going_on_it_ends_with_a_status_of_its_own(
    tmp_path: Path, keys: Path, does: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Log()
    log.does = does
    with serving(log) as url, pytest.raises(typer.Exit) as ended:
        monitoring.monitor(url, keys=keys, folder=tmp_path / "seen", token=None, every=0)
    assert ended.value.exit_code == monitoring.NOT_FOLLOWED
    assert SICK[does] in capsys.readouterr().out


def test_where_nobody_listens_it_says_that(
    tmp_path: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        monitoring.monitor(f"http://127.0.0.1:{free_port()}", keys=keys, folder=tmp_path, token=None, every=0)
    assert ended.value.exit_code == monitoring.NOT_FOLLOWED
    assert "Connection refused" in capsys.readouterr().out
