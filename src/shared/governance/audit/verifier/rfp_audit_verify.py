"""Check a bundle of the council's record: one file, for Python 3.11 or later with `cryptography`, anywhere.

    python rfp_audit_verify.py BUNDLE.zip --keys keys-from-the-clerk.txt [--last EARLIER.zip]

It ends with ENTRIES SOUND (status 4: entries are in the record, none between them is left out; the pages in
the bundle were not looked at), CONSISTENT WITH ITSELF (3: no keys were given), ENTRIES SOUND, BUT ... (5: no
index shows that nothing is missing) or NOT SOUND (1). Formats: C2SP signed-note,
tlog-checkpoint, tlog-cosignature, tlog-proof; trees by RFC 6962 and RFC 9162. It shares no code with the
service.
"""

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import zlib
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KINDS: dict[str, str] = {}  # of each event's name, of what kind of thing it is; filled in when handed out
RELEASE = "unknown"
FORMAT = "rfp-service audit bundle 4"
LOG, WITNESS = 1, 4
SMALL, STORY_LIMIT, TOTAL_LIMIT = 65_536, 64 * 2**20, 2**31
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NAMES = re.compile(
    r"READ-ME-FIRST\.txt|story\.html|manifest\.json|checkpoint\.txt|keys\.txt|last-checkpoint\.txt"
    r"|consistency\.txt|reads-checkpoint\.txt|index\.json|succession\.json|(entries|leaves)/[0-9]{12}|proofs/[0-9]{12}\.tlog-proof"
)
WHY = re.compile(r"(\[(sealed|erased|of a later release|exempt: paragraph [1-9] of Schedule 12A)\](, )?)+")
FIELDS = (
    "format program origin size filters first_position last_position entries cases withheld before"
    " after indexes last_size files"
)
PERIOD = {"from", "to", "body_of_work", "until_entry"}
PAGES = "story.html AND READ-ME-FIRST.txt"
HISTORY_ID = "c4f0a5d3-6f0e-4b47-8f5e-2a6b1d9e7c30"
INDEX_ID, INDEXED_WITHIN = "5b0c2b7e-3f5d-4d1a-9a64-7d0f6a2c9e11", timedelta(days=3)
MOST_16, PACKED = 0xFFFF, "it is packed in a way that no bundle is"


class Wrong(Exception):
    """Something is not as it must be."""


def must(holds: object, words: str) -> None:
    if not holds:
        raise Wrong(words)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("this is no base64") from None
    must(base64.b64encode(raw).decode() == text, "this base64 is not written as it should be")
    return raw


def hash_of(text: str) -> bytes:
    raw = decoded(text)
    must(len(raw) == 32, "this is no SHA-256 hash in base64")
    return raw


def decimal(text: str) -> int:
    must(re.fullmatch(r"0|[1-9][0-9]{0,14}", text), "a number is written without leading zeroes")
    return int(text)


def text_of(files: dict[str, bytes], name: str) -> str:
    must(name in files, f"there is no {name} in it")
    return files[name].decode()


def json_of(files: dict[str, bytes], name: str) -> Any:  # noqa: ANN401  # whatever JSON can say
    """Return what JSON says, written as the service writes it: programs differ on what else it may mean."""
    text = text_of(files, name)
    said = json.loads(text, parse_float=no_number, parse_constant=no_number)
    must(json.dumps(said, indent=2, ensure_ascii=False) + "\n" == text, f"{name} is not written as it is")
    must(plain(said), f"{name} holds what none does")
    return said


def list_of(files: dict[str, bytes], name: str, what: str, fields: str) -> list[dict[str, Any]]:
    if name not in files:
        return []
    said = json_of(files, name)
    exact = [*said] == [what] and said[what] and all([*one] == fields.split() for one in said[what])
    must(exact, f"{name} says more or less than one does")
    found: list[dict[str, Any]] = said[what]
    return found


def no_number(text: str) -> None:
    raise Wrong(f"{text} is no number of a bundle")


def plain(said: object) -> bool:
    if isinstance(said, dict):
        return all(plain(one) for one in said.values())
    return all(map(plain, said)) if isinstance(said, list) else not isinstance(said, bool)


