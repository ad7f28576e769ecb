"""`webhook-listen`: a receiver to try things out with, which prints and verifies what it gets."""

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
import typer
import uvicorn
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from rfp_service import logs
from rfp_service.terminal import say

BODY_BYTES_LIMIT = 64 * 1024


def verified(secrets: list[str], body: bytes, headers: Mapping[str, str]) -> bool:
    """Say whether one of the secrets signed a body: what the library trips over was not signed, either."""
    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # such as a signature that is not ASCII
            continue
        return True
    return False


class Listening:
    """An ASGI app that takes what is signed, answers challenges, and prints all of it."""

    def __init__(self, secrets: list[str]) -> None:
        """Verify by these secrets; without any, take everything and say that it is not verified."""
        self._secrets = secrets

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI's own
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        status, answer = self._taken(body, headers)
        content = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": content})
        await send({"type": "http.response.body", "body": orjson.dumps(answer)})

    def _taken(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        is_signed = verified(self._secrets, body, headers)
        if self._secrets and not is_signed:
            say(f"refused: {headers.get('webhook-id', 'no webhook-id')}")
            return 401, {"title": "Not signed by a known secret."}
        try:
            event = orjson.loads(body)
            challenge = event["data"].get("challenge", "")
        except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
            say("refused: no event")
            return 400, {"title": "Not an event."}
        said = "verified" if is_signed else "not verified"
        say(f"{said}: {orjson.dumps(event, option=orjson.OPT_INDENT_2).decode()}")
        return 200, {"challenge": challenge} if challenge else {}


async def _body(receive: Any) -> bytes:  # noqa: ANN401  # the same
    content, more = b"", True
    while more and len(content) <= BODY_BYTES_LIMIT:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return content


def listen(
    *,
    secret: Annotated[
        list[str] | None, typer.Option(help="The endpoint's secret; twice while it rotates.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8200,
) -> None:
    logs.configure("info")
    say(f"http://127.0.0.1:{port}")
    door = Listening(secret or [])
    uvicorn.run(door, host="127.0.0.1", port=port, log_config=None, access_log=False, server_header=False)
