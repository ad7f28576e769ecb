"""An answered request leaves nothing in a circle: what it needed is free at once, and no reader waits."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType

from shared.kernel.errors import Refused
from tests.support.api import Api
from tests.support.people import RITA

OURS = ("shared.web", "rfp_service")


@contextmanager
def collecting(left: list[str]) -> Iterator[None]:
    """Keep the names of our functions, and of refusals, that only the collector would free."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield
        gc.collect()
        for each in gc.garbage:
            if isinstance(each, Refused):
                left.append(type(each).__name__)
            elif isinstance(each, FunctionType) and each.__module__.startswith(OURS):
                left.append(each.__qualname__)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def test_an_answered_request_leaves_nothing_to_be_collected(api: Api) -> None:
    rfp = await api.raised()
    wanted = {"/v1/rfps": 200, f"/v1/rfps/{rfp}": 200, "/v1/rfps?limit=0": 422, "/v1/nothing": 404}
    left: list[str] = []
    for path in wanted:
        await api.client.get(path, headers=api.headers(RITA))
    with collecting(left):
        for path, status in wanted.items():
            for _ in range(10):
                assert (await api.client.get(path, headers=api.headers(RITA))).status_code == status
    often = {name: number for name, number in Counter(left).items() if number >= 10}
    assert often == {}
