"""How a bundle is checked, in plain English: the file in it that is read first."""

from shared.governance.audit.bundle.contents import Manifest
from shared.ledger.checkpoints import Policy

READ_ME = """HOW TO CHECK THIS BUNDLE

This is a part of the council's record of decisions:
{what}.

It holds {entries} entries. They were sealed together with everything else in the
record, up to entry {size}.

WHAT THE SEAL MEANS

Every entry has a fingerprint: a number computed from all its words. Change one
letter and the number is another. The fingerprints of all entries are put together
into one, the "root", which the council signs: see checkpoint.txt. A witness (the
committee's clerk, or internal audit) signs it as well, with a key that nobody who
runs the service holds. So if anybody - even the person who runs the computers -
changes, removes or slips in an entry afterwards, the fingerprints no longer
lead to the root that was signed.

HOW TO CHECK

1. You need the council's key and the witness's key from somewhere else than this
   bundle: on paper, from the committee's clerk. The file keys.txt holds what the
   service says its keys are; their fingerprints, to be compared with the paper:

{fingerprints}

2. On any computer with the rfp-service program (it needs no database and no
   network) run, in the folder in which this zip file is:

       rfp-service audit verify BUNDLE.zip --keys keys-from-the-clerk.txt

   If you have an earlier bundle, add:  --last EARLIER.zip
   It then also checks that nothing in the earlier bundle's record was changed.

3. It prints a line for each thing that it checked, and at the end one of:

       SOUND                   all of it was checked, and holds; "complete by the
                               index at N" says that nothing of a case, or of a body
                               of work, is missing among the record's first N entries
       ENTRIES SOUND, BUT ...  another release wrote this page: ask for that
                               release's program, or trust the entries alone; or no
                               index shows that nothing is missing: ask again tomorrow
       CONSISTENT WITH ITSELF  no keys were given: whose it is, you must compare
       NOT SOUND               something is wrong, and what

   Hand a bundle that is not sound to internal audit, as it is.

WITHOUT OUR PROGRAM

The formats are public, and other programs read them:
  entries/...         an entry's bytes. Its leaf is SHA-256 of a zero byte and these.
                      The first 40 bytes are its place (entry number, case, version,
                      time); then the kind of event, a zero byte, and what was said.
  leaves/...          the leaf alone of an entry whose words are withheld (manifest.json
                      says why, which is the service's own word): that it is there is
                      proved, and nothing else of it is shown.
  proofs/...          C2SP "tlog-proof": how the entry leads to the signed root
                      (RFC 6962, RFC 9162).
  checkpoint.txt      C2SP "tlog-checkpoint", a "signed note" with Ed25519 signatures,
                      countersigned as C2SP "tlog-cosignature".
  consistency.txt     if there is an earlier bundle: the proof that the record only grew.
  index.json          of a case or a body of work: its line in an index of the whole
                      record, which is itself an entry of the record. A line is hashed
                      as its name, its count and the last hash of its chain (in hex),
                      each followed by a line feed; the chain begins with 32 zero bytes
                      and goes on with SHA-256 of the chain so far and the next leaf.
  succession.json     where a restore came between this and an earlier bundle: the entry
                      that says which log was succeeded, and what was lost; with its proof.
  reads-checkpoint.txt  how many times the audit had been read, and the last line of that
                      log's chain, signed. Keep it: "audit fsck --checkpoint" takes it.
  manifest.json       what is in here, and the SHA-256 of each file. Of a period it also
                      names an entry before and one after it, which show that nothing
                      was left out at either end.

WHAT THIS CANNOT SHOW

- That something was recorded at all: only what was recorded is sealed.
- That a case ended where this bundle ends: entries after those that the index
  covers may be in later bundles.
  {completeness}
- Who stands behind a name such as "officer-17": the directory of people is kept
  apart from the record, so that a name can be erased and the seal still holds.
"""

WHOLE_RANGE = "Within entries {first} to {last} nothing can be missing: each number is here."
WHOLE_CASES = "Of each case, no version in between is missing: they are numbered without a gap."


def read_me(manifest: Manifest, policy: Policy) -> str:
    """Return how to check a bundle, with the fingerprints of the keys that are in it."""
    whole = manifest.last_position - manifest.first_position + 1 == manifest.entries
    fingerprints = [f"{key.name}: {key.fingerprint}" for key in (*policy.logs, *policy.witnesses)]
    completeness = WHOLE_RANGE if whole else WHOLE_CASES
    return READ_ME.format(
        what=picked_words(manifest),
        entries=manifest.entries,
        size=manifest.size,
        fingerprints="\n".join(f"       {line}" for line in fingerprints),
        completeness=completeness.format(first=manifest.first_position, last=manifest.last_position),
    )


def picked_words(manifest: Manifest) -> str:
    """Return what was picked for a bundle, in words."""
    filters = manifest.filters
    if "case" in filters:
        return f"everything that was decided on the case {filters['case']}"
    what = f"what was recorded from {filters['from']} to {filters['to']}"
    return f"{what} about {filters['body_of_work']}" if "body_of_work" in filters else what
