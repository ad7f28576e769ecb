"""More that a hostile keeper may do to a bundle: to the letters of its JSON, its proofs, its signatures."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from shared.governance.audit.bundle.contents import (
    CHECKPOINT,
    INDEX,
    KEYS,
    LAST_CHECKPOINT,
    MANIFEST,
    READS_CHECKPOINT,
    Files,
    json_text,
)
from shared.ledger.notes import Signer, signed_note
from tests.shared.governance.audit.examples import LOG
from tests.shared.governance.audit.forgeries import Forged, saying

Forge = Callable[[Forged], Forged]


def _entries(files: Forged) -> list[str]:
    return sorted(name for name in files if name.startswith("entries/"))


def _proof(entry: str) -> str:
    return f"proofs/{entry[8:]}.tlog-proof"


def _letters(files: Forged, old: str, new: str) -> Forged:
    """Write the manifest's own letters otherwise."""
    said = files[MANIFEST].decode()
    assert old in said, old
    return {**files, MANIFEST: said.replace(old, new, 1).encode()}


def made_at_another_time(files: Forged) -> Forged:
    """Say when it was made, which nothing proves."""
    return saying(files, made_at="2020-01-01T00:00:00Z")


def of_an_earlier_checkpoint(files: Forged) -> Forged:
    return saying(files, last_size=7)


def fields_in_another_order(files: Forged) -> Forged:
    said = json.loads(files[MANIFEST])
    return {**files, MANIFEST: json_text(dict(reversed(said.items())))}


def yes_for_one(files: Forged) -> Forged:
    """Some programs take `true` for the number 1."""
    return _letters(files, '"first_version": 1,', '"first_version": true,')


def more_of_a_case(files: Forged) -> Forged:
    first, *rest = [case.model_dump() for case in Files(files).manifest().cases]
    return saying(files, cases=[first | {"checked_by": "the clerk"}, *rest])


def more_in_the_index(files: Forged) -> Forged:
    said = json.loads(files.get(INDEX, b'{"claims": []}'))
    return saying({**files, INDEX: json_text({**said, "note": "The clerk has checked this."})})


def an_index_written_otherwise(files: Forged) -> Forged:
    said = json.loads(files.get(INDEX, b'{"claims": []}'))
    return saying({**files, INDEX: json.dumps(said).encode()})


def said_twice(files: Forged) -> Forged:
    """Programs differ in which of two values of one name they read."""
    size = Files(files).manifest().size
    return _letters(files, f'"size": {size}', f'"size": {size + 7}, "size": {size}')


def a_number_as_text(files: Forged) -> Forged:
    size = Files(files).manifest().size
    return _letters(files, f'"size": {size}', f'"size": "{size}"')


def a_number_with_a_point(files: Forged) -> Forged:
    size = Files(files).manifest().size
    return _letters(files, f'"size": {size}', f'"size": {size}.0')


def something_more_in_the_manifest(files: Forged) -> Forged:
    return saying(files, note="The clerk has checked this.")


def a_filter_more(files: Forged) -> Forged:
    filters = Files(files).manifest().filters
    return saying(files, filters={**filters, "checked_by": "the clerk"})


def a_manifest_written_otherwise(files: Forged) -> Forged:
    said = json.loads(files[MANIFEST])
    return {**files, MANIFEST: json.dumps(said, indent=7).encode()}


def of_a_larger_record(files: Forged) -> Forged:
    return saying(files, size=Files(files).manifest().size + 100)


def of_a_log_of_another_name(files: Forged) -> Forged:
    return saying(files, origin="other.example/log")


