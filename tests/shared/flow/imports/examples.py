"""A small historic log, odd in every way that real ones are."""

import gzip
from pathlib import Path

EVENTS = """\
case_id,seq,activity,stage,entered_at,actor,role,party
P1,1,Receive,intake,2025-03-03T09:00:00Z,Ada Example,clerk,
P1,2,Review,review,2025-03-05T09:00:00Z,Bob Example,officer,applicant
P1,3,Decide,decision,2025-03-10T12:00:00Z,Bob Example,officer,finance
P2,1,Receive,intake,2025-03-04T10:00:00+01:00,Ada Example,clerk,EMPTY
P2,2,Review,review,2025-03-04T10:00:00+01:00,Bob Example,officer,applicant
P2,3,Receive,intake,2025-03-20T10:00:00Z,Ada Example,clerk,applicant
P3,1,Receive,intake,2025-04-01T08:00:00Z,,,
"""
CASES = """\
case_id,open_at,close_at,deadline
P1,2025-03-03T08:00:00Z,2025-03-11T09:00:00Z,2025-04-01T00:00:00Z
P2,2025-03-04T08:00:00Z,,
P3,2025-04-02T08:00:00Z,2025-04-01T09:00:00Z,2099-01-01T00:00:00Z
"""


def write(
    folder: Path, events: str = EVENTS, cases: str = CASES, *, packed: bool = False
) -> tuple[Path, Path]:
    """Write a log to files."""
    paths = folder / "events.csv", folder / "cases.csv"
    for path, text in zip(paths, (events, cases), strict=True):
        path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return paths
