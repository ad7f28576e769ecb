"""What is signed, read or settled is written through functions that check it; views say what differs."""

from alembic import op

revision = "0023"
down_revision = "0022"

# RFC 6962: two nodes are hashed behind one byte of one. The number of hashes is a power of two.
SUBTREE_ROOT = r"""
CREATE FUNCTION subtree_root(hashes bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    WHILE octet_length(hashes) > 32 LOOP
        hashes := (
            SELECT string_agg(sha256('\x01'::bytea || substr(hashes, n * 64 + 1, 64)), ''::bytea ORDER BY n)
            FROM generate_series(0, octet_length(hashes) / 64 - 1) AS n
        );
    END LOOP;
    RETURN hashes;
END $$
"""
# The root of the tree's first entries, from its tiles; null where they don't reach so far.
LOG_ROOT = r"""
CREATE FUNCTION log_root(size bigint) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
DECLARE
    tall int := 0;
    width int;
    tile bytea;
    root bytea;
    peak bytea;
BEGIN
    WHILE size > 0 LOOP
        width := size % 256;
        SELECT t.hashes INTO tile FROM log_tiles t WHERE t.level = tall AND t.number = size / 256;
        IF width > 0 AND coalesce(octet_length(tile), 0) < width * 32 THEN
            RETURN NULL;
        END IF;
        FOR bit IN 0..7 LOOP
            CONTINUE WHEN (width >> bit) & 1 = 0;
            peak := subtree_root(substr(tile, ((width >> (bit + 1)) << (bit + 1)) * 32 + 1, (1 << bit) * 32));
            root := coalesce(sha256('\x01'::bytea || peak || root), peak);
        END LOOP;
        size := size / 256;
        tall := tall + 1;
    END LOOP;
    RETURN root;
END $$
"""
# A tile grows by what the record, or the tiles below it, hold: anything else is refused.
KEEP_TILES = """
CREATE FUNCTION keep_log_tiles(levels int[], numbers bigint[], tiles bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tile record;
    kept int;
    grown bytea;
BEGIN
    FOR tile IN
        SELECT * FROM unnest(levels, numbers, tiles) AS t (tall, place, hashes) ORDER BY tall, place
    LOOP
        SELECT octet_length(t.hashes) / 32 INTO kept FROM log_tiles t
        WHERE t.level = tile.tall AND t.number = tile.place;
        kept := coalesce(kept, 0);
        CONTINUE WHEN octet_length(tile.hashes) / 32 <= kept;
        IF tile.tall = 0 THEN
            SELECT string_agg(s.leaf_hash, ''::bytea ORDER BY s.notification_id) INTO grown
            FROM stored_events s
            WHERE s.notification_id > tile.place * 256 + kept
              AND s.notification_id <= tile.place * 256 + octet_length(tile.hashes) / 32;
        ELSE
            SELECT string_agg(subtree_root(t.hashes), ''::bytea ORDER BY t.number) INTO grown
            FROM log_tiles t
            WHERE t.level = tile.tall - 1 AND octet_length(t.hashes) = 8192
              AND t.number >= tile.place * 256 + kept
              AND t.number < tile.place * 256 + octet_length(tile.hashes) / 32;
        END IF;
        IF grown IS DISTINCT FROM substr(tile.hashes, kept * 32 + 1) THEN
            RAISE EXCEPTION 'The record holds other hashes than tile % of level %.', tile.place, tile.tall
                USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO log_tiles AS l VALUES (tile.tall, tile.place, tile.hashes)
        ON CONFLICT (level, number) DO UPDATE SET hashes = EXCLUDED.hashes;
    END LOOP;
END $$
"""
KEEP_CHECKPOINT = r"""
CREATE FUNCTION keep_checkpoint(entries bigint, tree bytea, signed text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM log_checkpoints c WHERE c.size = entries) THEN
        RETURN;
    END IF;
    IF entries > (SELECT h.position FROM event_head h)
       OR entries <= (SELECT coalesce(max(c.size), 0) FROM log_checkpoints c)
       OR log_root(entries) IS DISTINCT FROM tree
       OR split_part(signed, E'\n', 2) <> entries::text
       OR split_part(signed, E'\n', 3) <> encode(tree, 'base64') THEN
        RAISE EXCEPTION 'This is no checkpoint of this record: it is not kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO log_checkpoints (size, root, note) VALUES (entries, tree, signed);
END $$
"""
KEEP_READ_CHECKPOINT = r"""
CREATE FUNCTION keep_read_checkpoint(place bigint, signed text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_reads r WHERE r.position = place
        AND split_part(signed, E'\n', 2) = place::text
        AND split_part(signed, E'\n', 3) = encode(r.hash, 'base64')
    ) THEN
        RAISE EXCEPTION 'This is no checkpoint of this log of reads: it is not kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO read_checkpoints (position, note) VALUES (place, signed) ON CONFLICT DO NOTHING;
END $$
"""
# A verifier's key: its name, the first bytes of the hash of name and key, and the key behind its type.
IS_KEY = r"""
CREATE FUNCTION is_log_key(verifier text, kind text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    part text[] := regexp_match(verifier, '^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$');
    public bytea;
BEGIN
    IF part IS NULL THEN
        RETURN false;
    END IF;
    public := decode(part[3], 'base64');
    RETURN get_byte(public, 0) = CASE kind WHEN 'log' THEN 1 WHEN 'witness' THEN 4 END
       AND encode(substr(sha256(convert_to(part[1] || E'\n', 'UTF8') || public), 1, 4), 'hex') = part[2];
END $$
"""
# What was signed with a key says so; a key that no longer signs is retired from that size on.
CHANGE_KEYS = """
CREATE FUNCTION change_log_keys(verifiers text[], kind text, entries bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF kind NOT IN ('log', 'witness')
       OR entries < 0 OR entries > (SELECT h.position FROM event_head h)
       OR cardinality(verifiers) > (CASE kind WHEN 'log' THEN 4 ELSE 16 END)
       OR (kind = 'log' AND (SELECT count(DISTINCT split_part(v, '+', 1)) FROM unnest(verifiers) AS v) <> 1)
       OR EXISTS (SELECT 1 FROM unnest(verifiers) AS v WHERE is_log_key(v, kind) IS NOT TRUE) THEN
        RAISE EXCEPTION 'These are no keys of this log: they are not kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    WITH latest AS (
        SELECT DISTINCT ON (k.verifier) k.verifier, k.change FROM log_keys k
        ORDER BY k.verifier, k.changed_at DESC
    )
    INSERT INTO log_keys (verifier, change, from_size)
    SELECT v, kind, entries FROM unnest(verifiers) AS v
    LEFT JOIN latest ON latest.verifier = v WHERE latest.change IS DISTINCT FROM kind
    UNION ALL
    SELECT latest.verifier, 'retired', entries FROM latest
    WHERE latest.change = kind AND latest.verifier <> ALL (verifiers);
END $$
"""
KEEP_COSIGNATURE = r"""
CREATE FUNCTION keep_cosignature(entries bigint, key text, signature text, at timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text[] := regexp_match(signature, E'^— (\\S+) ([A-Za-z0-9+/]+={0,2})\n$');
    signed bytea;
BEGIN
    IF part IS NOT NULL AND is_log_key(key, 'witness') AND part[1] = split_part(key, '+', 1) THEN
        signed := decode(part[2], 'base64');
    END IF;
    IF signed IS NULL OR octet_length(signed) <> 76
       OR encode(substr(signed, 1, 4), 'hex') <> split_part(key, '+', 2)
       OR ('x' || encode(substr(signed, 5, 8), 'hex'))::bit(64)::bigint <> extract(epoch FROM at)::bigint
       OR NOT EXISTS (SELECT 1 FROM log_checkpoints c WHERE c.size = entries) THEN
        RAISE EXCEPTION 'This is no signature of a witness: it is not kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO log_cosignatures (size, witness, line, signed_at) VALUES (entries, key, signature, at)
    ON CONFLICT DO NOTHING;
END $$
"""
# Who reads is in the directory of people, or is a service account, or an operator at the command line.
# A role that can't append, as scrutiny's own, reads as an operator only.
READER_IS_KNOWN = r"""
CREATE FUNCTION reader_is_known(reader text, authority text, session name)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN reader LIKE 'operator:_%' OR authority = 'operator'
            THEN reader LIKE 'operator:_%' AND authority = 'operator'
        WHEN NOT has_function_privilege(session, 'append_events(int[], uuid[], bigint[], text[], bytea[],'
                                                 ' int[], text[], text[], bytea[])', 'EXECUTE') THEN false
        WHEN EXISTS (SELECT 1 FROM people p WHERE p.id = reader) THEN true
        ELSE EXISTS (
            SELECT 1 FROM stored_events s
            WHERE s.originator_id::text = reader AND s.originator_version = 1
              AND s.topic LIKE 'ServiceAccount%'
        )
    END
$$
"""
READS_ARE_CHECKED = r"""
CREATE FUNCTION refuse_unknown_reader() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT reader_is_known(NEW.reader, NEW.authority, session_user) THEN
        RAISE EXCEPTION 'Nobody is known by this name: the read is not kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
CHECK_READS = """
CREATE TRIGGER known_reader BEFORE INSERT ON audit_reads
    FOR EACH ROW EXECUTE FUNCTION refuse_unknown_reader()