def directory_of(raw: bytes) -> tuple[list[tuple[str, int, int, int, int]], int]:
    """Return the files that the archive's directory names, and where the directory begins."""
    end = len(raw) - 22
    must(end >= 0 and raw[end : end + 4] == b"PK\5\6", PACKED)
    count, begin = struct.unpack_from("<H", raw, end + 10)[0], struct.unpack_from("<I", raw, end + 16)[0]
    if count == MOST_16 and raw[max(end - 20, 0) : end][:4] == b"PK\6\7":
        must(end >= 76, PACKED)
        count, begin = struct.unpack_from("<Q", raw, end - 44)[0], struct.unpack_from("<Q", raw, end - 28)[0]
    files: list[tuple[str, int, int, int, int]] = []
    at, where, plain = begin, 0, bytearray()
    for _ in range(count):
        must(at + 46 <= end, PACKED)
        method, crc, packed, size, named = struct.unpack_from("<H4xIIIH", raw, at + 10)
        name = raw[at + 46 : at + 46 + named]
        plain += b"PK\1\2\x14\3" + header_of(method, crc, packed, size, named)
        plain += struct.pack("<HHHII", 0, 0, 0, 0o600 << 16, where) + name
        must(method in (0, 8), PACKED)
        files.append((name.decode("latin-1"), method, crc, packed, size))
        at, where = at + 46 + named, where + 30 + named + packed
    must(raw[begin:] == plain + end_of(count, len(plain), begin), PACKED)
    return files, begin


def header_of(method: int, crc: int, packed: int, size: int, named: int) -> bytes:
    """Return what an archive says of a file before its bytes, and again in the directory."""
    return struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, crc, packed, size, named, 0)


def end_of(count: int, size: int, begin: int) -> bytes:
    """Return what stands behind the directory: of ZIP64 too, if 16 bits can't count the files."""
    shown = min(count, MOST_16)
    last = struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, shown, shown, size, begin, 0)
    if count <= MOST_16:
        return last
    zip64 = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, begin)
    return zip64 + struct.pack("<4sIQI", b"PK\6\7", 0, begin + size, 1) + last


def limit_of(name: str, count: int) -> int:
    if name == "manifest.json":
        return SMALL + 512 * count
    if name == "story.html":
        return STORY_LIMIT
    return 65_535 if name.startswith("entries/") else SMALL


def unpacked(raw: bytes) -> dict[str, bytes]:
    """Return the files of an archive that every program unpacks alike: each byte around them is checked."""
    listed, begin = directory_of(raw)
    must(sum(file[4] for file in listed) <= min(TOTAL_LIMIT, SMALL * 1024 + 50 * len(raw)), "it is too large")
    files: dict[str, bytes] = {}
    at = 0
    for name, method, crc, packed, size in listed:
        must(NAMES.fullmatch(name), f"no bundle has a file with the name {name!r}")
        must(name not in files, "two files in it have one name")
        must(size <= limit_of(name, len(listed)), "it is larger than any bundle")
        before = b"PK\3\4" + header_of(method, crc, packed, size, len(name)) + name.encode()
        must(raw[at : at + len(before)] == before, PACKED)
        at += len(before)
        content = raw[at : at + packed]
        if method == 8:
            unpacker = zlib.decompressobj(-15)
            content = unpacker.decompress(content, size + 1)
            must(unpacker.eof and not unpacker.unused_data, PACKED)
        must(len(content) == size, "a file in it is not as long as it says")
        must(zlib.crc32(content) == crc, "a file in it has another checksum than it says")
        files[name] = content
        at += packed
    must(at == begin, PACKED)
    return files


