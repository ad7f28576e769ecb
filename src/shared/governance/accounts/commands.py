"""Opening a service account, giving it keys, rotating and revoking them, closing it.

What opens anything is proposed by one person and confirmed by another, who does not answer for the account;
what closes counts at once.

A key's secret is drawn when the request is taken in; what is decided on is its hash, which arrives as a
fact, so neither the command nor the record ever holds it.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from shared.governance.accounts.domain import (
    AccountClosed,
    AccountEvent,
    AccountStatus,
    ApiKeyConfirmed,
    ApiKeyIssued,
    ApiKeyProposed,
    ApiKeyRevoked,
    ApiKeyRotated,
    KeyNameTaken,
    NoSuchKey,
    NotConfirmedYet,
    ServiceAccount,
    ServiceAccountClosed,
    ServiceAccountConfirmed,
    ServiceAccountOpened,
    ServiceAccountProposed,
    TooManyKeys,
)
from shared.kernel.fields import WHOLE, Code, PersonId, Reason, ShortText
from shared.kernel.four_eyes import (
    NotProposed,
    is_proposed,
    is_unconfirmed,
    must_be_a_second,
    must_be_a_second_of_one,
)
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

    def decide(self, account: ServiceAccount, stamp: Stamp) -> AccountEvent:
        """Propose it, without a key yet."""
        scopes = tuple(scope.value for scope in Scope if scope in self.scopes)
        said: dict[str, Any] = {"name": self.name, "owner": self.owner, "scopes": scopes}
        if is_proposed(stamp):
            return ServiceAccountProposed(**said, proposed_by=stamp.by)
        return ServiceAccountOpened(**said, unconfirmed=is_unconfirmed(stamp))


class ConfirmServiceAccount(Command[ServiceAccount]):
    """Confirm a service account that somebody else proposed, and that you don't answer for."""

    decision: Literal["confirm"] = "confirm"

    @classmethod
    def guard(cls, account: ServiceAccount, stamp: Stamp) -> None:
        if account.status is not AccountStatus.PROPOSED:
            raise NotProposed
        must_be_a_second(account.proposed_by, [account.owner], stamp)

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ServiceAccountConfirmed:
        """Open it."""
        return ServiceAccountConfirmed(proposed_by=account.proposed_by, confirmed_by=stamp.by)


class IssueApiKey(Command[ServiceAccount]):
    """Give a service account a key; the answer shows its secret, once."""

    decision: Literal["issue-key"] = "issue-key"
    key_name: Code = Field(examples=["2026-11"])
    days: Days = Field(90, description="How long it opens the account.")

    @classmethod
    def guard(cls, account: ServiceAccount, stamp: Stamp) -> None:
        _must_be_open(account)
        _must_have_room(account, stamp.at)

    def decide(self, account: ServiceAccount, stamp: Stamp) -> AccountEvent:
        """Add a key under a name of its own."""
        _must_not_be_taken(account, self.key_name)
        made: dict[str, Any] = {
            "key_name": self.key_name,
            "secret_hash": str(stamp.known.facts["secret_hash"]),
            "expires_at": stamp.at + timedelta(days=self.days),
        }
        if is_proposed(stamp):
            return ApiKeyProposed(**made, replaces="", overlap_hours=0, proposed_by=stamp.by)
        return ApiKeyIssued(**made, unconfirmed=is_unconfirmed(stamp))


class RotateApiKey(Command[ServiceAccount]):
    """Replace a key: the new one opens the account at once, the old one for some hours longer."""

    decision: Literal["rotate-key"] = "rotate-key"
    replaces: Code = Field(examples=["2026-11"])
    key_name: Code = Field(examples=["2027-02"])
    days: Days = Field(90, description="How long the new one opens the account.")
    overlap_hours: Hours = Field(24, description="How long the old one still does.")

    @classmethod
    def guard(cls, account: ServiceAccount, stamp: Stamp) -> None:
        _must_be_open(account)
        if not account.live(stamp.at):
            raise NoSuchKey(live=[])
        _must_have_room(account, stamp.at)

    def decide(self, account: ServiceAccount, stamp: Stamp) -> AccountEvent:
        """Add the new key, and let the old one run out; never later than it would have."""
        if self.replaces not in account.live(stamp.at):
            raise NoSuchKey(live=account.live(stamp.at))
        _must_not_be_taken(account, self.key_name)
        made: dict[str, Any] = {
            "key_name": self.key_name,
            "secret_hash": str(stamp.known.facts["secret_hash"]),
            "expires_at": stamp.at + timedelta(days=self.days),
            "replaces": self.replaces,
        }
        if is_proposed(stamp):
            return ApiKeyProposed(**made, overlap_hours=self.overlap_hours, proposed_by=stamp.by)
        ends = stamp.at + timedelta(hours=self.overlap_hours)
        old_ends = min(ends, account.keys[self.replaces].expires_at)
        return ApiKeyRotated(**made, old_expires_at=old_ends, unconfirmed=is_unconfirmed(stamp))


