"""Logs of any size for measuring: cases that go through eight stages, forwards and back, over five years."""

import random
from datetime import UTC, datetime, timedelta

STAGES = tuple(f"stage {number}" for number in range(8))
START = datetime(2018, 1, 1, 8, tzinfo=UTC)
YEARS_MINUTES = 60 * 24 * 365 * 5
MEAN_WAIT_SECONDS = 200_000
EVENTS_HEADING = "case_id,seq,activity,stage,entered_at,actor,role,party"
CASES_HEADING = "case_id,open_at,close_at"


def historic_log(count: int, seed: int = 1) -> tuple[bytes, bytes]:
    """Return the events file and the cases file of a log of so many events."""
    dice = random.Random(seed)
    events, cases = [EVENTS_HEADING], [CASES_HEADING]
    while len(events) <= count:
        case = f"case-{len(cases):06d}"
        opened = at = START + timedelta(minutes=dice.randrange(YEARS_MINUTES))
        stage = 0
        for seq in range(min(count + 1 - len(events), dice.randrange(3, 20))):
            name = f"{STAGES[stage]} act {dice.randrange(3)}"
            who = f"R{dice.randrange(60)},role{stage},party{dice.randrange(6)}"
            events.append(f"{case},{seq},{name},{STAGES[stage]},{at.isoformat()},{who}")
            at += timedelta(seconds=dice.expovariate(1 / MEAN_WAIT_SECONDS))
            stage = min(7, max(0, stage + dice.choice((0, 1, 1, -1))))
        cases.append(f"{case},{opened.isoformat()},{'' if dice.random() < 0.05 else at.isoformat()}")
    return "\n".join(events).encode(), "\n".join(cases).encode()