def a_case_counted_shorter(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    first = manifest.cases[0].model_dump()
    cases = [first | {"last_version": first["last_version"] + 1}, *manifest.cases[1:]]
    return saying(files, cases=[c if isinstance(c, dict) else c.model_dump() for c in cases])


def a_case_told_twice(files: Forged) -> Forged:
    cases = [case.model_dump() for case in Files(files).manifest().cases]
    return saying(files, cases=[*cases, cases[0]])


def two_entries_swapped(files: Forged) -> Forged:
    one, other = _entries(files)[:2]
    return saying({**files, one: files[other], other: files[one]})


def two_proofs_swapped(files: Forged) -> Forged:
    one, other = (_proof(name) for name in _entries(files)[:2])
    return saying({**files, one: files[other], other: files[one]})


def a_proof_left_out(files: Forged) -> Forged:
    gone = _proof(_entries(files)[0])
    return saying({name: content for name, content in files.items() if name != gone})


def a_word_changed(files: Forged) -> Forged:
    name = _entries(files)[1]
    return saying({**files, name: files[name].replace(b"a", b"e", 1)})


def an_entry_both_shown_and_withheld(files: Forged) -> Forged:
    name = _entries(files)[0]
    position = int(name[8:])
    leaf = files[name][:32]
    shown = {**files, f"leaves/{position:012}": leaf}
    return saying(shown, withheld=[{"position": position, "why": "[sealed]"}])


def an_entry_after_the_end_of_the_record(files: Forged) -> Forged:
    manifest = Files(files).manifest()
    name = _entries(files)[0]
    late = f"entries/{manifest.size + 1:012}"
    return saying({**files, late: files[name], _proof(late): files[_proof(name)]})


def _checkpoint(files: Forged, text: str, signers: list[Signer]) -> Forged:
    return saying({**files, CHECKPOINT: signed_note(text, signers).encode()})


def _signed_text(files: Forged) -> str:
    return files[CHECKPOINT].decode().partition("\n\n")[0] + "\n"


def signed_by_somebody_of_the_same_name(files: Forged) -> Forged:
    return _checkpoint(files, _signed_text(files), [Signer.new(LOG.verifier.name)])


def another_root_signed_by_a_thief(files: Forged) -> Forged:
    lines = _signed_text(files).split("\n")
    lines[2] = "A" * 43 + "="
    return _checkpoint(files, "\n".join(lines), [LOG])


def signed_twice_by_one_key(files: Forged) -> Forged:
    note = files[CHECKPOINT].decode()
    line = note.rstrip("\n").split("\n")[-1]
    return saying({**files, CHECKPOINT: (note + line.replace("A", "B", 1) + "\n").encode()})


def a_signature_cut_short(files: Forged) -> Forged:
    note = files[CHECKPOINT].decode().rstrip("\n")
    return saying({**files, CHECKPOINT: (note[:-8] + "AAA=\n").encode()})


def a_remark_behind_the_signatures(files: Forged) -> Forged:
    return saying({**files, CHECKPOINT: files[CHECKPOINT] + b"All was well.\n"})


def the_reads_of_another_log(files: Forged) -> Forged:
    thief = Signer.new(LOG.verifier.name)
    text = f"{LOG.verifier.name}/reads\n7\n" + "A" * 43 + "=\n"
    return saying({**files, READS_CHECKPOINT: signed_note(text, [thief]).encode()})


def reads_that_are_a_checkpoint_of_the_record(files: Forged) -> Forged:
    return saying({**files, READS_CHECKPOINT: files[CHECKPOINT]})


def a_hash_in_the_manifest_changed(files: Forged) -> Forged:
    said: dict[str, Any] = json.loads(files[MANIFEST])
    name = _entries(files)[0]
    said["files"][name] = "0" * 64
    return {**files, MANIFEST: json_text(said)}


def countersigned_at_another_time(files: Forged) -> Forged:
    """Let a witness have signed an hour earlier: the time stands before its signature."""
    text, _, lines = files[CHECKPOINT].decode().partition("\n\n")
    *others, last = lines.removesuffix("\n").split("\n")
    head, _, code = last.rpartition(" ")
    raw = bytearray(base64.b64decode(code))
    raw[4:12] = (int.from_bytes(raw[4:12], "big") - 3_600).to_bytes(8, "big")
    signed = "\n".join([*others, f"{head} {base64.b64encode(raw).decode()}"])
    return saying({**files, CHECKPOINT: f"{text}\n\n{signed}\n".encode()})


def a_space_more_in_an_entry(files: Forged) -> Forged:
    """To any reader of JSON it says the same."""
    name = _entries(files)[0]
    return saying({**files, name: files[name] + b" "})


def a_hash_more_in_a_proof(files: Forged) -> Forged:
    name = _proof(_entries(files)[0])
    head, line, rest = files[name].partition(b"\n\n")
    return saying({**files, name: head + b"\n" + base64.b64encode(bytes(32)) + line + rest})


def a_proof_of_another_place(files: Forged) -> Forged:
    entry = _entries(files)[0]
    index, name = int(entry[8:]) - 1, _proof(entry)
    other = files[name].replace(b"index %d\n" % index, b"index %d\n" % (index + 1), 1)
    return saying({**files, name: other})


def keys_that_ask_for_no_witness(files: Forged) -> Forged:
    """Whoever reads the keys in it for the policy takes a record that nobody has witnessed."""
    return saying({**files, KEYS: re.sub(rb"quorum \d+", b"quorum 0", files[KEYS]) + b"\n"})


def lines_as_another_system_ends_them(files: Forged) -> Forged:
    return saying({**files, CHECKPOINT: files[CHECKPOINT].replace(b"\n", b"\r\n")})


def an_earlier_bundle_that_nobody_gave(files: Forged) -> Forged:
    return saying({**files, LAST_CHECKPOINT: files[CHECKPOINT]})


FURTHER: tuple[Forge, ...] = (
    countersigned_at_another_time,
    a_space_more_in_an_entry,
    a_hash_more_in_a_proof,
    a_proof_of_another_place,
    keys_that_ask_for_no_witness,
    lines_as_another_system_ends_them,
    an_earlier_bundle_that_nobody_gave,
    made_at_another_time,
    of_an_earlier_checkpoint,
    fields_in_another_order,
    yes_for_one,
    more_of_a_case,
    more_in_the_index,
    an_index_written_otherwise,
    said_twice,
    a_number_as_text,
    a_number_with_a_point,
    something_more_in_the_manifest,
    a_filter_more,
    a_manifest_written_otherwise,
    of_a_larger_record,
    of_a_log_of_another_name,
    a_case_counted_shorter,
    a_case_told_twice,
    two_entries_swapped,
    two_proofs_swapped,
    a_proof_left_out,
    a_word_changed,
    an_entry_both_shown_and_withheld,
    an_entry_after_the_end_of_the_record,
    signed_by_somebody_of_the_same_name,
    another_root_signed_by_a_thief,
    signed_twice_by_one_key,
    a_signature_cut_short,
    a_remark_behind_the_signatures,
    the_reads_of_another_log,
    reads_that_are_a_checkpoint_of_the_record,
    a_hash_in_the_manifest_changed,
)
