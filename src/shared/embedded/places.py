"""Where a data folder's server keeps its files, its socket and its passwords."""

import hashlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from shared.embedded.account import Account
from shared.embedded.errors import EmbeddedPostgresFailed

AT_WORK = "rfp-service-at-work-"  # how a process's own folder for temporary files begins
ELSEWHERE = Path("/var/lib/rfp-service")
SOCKET_PATH_LIMIT = 100  # of the 107 bytes that a socket's address may have
PORT = 5432
ROLES = ("admin", "owner", "service", "reader")
PASSWORDS = "passwords.json"
TOO_LONG = (
    "The paths of the data folder and of the temporary folder are both too long for a database's socket:"
    " set DATA_DIR, or TMPDIR, to a shorter one, such as TMPDIR=/tmp."
)


def _is_too_long(socket: Path) -> bool:
    return len(os.fsencode(socket)) > SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432")


def _temporary() -> Path:
    """Return the folder for temporary files that other processes know, too."""
    folder = Path(tempfile.gettempdir())
    return folder.parent if folder.name.startswith(AT_WORK) else folder


def has_database(data_dir: Path) -> bool:
    """Say whether a data folder has a server of its own, without making one."""
    return (data_dir / PASSWORDS).exists()


@dataclass(frozen=True)
class Addresses:
    """The database's address for each role: libpq's form, over a private socket, with a password."""

    admin: str
    owner: str
    service: str
    reader: str


@dataclass(frozen=True)
class Places:
    """The folders of one data folder's server."""

    data_dir: Path
    home: Path
    socket: Path
    account: Account

    @classmethod
    def of(cls, data_dir: Path) -> "Places":
        """Find, and where necessary make, the places of a data folder."""
        account = Account.of_the_server()
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir = data_dir.resolve()
        name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
        if account.enters(data_dir):
            home = data_dir / "postgres"
        else:
            ELSEWHERE.mkdir(parents=True, exist_ok=True)
            ELSEWHERE.chmod(0o755)
            home = ELSEWHERE / name
            (data_dir / "postgres.where").write_text(f"{home}\n")
        account.private_folder(home)
        socket = home / "socket"
        if _is_too_long(socket):
            socket = _temporary() / f"rfp-service-{name}"
        if _is_too_long(socket):
            raise EmbeddedPostgresFailed(TOO_LONG)
        account.private_folder(socket)
        return cls(data_dir, home, socket, account)

    @property
    def cluster(self) -> Path:
        """Return the server's own data folder."""
        return self.home / "cluster"

    @property
    def start_log(self) -> Path:
        """Return where the server writes until its own log is open."""
        return self.home / "start.log"

    def passwords(self) -> dict[str, str]:
        """Return every role's password; they are made once, and readable to us alone."""
        path = self.data_dir / PASSWORDS
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps({role: secrets.token_urlsafe(24) for role in ROLES}))
            draft.replace(path)
        passwords: dict[str, str] = json.loads(path.read_text())
        return passwords

    def addresses(self) -> Addresses:
        """Return the addresses at which the server answers each role."""
        passwords = self.passwords()

        def address(role: str, password: str, database: str) -> str:
            return (
                f"postgresql://{role}:{quote(password)}@/{database}"
                f"?host={quote(str(self.socket))}&port={PORT}"
            )

        return Addresses(
            admin=address("postgres", passwords["admin"], "postgres"),
            owner=address("rfp_owner", passwords["owner"], "rfp"),
            service=address("rfp_service", passwords["service"], "rfp"),
            reader=address("rfp_reader", passwords["reader"], "rfp"),
        )
