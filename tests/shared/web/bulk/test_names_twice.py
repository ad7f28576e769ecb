"""An item of NDJSON in which a name stands twice is refused for itself; the others are read."""

from pathlib import Path

from pydantic import BaseModel

from shared.web.bulk.items import NDJSON, Item, items
from shared.web.bulk.outcomes import Outcome
from shared.web.sandbox.children import Sandbox


class Named(BaseModel):
    reference: str


async def test_a_name_twice_costs_its_own_item_only(tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(b'{"reference": "A"}\n{"reference": "A", "reference": "B"}\n{"reference": "\\"C\\""}\n')
    found, _ = await items(body, NDJSON, Named, Sandbox())
    first, second, third = found
    assert isinstance(first, Item)
    assert isinstance(third, Item)
    assert isinstance(second, Outcome)
    assert "twice" in str(second.problem)
