"""What bottlenecks say in words: made by rule of the figures beside them."""

from collections.abc import Mapping
from typing import Any

from shared.flow.words import are, days_worked, many, words

UNSURE_SHARE = 0.01  # of working wait, across refused rows


def with_sentences(shown: dict[str, Any]) -> dict[str, Any]:
    """Let the figures, each step and each party say in words what they say in numbers."""
    for edge in shown["edges"]:
        edge["sentence"] = edge_sentence(edge)
    for party in shown["parties"]:
        party["sentence"] = party_sentence(party)
    shown["sentences"] = sentences(shown)
    return shown


def edge_sentence(edge: Mapping[str, Any]) -> str:
    """Return what a step says: how often, how long, how much of all waiting."""
    step = f"from {words(edge['from'])} to {words(edge['to'])}"
    working = edge["working"]
    if not edge["n"]:
        return f"Nothing went {step} in this time."
    said = f"{many(edge['n'], 'wait')} {step} took {days_worked(working['p50'])} by the median"
    if working["too_few"]:
        return f"{said}; {'it is' if edge['n'] == 1 else 'they are'} too few to say more."
    share = f"{edge['share_working']:.0%} of all working wait"
    return f"{said}, 85% at most {days_worked(working['p85'])}: {share}."


def party_sentence(party: Mapping[str, Any]) -> str:
    """Return what waiting on a party says."""
    said = (
        f"Waits on {words(party['party'])} that are over took {days_worked(party['working_seconds'])},"
        f" {party['share_working']:.0%} of all working wait"
    )
    still = party["open_working"]["sum"]
    return f"{said}; those that last, {days_worked(still)} so far." if still else f"{said}."


def sentences(told: Mapping[str, Any]) -> list[str]:
    """Return what the figures say as a whole: the worst step, how long cases take, how sure that is."""
    cases, said = told["cases"], []
    said.append(
        f"Of {many(cases['all'], 'case')}, {cases['open']} {are(cases['open'])} open"
        f" and {cases['closed']} {are(cases['closed'])} closed."
    )
    worst = next((edge for edge in told["edges"] if edge["rank"] == 1), None)
    if worst is not None:
        said.append(worst["sentence"])
    return [*said, *_rework(told["rework"]), *_survival(told["cases_survival"]), *_quality(told["quality"])]


def _rework(rework: Mapping[str, int]) -> list[str]:
    if not rework["stage_reentry_cases"]:
        return []
    return [f"{many(rework['stage_reentry_cases'], 'case')} came back to a stage."]


def _survival(survival: Mapping[str, Any]) -> list[str]:
    """Return by when cases end; where open ones are too many or too old, that can't be said."""
    if survival["p50_days"] is None:
        return ["Too few cases have ended to say how long one takes."] if survival["cases"] else []
    said = f"Half of all cases end within {survival['p50_days']:.1f} days"
    most = survival["p85_days"]
    return [f"{said}; by when 85% do can't be said." if most is None else f"{said}, 85% within {most:.1f}."]


def _quality(quality: Mapping[str, Any]) -> list[str]:
    said = []
    if quality["bridged_share"] >= UNSURE_SHARE:
        said.append(f"{quality['bridged_share']:.0%} of working wait lies across rows that were refused.")
    if days := quality.get("date_only_stamps", 0):  # of live cases, none is said
        said.append(f"{many(days, 'step')} of the log had a day and no time.")
    return said
