"""What a bundle holds, and how it is written as a zip file and read back from one."""

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NoReturn

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.ledger.entries import ENTRY_BYTES_LIMIT

FORMAT = "rfp-service audit bundle 4"
EARLIEST_FORMAT = "rfp-service audit bundle 1"
EARLIER_FORMATS = (EARLIEST_FORMAT, "rfp-service audit bundle 2", "rfp-service audit bundle 3")
READ_ME, STORY, MANIFEST = "READ-ME-FIRST.txt", "story.html", "manifest.json"
CHECKPOINT, KEYS = "checkpoint.txt", "keys.txt"
LAST_CHECKPOINT, CONSISTENCY = "last-checkpoint.txt", "consistency.txt"
READS_CHECKPOINT, INDEX, SUCCESSION = "reads-checkpoint.txt", "index.json", "succession.json"
FILES_LIMIT = 500_000
TOTAL_BYTES_LIMIT = 2 * 2**30
SMALL_BYTES = 64 * 2**20  # so much any bundle may unpack to, and beyond it:
UNPACKED_RATIO_LIMIT = 50  # so many times its own size
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)
SMALL_FILE_BYTES = 65_536  # keys, checkpoints, proofs, leaves, how to check
STORY_BYTES_LIMIT = 64 * 2**20
MANIFEST_BYTES_A_FILE = 512
PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack without an end
PACKED_OTHERWISE = "It is packed in a way that no bundle is."
LOCAL_HEADER_BYTES, MOST_16 = 30, 0xFFFF
PLAIN_FILE = 0o600 << 16  # in a zip file's words: no link, no folder, its owner reads and writes it
WHY_PATTERN = r"^(\[(sealed|erased|of a later release|exempt: paragraph [1-9] of Schedule 12A)\](, )?)+$"
_NAMES = re.compile(
    r"READ-ME-FIRST\.txt|story\.html|manifest\.json|checkpoint\.txt|keys\.txt|last-checkpoint\.txt"
    r"|consistency\.txt|reads-checkpoint\.txt|index\.json|succession\.json|(entries|leaves)/[0-9]{12}|proofs/[0-9]{12}\.tlog-proof"
)
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same contents make the same file


class NotABundle(Exception):
    """This file is no bundle, or one that no honest program made."""


class CaseInside(BaseModel):
    """How much of one case a bundle holds."""

    model_config = ConfigDict(extra="forbid")

    id: str
    kind: str
    first_version: int
    last_version: int
    entries: int


class EntryPlace(NamedTuple):
    """Where an entry of a bundle stands: in the record, and in its case."""

    position: int
    case: str
    version: int
    kind: str


class WithheldInside(BaseModel):
    """An entry whose words are withheld: that it is there is proved, and nothing else of it is said.

    Its hash covers its place and its words together, so nothing of them could be proved by itself. Why it
    is withheld is the service's own word.
    """

    model_config = ConfigDict(extra="forbid")

    position: int
    why: Annotated[str, Field(pattern=WHY_PATTERN)]


class Manifest(BaseModel):
    """What a bundle says of itself."""

    model_config = ConfigDict(extra="forbid")

    format: str
    program: str
    origin: str
    size: int
    filters: dict[str, str]
    first_position: int
    last_position: int
    entries: int
    cases: list[CaseInside]
    withheld: list[WithheldInside]
    before: list[int] = []  # entries before a period, of which the first shows when it was recorded
    after: list[int] = []  # and after it, the last
    indexes: list[int] = []  # entries that show how much there is of a case or a body of work
    last_size: int | None
    files: dict[str, str]

    @model_validator(mode="before")
    @classmethod
    def _without_what_was_never_proved(cls, said: Any) -> Any:  # noqa: ANN401  # whatever JSON can say
        """Leave out what earlier formats said of withheld entries, and of when they were made."""
        if not isinstance(said, dict) or said.get("format") not in EARLIER_FORMATS:
            return said
        said = {name: value for name, value in said.items() if name != "made_at"}
        if said["format"] == EARLIEST_FORMAT:
            hidden = [{n: one[n] for n in WithheldInside.model_fields} for one in said["withheld"]]
            return {**said, "withheld": hidden}
        return said


