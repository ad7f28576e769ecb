"""Checking a bundle without a database: signatures, proofs, completeness, the last bundle, its story."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.governance.audit.bundle.assembly import recorded_of
from shared.governance.audit.bundle.completeness import check_completeness
from shared.governance.audit.bundle.contents import (
    CHECKPOINT,
    CONSISTENCY,
    EARLIER_FORMATS,
    FORMAT,
    KEYS,
    LAST_CHECKPOINT,
    MANIFEST,
    READ_ME,
    READS_CHECKPOINT,
    STORY,
    Files,
    Manifest,
    NotABundle,
    entry_name,
    json_text,
    leaf_name,
    proof_name,
    sha256,
)
from shared.governance.audit.bundle.earlier_log import entries_that_differ, proved
from shared.governance.audit.bundle.index_claims import check_index
from shared.governance.audit.bundle.pages import story_page
from shared.governance.audit.bundle.read_me import read_me
from shared.governance.audit.bundle.report import VerificationReport
from shared.governance.audit.bundle.signature_lines import check_lines, say_who_countersigned
from shared.kernel.messages import Recorded
from shared.ledger.checkpoints import Checkpoint, Policy, Vouched, check_proof, hash_of, opened
from shared.ledger.entries import Entry
from shared.ledger.notes import BadNote, Note
from shared.ledger.read_checkpoints import opened_of_reads
from shared.ledger.successions import LostRange, lost_of, since
from shared.ledger.tree import ProofFails, verify_consistency
from shared.record.eventstore.encoding import EnvelopeMapper

PERIOD_FILTERS = frozenset({"from", "to", "body_of_work", "until_entry"})


@dataclass(frozen=True, slots=True)
class Verifying:
    """One check of one bundle: by whose keys, against which earlier bundle, by which program."""

    files: Files
    trusted: Policy | None
    last: Files | None
    mapper: EnvelopeMapper
    program: str


def verify(check: Verifying) -> VerificationReport:
    """Check a bundle; what is wrong is in the report, and nothing is believed because the bundle says so."""
    report = VerificationReport()
    try:
        _verify(check, report)
    except (NotABundle, BadNote, ValueError) as error:
        report.bad(str(error))
    return report


def _verify(check: Verifying, report: VerificationReport) -> None:
    files = check.files
    manifest = files.manifest()
    if manifest.format not in (FORMAT, *EARLIER_FORMATS):
        raise NotABundle(f"It says it is a {manifest.format}.")
    _check_files(files, manifest, report)
    policy = _check_keys(check, report)
    check_lines(files, report)
    vouched = opened(files.text(CHECKPOINT), policy)
    report.right(
        f"the checkpoint of {vouched.checkpoint.size} entries is signed by {vouched.checkpoint.origin}"
    )
    say_who_countersigned(vouched, report)
    entries = list(_entries(files, policy, vouched, report))
    _check_manifest(manifest, vouched, report)
    events = [recorded_of(check.mapper, entry) for entry in entries]
    _check_leaves(files, manifest, policy, report)
    check_completeness(manifest, events, report)
    check_index(files, manifest, entries, _seen_at(vouched), report)
    _check_last(check, policy, vouched, report)
    _check_reads(check, policy, report)
    _check_pages(check, manifest, events, report)


def _check_keys(check: Verifying, report: VerificationReport) -> Policy:
    """Return whose signatures count: the reader's keys, or, which proves less, those in the bundle."""
    own = Policy.parse(check.files.text(KEYS))
    if check.trusted is None:
        report.whose_is_unknown = True
        report.lines.append(
            "note: no --keys were given, so the bundle's own keys were used: whoever made all of it could"
            " have made these, too. Compare their fingerprints with those you were given on paper."
        )
        report.lines += [f"note: {key.name}: {key.fingerprint}" for key in (*own.logs, *own.witnesses)]
        return own
    trusted = {*check.trusted.logs, *check.trusted.witnesses}
    for key in (*own.logs, *own.witnesses):
        if key not in trusted:
            report.bad(
                f"{KEYS} names {key.name} with the fingerprint {key.fingerprint}, which is not among the"
                " keys you gave: ask whoever gave you them"
            )
    if check.files.text(KEYS) != own.text():
        report.bad(f"{KEYS} is not written as the service writes it")
    return check.trusted


