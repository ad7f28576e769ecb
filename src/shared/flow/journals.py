"""The journals that flow is computed from: steps and cases, taken from events without code for each.

Any event that says which stage its case is in and whom it waits on is a step; a wait on nobody ends.
What a clock decided happened when it was due, however late that was noticed: waits are split there. What
somebody told of a case that came from elsewhere began when they said, and its wait is named after that.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Boolean, Column, Text

from shared.flow.imports.historic_cases import HistoricCaseImported, HistoricStepImported
from shared.kernel.calendar import microseconds
from shared.kernel.messages import Recorded
from shared.record.eventstore.unread import may_be_in_flow
from shared.record.projecting.views import Journal, Row, journal_table

NOBODY = "nobody"
LAST = datetime.max.replace(tzinfo=UTC)

steps = journal_table(
    "flow_steps",
    Column("source", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("activity", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("ends", Boolean, nullable=False),
    Column("done_us", BigInteger),
    Column("bridged", Boolean, nullable=False),
)

cases = journal_table(
    "flow_cases",
    Column("source", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("opened_us", BigInteger, nullable=False),
    Column("closed_us", BigInteger),
)

corrections = journal_table(
    "flow_corrections",
    Column("source", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("until_us", BigInteger),
    Column("was", Text, nullable=False),
    Column("party", Text, nullable=False),
)


def correction_rows(recorded: Recorded) -> Iterable[Row]:
    """Return what an event says of a wait that was charged to the wrong party, if it says so."""
    said = recorded.event.__dict__
    if "charged_to" not in said:
        return ()
    until = said["charged_until"]
    return (
        {
            "source": recorded.event.kind,
            "case_id": str(recorded.stream_id),
            "since_us": microseconds(said["charged_since"]),
            "until_us": None if until is None else microseconds(until),
            "was": said["was"],
            "party": said["charged_to"],
        },
    )


def step_rows(recorded: Recorded) -> Iterable[Row]:
    """Return the step that an event was, if it was one; live cases' source is their kind."""
    event = recorded.event
    if type(event) is HistoricStepImported:  # sooner told than by `isinstance`, which asks Pydantic
        return (_historic(event),)
    said = event.__dict__
    if "stage" not in said or "waiting_on" not in said:
        return ()
    stage, party = said["stage"], said["waiting_on"]
    since = said.get("waited_since", said.get("due_at", LAST))
    return (
        {
            "source": event.kind,
            "case_id": str(recorded.stream_id),
            "seq": recorded.position,
            "at_us": microseconds(min(recorded.happened_at, since)),
            "activity": type(event).__name__,
            "stage": stage,
            "party": party,
            "actor": recorded.by,
            "ends": party == NOBODY,
            "done_us": None,
            "bridged": False,
        },
    )


def _historic(step: HistoricStepImported) -> Row:
    return {
        "source": step.import_id,
        "case_id": step.case_id,
        "seq": step.seq,
        "at_us": microseconds(step.entered_at),
        "activity": step.activity,
        "stage": step.stage,
        "party": step.party,
        "actor": step.actor,
        "ends": False,
        "done_us": None if step.completed_at is None else microseconds(step.completed_at),
        "bridged": step.bridged,
    }


def case_rows(recorded: Recorded) -> Iterable[Row]:
    """Return the case that an imported event opens."""
    event = recorded.event
    assert isinstance(event, HistoricCaseImported), "the journal is of these only"
    return (
        {
            "source": event.import_id,
            "case_id": event.case_id,
            "opened_us": microseconds(event.opened_at),
            "closed_us": None if event.closed_at is None else microseconds(event.closed_at),
        },
    )


def is_no_step(recorded: Recorded) -> bool:
    """Say whether an event that this release can't read is about a kind of thing that is never in flow."""
    return not may_be_in_flow(recorded)


STEPS = Journal(steps, step_rows, indexes=("(source, position)",), revision=2, passes=is_no_step)
CORRECTIONS = Journal(corrections, correction_rows, indexes=("(source, position)",), passes=is_no_step)
CASES = Journal(cases, case_rows, of=frozenset({HistoricCaseImported}), indexes=("(source, position)",))
