"""What one file may cost while it is read, and what is said of a file that costs more."""

from typing import NamedTuple

from shared.kernel.errors import TooLarge, Unacceptable

MIB = 1024 * 1024
CHILDREN_AT_ONCE = 2  # the rest wait in order
ANSWER_BYTES_LIMIT = 64 * 1024
OPEN_FILES_LIMIT = 16
NICENESS = 10  # answers to others come first


class FileLimits(NamedTuple):
    """What a child may use: address space and written bytes, seconds of CPU and by the clock.

    The clock gives it several times as long: it is for a child that hangs, not for a machine that is busy.
    """

    memory_bytes: int
    output_bytes: int
    cpu_seconds: int
    wall_seconds: int


ONE_FILE = FileLimits(768 * MIB, 512 * MIB, 60, 300)


class NeedsTooMuchMemory(TooLarge):
    """Reading this file needs too much memory: remove the sheets, rows and columns nobody needs."""


class TakesTooLong(TooLarge):
    """Reading this file takes too long: split it, or send it as plain CSV or NDJSON."""


class ExpandsTooFar(TooLarge):
    """This file holds far more text than its size says: split it, or send it as plain CSV."""


class FileNotRead(Unacceptable):
    """This file can't be read: save it again from the program it was made with, or as CSV."""
