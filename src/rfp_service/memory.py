"""Giving back, before a process begins its work, the memory that only its start took."""

import ctypes
import gc


def give_memory_back() -> None:
    """Free what importing left behind, and look no longer at what the program itself consists of.

    Commands are imported without the collector, and what that leaves is a seventh of a process. What is
    free then goes back to the machine, where its C library can say so.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
