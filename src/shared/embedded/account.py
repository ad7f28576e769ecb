"""Whom the server runs as: PostgreSQL refuses root, so root lends it an account without rights."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

UNPRIVILEGED = "nobody"
OTHERS_ENTER = 0o001


class _As(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The account the server and its files belong to."""

    uid: int
    gid: int

    @classmethod
    def of_the_server(cls) -> "Account":
        """Return our own account, or where that is root's, one without rights."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        entry = pwd.getpwnam(UNPRIVILEGED)
        return cls(entry.pw_uid, entry.pw_gid)

    @property
    def borrowed(self) -> bool:
        """Say whether this is another account than ours."""
        return self.uid != os.geteuid()

    def for_subprocess(self) -> _As:
        """Return the arguments that make a subprocess run as this account."""
        if not self.borrowed:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def enters(self, folder: Path) -> bool:
        """Say whether this account may reach a folder; a borrowed one has only everybody's rights."""
        if not self.borrowed:
            return True
        real = folder.resolve()
        return all(place.stat().st_mode & OTHERS_ENTER for place in (real, *real.parents))

    def give(self, path: Path) -> None:
        """Make a file or folder this account's own."""
        if self.borrowed:
            shutil.chown(path, self.uid, self.gid)

    def private_folder(self, path: Path) -> Path:
        """Make sure of a folder that only this account enters; refuse one that is somebody else's."""
        path.mkdir(mode=0o700, exist_ok=True)
        if path.is_symlink():
            raise PermissionError(f"{path} is a link")
        if path.stat().st_uid not in (self.uid, os.geteuid()):
            raise PermissionError(f"{path} belongs to somebody else")
        self.give(path)
        path.chmod(0o700)
        return path
