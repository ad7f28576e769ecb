"""Signatures as other people's libraries check them: every live secret's, and nothing tampered with."""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks.webhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook

from rfp_service.operator.webhooks import Listening, verified
from shared.governance.notifications.endpoint_secrets import new_signing_secret
from shared.governance.notifications.notification_types import WAITS, NotificationType
from shared.governance.notifications.openapi_webhooks import example
from shared.governance.notifications.signatures import signed_headers

ROOT = Path(__file__).parents[4]
OLD, NEW, OTHER = (new_signing_secret() for _ in range(3))
OF_TURNS = (NotificationType.TURN_BEGAN, NotificationType.TURN_ENDED)
CHECK = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const libraries = [require("standardwebhooks").Webhook, require("svix").Webhook];
const holds = ({ secret, body, headers }) => libraries.map((Library) => {
  try { new Library(secret).verify(body, headers); return true; } catch { return false; }
});
console.log(JSON.stringify(cases.map(holds)));
"""


def signed(
    kind: NotificationType = NotificationType.APPROVAL_REQUESTED, wait: str = ""
) -> tuple[bytes, dict[str, str]]:
    event: dict[str, Any] = {**example(kind), "note": "£ ✓"}
    said = {**event, "data": {**event["data"], "wait": wait}}
    body = json.dumps(said, ensure_ascii=False).encode()
    return body, signed_headers(uuid4(), body, [NEW, OLD], datetime.now(UTC))


def cases() -> list[tuple[bool, dict[str, Any]]]:
    """Return what is ours and what is not."""
    found: list[tuple[bool, dict[str, Any]]] = []
    of_turns = [(kind, wait) for kind in OF_TURNS for wait in WAITS]
    for kind, wait in [*((kind, "") for kind in NotificationType), *of_turns]:
        body, headers = signed(kind, wait)
        text = body.decode()
        found += [(True, {"secret": each, "body": text, "headers": headers}) for each in (OLD, NEW)]
        found.append((False, {"secret": OTHER, "body": text, "headers": headers}))
        found.append((False, {"secret": NEW, "body": text + " ", "headers": headers}))
        for name, value in (
            ("webhook-id", "msg_other"),
            ("webhook-timestamp", str(int(headers["webhook-timestamp"]) + 1)),
            ("webhook-timestamp", "1600000000"),
            ("webhook-timestamp", "soon"),
            ("webhook-signature", "v1,c29tZXRoaW5nIGVsc2U="),
            ("webhook-signature", "v2," + headers["webhook-signature"][3:47]),
        ):
            found.append((False, {"secret": NEW, "body": text, "headers": {**headers, name: value}}))
    return found


def test_python_libraries_take_what_is_ours_and_nothing_else() -> None:
    for is_ours, case in cases():
        for library in (Webhook, SvixWebhook):
            try:
                library(case["secret"]).verify(case["body"], case["headers"])
                taken = True
            except Exception:  # noqa: BLE001  # each library has its own
                taken = False
            assert taken is is_ours, (library, case)


def test_node_libraries_take_what_is_ours_and_nothing_else() -> None:
    if not (ROOT / "node_modules" / "standardwebhooks").exists():
        pytest.skip("the npm tools are not installed: make .venv/node.stamp")
    done = subprocess.run(
        ["node", "-e", CHECK],
        input=json.dumps([case for _, case in cases()]),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"},
    )
    for (is_ours, case), taken in zip(cases(), json.loads(done.stdout), strict=True):
        assert taken == [is_ours, is_ours], case


@pytest.mark.parametrize(
    "wrong", [{"webhook-timestamp": "soon"}, {"webhook-signature": "v1,£££="}, {"webhook-signature": "v1"}]
)
def test_what_trips_the_library_is_not_ours(wrong: dict[str, str]) -> None:
    body, headers = signed()
    assert verified([NEW], body, headers)
    assert not verified([NEW], body, {**headers, **wrong})


async def test_who_listens_answers_a_challenge_and_refuses_what_is_not_signed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    transport = httpx.ASGITransport(Listening([OLD]))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        body, headers = signed(NotificationType.ENDPOINT_CHALLENGE)
        answer = await client.post("/", content=body, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"challenge": "k3Qf0"})
        assert (await client.post("/", content=body + b" ", headers=headers)).status_code == 401
    said = capsys.readouterr().out
    assert "verified: {" in said
    assert "refused: msg_" in said
