"""`audit monitor`: somebody outside follows the log, and computes again what it says."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer

from rfp_service.events import EVENTS
from rfp_service.terminal import say
from shared.governance.audit.monitor import Followed, Monitor
from shared.ledger.log_keys import read_policy

SECONDS = 60
NOT_FOLLOWED = 2


def monitor(
    url: Annotated[str, typer.Argument(help="The service, such as https://rfp.council.example.")],
    *,
    keys: Annotated[Path, typer.Option(exists=True, help="Whose signatures count, from somewhere else.")],
    folder: Annotated[Path, typer.Option(help="Where it remembers what it saw: keep it well.")],
    token: Annotated[
        Path | None,
        typer.Option(exists=True, help="A token to read the audit with; without one, hashes only."),
    ] = None,
    every: Annotated[
        int, typer.Option(min=0, help="Look again after so many minutes, until something is wrong.")
    ] = 0,
) -> None:
    works = {event.__name__: event.body_of_work for event in EVENTS}
    while True:
        headers = {"Authorization": f"Bearer {token.read_text().strip()}"} if token else {}
        with httpx.Client(base_url=url, headers=headers, timeout=SECONDS, trust_env=False) as client:
            monitor = Monitor(client, read_policy(keys), folder, works)
            try:
                found = monitor.follow(words=token is not None)
            except httpx.HTTPError as error:
                found, why = None, str(error) or type(error).__name__
                say(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: not followed, {why}")
        if found is not None:
            _say(found)
            if found.findings:
                raise typer.Exit(1)
        if not every:
            raise typer.Exit(0 if found is not None else NOT_FOLLOWED)
        time.sleep(60 * every)


def _say(found: Followed) -> None:
    for finding in found.findings:
        say(f"WRONG: {finding}")
    if found.lost:
        say(f"note: lost are {found.lost}.")
    new = found.size - found.before
    counted = f", {found.decisions} decisions" if found.decisions is not None else ""
    say(
        f"{found.size} entries, {new} of them new, {found.withheld} of those withheld;"
        f" {found.indexes} indexes computed again{counted}; {len(found.findings)} findings."
    )
