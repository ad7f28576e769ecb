"""How near two needs are: by the words they share, by English stems, and by how titles are spelt."""

from rfp_service.rfps.views.board import NEED
from shared.governance.disclosure.views import WITH_EXEMPT
from shared.record.projecting.views import STILL_VALID

FOUND_LIMIT = 20
NEAR_ENOUGH = 0.25

# Stems shared of all stems, and trigrams shared of all trigrams of the titles: the mean of both. No stems are
# looked for where titles are spelt so differently that even sharing all of them would not be near enough.
_NEAR = f"""
WITH asked AS (
    SELECT tsvector_to_array(to_tsvector('english', $1)) AS stems,
           CAST(replace(CAST(plainto_tsquery('english', $1) AS text), '&', '|') AS tsquery) AS query
), near AS (
    SELECT r.id, r.reference, r.title, r.service_area, r.stage, r.raised_by, r.opened_at,
           r.first_position, similarity(r.title, $1) AS spelt, t.stems AS stems, a.stems AS wanted
    FROM rfps r, asked a, LATERAL (SELECT tsvector_to_array({NEED}) AS stems) t
    WHERE {{valid}} AND r.opened_at >= $2
      AND (r.id NOT IN ({WITH_EXEMPT.format(names="$4")}) OR r.raised_by = ANY ($5))
      AND (CAST($6 AS text[]) IS NULL OR r.service_area = ANY ($6) OR r.raised_by = ANY ($5))
      AND r.stage <> ALL (CAST($8 AS text[])) AND similarity(r.title, $1) >= 2 * CAST($7 AS float8) - 1
      AND ({NEED} @@ a.query OR similarity(r.title, $1) >= 0.3)
), scored AS (
    SELECT n.*, shared.n::float8 / greatest(cardinality(n.wanted), 1) AS covered
    FROM near n, LATERAL (
        SELECT count(*) AS n FROM unnest(n.wanted) AS w (stem) WHERE w.stem = ANY (n.stems)
    ) shared
)
SELECT id, reference, title, service_area, stage, raised_by, opened_at, first_position,
       round(((covered + spelt) / 2)::numeric, 3)::float8 AS nearness
FROM scored WHERE (covered + spelt) / 2 >= CAST($7 AS float8)
ORDER BY nearness DESC, first_position DESC LIMIT $3
"""


def near(*, past: bool) -> str:
    """Return the statement for a need, the earliest opening, and how many at most.

    Then by which fields nothing may be found that they are exempt in, the reader's ids, whose own RFPs
    are always found, the service areas they are limited to, if any, how near is near enough, and in which
    stages nothing is found; of the past, a position as well.
    """
    then = "r.valid_from <= $9 AND r.valid_to > $9"
    return _NEAR.format(valid=then if past else f"r.valid_to = {STILL_VALID}")
