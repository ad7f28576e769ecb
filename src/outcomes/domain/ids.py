"""The ids that follow from names: one code, one programme; one number in it, one outcome."""

from uuid import UUID, uuid5

OUTCOMES = UUID("6b0c7d52-52a5-4c50-9f5e-3a1c8e0d9f19")


def programme_id(code: str) -> UUID:
    """Return the id of the programme of a code, however it is written."""
    return uuid5(OUTCOMES, f"programme {code.strip().casefold()}")


def outcome_id(programme: UUID, number: int) -> UUID:
    """Return the id of a programme's outcome of a number."""
    return uuid5(programme, f"outcome {number}")


def tags_id(thing: UUID) -> UUID:
    """Return the id under which is kept what a thing is tagged with."""
    return uuid5(OUTCOMES, f"tags {thing}")


def strategy_id(name: str) -> UUID:
    """Return the id of the strategy of a name, however it is written."""
    return uuid5(OUTCOMES, f"strategy {' '.join(name.split()).casefold()}")
