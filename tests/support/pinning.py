"""`python -m tests.support.pinning`: a line for each event that is not pinned yet, with samples in it."""

import json
from pathlib import Path

from rfp_service.events import EVENTS
from tests.support import sampling

PINNED = Path(__file__).parents[1] / "service" / "pinned_events.ndjson"


def main() -> None:
    """Append; no line is ever changed."""
    pinned = [json.loads(line) for line in PINNED.read_text().splitlines()]
    there, envelope = {one["topic"] for one in pinned}, pinned[0]["state"]
    for event in EVENTS:
        if event.__name__ not in there:
            schema = event.model_json_schema()
            sampling.SCHEMAS |= schema.get("$defs", {})
            data = {name: sampling.sample(one) for name, one in schema["properties"].items()}
            with PINNED.open("a") as file:
                file.write(json.dumps({"topic": event.__name__, "state": {**envelope, "data": data}}) + "\n")


if __name__ == "__main__":
    main()
