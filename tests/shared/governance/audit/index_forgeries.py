"""Forgeries of what a bundle leaves out: a case's end, a whole case, and the index that would show it."""

import json
from typing import Any

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.assembly import place_of, recorded_of
from shared.governance.audit.bundle.contents import INDEX, Files, cases_inside, json_text
from shared.ledger.checkpoints import hash_text
from shared.ledger.committed_index import NOTHING, chained
from shared.ledger.entries import Entry
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from tests.shared.governance.audit.forgeries import Forged, saying, without

MAPPER = EnvelopeMapper(Topics(EVENTS))


def told_of_the_rest(files: Forged, *gone: int, **changes: Any) -> Forged:
    """Leave entries out, and let the manifest count what is left as an honest one would."""
    files, manifest = without(files, *gone), Files(files).manifest()
    held = sorted(int(n[-12:]) for n in files if n.startswith("entries/")) if files else []
    held = [position for position in held if position not in manifest.indexes]
    around = {*manifest.before, *manifest.after}
    entries = [Entry.parse(files[f"entries/{position:012}"]) for position in held if position not in around]
    places = [place_of(recorded_of(MAPPER, entry)) for entry in entries]
    cases = [case.model_dump() for case in cases_inside(places)]
    rest = {"entries": len(held), "first_position": held[0], "last_position": held[-1], "cases": cases}
    border = {name: [p for p in getattr(manifest, name) if p in held] for name in ("before", "after")}
    return saying(files, **{**rest, **border, **changes})


def of_an_index(files: Forged, **changes: Any) -> Forged:
    """Let what the newest index in a bundle says be something else."""
    claims = json.loads(files[INDEX])
    claims["claims"][-1] |= changes
    return saying({**files, INDEX: json_text(claims)})


def shown_in(files: Forged) -> list[Entry]:
    """Return the entries of a bundle that are inside what it is of."""
    manifest = Files(files).manifest()
    around = {*manifest.before, *manifest.after, *manifest.indexes}
    every = (Entry.parse(raw) for name, raw in files.items() if name.startswith("entries/"))
    return sorted((e for e in every if e.position not in around), key=lambda entry: entry.position)


def its_tail_cut(files: Forged) -> Forged:
    return told_of_the_rest(files, *(entry.position for entry in shown_in(files)[-2:]))


def its_tail_cut_and_the_index_too(files: Forged) -> Forged:
    cut = its_tail_cut(files)
    [position] = Files(files).manifest().indexes
    bare = {name: content for name, content in without(cut, position).items() if name != INDEX}
    return saying(bare, indexes=[])


def its_tail_cut_and_counted_so(files: Forged) -> Forged:
    left = shown_in(files)[:-2]
    last = chained(NOTHING, [entry.leaf for entry in left])
    return of_an_index(its_tail_cut(files), count=len(left), last=hash_text(last))


def its_head_cut(files: Forged) -> Forged:
    return told_of_the_rest(files, shown_in(files)[0].position)


def an_entry_passed_off_as_an_index(files: Forged) -> Forged:
    position = shown_in(files)[0].position
    return saying(of_an_index(files, position=position), indexes=[position])


def an_index_of_something_else(files: Forged) -> Forged:
    return of_an_index(files, of="case 00000000-0000-4000-8000-000000000007")


def another_place_in_the_index(files: Forged) -> Forged:
    return of_an_index(files, number=json.loads(files[INDEX])["claims"][-1]["number"] + 1)


def an_index_that_is_not_announced(files: Forged) -> Forged:
    return saying(files, indexes=[])


def a_case_left_out(files: Forged) -> Forged:
    inside = shown_in(files)
    mine = {entry.stream_id for entry in inside[:1]}
    return told_of_the_rest(files, *(entry.position for entry in inside if entry.stream_id in mine))


def a_case_left_out_and_the_indexes_too(files: Forged) -> Forged:
    indexes = Files(files).manifest().indexes
    bare = {n: content for n, content in without(a_case_left_out(files), *indexes).items() if n != INDEX}
    return saying(bare, indexes=[])


def without_its_first_index(files: Forged) -> Forged:
    claims = json.loads(files[INDEX])["claims"]
    bare = without(files, claims[0]["position"])
    return saying({**bare, INDEX: json_text({"claims": claims[1:]})}, indexes=[claims[1]["position"]])


def the_inside_told_as_before_it(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    return told_of_the_rest(saying(files, before=[*manifest.before, shown_in(files)[0].position]))


def the_inside_told_as_after_it(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    return told_of_the_rest(saying(files, after=[shown_in(files)[-1].position, *manifest.after]))


def the_outside_told_as_inside(files: Forged) -> Forged:
    return told_of_the_rest(saying(files, before=[], after=[]))


def a_period_with_an_index(files: Forged) -> Forged:
    return saying(
        {**files, INDEX: json_text({"claims": []})}, indexes=[Files(files).manifest().last_position]
    )


OF_AN_INDEX = (
    its_tail_cut,
    its_head_cut,
    an_entry_passed_off_as_an_index,
    an_index_of_something_else,
    another_place_in_the_index,
    an_index_that_is_not_announced,
)