"""
# A deadline that moved its case left its idempotency key with the event; one that did not has come, and
# been claimed.
SETTLE_DEADLINE = """
CREATE FUNCTION settle_deadline(deadline bigint, became text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    due deadlines;
    moved boolean;
BEGIN
    SELECT * INTO due FROM deadlines d WHERE d.id = deadline AND d.settled_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    moved := EXISTS (
        SELECT 1 FROM idempotency_keys i WHERE i.caller = 'clock'
        AND i.key = due.case_id || ':' || due.kind || ':' || due.version
    );
    IF due.leased_until IS NULL OR due.attempts < 1 OR (became = 'moved' AND NOT moved)
       OR (due.due_at > clock_timestamp() AND NOT moved)
       OR (became LIKE 'failed: %' AND due.attempts < 50)
       OR became !~ '^(moved|moot|unknown|refused: .+|failed: .+)$' THEN
        RAISE EXCEPTION 'The record does not show that this became of the deadline.'
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE deadlines SET settled_at = clock_timestamp(), outcome = became, leased_until = NULL
    WHERE id = deadline;
END $$
"""
POSTPONE_DEADLINE = """
CREATE FUNCTION postpone_deadline(deadline bigint, later timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE deadlines SET due_at = later, leased_until = NULL, attempts = 0
    WHERE id = deadline AND settled_at IS NULL AND leased_until IS NOT NULL AND due_at < later;
END $$
"""
FUNCTIONS = (
    "keep_log_tiles, keep_checkpoint, keep_read_checkpoint, change_log_keys, keep_cosignature,"
    " settle_deadline, postpone_deadline"
)
NOT_FOR_EVERYBODY = f"REVOKE ALL ON FUNCTION {FUNCTIONS} FROM PUBLIC"
# How far each view was last compared with the record, and what was found; who answers how as a witness.
COMPARED = "ALTER TABLE views ADD COLUMN compared bigint NOT NULL DEFAULT 0, ADD COLUMN differs text"
WITNESS_ANSWERS = """
CREATE TABLE witness_answers (
    witness text PRIMARY KEY,
    failing_since timestamptz,
    refused boolean NOT NULL DEFAULT false,
    said text NOT NULL DEFAULT ''
)
"""

# From where on each reaction has seen every event: what it must have set off since can be told.
SINCE = "ALTER TABLE reactions ADD COLUMN since bigint"
SINCE_NOW = "UPDATE reactions SET since = position"
SINCE_ALWAYS = "ALTER TABLE reactions ALTER COLUMN since SET NOT NULL"


def upgrade() -> None:
    """Create the functions, and what readiness reads."""
    for statement in (
        SUBTREE_ROOT,
        LOG_ROOT,
        KEEP_TILES,
        KEEP_CHECKPOINT,
        KEEP_READ_CHECKPOINT,
        IS_KEY,
        CHANGE_KEYS,
        KEEP_COSIGNATURE,
        READER_IS_KNOWN,
        READS_ARE_CHECKED,
        CHECK_READS,
        SETTLE_DEADLINE,
        POSTPONE_DEADLINE,
        NOT_FOR_EVERYBODY,
        COMPARED,
        WITNESS_ANSWERS,
        SINCE,
        SINCE_NOW,
        SINCE_ALWAYS,
    ):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: earlier releases wrote where nothing was checked."""
    raise NotImplementedError("Checked writing is never undone by a migration; restore a backup.")
