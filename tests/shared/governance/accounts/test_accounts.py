"""Service accounts: keys expire, rotate with an overlap, and are revoked; a hash is all that is kept."""

from datetime import timedelta
from typing import Any

from shared.governance.accounts.commands import (
    CloseServiceAccount,
    IssueApiKey,
    OpenServiceAccount,
    RevokeApiKey,
    RotateApiKey,
)
from shared.governance.accounts.domain import (
    AccountClosed,
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
from shared.web.access.claims import Scope
from tests.support.specs import NOW, Given, given

OPENED = ServiceAccountOpened(name="Intranet", owner="ada", scopes=("rfp.read",))
CLOSED = ServiceAccountClosed(reason="Replaced.")
REVOKED = ApiKeyRevoked(key_name="one", reason="Leaked.")
NEW: dict[str, Any] = {"secret_hash": "new"}


def issued(name: str, days: int = 90) -> ApiKeyIssued:
    return ApiKeyIssued(key_name=name, secret_hash=name, expires_at=NOW + timedelta(days=days))


def rotating(hours: int = 24) -> RotateApiKey:
    return RotateApiKey(replaces="one", key_name="two", days=90, overlap_hours=hours)


def live(account: Given, **later: int) -> list[str]:
    state: Any = account.state
    names: list[str] = state.live(NOW + timedelta(**later))
    return names


def test_a_program_may_ask_within_its_scopes() -> None:
    ask = OpenServiceAccount(name="Intranet", owner="ada", scopes=[Scope.READ])
    given(ServiceAccount()).when(ask, by="ada").then(OPENED)


def test_a_key_opens_the_account_until_it_expires() -> None:
    issue = IssueApiKey(key_name="one", days=90)
    given(ServiceAccount(), OPENED).when(issue, by="ada", secret_hash="one").then(issued("one"))
    account = given(ServiceAccount(), OPENED, issued("one"))
    assert live(account, days=89) == ["one"]
    assert live(account, days=90) == []


def test_a_key_is_replaced_with_an_overlap() -> None:
    account = given(ServiceAccount(), OPENED, issued("one"))
    rotated = ApiKeyRotated(
        key_name="two",
        secret_hash="new",
        expires_at=NOW + timedelta(days=90),
        replaces="one",
        old_expires_at=NOW + timedelta(hours=24),
    )
    account.when(rotating(), by="ada", **NEW).then(rotated)
    after = given(ServiceAccount(), OPENED, issued("one"), rotated)
    assert live(after, hours=23) == ["one", "two"]
    assert live(after, hours=24) == ["two"]


def test_an_overlap_prolongs_nothing() -> None:
    account = given(ServiceAccount(), OPENED, issued("one", days=1))
    [rotated] = account.when(rotating(hours=48), by="ada", **NEW).events()
    assert rotated.old_expires_at == NOW + timedelta(days=1)  # type: ignore[attr-defined]  # it rotated


def test_a_revoked_key_opens_nothing() -> None:
    account = given(ServiceAccount(), OPENED, issued("one"), issued("two"))
    account.when(RevokeApiKey(key_name="one", reason="Leaked."), by="ada").then(REVOKED)
    after = given(ServiceAccount(), OPENED, issued("one"), issued("two"), REVOKED)
    assert live(after) == ["two"]
    after.when(RevokeApiKey(key_name="one", reason="Again."), by="ada").refused(NoSuchKey)
    after.when(rotating(), by="ada", **NEW).refused(NoSuchKey)


def test_a_name_stands_for_one_key_for_ever() -> None:
    account = given(ServiceAccount(), OPENED, issued("one"), REVOKED)
    account.when(IssueApiKey(key_name="one"), by="ada", **NEW).refused(KeyNameTaken)


def test_there_are_four_live_keys_at_most() -> None:
    keys = [issued(name) for name in ("one", "two", "three", "four")]
    five = IssueApiKey(key_name="five")
    given(ServiceAccount(), OPENED, *keys).when(five, by="ada", **NEW).refused(TooManyKeys)
    given(ServiceAccount(), OPENED, *keys, REVOKED).when(five, by="ada", **NEW).leads_to(scopes=("rfp.read",))


def test_a_closed_account_stays_closed() -> None:
    account = given(ServiceAccount(), OPENED, issued("one"), CLOSED)
    assert live(account) == []
    for command in (
        IssueApiKey(key_name="two"),
        rotating(),
        RevokeApiKey(key_name="one", reason="So."),
        CloseServiceAccount(reason="Again."),
    ):
        account.when(command, by="ada", **NEW).refused(AccountClosed)
    open_account = given(ServiceAccount(), OPENED)
    open_account.when(CloseServiceAccount(reason="Replaced."), by="ada").then(CLOSED)
