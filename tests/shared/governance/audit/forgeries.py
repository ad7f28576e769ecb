"""What a hostile keeper may do to the files of a bundle; the manifest is made to name what is there then."""

from typing import Any

from shared.governance.audit.bundle.contents import (
    EARLIER_FORMATS,
    KEYS,
    MANIFEST,
    READ_ME,
    STORY,
    Files,
    json_text,
    sha256,
)
from shared.ledger.checkpoints import Policy
from shared.ledger.notes import KeyType, Signer
from tests.shared.governance.audit.examples import LOG

Forged = dict[str, bytes]


def saying(files: Forged, **changes: Any) -> Forged:
    """Make the manifest say something else, and name the files as they are now."""
    said = Files(files).manifest().model_dump(mode="json") | changes
    said["files"] = {name: sha256(content) for name, content in files.items() if name != MANIFEST}
    return {**files, MANIFEST: json_text(said)}


def without(files: Forged, *positions: int) -> Forged:
    """Leave entries out, and let the manifest announce the rest."""
    gone = {f"{position:012}" for position in positions}
    return {
        name: content for name, content in files.items() if name[-12:] not in gone and name[7:19] not in gone
    }


def another_program_told_it(files: Forged) -> Forged:
    return saying({**files, STORY: b"<p>All was well."}, program="rfp-service 9.9")


def another_story(files: Forged) -> Forged:
    return saying({**files, STORY: b"<p>All was well."})


def another_program(files: Forged) -> Forged:
    return saying(files, program="rfp-service 9.9")


def an_earlier_format(files: Forged) -> Forged:
    return saying({**files, STORY: b"<p>All was well."}, format=EARLIER_FORMATS[-1])


def how_to_check_is_told_wrongly(files: Forged) -> Forged:
    return saying({**files, READ_ME: files[READ_ME].replace(b"NOT SOUND", b"SOUND")})


def a_key_slipped_in(files: Forged) -> Forged:
    own = Policy.parse(files[KEYS].decode())
    mine = Policy((*own.logs, Signer.new(LOG.verifier.name).verifier), own.witnesses, own.quorum)
    return saying({**files, KEYS: mine.text().encode()})


def a_witness_slipped_in(files: Forged) -> Forged:
    own = Policy.parse(files[KEYS].decode())
    mine = Policy(own.logs, (*own.witnesses, Signer.new("clerk.example", KeyType.WITNESS).verifier))
    return saying({**files, KEYS: mine.text().encode()})


def a_remark_in_the_keys(files: Forged) -> Forged:
    return saying({**files, KEYS: files[KEYS] + b"# the paper from the clerk is out of date\n"})


def its_first_entries_left_out(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    rest = without(files, *manifest.before, manifest.last_position - manifest.entries + 2)
    first = manifest.first_position + len(manifest.before) + 1
    return saying(rest, before=[], first_position=first, entries=manifest.entries - len(manifest.before) - 1)


def its_last_entries_left_out(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    last = manifest.last_position - len(manifest.after) - 5
    rest = without(files, *range(last + 1, manifest.last_position + 1))
    return saying(rest, after=[], last_position=last, entries=last - manifest.first_position + 1)


def a_border_of_another_place(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    return saying(files, after=[manifest.last_position - 1, manifest.last_position])


def ended_later(files: Forged) -> Forged:
    return saying(files, filters={**Files(files).manifest().filters, "to": "2098-01-01T00:00:00Z"})


def ended_earlier(files: Forged) -> Forged:
    filters = Files(files).manifest().filters
    return saying(files, filters={**filters, "to": filters["from"]})


def begun_earlier(files: Forged) -> Forged:
    return saying(files, filters={**Files(files).manifest().filters, "from": "2000-01-01T00:00:00Z"})


def an_end_by_a_number(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    return saying(its_last_entries_left_out(files), filters={**manifest.filters, "until_entry": "7"})


def of_another_case(files: Forged) -> Forged:
    return saying(files, filters={"case": "00000000-0000-4000-8000-000000000007"})


def a_version_left_out(files: Forged) -> Forged:
    position = sorted(int(name[8:]) for name in files if name.startswith("entries/"))[2]
    return saying(without(files, position), entries=Files(files).manifest().entries - 1)


def words_beside_what_is_withheld(files: Forged) -> Forged:
    return saying(files, withheld=[{"position": 1, "why": "[sealed], and nobody minded"}])


def withheld_and_not_there(files: Forged) -> Forged:
    return saying(files, withheld=[{"position": 1, "why": "[sealed]"}])


def of_a_case_that_is_no_case(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    return saying(files, cases=[case.model_dump() | {"kind": "waiver"} for case in manifest.cases])