class Key:
    """A public key with its name."""

    def __init__(self, line: str) -> None:
        name, _, rest = line.strip().partition("+")
        key_id, _, text = rest.partition("+")
        raw = decoded(text)
        must(re.fullmatch(r"[^\s+]{1,200}", name) and len(raw) == 33 and raw[0] in (LOG, WITNESS), "no key")
        self.name, self.type, self.raw = name, raw[0], raw[1:]
        self.id = sha256(f"{name}\n".encode(), raw)[:4]
        must(self.id.hex() == key_id.lower(), "a key's id is not that of its name and key")
        self.text = f"{name}+{self.id.hex()}+{base64.b64encode(raw).decode()}"
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:32]
        self.fingerprint = " ".join(digest[n : n + 4] for n in range(0, 32, 4))

    def signed(self, text: str, signature: bytes) -> int:
        """Check a signature; return the time that a witness signed at."""
        message, raw, at = text.encode(), signature, 0
        if self.type == WITNESS:
            at, raw = int.from_bytes(signature[:8], "big"), signature[8:]
            message = f"cosignature/v1\ntime {at}\n{text}".encode()
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(raw, message)
        except InvalidSignature:
            raise Wrong(f"the signature of {self.name} is not of this text") from None
        return at


class Policy:
    """Whose signatures count, and how many witnesses must have signed."""

    def __init__(self, text: str) -> None:
        lines = [line.partition("#")[0].strip() for line in text.splitlines()]
        self.keys = [Key(line) for line in lines if line and not line.startswith("quorum ")]
        said = [decimal(line.split(" ")[1]) for line in lines if line.startswith("quorum ")]
        self.quorum = said[-1] if said else 0

    def of(self, kind: int) -> list[Key]:
        return [key for key in self.keys if key.type == kind]

    def as_written(self) -> str:
        lines = ["# the log's keys", *(key.text for key in self.of(LOG))]
        lines += ["# the witnesses' keys", *(key.text for key in self.of(WITNESS))]
        return "\n".join([*lines, "# how many witnesses must have signed", f"quorum {self.quorum}"]) + "\n"


class Checkpoint:
    """A signed statement of how many entries a log has, and of the root of its tree."""

    def __init__(
        self, note: str, policy: Policy, *, of_reads: bool = False, quorum: int | None = None
    ) -> None:
        must(len(note) <= 1_000_000 and not re.search(r"[\x00-\x09\x0b-\x1f]", note), "no signed note")
        text, divider, ending = note.rpartition("\n\n")
        must(divider and ending.endswith("\n") and ending.count("\n") <= 100, "no signed note")
        self.text = text + "\n"
        lines = self.text.split("\n")
        must(len(lines) >= 4 and all(lines[:-1]), "a checkpoint is an origin, a size and a root")
        self.origin, self.size, self.root = lines[0], decimal(lines[1]), hash_of(lines[2])
        must(self.origin.endswith("/reads") or not of_reads, "no checkpoint of the log of reads")
        log = self.origin.removesuffix("/reads") if of_reads else self.origin
        known = {(key.name, key.id): key for key in policy.keys if key.type == WITNESS or key.name == log}
        signed: dict[Key, int] = {}
        for line in ending[:-1].split("\n"):
            parts = line.split(" ")
            must(len(parts) == 3 and parts[0] == "\u2014", "a signature line is a dash, a name, a signature")
            raw = decoded(parts[2])
            key = known.get((parts[1], raw[:4]))
            if key is not None and key not in signed and not (of_reads and key.type == WITNESS):
                signed[key] = key.signed(self.text, raw[4:])
        must(any(key.type == LOG for key in signed), f"no key that is trusted for {log} signed this")
        self.all_known = len(signed) == ending.count("\n")
        self.witnesses = {key: at for key, at in signed.items() if key.type == WITNESS}
        needed = policy.quorum if quorum is None else quorum
        must(of_reads or len(self.witnesses) >= needed, f"{needed} witnesses must have signed")


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1", left, right)


