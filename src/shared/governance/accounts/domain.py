"""A service account and its keys: who runs it, what it may do, and which keys open it until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace


class AccountStatus(StrEnum):
    """Whether an account is open."""

    ABSENT = "absent"
    PROPOSED = "proposed"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Key:
    """One key: the hash of its secret, and how long it opens the account."""

    secret_hash: str
    expires_at: datetime
    revoked: bool = False
    proposed_by: str = ""  # while it waits for a second person; then it opens nothing
    replaces: str = ""
    overlap: timedelta = timedelta()


@dataclass(frozen=True)
class ServiceAccount:
    """A program, whoever answers for it, and its keys by their names."""

    kind: ClassVar[str] = "service-account"

    status: AccountStatus = AccountStatus.ABSENT
    name: str = ""
    owner: str = ""
    scopes: tuple[str, ...] = ()
    keys: Mapping[str, Key] = field(default_factory=dict)
    proposed_by: str = ""

    def live(self, at: datetime) -> list[str]:
        """Return the names of the keys that open the account at an instant, in order."""
        if self.status is not AccountStatus.OPEN:
            return []
        return [n for n in self.usable(at) if not self.keys[n].proposed_by]

    def usable(self, at: datetime) -> list[str]:
        """Return the names of those keys, and of those that would once they are confirmed."""
        return [n for n, key in self.keys.items() if not key.revoked and at < key.expires_at]


class AccountEvent(Event[ServiceAccount]):
    """Something that happened to a service account."""

    kind: ClassVar[str] = "service-account"


class ServiceAccountOpened(AccountEvent):
    """A program may ask, and somebody answers for it."""

    name: str
    owner: str
    scopes: tuple[str, ...]
    unconfirmed: bool = False  # for there was a single administrator

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account, open."""
        return ServiceAccount(AccountStatus.OPEN, self.name, self.owner, self.scopes)


class ApiKeyIssued(AccountEvent):
    """A key opens the account; its secret was shown once and is nowhere."""

    key_name: str
    secret_hash: str
    expires_at: datetime
    unconfirmed: bool = False  # the same

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account with one more key."""
        made = Key(self.secret_hash, self.expires_at)
        return replace(account, keys={**account.keys, self.key_name: made})


class ApiKeyRotated(AccountEvent):
    """A key is to be replaced: a new one opens the account, the old one for a while longer."""

    key_name: str
    secret_hash: str
    expires_at: datetime
    replaces: str
    old_expires_at: datetime
    unconfirmed: bool = False  # the same

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account with both keys."""
        old = replace(account.keys[self.replaces], expires_at=self.old_expires_at)
        made = Key(self.secret_hash, self.expires_at)
        return replace(account, keys={**account.keys, self.replaces: old, self.key_name: made})


class ApiKeyRevoked(AccountEvent):
    """A key opens nothing any more."""

    key_name: str
    reason: str

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account without the use of that key."""
        gone = replace(account.keys[self.key_name], revoked=True)
        return replace(account, keys={**account.keys, self.key_name: gone})


class ServiceAccountProposed(AccountEvent):
    """Somebody would let a program ask; it may not yet."""

    name: str
    owner: str
    scopes: tuple[str, ...]
    proposed_by: str

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account, which waits."""
        return ServiceAccount(
            AccountStatus.PROPOSED, self.name, self.owner, self.scopes, proposed_by=self.proposed_by
        )


class ServiceAccountConfirmed(AccountEvent):
    """A second person confirmed that the program may ask."""

    proposed_by: str
    confirmed_by: str

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account, open."""
        return replace(account, status=AccountStatus.OPEN)


class ApiKeyProposed(AccountEvent):
    """A key was made that opens nothing yet; one that it is to replace goes on until it is confirmed."""

    key_name: str
    secret_hash: str
    expires_at: datetime
    replaces: str
    overlap_hours: int
    proposed_by: str

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account with one more key, which waits."""
        made = Key(
            self.secret_hash,
            self.expires_at,
            proposed_by=self.proposed_by,
            replaces=self.replaces,
            overlap=timedelta(hours=self.overlap_hours),
        )
        return replace(account, keys={**account.keys, self.key_name: made})


class ApiKeyConfirmed(AccountEvent):
    """A second person confirmed a key: it opens the account; one that it replaces runs out."""

    key_name: str
    proposed_by: str
    confirmed_by: str
    replaces: str
    old_expires_at: datetime | None

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account with the use of that key."""
        keys = {**account.keys}
        keys[self.key_name] = replace(keys[self.key_name], proposed_by="")
        if self.old_expires_at is not None:
            keys[self.replaces] = replace(keys[self.replaces], expires_at=self.old_expires_at)
        return replace(account, keys=keys)


class ServiceAccountClosed(AccountEvent):
    """The program may no longer ask, by whatever key."""

    reason: str

    def apply(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account, closed."""
        return replace(account, status=AccountStatus.CLOSED)


class AccountClosed(Refused):
    """This service account has been closed."""


class NotConfirmedYet(Refused):
    """A second person must confirm this service account first."""


class NoSuchKey(Refused):
    """This service account has no live key of that name."""


class KeyNameTaken(Refused):
    """This service account has already had a key of that name."""


class TooManyKeys(Refused):
    """A service account has at most four live keys: revoke one first."""


EVENTS = (
    ServiceAccountOpened,
    ApiKeyIssued,
    ApiKeyRotated,
    ApiKeyRevoked,
    ServiceAccountClosed,
    ServiceAccountProposed,
    ServiceAccountConfirmed,
    ApiKeyProposed,
    ApiKeyConfirmed,
)
