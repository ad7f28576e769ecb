"""What cases that took longer than others have in common: area, route, band of value, supplier.

A group is compared with all other cases of which the same is known. Where many groups are looked at, some
differ by chance: a difference counts only at a rate of false findings of 5% among all that are looked at.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from shared.flow.case_links import CaseLinks
from shared.flow.cases import CaseFacts
from shared.flow.completed_cases import CompletedCases
from shared.flow.log import FlowLog
from shared.flow.rank_tests import false_discovery_rates, mann_whitney
from shared.flow.statistics import FEW

FALSE_DISCOVERIES = 0.05
PENCE = 100
BANDS = tuple(pounds * PENCE for pounds in (0, 5_000, 25_000, 100_000, 500_000, 1_000_000))


class Group(NamedTuple):
    """What the cases of a group have in common: the words, and the filters that ask for them."""

    name: str
    filters: tuple[tuple[str, int | str], ...]


def _named(field: str) -> Callable[[CaseFacts], Group | None]:
    def group(facts: CaseFacts) -> Group | None:
        value = getattr(facts, field)
        return Group(value, ((field, value),)) if value else None

    return group


def value_band(facts: CaseFacts) -> Group | None:
    """Return the band that a case's estimate is in; none if it has none."""
    pence = facts.estimate_pence
    if pence is None:
        return None
    number = sum(pence >= least for least in BANDS) - 1
    least, most = BANDS[number], BANDS[number + 1] if number + 1 < len(BANDS) else None
    if most is None:
        return Group(f"£{least // PENCE:,} or more", (("value_from", least),))
    return Group(
        f"£{least // PENCE:,} to under £{most // PENCE:,}", (("value_from", least), ("value_to", most))
    )


FACTORS: dict[str, Callable[[CaseFacts], Group | None]] = {
    "service_area": _named("service_area"),
    "route": _named("route"),
    "value_band": value_band,
    "supplier": _named("supplier"),
}


def excess(
    log: FlowLog, completed: CompletedCases, facts: Mapping[str, CaseFacts], links: CaseLinks
) -> list[dict[str, Any]]:
    """Return each group with at least ten cases, what counts and costs most first."""
    rows, p_values = [], []
    for factor, group_of in FACTORS.items():
        members = [_group(log, case, facts, group_of) for case in completed.case.tolist()]
        groups = sorted({group for group in members if group is not None})
        number = {group: code for code, group in enumerate(groups)}
        codes = np.array([-1 if group is None else number[group] for group in members], np.int64)
        for group, code in number.items():
            one, others = completed.days[codes == code], completed.days[(codes >= 0) & (codes != code)]
            if len(one) >= FEW and len(others) >= FEW:
                rows.append(_row(factor, group, one, others, links))
                p_values.append(mann_whitney(one, others))
    for row, p, rate in zip(rows, p_values, false_discovery_rates(p_values), strict=True):
        row |= {"p": p, "false_discovery_rate": rate, "counts": rate <= FALSE_DISCOVERIES}
        row["sentence"] = _sentence(row)
    return sorted(rows, key=lambda row: (not row["counts"], -row["excess_working_days"], row["group"]))


def _group(
    log: FlowLog, case: int, facts: Mapping[str, CaseFacts], of: Callable[[CaseFacts], Group | None]
) -> Group | None:
    known = facts.get(log.cases.ids[case])
    return None if known is None else of(known)


def _row(
    factor: str, group: Group, one: NDArray[np.float64], others: NDArray[np.float64], links: CaseLinks
) -> dict[str, Any]:
    median, of_others = float(np.median(one)), float(np.median(others))
    return {
        "factor": factor,
        "group": group.name,
        "n": len(one),
        "n_others": len(others),
        "median_working_days": median,
        "median_others_working_days": of_others,
        "difference_working_days": median - of_others,
        "excess_working_days": float(one.sum() - len(one) * others.mean()),
        "opens": f"/v1/rfps/bottlenecks?{urlencode(group.filters)}",
        "opens_cases": links.narrowed(dict(group.filters)).of("completed"),
    }


def _sentence(row: Mapping[str, Any]) -> str:
    days = row["difference_working_days"]
    said = f"{row['n']} RFPs with {row['factor'].replace('_', ' ')} {row['group']} took"
    if not row["counts"]:
        return f"{said} about as long as {row['n_others']} others: a difference so large comes by chance."
    longer = "longer" if days >= 0 else "less"
    return f"{said} {abs(days):.1f} working days {longer} than {row['n_others']} others, by the median."
