"""Whether a bundle holds all that it says it holds: no number, no version, no end of it left out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.governance.audit.bundle.assembly import place_of
from shared.governance.audit.bundle.contents import EntryPlace, Manifest, cases_inside
from shared.governance.audit.bundle.report import VerificationReport
from shared.kernel.messages import Recorded


def check_completeness(manifest: Manifest, events: Sequence[Recorded], report: VerificationReport) -> None:
    """Check the entries that are shown, and the numbers of those that are withheld, against the manifest."""
    hidden = sorted(one.position for one in manifest.withheld)
    times = {event.position: event.recorded_at for event in events}
    events = [event for event in events if event.position not in manifest.indexes]
    positions = sorted([*(event.position for event in events), *hidden])
    if len(positions) != manifest.entries or not positions:
        report.bad(f"{len(positions)} entries are proved, {manifest.entries} are announced")
        return
    if (positions[0], positions[-1]) != (manifest.first_position, manifest.last_position):
        report.bad("the entries are not from where to where the manifest says")
    around = {*manifest.before, *manifest.after}
    places = [place_of(event) for event in events if event.position not in around]
    if cases_inside(places) != manifest.cases:
        report.bad("the cases are not those that the manifest names")
    _check_what_was_asked(manifest, positions, places, report)
    if "body_of_work" in manifest.filters:
        _check_outside(manifest, times, report)
    elif "case" not in manifest.filters:
        _check_borders(manifest, events, report)
    _check_versions(places, [position for position in hidden if position not in around], report)


def _check_what_was_asked(
    manifest: Manifest, positions: Sequence[int], places: Sequence[EntryPlace], report: VerificationReport
) -> None:
    case = manifest.filters.get("case")
    if case is not None:
        before = [p for p in positions if places and p < min(places).position]
        if {place.case for place in places} - {case} or (places and min(places).version != len(before) + 1):
            report.bad("a bundle of one case holds that case, from its first version on")
    elif "body_of_work" not in manifest.filters:
        if manifest.last_position - manifest.first_position + 1 != len(positions):
            report.bad("a bundle of a period holds every entry of it, and a number is missing")
        else:
            report.right(f"entries {manifest.first_position} to {manifest.last_position} are all here")


def _check_versions(places: Sequence[EntryPlace], hidden: Sequence[int], report: VerificationReport) -> None:
    """Expect every version between those shown, but for as many as are withheld between them."""
    by_case: dict[str, EntryPlace] = {}
    missing = 0
    for place in sorted(places):
        before = by_case.get(place.case)
        if before is not None and place.version != before.version + 1:
            gap = place.version - before.version - 1
            missing += gap
            if gap > sum(before.position < position < place.position for position in hidden):
                report.bad(f"case {place.case} lacks version {before.version + 1}")
        by_case[place.case] = place
    if missing > len(hidden):
        report.bad(f"{missing} versions are missing, {len(hidden)} entries are withheld")
    elif not report.wrong:
        report.right(f"no version in between is missing from any of the {len(by_case)} cases")


def _check_borders(manifest: Manifest, events: Sequence[Recorded], report: VerificationReport) -> None:
    """Expect a period to end where it says: entries on both sides of it show when they were recorded."""
    shown = {event.position: event.recorded_at for event in events}
    start, end = (datetime.fromisoformat(manifest.filters[name]) for name in ("from", "to"))
    inside = shown.keys() - {*manifest.before, *manifest.after}
    if any(not start < shown[position] <= end for position in inside):
        report.bad("an entry was not recorded in the period")
    _check_beginning(manifest, shown, start, report)
    _check_end(manifest, shown, end, report)


def _check_outside(manifest: Manifest, shown: Mapping[int, datetime], report: VerificationReport) -> None:
    """Expect what is told apart from a body of work's period to stand outside it, shown or withheld."""
    start, end = (datetime.fromisoformat(manifest.filters[name]) for name in ("from", "to"))
    begun = max((position for position, at in shown.items() if at <= start), default=0)
    ended = min((position for position, at in shown.items() if at > end), default=manifest.size + 1)
    around = {*manifest.before, *manifest.after, *manifest.indexes}
    inside = shown.keys() - around
    if (
        any(not start < shown[position] <= end for position in inside)
        or any(position > begun for position in manifest.before)
        or any(position < ended for position in manifest.after)
    ):
        report.bad("an entry is told as inside the period that is not, or as outside it")


def _check_beginning(
    manifest: Manifest, shown: Mapping[int, datetime], start: datetime, report: VerificationReport
) -> None:
    first = manifest.first_position
    if not manifest.before:
        if first != 1:
            report.bad("what was recorded before its first entry is not shown: some may be left out")
    elif manifest.before != list(range(first, first + len(manifest.before))) or (
        first not in shown or shown[first] > start
    ):
        report.bad("the entry before the period was not recorded before it")
    else:
        report.right(f"entry {first} was recorded before the period: nothing of its beginning is left out")


def _check_end(
    manifest: Manifest, shown: Mapping[int, datetime], end: datetime, report: VerificationReport
) -> None:
    last, count = manifest.last_position, len(manifest.after)
    if not manifest.after and last in (manifest.size, int(manifest.filters.get("until_entry", 0))):
        report.lines.append(
            f"note: it ends with entry {last}, of a record of {manifest.size}: what was recorded later is"
            " not in it"
        )
    elif not manifest.after:
        report.bad("what was recorded after its last entry is not shown: some may be left out")
    elif manifest.after != list(range(last - count + 1, last + 1)) or last not in shown or shown[last] <= end:
        report.bad("the entry after the period was not recorded after it")
    else:
        report.right(f"entry {last} was recorded after the period: nothing of its end is left out")