def _seen_at(vouched: Vouched) -> datetime | None:
    """Return when a witness last saw the record that a bundle is of."""
    return max((datetime.fromtimestamp(at, UTC) for at in vouched.witnesses.values()), default=None)


def _check_files(files: Files, manifest: Manifest, report: VerificationReport) -> None:
    present = {name: sha256(content) for name, content in files.files.items() if name != MANIFEST}
    if manifest.format == FORMAT and json_text(manifest.model_dump(mode="json")) != files.files[MANIFEST]:
        report.bad(f"{MANIFEST} is not written as the service writes it")
    for name in sorted({*present, *manifest.files}):
        if present.get(name) != manifest.files.get(name):
            report.bad(f"{name} is not the file that the manifest names")
    if report.sound:
        report.right(f"all {len(present)} files are those that the manifest names")


def _entries(files: Files, policy: Policy, vouched: Vouched, report: VerificationReport) -> Iterator[Entry]:
    """Yield each entry whose proof leads to the one signed root."""
    count = 0
    text = Note.parse(files.text(CHECKPOINT)).text
    for name in sorted(n for n in files.files if n.startswith("entries/")):
        try:
            entry = Entry.parse(files.files[name])
            _check_entry(files, name, entry, policy, text)
        except (ValueError, BadNote, ProofFails) as error:
            report.bad(f"{name} is not proved to be in the record: {error}")
        else:
            count += 1
            yield entry
    report.right(f"{count} entries are proved to be in the record of {vouched.checkpoint.size} entries")


def _check_entry(files: Files, name: str, entry: Entry, policy: Policy, text: str) -> None:
    if name != entry_name(entry.position):
        raise ProofFails("the file is named after another entry")
    _check_leaf(files, entry.position, entry.leaf, policy, text)


def _check_leaf(files: Files, position: int, leaf: bytes, policy: Policy, text: str) -> None:
    index, vouched = check_proof(files.text(proof_name(position)), leaf, policy)
    if index != position - 1 or vouched.checkpoint.text() != text:
        raise ProofFails("the proof is of another entry or another checkpoint")


def _check_manifest(manifest: Manifest, vouched: Vouched, report: VerificationReport) -> None:
    checkpoint = vouched.checkpoint
    if (manifest.origin, manifest.size) != (checkpoint.origin, checkpoint.size):
        report.bad("the manifest speaks of another checkpoint")
    mine = {"case", "until_entry"} if "case" in manifest.filters else PERIOD_FILTERS
    if manifest.filters.keys() - mine:
        report.bad("the manifest says more of what was asked for than can be")


def _check_leaves(files: Files, manifest: Manifest, policy: Policy, report: VerificationReport) -> None:
    """Check that each entry whose words are withheld is in the record, and no other is announced so."""
    text = Note.parse(files.text(CHECKPOINT)).text
    announced = {leaf_name(hidden.position): hidden.position for hidden in manifest.withheld}
    present = {name for name in files.files if name.startswith("leaves/")}
    for name in sorted(present ^ announced.keys()):
        report.bad(f"{name} and the manifest disagree on what is withheld")
    for name in sorted(present & announced.keys()):
        try:
            leaf = hash_of(files.text(name).rstrip("\n"))
            _check_leaf(files, announced[name], leaf, policy, text)
        except (BadNote, ProofFails) as error:
            report.bad(f"{name} is not proved to be in the record: {error}")
    if announced:
        report.lines.append(
            f"note: the words of {len(announced)} entries are withheld; that they are there is proved,"
            " what they are about is not, and why they are withheld is the service's own word"
        )


def _check_last(check: Verifying, policy: Policy, vouched: Vouched, report: VerificationReport) -> None:
    """Check that the record only grew since an earlier bundle: the reader's own, or the one named inside."""
    files, now = check.files, vouched.checkpoint
    _check_last_size(files, report)
    if CONSISTENCY not in files.files and check.last is None:
        return
    if check.last is None and LAST_CHECKPOINT not in files.files:
        raise NotABundle(f"There is no {LAST_CHECKPOINT} in it.")
    note = (check.last or files).text(CHECKPOINT if check.last else LAST_CHECKPOINT)
    earlier = opened(note, policy).checkpoint
    led = since(earlier.origin, proved(files, policy, now.text()), now.origin)
    if earlier.origin != now.origin and not led:
        report.bad(f"the earlier bundle is of {earlier.origin}, and nothing shows what succeeded it")
    elif led and earlier.size > led[0].old_size:
        report.bad(f"your earlier bundle is longer than {earlier.origin} was, as this record has it")
    elif lost := lost_of(earlier, led):
        _check_across_a_loss(check, lost, report)
    elif CONSISTENCY not in files.files:
        report.bad("this bundle has no proof from the earlier bundle: ask for one made with it")
    else:
        _check_growth(files, earlier, now, report)