@dataclass(frozen=True, slots=True)
class Files:
    """A bundle's files by name."""

    files: Mapping[str, bytes]

    def text(self, name: str) -> str:
        """Return a file as text."""
        try:
            return self.files[name].decode()
        except (KeyError, UnicodeDecodeError):
            raise NotABundle(f"There is no {name} in it, or it is no text.") from None

    def json(self, name: str) -> str:
        """Return JSON, written as the service writes it: programs differ on what else it may mean."""
        text = self.text(name)
        try:
            said = json.loads(text, parse_float=_no_number, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise NotABundle(f"Its {name} can't be read.") from None
        if json_text(said) != self.files[name]:
            raise NotABundle(f"Its {name} is not written as the service writes it.")
        return text

    def manifest(self) -> Manifest:
        """Return what the bundle says of itself."""
        try:
            return Manifest.model_validate_json(self.json(MANIFEST), strict=True)
        except ValueError:
            raise NotABundle(f"Its {MANIFEST} can't be read.") from None

    def zipped(self) -> bytes:
        """Return them as one zip file."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
        return out.getvalue()

    @classmethod
    def read(cls, path: Path) -> "Files":
        """Read a zip file, within limits, and within what its own size makes likely."""
        try:
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
                _must_be_of_sane_size(infos, path.stat().st_size)
                _must_be_packed_plainly(infos, archive.start_dir, path)
                return cls({info.filename: _unpacked(archive, info) for info in infos})
        except UNREADABLE as error:
            raise NotABundle(f"It can't be read: {error}") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a file of an archive; never more than it says it has, whatever is packed in it."""
    with archive.open(info) as stream:
        return stream.read(info.file_size + 1)


def _must_be_of_sane_size(infos: Sequence[zipfile.ZipInfo], packed_bytes: int) -> None:
    names = [info.filename for info in infos]
    if len(names) != len(set(names)):
        raise NotABundle("Two files in it have one name.")
    if strange := [name for name in names if not _NAMES.fullmatch(name)]:
        raise NotABundle(f"No bundle has a file with the name {strange[0]!r}.")
    if any(info.compress_type not in PACKED_AS for info in infos):
        raise NotABundle(PACKED_OTHERWISE)
    unpacked = sum(info.file_size for info in infos)
    if (
        len(infos) > FILES_LIMIT
        or unpacked > min(TOTAL_BYTES_LIMIT, SMALL_BYTES + UNPACKED_RATIO_LIMIT * packed_bytes)
        or any(info.file_size > _bytes_limit(info.filename, len(infos)) for info in infos)
    ):
        raise NotABundle("It is larger than any bundle.")


def _bytes_limit(name: str, files: int) -> int:
    """Return how large a file of a bundle may be: nothing that is small in an honest one is let grow."""
    if name == MANIFEST:
        return SMALL_FILE_BYTES + MANIFEST_BYTES_A_FILE * files
    if name == STORY:
        return STORY_BYTES_LIMIT
    return ENTRY_BYTES_LIMIT if name.startswith("entries/") else SMALL_FILE_BYTES


def _must_be_packed_plainly(infos: Sequence[zipfile.ZipInfo], directory_at: int, path: Path) -> None:
    """Refuse an archive that another program could unpack to something else.

    Files follow one another from the first byte, then the directory, then nothing; and every byte that is
    not of a packed file is the one that ``Files.zipped`` writes. So every program sees the same names, the
    same bytes and plain files.
    """
    at = 0
    directory = bytearray()
    with path.open("rb") as file:
        for info in infos:
            file.seek(at)
            name = info.filename.encode()
            if file.read(LOCAL_HEADER_BYTES + len(name)) != b"PK\3\4" + _header(info) + name:
                raise NotABundle(PACKED_OTHERWISE)
            directory += (
                b"PK\1\2\x14\3" + _header(info) + struct.pack("<HHHII", 0, 0, 0, PLAIN_FILE, at) + name
            )
            at += LOCAL_HEADER_BYTES + len(name) + info.compress_size
        file.seek(directory_at)
        rest = directory + _end(len(infos), len(directory), at)
        if at != directory_at or file.read(len(rest) + 1) != rest:
            raise NotABundle(PACKED_OTHERWISE)


def _header(info: zipfile.ZipInfo) -> bytes:
    """Return what an archive says of a file both before its bytes and in the directory."""
    numbers = (info.CRC, info.compress_size, info.file_size)
    return struct.pack("<HHHHHIIIHH", 20, 0, info.compress_type, 0, 33, *numbers, len(info.filename), 0)


def _end(count: int, size: int, at: int) -> bytes:
    """Return what stands behind a directory; more files than 16 bits count are counted by ZIP64 too."""
    last = struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, min(count, MOST_16), min(count, MOST_16), size, at, 0)
    if count <= MOST_16:
        return last
    zip64 = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, at)
    return zip64 + struct.pack("<4sIQI", b"PK\6\7", 0, at + size, 1) + last


def entry_name(position: int) -> str:
    """Return the name of the file that holds an entry's bytes."""
    return f"entries/{position:012}"


def leaf_name(position: int) -> str:
    """Return the name of the file that holds a withheld entry's leaf, in place of its bytes."""
    return f"leaves/{position:012}"


def proof_name(position: int) -> str:
    """Return the name of the file that holds an entry's proof."""
    return f"proofs/{position:012}.tlog-proof"


def sha256(content: bytes) -> str:
    """Return a file's hash as people compare it."""
    return hashlib.sha256(content).hexdigest()


def json_text(value: Any) -> bytes:  # noqa: ANN401  # whatever JSON can say
    """Return JSON that is easy on the eye."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def cases_inside(places: Sequence[EntryPlace]) -> list[CaseInside]:
    """Return how much there is of each case, given where its entries stand, in order."""
    cases: dict[str, list[EntryPlace]] = {}
    for place in sorted(places):
        cases.setdefault(place.case, []).append(place)
    return [
        CaseInside(
            id=case,
            kind=held[0].kind,
            first_version=held[0].version,
            last_version=held[-1].version,
            entries=len(held),
        )
        for case, held in cases.items()
    ]
