"""Figures of moments that are over, kept at hand: what was recorded by then never changes.

So are those of now that follow from the record alone, until more is recorded.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace

from rfp_service.measures.room_figures import Answering
from shared.web.offers.measures import MeasureOffered
from shared.web.reads.readings import Reading

MOMENTS_AT_HAND = 500  # of each measure; the board and a paper ask for seven of them


def kept(offered: MeasureOffered) -> MeasureOffered:
    """Return a measure that is read once for each moment that is over.

    The scheme's closed days count for the past as well, so a new version has every figure read again.
    """
    figures: OrderedDict[Hashable, float | None] = OrderedDict()

    async def read(service: Answering, reading: Reading) -> float | None:
        moment: Hashable
        if reading.past:
            await service.scheme.refresh()
            version = service.scheme.version
            moment = (reading.position, reading.as_of, reading.happened_by, reading.areas, version)
        elif offered.by_record_alone and reading.kept is not None:
            moment = (await reading.kept.state(), reading.areas)
        else:
            return await offered.read(service, reading)
        if moment not in figures:
            figures[moment] = await offered.read(service, reading)
            while len(figures) > MOMENTS_AT_HAND:
                figures.popitem(last=False)
        figures.move_to_end(moment)
        return figures[moment]

    return replace(offered, read=read)