class ConfirmApiKey(Command[ServiceAccount]):
    """Confirm a key that somebody else made, of an account that you don't answer for."""

    decision: Literal["confirm-key"] = "confirm-key"
    key_name: Code

    @classmethod
    def guard(cls, account: ServiceAccount, stamp: Stamp) -> None:
        _must_have_a_key(account, stamp.at)
        waiting = (account.keys[name].proposed_by for name in account.usable(stamp.at))
        must_be_a_second_of_one(((one, [account.owner]) for one in waiting if one), stamp)

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ApiKeyConfirmed:
        """Let it open the account, and the one that it replaces run out."""
        if self.key_name not in account.usable(stamp.at):
            raise NoSuchKey(live=account.live(stamp.at))
        key = account.keys[self.key_name]
        if not key.proposed_by:
            raise NotProposed
        must_be_a_second(key.proposed_by, [account.owner], stamp)
        ends = stamp.at + key.overlap
        return ApiKeyConfirmed(
            key_name=self.key_name,
            proposed_by=key.proposed_by,
            confirmed_by=stamp.by,
            replaces=key.replaces,
            old_expires_at=min(ends, account.keys[key.replaces].expires_at) if key.replaces else None,
        )


class RevokeApiKey(Command[ServiceAccount]):
    """Take a key out of use at once."""

    decision: Literal["revoke-key"] = "revoke-key"
    key_name: Code
    reason: Reason

    @classmethod
    def guard(cls, account: ServiceAccount, stamp: Stamp) -> None:
        _must_have_a_key(account, stamp.at)

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ApiKeyRevoked:
        """Revoke a live key, or one that waits."""
        if self.key_name not in account.usable(stamp.at):
            raise NoSuchKey(live=account.live(stamp.at))
        return ApiKeyRevoked(key_name=self.key_name, reason=self.reason)


class CloseServiceAccount(Command[ServiceAccount]):
    """Let a program ask no longer."""

    decision: Literal["close"] = "close"
    reason: Reason

    @classmethod
    def guard(cls, account: ServiceAccount, stamp: Stamp) -> None:
        if account.status is AccountStatus.CLOSED:
            raise AccountClosed(name=account.name)

    def decide(self, account: ServiceAccount, stamp: Stamp) -> ServiceAccountClosed:
        """Close it, once, also while it waits."""
        return ServiceAccountClosed(reason=self.reason)


def _must_be_open(account: ServiceAccount) -> None:
    if account.status is AccountStatus.PROPOSED:
        raise NotConfirmedYet(name=account.name)
    if account.status is not AccountStatus.OPEN:
        raise AccountClosed(name=account.name)


def _must_have_a_key(account: ServiceAccount, at: datetime) -> None:
    _must_be_open(account)
    if not account.usable(at):
        raise NoSuchKey(live=[])


def _must_not_be_taken(account: ServiceAccount, key_name: str) -> None:
    if key_name in account.keys:
        raise KeyNameTaken(key_name=key_name)


def _must_have_room(account: ServiceAccount, at: datetime) -> None:
    if len(account.usable(at)) >= LIVE_KEYS_LIMIT:
        raise TooManyKeys(live=account.usable(at))


AccountDecision = TypeAliasType(
    "AccountDecision",
    Annotated[
        ConfirmServiceAccount
        | IssueApiKey
        | RotateApiKey
        | ConfirmApiKey
        | RevokeApiKey
        | CloseServiceAccount,
        Field(discriminator="decision"),
    ],
)
