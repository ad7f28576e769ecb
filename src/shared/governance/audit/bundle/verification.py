"""Checking a bundle without a database: signatures, proofs, completeness, the last bundle, its story."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.governance.audit.bundle.assembly import place_of, recorded_of
from shared.governance.audit.bundle.contents import (
    CHECKPOINT,
    CONSISTENCY,
    FORMAT,
    KEYS,
    LAST_CHECKPOINT,
    MANIFEST,
    READS_CHECKPOINT,
    STORY,
    EntryPlace,
    Files,
    Manifest,
    NotABundle,
    cases_inside,
    entry_name,
    leaf_name,
    proof_name,
    sha256,
)
from shared.governance.audit.bundle.pages import story_page
from shared.kernel.calendar import LONDON
from shared.kernel.messages import Recorded
from shared.ledger.checkpoints import Policy, Vouched, check_proof, hash_of, opened
from shared.ledger.entries import Entry
from shared.ledger.notes import BadNote, Note
from shared.ledger.read_checkpoints import opened_of_reads
from shared.ledger.tree import ProofFails, verify_consistency
from shared.record.eventstore.encoding import EnvelopeMapper


@dataclass
class VerificationReport:
    """What was checked, in sentences; sound where nothing is wrong."""

    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.wrong

    def right(self, line: str) -> None:
        """Note what holds."""
        self.lines.append(f"right: {line}")

    def bad(self, line: str) -> None:
        """Note what does not."""
        self.wrong.append(line)
        self.lines.append(f"WRONG: {line}")


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
    if manifest.format != FORMAT:
        raise NotABundle(f"It says it is a {manifest.format}.")
    _check_files(files, manifest, report)
    policy = check.trusted or Policy.parse(files.text(KEYS))
    if check.trusted is None:
        report.lines.append(
            "note: no --keys were given, so the bundle's own keys were used:"
            " compare their fingerprints with those you were given on paper."
        )
        report.lines += [f"note: {key.name}: {key.fingerprint}" for key in policy.logs]
    vouched = opened(files.text(CHECKPOINT), policy)
    report.right(
        f"the checkpoint of {vouched.checkpoint.size} entries is signed by {vouched.checkpoint.origin}"
    )
    say_who_countersigned(vouched, report)
    entries = list(_entries(files, policy, vouched, report))
    _check_manifest(manifest, vouched, report)
    events = [recorded_of(check.mapper, entry) for entry in entries]
    _check_leaves(files, manifest, policy, report)
    withheld = [hidden.place() for hidden in manifest.withheld]
    _check_completeness(manifest, [*map(place_of, events), *withheld], report)
    _check_last(check, policy, vouched, report)
    _check_reads(check, policy, report)
    _check_story(check, manifest, events, report)


def say_who_countersigned(vouched: Vouched, report: VerificationReport) -> None:
    """Say which witnesses signed a checkpoint and when, or what it means that none did."""
    for witness, at in vouched.witnesses.items():
        when = f"{datetime.fromtimestamp(at, LONDON):%d %B %Y, %H:%M}"
        report.right(f"the witness {witness.name} countersigned it on {when}")
    if not vouched.witnesses:
        report.lines.append(
            "note: no witness countersigned it, so whoever holds the council's own key could have"
            " written all of it anew: ask for one that a witness has signed"
        )


def _check_files(files: Files, manifest: Manifest, report: VerificationReport) -> None:
    present = {name: sha256(content) for name, content in files.files.items() if name != MANIFEST}
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
            " whose and of which kind they are is what the manifest says"
        )


def _check_completeness(manifest: Manifest, places: Sequence[EntryPlace], report: VerificationReport) -> None:
    positions = [place.position for place in places]
    if len(places) != manifest.entries or not places:
        report.bad(f"{len(places)} entries are proved, {manifest.entries} are announced")
        return
    if (min(positions), max(positions)) != (manifest.first_position, manifest.last_position):
        report.bad("the entries are not from where to where the manifest says")
    if cases_inside(places) != manifest.cases:
        report.bad("the cases are not those that the manifest names")
    _check_filters(manifest, places, report)
    by_case: dict[str, int] = {}
    for place in sorted(places):
        before = by_case.get(place.case)
        if before is not None and place.version != before + 1:
            report.bad(f"case {place.case} lacks version {before + 1}")
        by_case[place.case] = place.version
    if report.sound:
        report.right(f"no version in between is missing from any of the {len(by_case)} cases")


def _check_filters(manifest: Manifest, places: Sequence[EntryPlace], report: VerificationReport) -> None:
    case = manifest.filters.get("case")
    if case is not None:
        if {place.case for place in places} != {case} or min(places).version != 1:
            report.bad("a bundle of one case holds that case, from its first version on")
    elif "body_of_work" not in manifest.filters:
        if manifest.last_position - manifest.first_position + 1 != len(places):
            report.bad("a bundle of a period holds every entry of it, and a number is missing")
        else:
            report.right(f"entries {manifest.first_position} to {manifest.last_position} are all here")


def _check_last(check: Verifying, policy: Policy, vouched: Vouched, report: VerificationReport) -> None:
    """Check that the record only grew since an earlier bundle: the reader's own, or the one named inside."""
    files = check.files
    if CONSISTENCY not in files.files:
        if check.last is not None:
            report.bad("this bundle has no proof from the earlier bundle: ask for one made with it")
        return
    note = (check.last or files).text(CHECKPOINT if check.last else LAST_CHECKPOINT)
    earlier, now = opened(note, policy).checkpoint, vouched.checkpoint
    proof = [hash_of(line) for line in files.text(CONSISTENCY).splitlines()]
    try:
        verify_consistency(earlier.size, now.size, proof, earlier.root, now.root)
    except ProofFails as error:
        report.bad(f"the record does not go on from the earlier bundle's: {error}")
    else:
        report.right(f"the first {earlier.size} entries are those of the earlier bundle's record")


def _check_reads(check: Verifying, policy: Policy, report: VerificationReport) -> None:
    """Check the signature on how often the audit had been read, and that it was not less than before."""
    bundles = [files for files in (check.last, check.files) if files is not None]
    counts = [
        opened_of_reads(files.text(READS_CHECKPOINT), policy).size if _has_reads(files) else 0
        for files in bundles
    ]
    if counts != sorted(counts):
        report.bad(
            f"the log of who read the audit had {counts[0]} lines, and has {counts[-1]} in this bundle"
        )
    elif counts[-1]:
        report.right(f"the log of who read the audit is signed, with {counts[-1]} lines so far")


def _has_reads(files: Files) -> bool:
    return READS_CHECKPOINT in files.files


def _check_story(
    check: Verifying, manifest: Manifest, events: Sequence[Recorded], report: VerificationReport
) -> None:
    if not report.sound:
        report.lines.append(f"note: {STORY} was not looked at, since its entries are not sound")
    elif check.program != manifest.program:
        report.lines.append(
            f"note: {STORY} was written by {manifest.program}, this is {check.program}: not compared"
        )
    elif story_page(manifest, events) != check.files.text(STORY):
        report.bad(f"{STORY} does not say what the entries say")
    else:
        report.right(f"{STORY} says what the entries say")
