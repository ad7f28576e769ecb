"""Endpoints: told nothing before they are verified, stopped and resumed; secrets overlap by a day."""

from datetime import timedelta
from uuid import UUID

import pytest

from shared.governance.notifications.commands import (
    ChallengeEndpoint,
    ChangeEndpointFilters,
    DeleteEndpoint,
    DisableEndpoint,
    PauseEndpoint,
    PingEndpoint,
    RecoverPeriod,
    RegisterEndpoint,
    ResendDelivery,
    ResumeEndpoint,
    RotateEndpointSecret,
)
from shared.governance.notifications.domain import (
    AddressNotAllowed,
    DeliveryResent,
    EndpointChallenged,
    EndpointDeleted,
    EndpointDisabled,
    EndpointEvent,
    EndpointFailing,
    EndpointFiltersChanged,
    EndpointGone,
    EndpointNotInUse,
    EndpointNotStopped,
    EndpointNotVerified,
    EndpointPaused,
    EndpointPinged,
    EndpointRegistered,
    EndpointResumed,
    EndpointSecretRotated,
    EndpointStatus,
    EndpointVerified,
    EndpointVerifiedAlready,
    NoSuchDelivery,
    NoSuchEventType,
    NoSuchTeam,
    PeriodEndsBeforeItBegins,
    PeriodRecovered,
    SignedOtherwise,
    TargetKind,
    WebhookEndpoint,
)
from shared.governance.notifications.sender_commands import GiveEndpointUp, VerifyEndpoint, WarnOfEndpoint
from shared.kernel.messages import Command
from shared.kernel.named_people import NoSuchPerson
from tests.support.specs import NOW, given

OLD, NEW = (UUID(f"bbbbbbbb-0000-4000-8000-00000000000{n}") for n in (1, 2))
REGISTERED = EndpointRegistered(
    target=TargetKind.WEBHOOK,
    name="Desk",
    owner="ada",
    host="hooks.example",
    url="https://hooks.example/",
    address_id=None,
    types=("approval.requested",),
    people=(),
    teams=("head",),
    areas=(),
    in_order=False,
    secret_id=OLD,
)
VERIFIED, PAUSED = EndpointVerified(), EndpointPaused(reason="Works.")
DISABLED, DELETED = EndpointDisabled(reason="Broken."), EndpointDeleted(reason="Replaced.")
IN_USE = (REGISTERED, VERIFIED)
REGISTER = RegisterEndpoint(
    name="Desk",
    owner="ada",
    host="hooks.example",
    url="https://hooks.example/",
    types=["approval.requested"],
    teams=["head"],
)
PAUSE, DISABLE, DELETE = (cls(reason="Works.") for cls in (PauseEndpoint, DisableEndpoint, DeleteEndpoint))
PERIOD = RecoverPeriod(since=NOW - timedelta(days=1), until=NOW)
ROTATE = RotateEndpointSecret()
WARNING = WarnOfEndpoint(failing_since=NOW, failures=3)
GIVE_UP = GiveEndpointUp(reason="It has failed for five days.", failing_since=NOW, failures=9)

History = tuple[EndpointEvent, ...]


def test_one_is_registered_where_the_allow_list_names_its_address() -> None:
    facts = {"allowed": True, "secret_id": str(OLD)}
    given(WebhookEndpoint()).when(REGISTER, **facts).then(REGISTERED)
    given(WebhookEndpoint()).when(REGISTER, **{**facts, "allowed": False}).refused(AddressNotAllowed)


def test_it_is_filtered_by_what_there_is() -> None:
    facts = {"allowed": True, "secret_id": str(OLD)}
    odd = REGISTER.model_copy(update={"types": ["approval.sung"]})
    given(WebhookEndpoint()).when(odd, **facts).refused(NoSuchEventType, unknown=["approval.sung"])
    odd = REGISTER.model_copy(update={"teams": ["choir"]})
    given(WebhookEndpoint()).when(odd, **facts).refused(NoSuchTeam, unknown=["choir"])
    odd = REGISTER.model_copy(update={"people": ["eve"]})
    given(WebhookEndpoint()).when(odd, **facts, people=["ada"]).refused(NoSuchPerson, person="eve")
    named = ChangeEndpointFilters(people=["eve"])
    given(WebhookEndpoint(), *IN_USE).when(named, people=[]).refused(NoSuchPerson, person="eve")


def test_whoever_answers_for_one_is_somebody() -> None:
    facts = {"allowed": True, "secret_id": str(OLD), "people": ["eve"]}
    given(WebhookEndpoint()).when(REGISTER, **facts).refused(NoSuchPerson, person="ada")