def includes(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> None:
    """Check an inclusion proof (RFC 9162, section 2.1.3.2)."""
    must(0 <= index < size, "the entry is beyond the tree")
    number, last, hashed = index, size - 1, leaf
    for sibling in proof:
        must(last, "the proof is too long")
        if number & 1 or number == last:
            hashed = node(sibling, hashed)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            hashed = node(hashed, sibling)
        number, last = number >> 1, last >> 1
    must(not last and hashed == root, "the proof does not lead to the signed root")


def goes_on(earlier: Checkpoint, now: Checkpoint, proof: list[bytes]) -> None:
    """Check a consistency proof (RFC 9162, section 2.1.4.2)."""
    words = "the record does not go on from the earlier bundle's"
    must(0 < earlier.size <= now.size, words)
    if earlier.size == now.size:
        must(not proof and earlier.root == now.root, words)
        return
    path = [earlier.root, *proof] if earlier.size & (earlier.size - 1) == 0 else proof
    must(path, words)
    number, last = earlier.size - 1, now.size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        must(last, words)
        if number & 1 or number == last:
            first, second = node(sibling, first), node(sibling, second)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            second = node(second, sibling)
        number, last = number >> 1, last >> 1
    must(not last and (first, second) == (earlier.root, now.root), words)


class Entry:
    """One entry of the record: its place, its time, its kind and what was said."""

    def __init__(self, raw: bytes) -> None:
        topic, divider, state = raw[40:].partition(b"\0")
        must(len(raw) >= 40 and divider, "this is no entry of the log")
        self.position, self.version = int.from_bytes(raw[:8], "big"), int.from_bytes(raw[24:32], "big")
        stream = raw[8:24].hex()
        self.case = "-".join((stream[:8], stream[8:12], stream[12:16], stream[16:20], stream[20:]))
        self.at = EPOCH + timedelta(microseconds=int.from_bytes(raw[32:40], "big", signed=True))
        self.topic, self.said = topic.decode(), json.loads(state)
        self.leaf = sha256(b"\0", raw)


class Check:
    """One check of one bundle: what holds and what doesn't, in sentences."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.wrong: list[str] = []
        self.complete_by, self.incomplete, self.restored = 0, "", ""

    def bad(self, line: str) -> None:
        self.wrong.append(line)
        self.lines.append(f"WRONG: {line}")

    def expect(self, holds: object, line: str) -> None:
        if not holds:
            self.bad(line)

    def whole(self, bundle: bytes, keys: str | None, last: bytes | None) -> None:
        files = unpacked(bundle)
        manifest = self.manifest(files)
        own = Policy(text_of(files, "keys.txt"))
        policy = Policy(keys) if keys is not None else own
        if keys is None:
            self.lines += [f"note: {key.name}: {key.fingerprint}" for key in own.keys]
        else:
            known = {key.text for key in policy.keys}
            for key in own.keys:
                self.expect(key.text in known, f"keys.txt names {key.name}, which is not among your keys")
            self.expect(text_of(files, "keys.txt") == own.as_written(), "keys.txt is not as it is written")
        checkpoint = Checkpoint(text_of(files, "checkpoint.txt"), policy)
        known_here = Checkpoint(text_of(files, "checkpoint.txt"), own, quorum=0).all_known
        self.expect(known_here, "checkpoint.txt has a line that is no signature by a key of keys.txt")
        self.lines.append(f"right: {checkpoint.size} entries are signed by {checkpoint.origin}")
        for witness, at in checkpoint.witnesses.items():
            when = datetime.fromtimestamp(at, UTC)
            self.lines.append(
                f"right: the witness {witness.name} countersigned it on {when:%d %B %Y, %H:%M} UTC"
            )
        if not checkpoint.witnesses:
            self.lines.append("note: no witness countersigned it")
        same = (manifest["origin"], manifest["size"]) == (checkpoint.origin, checkpoint.size)
        self.expect(same, "the manifest speaks of another checkpoint")
        entries = self.entries(files, manifest, checkpoint, policy)
        self.completeness(manifest, entries)
        self.index(files, manifest, entries, max(checkpoint.witnesses.values(), default=0))
        self.earlier(files, unpacked(last) if last else None, checkpoint, policy)

    def manifest(self, files: dict[str, bytes]) -> dict[str, Any]:
        said: dict[str, Any] = json_of(files, "manifest.json")
        must(said["format"] == FORMAT, f"it says it is a {said['format']}: ask for it anew")
        must([*said] == FIELDS.split(), "its manifest says more or less than one does")
        for one in said["withheld"]:
            must(
                sorted(one) == ["position", "why"] and WHY.fullmatch(one["why"]),
                "it says more than is proved",
            )
        of_a_case = ["id", "kind", "first_version", "last_version", "entries"]
        must(
            all([*one] == of_a_case for one in said["cases"]), "it says more or less of a case than one does"
        )
        mine = {"case", "until_entry"} if "case" in said["filters"] else PERIOD
        must(said["filters"].keys() <= mine, "its manifest says more than can be asked for")
        held = "last-checkpoint.txt" in files
        size = decimal(text_of(files, "last-checkpoint.txt").split("\n")[1]) if held else None
        must(said["last_size"] == size, "its manifest speaks of another earlier checkpoint")
        hashes = {name: sha256(raw).hex() for name, raw in files.items() if name != "manifest.json"}
        for name in sorted({*hashes, *said["files"]}):
            same = hashes.get(name) == said["files"].get(name)
            self.expect(same, f"{name} is not the file that the manifest names")
        return said

    def entries(
        self, files: dict[str, bytes], manifest: dict[str, Any], checkpoint: Checkpoint, policy: Policy
    ) -> list[Entry]:
        entries: list[Entry] = []
        notes: dict[str, str] = {}
        for name, raw in files.items():
            try:
                if name.startswith("entries/"):
                    entry = Entry(raw)
                    must(name == f"entries/{entry.position:012}", "the file is named after another entry")
                    self.leaf(files, entry.position, entry.leaf, (checkpoint, policy, notes))
                    entries.append(entry)
                elif name.startswith("leaves/"):
                    leaf = hash_of(text_of(files, name).removesuffix("\n"))
                    self.leaf(files, int(name[7:]), leaf, (checkpoint, policy, notes))
            except (Wrong, ValueError) as error:
                self.bad(f"{name} is not proved to be in the record: {error}")
        announced = {f"leaves/{one['position']:012}" for one in manifest["withheld"]}
        present = {name for name in files if name.startswith("leaves/")}
        self.expect(announced == present, "files and manifest disagree on what is withheld")
        self.lines.append(f"right: {len(entries)} entries are proved, {len(present)} are there and withheld")
        return sorted(entries, key=lambda entry: entry.position)

    def leaf(
        self,
        files: dict[str, bytes],
        position: int,
        leaf: bytes,
        by: tuple[Checkpoint, Policy, dict[str, str]],
    ) -> None:
        checkpoint, policy, notes = by
        head, divider, note = text_of(files, f"proofs/{position:012}.tlog-proof").partition("\n\n")
        lines = head.split("\n")
        must(divider and lines[0] == "c2sp.org/tlog-proof@v1", "this is no proof of a transparency log")
        rest = lines[2:] if lines[1].startswith("extra ") else lines[1:]
        must(rest and rest[0] == f"index {position - 1}" and len(rest) <= 64, "the proof is of another entry")
        if note not in notes:
            notes[note] = Checkpoint(note, policy).text
        must(notes[note] == checkpoint.text, "the proof is of another checkpoint")
        includes(leaf, position - 1, checkpoint.size, [hash_of(line) for line in rest[1:]], checkpoint.root)

    def completeness(self, manifest: dict[str, Any], entries: list[Entry]) -> None:
        hidden = sorted(one["position"] for one in manifest["withheld"])
        times = {entry.position: entry.at for entry in entries}
        entries = [entry for entry in entries if entry.position not in manifest["indexes"]]
        positions = sorted([*(entry.position for entry in entries), *hidden])
        if not positions or len(positions) != manifest["entries"]:
            self.bad(f"{len(positions)} entries are proved, {manifest['entries']} are announced")
            return
        ends = (manifest["first_position"], manifest["last_position"])
        self.expect((positions[0], positions[-1]) == ends, "entries are not from where to where it says")
        around = {*manifest["before"], *manifest["after"]}
        inside = [entry for entry in entries if entry.position not in around]
        cases: dict[str, list[Entry]] = defaultdict(list)
        for entry in inside:
            self.expect(entry.topic in KINDS, f"entry {entry.position} is of a later release than this file")
            cases[entry.case].append(entry)
        self.cases(manifest, cases)
        self.asked(manifest, positions, inside)
        if "body_of_work" in manifest["filters"]:
            self.outside(manifest, times)
        elif "case" not in manifest["filters"]:
            self.borders(manifest, entries, around)
        self.versions(cases, [position for position in hidden if position not in around])

    def asked(self, manifest: dict[str, Any], positions: list[int], inside: list[Entry]) -> None:
        filters = manifest["filters"]
        if "case" in filters:
            before = sum(bool(inside) and position < inside[0].position for position in positions)
            own = all(entry.case == filters["case"] for entry in inside)
            first = not inside or inside[0].version == before + 1
            self.expect(own and first, "a bundle of one case holds that case, from its first version on")
        elif "body_of_work" not in filters:
            follow = positions[-1] - positions[0] + 1 == len(positions)
            self.expect(follow, "a number is missing in the period")

    def cases(self, manifest: dict[str, Any], cases: dict[str, list[Entry]]) -> None:
        held = [
            (case, KINDS.get(of[0].topic), of[0].version, of[-1].version, len(of))
            for case, of in cases.items()
        ]
        fields = ("id", "kind", "first_version", "last_version", "entries")
        said = [tuple(case[field] for field in fields) for case in manifest["cases"]]
        self.expect(sorted(held, key=str) == sorted(said, key=str), "the cases are not those it names")

    def versions(self, cases: dict[str, list[Entry]], hidden: list[int]) -> None:
        missing = 0
        for case, of in cases.items():
            for one, following in pairwise(of):
                gap = following.version - one.version - 1
                between = sum(one.position < position < following.position for position in hidden)
                missing += max(0, gap)
                self.expect(0 <= gap <= between, f"case {case} lacks version {one.version + 1}")
        self.expect(missing <= len(hidden), f"{missing} versions are missing, {len(hidden)} are withheld")

    def outside(self, manifest: dict[str, Any], shown: dict[int, datetime]) -> None:
        start, end = (datetime.fromisoformat(manifest["filters"][name]) for name in ("from", "to"))
        begun = max((position for position, at in shown.items() if at <= start), default=0)
        ended = min((position for position, at in shown.items() if at > end), default=manifest["size"] + 1)
        inside = shown.keys() - {*manifest["before"], *manifest["after"], *manifest["indexes"]}
        holds = all(start < shown[position] <= end for position in inside)
        holds = holds and all(position <= begun for position in manifest["before"])
        holds = holds and all(position >= ended for position in manifest["after"])
        self.expect(holds, "an entry is told as inside the period that is not, or as outside it")

    def index(
        self, files: dict[str, bytes], manifest: dict[str, Any], entries: list[Entry], seen_at: int
    ) -> None:
        """Check that nothing of a case or a body of work is missing, up to what an index covers."""
        filters = manifest["filters"]
        subject = f"case {filters['case']}" if "case" in filters else ""
        subject = f"body-of-work {filters['body_of_work']}" if "body_of_work" in filters else subject
        claims = list_of(files, "index.json", "claims", "position of count last number proof")
        most = 0 if not subject else 1 if "case" in filters else 2
        named = [claim["position"] for claim in claims] == manifest["indexes"] and len(claims) <= most
        must(named, "the manifest names other indexes than are shown")
        if not claims:
            self.incomplete = "NO INDEX SHOWS THAT NOTHING IS MISSING" if subject else ""
            return
        at = {entry.position: entry for entry in entries}
        shown = [line_of(claim, subject, at) for claim in claims]
        held, last, size = (0, bytes(32), 0) if len(shown) == 1 else shown[0]
        leaves = {position: entry.leaf for position, entry in at.items()}
        for one in manifest["withheld"]:
            leaves[one["position"]] = hash_of(text_of(files, f"leaves/{one['position']:012}").rstrip("\n"))
        for position in sorted(leaves.keys() - set(manifest["indexes"])):
            if size < position <= shown[-1][2]:
                held, last = held + 1, sha256(last, leaves[position])
        must((held, last) == shown[-1][:2], "by the index of the record, entries of it are missing here")
        self.how_far(filters, at, (claims[-1]["position"], shown[-1][2]), seen_at)

    def how_far(
        self, filters: dict[str, str], at: dict[int, Entry], index: tuple[int, int], seen_at: int
    ) -> None:
        entry, size = at[index[0]], index[1]
        end = datetime.fromisoformat(filters["to"]) if "to" in filters else None
        over = end and any(position <= size + 1 and one.at > end for position, one in at.items())
        old = seen_at and datetime.fromtimestamp(seen_at, UTC) - entry.at > INDEXED_WITHIN
        if old and not over and "until_entry" not in filters:
            self.incomplete = "ITS INDEX IS OLDER THAN IT SHOULD BE"
            return
        self.complete_by = size
        when = f"{entry.at:%d %B %Y, %H:%M} UTC"
        self.lines.append(f"right: by the index of {when} nothing of it is missing among {size} entries")

    def borders(self, manifest: dict[str, Any], entries: list[Entry], around: set[int]) -> None:
        start, end = (datetime.fromisoformat(manifest["filters"][name]) for name in ("from", "to"))
        shown = {entry.position: entry.at for entry in entries}
        inside = all(start < at <= end for position, at in shown.items() if position not in around)
        self.expect(inside, "an entry was not recorded in the period")
        first, last = manifest["first_position"], manifest["last_position"]
        before, after = manifest["before"], manifest["after"]
        if before:
            follow = before == list(range(first, first + len(before)))
            earlier = first in shown and shown[first] <= start
            self.expect(follow and earlier, "the entry before the period was not recorded before it")
        else:
            self.expect(first == 1, "what was recorded before its first entry is not shown")
        if after:
            follow = after == list(range(last - len(after) + 1, last + 1))
            later = last in shown and shown[last] > end
            self.expect(follow and later, "the entry after the period was not recorded after it")
        else:
            ends_there = str(last) in (str(manifest["size"]), manifest["filters"].get("until_entry"))
            self.expect(ends_there, "what was recorded after its last entry is not shown")
            self.lines.append(f"note: it ends with entry {last}, of a record of {manifest['size']}")

    def earlier(
        self, files: dict[str, bytes], last: dict[str, bytes] | None, now: Checkpoint, policy: Policy
    ) -> None:
        if "consistency.txt" in files or last:
            note = text_of(last, "checkpoint.txt") if last else text_of(files, "last-checkpoint.txt")
            before = Checkpoint(note, policy)
            led = self.led(files, before.origin, now, policy)
            kept = min([before.size, *(one["kept"] for one in led)])
            must(
                not led or before.size <= led[0]["old_size"], "your earlier bundle is longer than its log was"
            )
            if kept < before.size:
                self.lost(files, last, kept, before.size)
            else:
                must("consistency.txt" in files, "this bundle has no proof from the earlier bundle")
                proof = [hash_of(line) for line in text_of(files, "consistency.txt").splitlines()]
                goes_on(before, now, proof)
                self.lines.append(f"right: the first {before.size} entries are those of the earlier record")
        self.reads(files, last, policy)

    def led(
        self, files: dict[str, bytes], origin: str, now: Checkpoint, policy: Policy
    ) -> list[dict[str, Any]]:
        """Return what led from the log of an earlier bundle to this one, after restores."""
        shown = list_of(files, "succession.json", "successions", "entry proof")
        led: list[dict[str, Any]] = []
        for one in shown:
            entry = Entry(decoded(one["entry"]))
            proof = {f"proofs/{entry.position:012}.tlog-proof": one["proof"].encode()}
            self.leaf(proof, entry.position, entry.leaf, (now, policy, {}))
            must((entry.topic, entry.case) == ("LogSucceeded", HISTORY_ID), "this is no succession of logs")
            said = entry.said["data"]
            old = Checkpoint(said["old_checkpoint"], policy, quorum=0)
            holds = (old.origin, old.size, old.root) == (origin, said["old_size"], hash_of(said["old_root"]))
            must(holds and said["old_origin"] == origin, "a succession names another log or checkpoint")
            origin = said["new_origin"]
            led.append(said)
        must(origin == now.origin, "the earlier bundle is of another log: nothing shows what succeeded it")
        return led

    def lost(self, files: dict[str, bytes], last: dict[str, bytes] | None, kept: int, size: int) -> None:
        must(last, "what a restore lost can be told with the earlier bundle only")
        assert last is not None
        for name, content in last.items():
            if name.startswith(("entries/", "leaves/")) and int(name[-12:]) <= kept:
                self.expect(files.get(name, content) == content, f"{name} is not that of the earlier bundle")
        self.restored = f"after a restore that lost entries {kept + 1} to {size}"

    def reads(self, files: dict[str, bytes], last: dict[str, bytes] | None, policy: Policy) -> None:
        name = "reads-checkpoint.txt"
        held = [one for one in (last, files) if one is not None and name in one]
        signed = [Checkpoint(text_of(one, name), policy, of_reads=True) for one in held]
        self.expect(
            not (last and name in last and name not in files), "the log of who read the audit is gone"
        )
        if len(signed) == 2 and signed[0].origin == signed[1].origin:
            grown = signed[0].size <= signed[1].size
            self.expect(grown, "the log of who read the audit has become shorter")


def line_of(claim: dict[str, Any], subject: str, at: dict[int, Entry]) -> tuple[int, bytes, int]:
    """Return what an index on the record says: how many entries there are, their last hash, up to where."""
    entry = at.get(claim["position"])
    is_index = entry is not None and (entry.topic, entry.case) == ("IndexCommitted", INDEX_ID)
    must(is_index and claim["of"] == subject, "an index is of something else, or none")
    assert entry is not None
    said, last = entry.said["data"], hash_of(claim["last"])
    must(0 < said["size"] < entry.position, "an index speaks of entries that came after it")
    line = f"{subject}\n{claim['count']}\n{last.hex()}\n".encode()
    proof = [hash_of(hashed) for hashed in claim["proof"]]
    includes(sha256(b"\0", line), claim["number"], said["lines"], proof, hash_of(said["root"]))
    return claim["count"], last, said["size"]


def checked(bundle: bytes, keys: str | None, last: bytes | None = None) -> tuple[str, Check]:
    """Return the verdict on a bundle, and what it stands on."""
    check = Check()
    try:
        check.whole(bundle, keys, last)
    except Wrong as error:
        check.bad(str(error))
    except (ValueError, LookupError, TypeError, struct.error, zlib.error) as error:
        check.bad(f"it can't be read: {error}")
    if check.wrong:
        return "NOT SOUND", check
    if keys is None:
        return "CONSISTENT WITH ITSELF", check
    return (f"ENTRIES SOUND, BUT {check.incomplete}" if check.incomplete else "ENTRIES SOUND"), check


def status(verdict: str) -> int:
    """Return a verdict as programs are told: 4 where the entries are sound, for their pages were not read."""
    return {"ENTRIES SOUND": 4, "NOT SOUND": 1, "CONSISTENT WITH ITSELF": 3}.get(verdict, 5)


def in_words(verdict: str) -> str:
    """Return a verdict with what was left unchecked: only the service's own program writes the pages anew."""
    if verdict == "NOT SOUND":
        return verdict
    return f"{verdict}, {'AND' if 'BUT' in verdict else 'BUT'} {PAGES} WERE NOT CHECKED"


def main() -> int:
    """Check the bundle that is named; say what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--keys", type=Path, help="the keys, from somewhere else than the bundle")
    parser.add_argument("--last", type=Path, help="your last bundle")
    asked = parser.parse_args()
    last = asked.last.read_bytes() if asked.last else None
    keys = asked.keys.read_text(encoding="utf-8-sig") if asked.keys else None
    verdict, check = checked(asked.bundle.read_bytes(), keys, last)
    by = f", complete by the index at {check.complete_by}" if check.complete_by else ""
    by = "" if check.wrong else f"{by}, {check.restored}" if check.restored else by
    print(*check.lines, f"{in_words(verdict)}{by}", f"(by the check of release {RELEASE})", sep="\n")
    return status(verdict)


if __name__ == "__main__":
    sys.exit(main())
