"""Checking a bundle without a database: signatures, proofs, completeness, the last bundle, its story."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from shared.audit.bundle.contents import (
    CHECKPOINT,
    CONSISTENCY,
    FORMAT,
    KEYS,
    LAST_CHECKPOINT,
    MANIFEST,
    STORY,
    Files,
    Manifest,
    NotABundle,
    entry_name,
    proof_name,
    sha256,
)
from shared.audit.bundle.making import cases_inside, recorded_of
from shared.audit.bundle.pages import story_page
from shared.audit.log.checkpoints import Policy, Vouched, check_proof, hash_of, opened
from shared.audit.log.entries import Entry
from shared.audit.log.notes import BadNote, Note
from shared.audit.log.tree import ProofFails, verify_consistency
from shared.eventstore.encoding import EnvelopeMapper
from shared.messages import Recorded


@dataclass
class Report:
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


def verify(check: Verifying) -> Report:
    """Check a bundle; what is wrong is in the report, and nothing is believed because the bundle says so."""
    report = Report()
    try:
        _verify(check, report)
    except (NotABundle, BadNote, ValueError) as error:
        report.bad(str(error))
    return report


def _verify(check: Verifying, report: Report) -> None:
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
        f" and countersigned by {len(vouched.witnesses)} witnesses"
    )
    entries = list(_entries(files, policy, vouched, report))
    _check_manifest(manifest, vouched, report)
    events = [recorded_of(check.mapper, entry) for entry in entries]
    _check_completeness(manifest, events, report)
    _check_last(check, policy, vouched, report)
    _check_story(check, manifest, events, report)


def _check_files(files: Files, manifest: Manifest, report: Report) -> None:
    present = {name: sha256(content) for name, content in files.files.items() if name != MANIFEST}
    for name in sorted({*present, *manifest.files}):
        if present.get(name) != manifest.files.get(name):
            report.bad(f"{name} is not the file that the manifest names")
    if report.sound:
        report.right(f"all {len(present)} files are those that the manifest names")


def _entries(files: Files, policy: Policy, vouched: Vouched, report: Report) -> Iterator[Entry]:
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
    report.right(
        f"{count} entries are proved to be in the record of {vouched.checkpoint.size} entries"
    )


def _check_entry(files: Files, name: str, entry: Entry, policy: Policy, text: str) -> None:
    if name != entry_name(entry.position):
        raise ProofFails("the file is named after another entry")
    proof = files.text(proof_name(entry.position))
    index, vouched = check_proof(proof, entry.leaf, policy)
    if index != entry.position - 1 or vouched.checkpoint.text() != text:
        raise ProofFails("the proof is of another entry or another checkpoint")


def _check_manifest(manifest: Manifest, vouched: Vouched, report: Report) -> None:
    checkpoint = vouched.checkpoint
    if (manifest.origin, manifest.size) != (checkpoint.origin, checkpoint.size):
        report.bad("the manifest speaks of another checkpoint")


def _check_completeness(manifest: Manifest, events: Sequence[Recorded], report: Report) -> None:
    positions = [event.position for event in events]
    if len(events) != manifest.entries or not events:
        report.bad(f"{len(events)} entries are proved, {manifest.entries} are announced")
        return
    if (min(positions), max(positions)) != (manifest.first_position, manifest.last_position):
        report.bad("the entries are not from where to where the manifest says")
    if cases_inside(events) != manifest.cases:
        report.bad("the cases are not those that the manifest names")
    _check_filters(manifest, events, report)
    by_case: dict[object, int] = {}
    for event in events:
        before = by_case.get(event.stream_id)
        if before is not None and event.version != before + 1:
            report.bad(f"case {event.stream_id} lacks version {before + 1}")
        by_case[event.stream_id] = event.version
    if report.sound:
        report.right(f"no version in between is missing from any of the {len(by_case)} cases")


def _check_filters(manifest: Manifest, events: Sequence[Recorded], report: Report) -> None:
    case = manifest.filters.get("case")
    if case is not None:
        if {str(event.stream_id) for event in events} != {case} or events[0].version != 1:
            report.bad("a bundle of one case holds that case, from its first version on")
    elif "body_of_work" not in manifest.filters:
        if manifest.last_position - manifest.first_position + 1 != len(events):
            report.bad("a bundle of a period holds every entry of it, and a number is missing")
        else:
            report.right(
                f"entries {manifest.first_position} to {manifest.last_position} are all here"
            )


def _check_last(check: Verifying, policy: Policy, vouched: Vouched, report: Report) -> None:
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


def _check_story(
    check: Verifying, manifest: Manifest, events: Sequence[Recorded], report: Report
) -> None:
    if check.program != manifest.program:
        report.lines.append(
            f"note: {STORY} was written by {manifest.program}, this is {check.program}: not compared"
        )
    elif story_page(manifest, events) != check.files.text(STORY):
        report.bad(f"{STORY} does not say what the entries say")
    else:
        report.right(f"{STORY} says what the entries say")