@pytest.mark.parametrize(
    ("history", "command", "event", "status"),
    [
        ((REGISTERED,), VerifyEndpoint(), VERIFIED, EndpointStatus.ACTIVE),
        ((REGISTERED,), ChallengeEndpoint(), EndpointChallenged(), EndpointStatus.UNVERIFIED),
        (IN_USE, PingEndpoint(), EndpointPinged(), EndpointStatus.ACTIVE),
        (IN_USE, PAUSE, PAUSED, EndpointStatus.PAUSED),
        ((*IN_USE, PAUSED), ResumeEndpoint(), EndpointResumed(), EndpointStatus.ACTIVE),
        ((*IN_USE, DISABLED), ResumeEndpoint(), EndpointResumed(), EndpointStatus.ACTIVE),
        (IN_USE, DISABLE, EndpointDisabled(reason="Works."), EndpointStatus.DISABLED),
        (IN_USE, DELETE, EndpointDeleted(reason="Works."), EndpointStatus.DELETED),
        (IN_USE, PERIOD, PeriodRecovered(since=PERIOD.since, until=NOW), EndpointStatus.ACTIVE),
        (IN_USE, WARNING, EndpointFailing(failing_since=NOW, failures=3), EndpointStatus.ACTIVE),
        (
            IN_USE,
            ChangeEndpointFilters(areas=["Roads"]),
            EndpointFiltersChanged(types=(), people=(), teams=(), areas=("Roads",), in_order=False),
            EndpointStatus.ACTIVE,
        ),
        (
            IN_USE,
            GIVE_UP,
            EndpointDisabled(reason=GIVE_UP.reason, failing_since=NOW, failures=9),
            EndpointStatus.DISABLED,
        ),
    ],
)
def test_what_may_be_done_with_it(
    history: History, command: Command[WebhookEndpoint], event: EndpointEvent, status: EndpointStatus
) -> None:
    given(WebhookEndpoint(), *history).when(command).then(event)
    given(WebhookEndpoint(), *history).when(command).leads_to(status=status)


@pytest.mark.parametrize(
    ("history", "command", "refusal"),
    [
        ((REGISTERED,), PingEndpoint(), EndpointNotVerified),
        ((REGISTERED,), PAUSE, EndpointNotVerified),
        ((REGISTERED,), ResumeEndpoint(), EndpointNotVerified),
        ((REGISTERED,), DISABLE, EndpointNotVerified),
        (IN_USE, ChallengeEndpoint(), EndpointVerifiedAlready),
        (IN_USE, ResumeEndpoint(), EndpointNotStopped),
        ((*IN_USE, PAUSED), PingEndpoint(), EndpointNotInUse),
        ((*IN_USE, PAUSED), PAUSE, EndpointNotInUse),
        ((*IN_USE, PAUSED), PERIOD, EndpointNotInUse),
        ((*IN_USE, DISABLED), DISABLE, EndpointNotInUse),
        (IN_USE, RecoverPeriod(since=NOW, until=NOW), PeriodEndsBeforeItBegins),
        *[
            ((*IN_USE, DELETED), command, EndpointGone)
            for command in (PAUSE, DISABLE, DELETE, ResumeEndpoint(), PingEndpoint(), ChallengeEndpoint())
        ],
        ((*IN_USE, DELETED), ChangeEndpointFilters(), EndpointGone),
        ((*IN_USE, DELETED), ROTATE, EndpointGone),
    ],
)
def test_what_may_not(
    history: History, command: Command[WebhookEndpoint], refusal: type[EndpointGone]
) -> None:
    given(WebhookEndpoint(), *history).when(command).refused(refusal)


@pytest.mark.parametrize("command", [VerifyEndpoint(), WARNING, GIVE_UP])
def test_what_the_sender_says_of_a_deleted_one_changes_nothing(command: Command[WebhookEndpoint]) -> None:
    given(WebhookEndpoint(), *IN_USE, DELETED).when(command).then()


def test_somebody_is_warned_once() -> None:
    warned = EndpointFailing(failing_since=NOW, failures=3)
    given(WebhookEndpoint(), *IN_USE, warned).when(WARNING).then()


def test_both_secrets_sign_for_a_day_and_then_the_new_one_alone() -> None:
    rotated = EndpointSecretRotated(secret_id=NEW, old_signs_until=NOW + timedelta(hours=24))
    given(WebhookEndpoint(), *IN_USE).when(ROTATE, secret_id=str(NEW)).then(rotated)
    state = rotated.apply(VERIFIED.apply(REGISTERED.apply(WebhookEndpoint())))
    assert state.live_secrets(NOW + timedelta(hours=23)) == [NEW, OLD]
    assert state.live_secrets(NOW + timedelta(hours=24)) == [NEW]
    workflow = REGISTERED.model_copy(update={"target": TargetKind.TEAMS_WORKFLOW})
    given(WebhookEndpoint(), workflow).when(ROTATE, secret_id=str(NEW)).refused(SignedOtherwise)


def test_a_delivery_of_its_own_is_made_again() -> None:
    again = ResendDelivery(delivery_id=7)
    given(WebhookEndpoint(), *IN_USE).when(again, has_delivery=True).then(DeliveryResent(delivery_id=7))
    given(WebhookEndpoint(), *IN_USE).when(again, has_delivery=False).refused(NoSuchDelivery)
