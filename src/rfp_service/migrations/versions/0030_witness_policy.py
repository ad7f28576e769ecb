"""How many witnesses must have countersigned: the policy that whoever checks is told, and held to."""

from alembic import op

revision = "0030"
down_revision = "0029"

QUORUMS = """
CREATE TABLE witness_quorums (
    from_size bigint NOT NULL,
    needed int NOT NULL CHECK (needed >= 0),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
# Never more than there are witnesses: nothing could be shown to anybody any more.
CHANGE = """
CREATE FUNCTION change_witness_quorum(wanted int, entries bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF wanted < 0 OR entries < 0 OR entries > (SELECT h.position FROM event_head h) OR wanted > (
        SELECT count(*) FROM (
            SELECT DISTINCT ON (k.verifier) k.change FROM log_keys k ORDER BY k.verifier, k.changed_at DESC
        ) latest WHERE latest.change = 'witness'
    ) THEN
        RAISE EXCEPTION 'There are not so many witnesses: the policy is not kept.'
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO witness_quorums (from_size, needed)
    SELECT entries, wanted WHERE wanted <> coalesce(
        (SELECT q.needed FROM witness_quorums q ORDER BY q.changed_at DESC LIMIT 1), 0
    );
END $$
"""
GUARD = """
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON witness_quorums
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
ALWAYS = "ALTER TABLE witness_quorums ENABLE ALWAYS TRIGGER never_changed"
NOT_FOR_EVERYBODY = "REVOKE ALL ON FUNCTION change_witness_quorum FROM PUBLIC"


def upgrade() -> None:
    """Create the table, and the function that it is written by."""
    for statement in (QUORUMS, CHANGE, GUARD, ALWAYS, NOT_FOR_EVERYBODY):
        op.execute(statement)


def downgrade() -> None:
    """Take them away: the policy is then what whoever checks brings along."""
    op.execute("DROP FUNCTION change_witness_quorum")
    op.execute("DROP TABLE witness_quorums")
