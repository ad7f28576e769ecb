"""Checking what was taken away from the record, a bundle or one proof, without a database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rfp_service.events import EVENTS
from rfp_service.terminal import say
from rfp_service.version import VERSION
from shared.governance.audit.bundle.contents import Files, Manifest, NotABundle, sha256
from shared.governance.audit.bundle.parts import gaps
from shared.governance.audit.bundle.report import VerificationReport
from shared.governance.audit.bundle.single_proof import entry_in, is_bundle, proof_in, verify_proof
from shared.governance.audit.bundle.verification import Verifying
from shared.governance.audit.bundle.verification import verify as checked
from shared.governance.audit.verifier.handed_out import verifier_page, verifier_program
from shared.ledger.checkpoints import Policy, leaf_named
from shared.ledger.log_keys import read_policy
from shared.ledger.notes import BadNote
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.settings import NotConfigured

WRONG = 1
PROGRAM = f"rfp-service {VERSION}"


def verify(
    file: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="A bundle, a row of them in their order, or what `prove` printed.",
        ),
    ],
    *,
    keys: Annotated[
        Path | None, typer.Option(exists=True, help="Whose signatures count, from somewhere else.")
    ] = None,
    last: Annotated[Path | None, typer.Option(exists=True, help="Your last bundle.")] = None,
    entry: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Of a proof: the entry, or its leaf hash."),
    ] = None,
) -> None:
    policy = read_policy(keys) if keys else None
    if proof := proof_in(file[0]) if len(file) == 1 else "":
        status = _said(_proof_checked(proof, policy, entry))
    else:
        status = _row_checked(file, policy, last)
    if status:
        raise typer.Exit(status)


def _said(report: VerificationReport) -> int:
    for line in report.lines:
        say(line)
    say(report.verdict)
    return report.exit_status


def _row_checked(row: Sequence[Path], policy: Policy | None, last: Path | None) -> int:
    """Check bundles, each beside the one before it, and that nothing lies between them."""
    statuses: list[int] = []
    manifests: list[Manifest] = []
    try:
        earlier = Files.read(last) if last else None
        for file in row:
            if not is_bundle(file):
                raise NotConfigured(f"{file} is no bundle and no proof.")
            if len(row) > 1:
                say(f"{file}:")
            files = Files.read(file)
            statuses.append(_said(checked(Verifying(files, policy, earlier, mapper(), PROGRAM))))
            manifests.append(files.manifest().model_copy(update={"files": {}}))
            earlier = files
    except NotABundle as error:
        say(f"NOT SOUND: {error}")
        return WRONG
    return _row_said(manifests, statuses)


def _row_said(manifests: Sequence[Manifest], statuses: Sequence[int]) -> int:
    """Say whether bundles are a row; return the status that counts most."""
    wrong = gaps(manifests)
    for gap in wrong:
        say(f"NOT WHOLE: {gap}")
    if len(manifests) > 1 and not wrong:
        entries = sum(one.entries - len(one.before) - len(one.after) for one in manifests)
        say(f"{len(manifests)} bundles, {entries} entries, and nothing between them.")
    return WRONG if wrong or WRONG in statuses else max(statuses)


def verifier(
    out: Annotated[Path, typer.Argument(help="The file to write: .html, or .py for a program.")],
) -> None:
    made = verifier_program if out.suffix == ".py" else verifier_page
    text = made(VERSION, {event.__name__: event.kind for event in EVENTS})
    out.write_text(text, encoding="utf-8")
    say(f"{out}: hand it out with the fingerprints on paper. Its SHA-256 is {sha256(text.encode())}")


def _proof_checked(proof: str, policy: Policy | None, entry: Path | None) -> VerificationReport:
    if policy is None:
        raise NotConfigured("A proof brings no keys with it: give --keys.")
    if entry is None and not _says_its_entry(proof):
        raise NotConfigured("This proof does not say which entry it is of: give --entry.")
    try:
        return verify_proof(proof, policy, entry_in(entry) if entry else b"")
    except ValueError:
        raise NotConfigured(f"{entry} is no entry of the record, and no leaf hash.") from None


def _says_its_entry(proof: str) -> bool:
    """Say whether a proof brings its leaf; another program's extra line is not for us."""
    try:
        return leaf_named(proof) != b""
    except BadNote:
        return False


def mapper() -> EnvelopeMapper:
    """Return what reads the events of this program."""
    return EnvelopeMapper(Topics(EVENTS))
