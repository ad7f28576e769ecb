"""Rows that PostgreSQL copied to a file in binary, every column a number: mapped, or a block at a time."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

COPY_HEADER_BYTES = 19
COPY_TRAILER_BYTES = 2
BLOCK_ROWS = 50_000  # so many are read at a time
NUMBERS = {"int4": ">i4", "int8": ">i8"}


def row_type(columns: Mapping[str, str]) -> "np.dtype[Any]":
    """Return what a row is that PostgreSQL copied in binary: every column a number, none null."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"bytes_{name}", ">i4"), (name, NUMBERS[kind])]
    return np.dtype(fields)


def rows_in(path: Path, row: "np.dtype[Any]") -> int:
    """Return how many rows were copied to a file."""
    return (path.stat().st_size - COPY_HEADER_BYTES - COPY_TRAILER_BYTES) // row.itemsize


def copied(path: Path, columns: Mapping[str, str]) -> NDArray[Any]:
    """Return the rows of a file that PostgreSQL copied."""
    row = row_type(columns)
    count = rows_in(path, row)
    if not count:
        return np.zeros(0, row)
    return np.memmap(path, row, "r", COPY_HEADER_BYTES, (count,))


def copied_blocks(path: Path, columns: Mapping[str, str]) -> Iterator[NDArray[Any]]:
    """Yield the rows of a file that PostgreSQL copied, so many at a time; at least one block, if empty."""
    row = row_type(columns)
    left = rows_in(path, row)
    with path.open("rb") as file:
        file.seek(COPY_HEADER_BYTES)
        while True:
            block = np.frombuffer(file.read(min(left, BLOCK_ROWS) * row.itemsize), row)
            yield block
            left -= len(block)
            if not left:
                return
