"""The API file as it stands in the repository; a spec of the house says that it is what the program does.

To have the program write it anew takes seconds.
"""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

FILE = Path(__file__).parents[2] / "openapi" / "openapi.json"


@cache
def described_paths() -> dict[str, dict[str, Any]]:
    """Return what the API file says of each path."""
    paths: dict[str, dict[str, Any]] = orjson.loads(FILE.read_bytes())["paths"]
    return paths
