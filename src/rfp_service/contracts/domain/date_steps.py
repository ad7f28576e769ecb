"""How the dates of a contract were come by, in words."""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from rfp_service.contracts.domain.day_counts import Anchor
from rfp_service.contracts.domain.terms import Terms

DAYS_AT_HAND = 4_096  # a register of thousands has the same few
UNKNOWN_END = "the end is not known: neither an end nor a start with a term is recorded"


class Standing(StrEnum):
    """Whether a contract runs, and how it ended where it does not."""

    RUNNING = "running"
    EXPIRED = "expired"
    ENDED_EARLY = "ended_early"


@lru_cache(DAYS_AT_HAND)
def said(day: date) -> str:
    """Return a day as it is said in a step."""
    return f"{day.day} {day:%b %Y}"


def first_step(terms: Terms, anchor: Anchor) -> str:
    if terms.stated.initial_end is not None:
        return f"ends {said(anchor.first_end)}, as the contract states"
    assert terms.start is not None
    return f"starts {said(terms.start)} for {terms.term_months} months: ends {said(anchor.first_end)}"


def period_words(terms: Terms) -> str:
    return f"{terms.notice.words} notice" if terms.notice.count else "no notice period"


def notice_words(terms: Terms, end: date, last_safe: date) -> list[str]:
    """Return how the last safe date follows from the end, which the first of these says."""
    words = [f"ends {said(end)}", period_words(terms)]
    if terms.service_working_days:
        plural = "" if terms.service_working_days == 1 else "s"
        words.append(f"served {terms.service_working_days} working day{plural} before")
    elif terms.served_on_working_days:
        words.append("served on a working day")
    if terms.stated.last_safe == last_safe:
        words.append("the contract states the last safe date")
    return [*words, f"last safe date {last_safe:%a} {said(last_safe)}"]


def option_words(terms: Terms, end: date, exercise_by: date) -> list[str]:
    """Return what the next option leads to, and until when it is open."""
    number = f"option {terms.exercised + 1} of {len(terms.options)}"
    return [f"{number} leads to {said(end)}, exercised by {exercise_by:%a} {said(exercise_by)}"]


def standing_words(standing: Standing, terms: Terms, end: date | None) -> list[str]:
    words = []
    if terms.notice_given_on is not None:
        words.append(f"notice given {said(terms.notice_given_on)}")
    if standing is Standing.ENDED_EARLY and terms.ended_on is not None:
        words.append(f"ended early on {said(terms.ended_on)}")
    elif standing is Standing.EXPIRED and end is not None:
        words.append(f"expired on {said(end)}")
    return words
