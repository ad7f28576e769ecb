"""Ranking projects by word and weighted score, and how each rank moves when a weight does."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from projects.domain.project import MOSCOW_ORDER, Moscow

Ranks = NDArray[np.int64]
Scores = NDArray[np.float64]


def score_table(rows: Sequence[Mapping[str, float]], criteria: Sequence[str]) -> Scores:
    """Return a row of scores for each project; not a number where a criterion was not scored."""
    return np.array([[row.get(name, np.nan) for name in criteria] for row in rows], dtype=np.float64).reshape(
        len(rows), len(criteria)
    )


def weighted_scores(scores: Scores, weights: Sequence[float]) -> Scores:
    """Return each project's weighted mean; below every score where one is missing."""
    if not weights:
        return np.full(len(scores), -1.0)
    means: Scores = np.round(scores @ np.array(weights) / sum(weights), 4)
    return np.where(np.isnan(means), -1.0, means)


def ranks(words: Sequence[Moscow], scores: Scores) -> Ranks:
    """Return each project's rank from 1 on: by word, then by score; equals share the better rank."""
    order = np.array([MOSCOW_ORDER[word] for word in words], dtype=np.int64)
    by_rank = np.lexsort((-scores, order))
    key = np.stack((order, -scores), axis=1)[by_rank]
    new = np.ones(len(words), dtype=bool)
    new[1:] = (key[1:] != key[:-1]).any(axis=1)
    first = np.maximum.accumulate(np.where(new, np.arange(len(words)), 0))
    found = np.empty(len(words), dtype=np.int64)
    found[by_rank] = first + 1
    return found


def moves(
    words: Sequence[Moscow], scores: Scores, weights: Mapping[str, float], percent: float
) -> dict[str, tuple[Ranks, Ranks]]:
    """Return, for each criterion, the ranks with its weight raised, and lowered, by so many percent."""
    found: dict[str, tuple[Ranks, Ranks]] = {}
    for criterion in weights:
        raised, lowered = (
            {**weights, criterion: weights[criterion] * (1 + sign * percent / 100)} for sign in (1, -1)
        )
        found[criterion] = (
            ranks(words, weighted_scores(scores, list(raised.values()))),
            ranks(words, weighted_scores(scores, list(lowered.values()))),
        )
    return found