def _check_last_size(files: Files, report: VerificationReport) -> None:
    """Expect the manifest to speak of the earlier checkpoint that is there."""
    held = LAST_CHECKPOINT in files.files
    said = Checkpoint.parse(Note.parse(files.text(LAST_CHECKPOINT)).text).size if held else None
    if said != files.manifest().last_size:
        report.bad("the manifest speaks of another earlier checkpoint")


def _check_across_a_loss(check: Verifying, lost: LostRange, report: VerificationReport) -> None:
    """Expect what both bundles hold, and a restore left, to be the same."""
    report.restored = f"after a restore that lost entries {lost.kept + 1} to {lost.last}"
    if check.last is None:
        report.bad("what a restore lost can be told with the earlier bundle only")
        return
    if differing := entries_that_differ(check.last, check.files, lost.kept):
        report.bad(f"{differing[0]} is not that of the earlier bundle, though the restore kept it")
        return
    report.right(
        f"entries of both bundles among the first {lost.kept} are the same; the record says that entries"
        f" {lost.kept + 1} to {lost.last} of the earlier one's were lost in a restore"
    )


def _check_growth(files: Files, earlier: Checkpoint, now: Checkpoint, report: VerificationReport) -> None:
    proof = [hash_of(line) for line in files.text(CONSISTENCY).splitlines()]
    try:
        verify_consistency(earlier.size, now.size, proof, earlier.root, now.root)
    except ProofFails as error:
        report.bad(f"the record does not go on from the earlier bundle's: {error}")
    else:
        report.right(f"the first {earlier.size} entries are those of the earlier bundle's record")


def _check_reads(check: Verifying, policy: Policy, report: VerificationReport) -> None:
    """Check the signature on how often the audit had been read, and that it was not less than before."""
    bundles = [files for files in (check.last, check.files) if files is not None and _has_reads(files)]
    signed = [opened_of_reads(files.text(READS_CHECKPOINT), policy) for files in bundles]
    if check.last is not None and _has_reads(check.last) and not _has_reads(check.files):
        report.bad("the log of who read the audit is gone")
    elif len(signed) == 2 and signed[0].origin != signed[1].origin:
        report.lines.append("note: the log of who read the audit begins anew under the new log's name")
    elif [each.size for each in signed] != sorted(each.size for each in signed):
        report.bad(
            f"the log of who read the audit had {signed[0].size} lines, and has {signed[1].size} in this"
            " bundle"
        )
    elif signed:
        report.right(f"the log of who read the audit is signed, with {signed[-1].size} lines so far")


def _has_reads(files: Files) -> bool:
    return READS_CHECKPOINT in files.files


def _check_pages(
    check: Verifying, manifest: Manifest, events: Sequence[Recorded], report: VerificationReport
) -> None:
    """Compare what people read with what the entries say, where this program writes it as that one did."""
    if report.wrong:
        report.lines.append(f"note: {STORY} was not looked at, since its entries are not sound")
        return
    if (manifest.format, manifest.program) != (FORMAT, check.program):
        report.pages_unchecked = True
        report.lines.append(
            f"note: {STORY} and {READ_ME} were written by {manifest.program}, this is {check.program}:"
            " they were not compared; that release compares them"
        )
        return
    files = check.files
    own = Policy.parse(files.text(KEYS))
    vouched = opened(files.text(CHECKPOINT), replace(own, quorum=0))
    if story_page(manifest, events, vouched) != files.text(STORY):
        report.bad(f"{STORY} does not say what the entries say")
    elif read_me(manifest, own) != files.text(READ_ME):
        report.bad(f"{READ_ME} is not what the service writes")
    else:
        report.right(f"{STORY} says what the entries say, {READ_ME} how they are checked")
