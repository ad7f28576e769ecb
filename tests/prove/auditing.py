"""The audit's own properties with the counts that they deserve."""

from tests.prove.parts import closing_line

EDITS = "10000"
PAST = "1000"


def edits() -> str:
    """Edit a store of 500 events as a superuser, and look for the edit from a saved checkpoint."""
    said = closing_line("tests/shared/governance/audit/test_edits.py", EDITS=EDITS)
    return f"{int(EDITS):,} single edits, every one found from a saved checkpoint: {said}"


def the_past() -> str:
    """Ask random things at random times by three roads, and why of every decision."""
    said = closing_line(
        "tests/shared/governance/audit/test_replay.py",
        AS_OF=PAST,
        EXPLAIN_EVERY="1",
        HYPOTHESIS_PROFILE="prove",
    )
    return (
        f"{int(PAST):,} things at times: replay, live view and rebuild say the same; every decision of the"
        f" year is explained, and the same when taken again: {said}"
    )
