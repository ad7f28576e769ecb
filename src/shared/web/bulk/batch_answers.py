"""How bulk operations are described in the API file, and how a batch is shown."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from shared.kernel.messages import Stream
from shared.web.bulk.batch_jobs import JobStarted
from shared.web.bulk.batches import Batch, BatchStatus, Counts
from shared.web.bulk.items import CSV, JSON, NDJSON, ODS, XLSX
from shared.web.bulk.responses import BatchAnswer
from shared.web.reads.answers import problems

TEXT = {"schema": {"type": "string"}}
TABLE = {"schema": {"type": "string", "format": "binary"}}  # as a file: generated clients send its bytes
PARTS = "#/components/schemas/{model}"


class BatchSeen(BaseModel):
    """A batch: what was asked for, what became of its items, and what it undid or what undid it."""

    id: UUID
    version: int
    status: BatchStatus
    operation: str
    mode: str
    items: int
    counts: Counts
    undoes: UUID | None
    undone_by: UUID | None
    started_at: datetime
    changed_at: datetime


def seen_batch(stream: Stream[Batch]) -> BatchSeen:
    """Return a batch as it is shown."""
    batch = stream.state
    assert stream.opened_at is not None
    assert stream.changed_at is not None
    return BatchSeen(
        id=stream.id,
        version=stream.version,
        status=batch.status,
        operation=batch.operation,
        mode=batch.mode,
        items=batch.items,
        counts=batch.counts,
        undoes=batch.undoes,
        undone_by=batch.undone_by,
        started_at=stream.opened_at,
        changed_at=stream.changed_at,
    )


def accepts(item: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a bulk operation: what may be sent, and what is answered."""
    schema = item.model_json_schema(ref_template=PARTS)
    schema.pop("$defs", None)
    body = {
        "type": "object",
        "required": ["items"],
        "additionalProperties": False,
        "properties": {"items": {"type": "array", "items": schema}},
    }
    line = ", ".join(f'"{name}": {json.dumps(value)}' for name, value in example.items())
    cells = ",".join(map(str, example.values()))
    content = {
        JSON: {"schema": body, "example": {"items": [example]}},
        NDJSON: {**TEXT, "example": f"{{{line}}}\n"},
        CSV: {**TABLE, "example": f"{','.join(example)}\r\n{cells}\r\n"},
        XLSX: {"schema": {"type": "string", "contentMediaType": XLSX}},
        ODS: {"schema": {"type": "string", "contentMediaType": ODS}},
    }
    return {"openapi_extra": {"requestBody": {"required": True, "content": content}}, "responses": answers()}


def answers() -> dict[int | str, dict[str, Any]]:
    """Return the description of what a bulk operation is answered with."""
    return {
        207: {
            "model": BatchAnswer,
            "description": "An outcome for each item, in the order sent: `item` is its row "
            "as a spreadsheet numbers it, in JSON its place from 1; `reference` is what it named",
            "content": {NDJSON: TEXT, CSV: TEXT},
            "headers": {
                "Batch": {"description": "The batch's id.", "schema": {"type": "string", "format": "uuid"}}
            },
        },
        202: {"model": JobStarted, "description": "It is large: a job was started"},
        **problems(409, 413, 415),
    }
