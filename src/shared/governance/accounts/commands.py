"""Opening a service account, giving it keys, rotating and revoking them, closing it.

A key's secret is drawn when the request is taken in; what is decided on is its hash, which arrives as a
fact, so neither the command nor the record ever holds it.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from shared.governance.accounts.domain import (
    AccountClosed,
    AccountStatus,
    ApiKeyIssued,
    ApiKeyRevoked,
    ApiKeyRotated,
    KeyNameTaken,
    NoSuchKey,
    ServiceAccount,
    ServiceAccountClosed,
    ServiceAccountOpened,
    TooManyKeys,
)
from shared.kernel.fields import WHOLE, Code, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp
from shared.web.access.claims import Scope

LIVE_KEYS_LIMIT = 4
DAYS_LIMIT = 400
OVERLAP_HOURS_LIMIT = 24 * 30

Days = Annotated[int, Field(ge=1, le=DAYS_LIMIT), WHOLE]
Hours = Annotated[int, Field(ge=0, le=OVERLAP_HOURS_LIMIT), WHOLE]


class OpenServiceAccount(Command[ServiceAccount]):
    """Let a program ask: say what it is, who answers for it, and what it may do."""

    name: ShortText = Field(examples=["Intranet front end"])
    owner: PersonId = Field(description="The person who answers for it.", examples=["ada-admin"])
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope), examples=[["rfp.read"]])

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ServiceAccountOpened:
        """Open it, without a key yet."""
        scopes = tuple(scope.value for scope in Scope if scope in self.scopes)
        return ServiceAccountOpened(name=self.name, owner=self.owner, scopes=scopes)


class IssueApiKey(Command[ServiceAccount]):
    """Give a service account a key; the answer shows its secret, once."""

    decision: Literal["issue-key"] = "issue-key"
    key_name: Code = Field(examples=["2026-11"])
    days: Days = Field(90, description="How long it opens the account.")

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ApiKeyIssued:
        """Add a key under a name of its own."""
        _must_take_a_key(account, self.key_name, stamp.at)
        return ApiKeyIssued(
            key_name=self.key_name,
            secret_hash=str(stamp.known.facts["secret_hash"]),
            expires_at=stamp.at + timedelta(days=self.days),
        )


class RotateApiKey(Command[ServiceAccount]):
    """Replace a key: the new one opens the account at once, the old one for some hours longer."""

    decision: Literal["rotate-key"] = "rotate-key"
    replaces: Code = Field(examples=["2026-11"])
    key_name: Code = Field(examples=["2027-02"])
    days: Days = Field(90, description="How long the new one opens the account.")
    overlap_hours: Hours = Field(24, description="How long the old one still does.")

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ApiKeyRotated:
        """Add the new key, and let the old one run out; never later than it would have."""
        _must_be_live(account, self.replaces, stamp.at)
        _must_take_a_key(account, self.key_name, stamp.at)
        ends = stamp.at + timedelta(hours=self.overlap_hours)
        return ApiKeyRotated(
            key_name=self.key_name,
            secret_hash=str(stamp.known.facts["secret_hash"]),
            expires_at=stamp.at + timedelta(days=self.days),
            replaces=self.replaces,
            old_expires_at=min(ends, account.keys[self.replaces].expires_at),
        )


class RevokeApiKey(Command[ServiceAccount]):
    """Take a key out of use at once."""

    decision: Literal["revoke-key"] = "revoke-key"
    key_name: Code
    reason: Reason

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ApiKeyRevoked:
        """Revoke a live key."""
        _must_be_live(account, self.key_name, stamp.at)
        return ApiKeyRevoked(key_name=self.key_name, reason=self.reason)


class CloseServiceAccount(Command[ServiceAccount]):
    """Let a program ask no more."""

    decision: Literal["close"] = "close"
    reason: Reason

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ServiceAccountClosed:
        """Close it, once."""
        _must_be_open(account)
        return ServiceAccountClosed(reason=self.reason)


def _must_be_open(account: ServiceAccount) -> None:
    if account.status is not AccountStatus.OPEN:
        raise AccountClosed(name=account.name)


def _must_be_live(account: ServiceAccount, key_name: str, at: datetime) -> None:
    _must_be_open(account)
    if key_name not in account.live(at):
        raise NoSuchKey(live=account.live(at))


def _must_take_a_key(account: ServiceAccount, key_name: str, at: datetime) -> None:
    _must_be_open(account)
    if key_name in account.keys:
        raise KeyNameTaken(key_name=key_name)
    if len(account.live(at)) >= LIVE_KEYS_LIMIT:
        raise TooManyKeys(live=account.live(at))


AccountDecision = TypeAliasType(
    "AccountDecision",
    Annotated[
        IssueApiKey | RotateApiKey | RevokeApiKey | CloseServiceAccount, Field(discriminator="decision")
    ],
)
