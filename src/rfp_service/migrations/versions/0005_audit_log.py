"""The transparency log: its tiles, its signed checkpoints, who countersigned; and the log of reads."""

from alembic import op

revision = "0005"
down_revision = "0004"

# A tile holds up to 256 hashes of one level of tiles, as C2SP tlog-tiles cuts the tree; level 0 holds leaves.
TILES = """
CREATE TABLE log_tiles (
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    number bigint NOT NULL CHECK (number >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
)
"""
# Hashes don't compress.
TILES_AS_THEY_ARE = "ALTER TABLE log_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL"
CHECKPOINTS = """
CREATE TABLE log_checkpoints (
    size bigint PRIMARY KEY,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
COSIGNATURES = """
CREATE TABLE log_cosignatures (
    size bigint NOT NULL REFERENCES log_checkpoints,
    witness text NOT NULL,
    line text NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (size, witness)
)
"""
KEYS = """
CREATE TABLE log_keys (
    verifier text NOT NULL,
    change text NOT NULL CHECK (change IN ('log', 'witness', 'retired')),
    from_size bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (verifier, change, from_size)
)
"""
READS = """
CREATE TABLE audit_reads (
    position bigint PRIMARY KEY,
    read_at timestamptz NOT NULL,
    reader text NOT NULL,
    authority text NOT NULL,
    operation text NOT NULL,
    target text NOT NULL,
    status smallint NOT NULL,
    trace text NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
)
"""
READS_BY_READER = "CREATE INDEX ON audit_reads (reader, position)"

# Each read's hash covers the one before it: SHA-256 of that hash and the JSON array of what is kept.
READ_HASH = """
CREATE FUNCTION audit_read_hash(before bytea, kept jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN sha256(before || convert_to(kept::text, 'UTF8'))
"""
APPEND_READ = r"""
CREATE FUNCTION append_audit_read(
    reader text, authority text, operation text, target text, status int, trace text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last audit_reads;
    place bigint;
    at timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(4210505);
    SELECT * INTO last FROM audit_reads r ORDER BY r.position DESC LIMIT 1;
    place := coalesce(last.position, 0) + 1;
    at := greatest(clock_timestamp(), last.read_at + interval '1 microsecond');
    INSERT INTO audit_reads VALUES (place, at, reader, authority, operation, target, status, trace,
        audit_read_hash(coalesce(last.hash, '\x'), jsonb_build_array(
            place, extract(epoch FROM at), reader, authority, operation, target, status, trace)));
    RETURN place;
END $$
"""
NOT_FOR_EVERYBODY = "REVOKE ALL ON FUNCTION append_audit_read FROM PUBLIC"

NO_EDIT = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
NO_REMOVAL = """
CREATE TRIGGER never_removed BEFORE DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
ONLY_FORWARD = """
CREATE FUNCTION only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position < OLD.position OR NEW.recorded_at < OLD.recorded_at THEN
        RAISE EXCEPTION 'The record is append-only: its head never goes back.';
    END IF;
    RETURN NEW;
END $$
"""
HEAD_FORWARD = """
CREATE TRIGGER only_forward BEFORE UPDATE ON event_head FOR EACH ROW EXECUTE FUNCTION only_forward()
"""
ONLY_GROWING = """
CREATE FUNCTION only_growing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF substr(NEW.hashes, 1, octet_length(OLD.hashes)) <> OLD.hashes
       OR (NEW.level, NEW.number) <> (OLD.level, OLD.number) THEN
        RAISE EXCEPTION 'The log is append-only: a tile only grows.';
    END IF;
    RETURN NEW;
END $$
"""
TILES_GROW = """
CREATE TRIGGER only_growing BEFORE UPDATE ON log_tiles FOR EACH ROW EXECUTE FUNCTION only_growing()
"""
ALWAYS = "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"


def upgrade() -> None:
    """Create the log, and let nothing of it or of the record's head go back."""
    for statement in (
        TILES,
        TILES_AS_THEY_ARE,
        CHECKPOINTS,
        COSIGNATURES,
        KEYS,
        READS,
        READS_BY_READER,
        READ_HASH,
        APPEND_READ,
        NOT_FOR_EVERYBODY,
        ONLY_FORWARD,
        HEAD_FORWARD,
        ONLY_GROWING,
        TILES_GROW,
    ):
        op.execute(statement)
    for table in ("log_checkpoints", "log_cosignatures", "log_keys", "audit_reads"):
        op.execute(NO_EDIT.format(table=table))
        op.execute(ALWAYS.format(table=table, trigger="append_only"))
    for table, trigger in (("event_head", "only_forward"), ("log_tiles", "only_growing")):
        op.execute(NO_REMOVAL.format(table=table))
        op.execute(ALWAYS.format(table=table, trigger="never_removed"))
        op.execute(ALWAYS.format(table=table, trigger=trigger))


def downgrade() -> None:
    """Refuse: a log that was signed is never undone."""
    raise NotImplementedError("A signed log is never dropped by a migration; restore a backup.")
