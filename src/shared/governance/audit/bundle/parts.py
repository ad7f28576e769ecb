"""A bundle of a long period as a row of bundles, each of which anybody can open and check by itself.

A bundle is made, opened and checked in memory, and its story is one page: both have an end. A row of them
takes no more memory than its largest part, however long the period is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from shared.governance.audit.bundle.borders import topics_of_work
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import Manifest
from shared.record.database import Connection
from shared.record.eventstore.encoding import EnvelopeMapper

PART_ENTRIES = 20_000

# When the last entry of each part was recorded, which nothing else was: the last part goes to the end.
CUTS = """
SELECT recorded_at FROM (
    SELECT recorded_at, row_number() OVER (ORDER BY notification_id) AS number, count(*) OVER () AS total
    FROM stored_events
    WHERE notification_id > position_at($1) AND notification_id <= position_at($2)
        AND ($3::text[] IS NULL OR topic = ANY ($3))
) numbered WHERE number % $4 = 0 AND number < total ORDER BY number
"""


async def parts_of(
    connection: Connection, mapper: EnvelopeMapper, wanted: BundleRequest, entries: int = PART_ENTRIES
) -> list[BundleRequest]:
    """Return the periods, one after the other, that a long one is made of; any other request alone."""
    if wanted.start is None or wanted.end is None:
        return [wanted]
    topics = topics_of_work(mapper.topics, wanted.body_of_work) if wanted.body_of_work else None
    rows = await connection.fetch(CUTS, wanted.start, wanted.end, topics, entries)
    cuts: list[datetime] = [wanted.start, *(row["recorded_at"] for row in rows), wanted.end]
    return [replace(wanted, start=start, end=end) for start, end in pairwise(cuts)]


def after(part: BundleRequest, manifest: Manifest) -> BundleRequest:
    """Return the request of a part that proves to go on from where the record was at the one before."""
    return replace(part, last_size=manifest.size, last_origin=manifest.origin)


def gaps(manifests: Sequence[Manifest]) -> list[str]:
    """Return what keeps some bundles from being a row: each begins where the one before it ends."""
    found = []
    for number, (one, other) in enumerate(pairwise(manifests), start=2):
        if one.filters.get("to") is None or one.filters.get("to") != other.filters.get("from"):
            found.append(f"The bundle {number} does not begin where the one before it ends.")
        if one.origin != other.origin or one.filters.get("body_of_work") != other.filters.get("body_of_work"):
            found.append(f"The bundle {number} is of something else than the one before it.")
    return found
