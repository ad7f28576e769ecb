"""One thing as a reading has it: the state that its events add up to, or that there is none."""

from uuid import UUID

from fastapi import Request

from shared.kernel.errors import NotFound
from shared.kernel.messages import S, Stream
from shared.web.core_service import core_service
from shared.web.reads.readings import Reading


async def thing_as_of(request: Request, reading: Reading, thing: UUID, blank: S) -> Stream[S]:
    """Return a thing as it stands or stood; refuse what isn't or wasn't there."""
    stream = await core_service(request).store.load(thing, blank, reading.until)
    if stream.version == 0:
        raise NotFound
    return stream
