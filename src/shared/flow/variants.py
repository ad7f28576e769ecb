"""The ways that completed cases went, whether these were the scheme's, and what it costs where not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.flow.completed_cases import CompletedCases
from shared.flow.statistics import FEW
from shared.flow.waits import Waits
from shared.flow.words import many, words
from shared.kernel.calendar import WORKING_DAY

VARIANTS_LIMIT = 50

Path = tuple[str, ...]


class Paths:
    """The stages that each completed case was in, in order, and its working days in each.

    A case of which a log has no step went no way that is known.
    """

    def __init__(self, visits: Waits, completed: CompletedCases) -> None:
        """Read the visits of these cases."""
        first = np.searchsorted(visits.case, completed.case, side="left")
        end = np.searchsorted(visits.case, completed.case, side="right")
        stepped = end > first
        self.case, self.days = completed.case[stepped], completed.days[stepped]
        names = visits.place.names
        self.paths: list[Path] = []
        self.dwell: list[NDArray[np.float64]] = []
        for start, stop in zip(first[stepped].tolist(), end[stepped].tolist(), strict=True):
            self.paths.append(tuple(names[code] for code in visits.place.codes[start:stop].tolist()))
            self.dwell.append(visits.working[start:stop] / WORKING_DAY)

    def variants(self) -> list[dict[str, Any]]:
        """Return the commonest ways, each with how long it took; and the others in one row."""
        ways = Counter(self.paths)
        ranked = sorted(ways, key=lambda way: (-ways[way], way))
        shown, others = ranked[:VARIANTS_LIMIT], set(ranked[VARIANTS_LIMIT:])
        rows = [self._row(list(way), [path == way for path in self.paths]) for way in shown]
        if others:
            rows.append(self._row([], [path in others for path in self.paths]))
        return rows

    def _row(self, stages: list[str], mine: list[bool]) -> dict[str, Any]:
        days = self.days[np.array(mine, np.bool_)]
        row = {
            "stages": stages,
            "n": len(days),
            "share": len(days) / len(self.days),
            "median_working_days": float(np.median(days)),
            "mean_working_days": float(days.mean()),
        }
        return row | {"sentence": _way_sentence(row)}

    def conformance(self, scheme_path: Sequence[str]) -> dict[str, Any]:
        """Return how many cases kept to a path, and for each of its stages who skipped or repeated it."""
        inside = set(scheme_path)
        kept = [
            tuple(stage for stage in path if stage in inside) == tuple(scheme_path) for path in self.paths
        ]
        return {
            "path": list(scheme_path),
            "cases": len(self.paths),
            "kept": sum(kept) if scheme_path else None,
            "skipped": [self._skipped(stage) for stage in scheme_path],
            "repeated": [self._repeated(stage) for stage in scheme_path],
        }

    def _skipped(self, stage: str) -> dict[str, Any]:
        return {"stage": stage, **self._cost([stage not in path for path in self.paths])}

    def _repeated(self, stage: str) -> dict[str, Any]:
        """Return who was in a stage more than once; `again` is what the later visits took themselves."""
        again = 0.0
        for path, dwell in zip(self.paths, self.dwell, strict=True):
            visits = [days for name, days in zip(path, dwell.tolist(), strict=True) if name == stage]
            again += sum(visits[1:])
        cost = self._cost([path.count(stage) > 1 for path in self.paths])
        return {"stage": stage, **cost, "again_working_days": again}

    def _cost(self, mine: list[bool]) -> dict[str, Any]:
        """Return how many did so, and how much longer they took than those that did not, by the median."""
        did = np.array(mine, np.bool_)
        enough = int(did.sum()) >= FEW and int((~did).sum()) >= FEW
        return {
            "cases": int(did.sum()),
            "difference_working_days": float(np.median(self.days[did]) - np.median(self.days[~did]))
            if enough
            else None,
        }


def _way_sentence(row: Mapping[str, Any]) -> str:
    way = " - ".join(words(stage) for stage in row["stages"]) if row["stages"] else "in some rarer way"
    days = f"{row['median_working_days']:.1f} working days by the median"
    return f"{many(row['n'], 'case')} ({row['share']:.0%}) went {way}, in {days}."


def way_sentences(ways: Sequence[Mapping[str, Any]], kept: Mapping[str, Any]) -> list[str]:
    """Return what the ways say as a whole, and what it cost to leave the path."""
    said = [ways[0]["sentence"]] if ways else ["No case has completed in this time."]
    if ways and kept["kept"] is not None:
        said.append(f"{kept['kept']} of {many(kept['cases'], 'case')} kept to the path.")
    for name, did in (("skipped", "skipped"), ("repeated", "came back to")):
        for row in kept[name]:
            if (days := row["difference_working_days"]) is not None:
                longer = "longer" if days >= 0 else "less"
                said.append(
                    f"{many(row['cases'], 'case')} {did} {words(row['stage'])}, and took"
                    f" {abs(days):.1f} working days {longer} than those that did not, by the median."
                )
    return said
