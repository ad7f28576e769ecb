"""A witness over HTTP: one operation, as C2SP tlog-witness has it."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.ledger.witness import REQUEST_BYTES_LIMIT, Witness


def witness_door(witness: Witness) -> Starlette:
    """Return the app that a log's keeper asks."""

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > REQUEST_BYTES_LIMIT:
                return Response("Too large.\n", 413)
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return Response("A request is UTF-8.\n", 400)
        answer = witness.add_checkpoint(text)
        return Response(answer.body, answer.status, {"Content-Type": answer.media_type})

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])
