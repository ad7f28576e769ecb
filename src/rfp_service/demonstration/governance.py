"""How the demonstration is governed: accounts of one person, a program's key, exempt matters, retention."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid5

from pydantic import JsonValue

from rfp_service.demonstration.approvals import DEPUTY_LIMIT_PENCE
from rfp_service.demonstration.storyboard import FOUR_EYES, SCHEME, Scene, Storyboard, Thing
from shared.governance.accounts.commands import (
    ConfirmApiKey,
    ConfirmServiceAccount,
    IssueApiKey,
    OpenServiceAccount,
    RotateApiKey,
)
from shared.governance.accounts.domain import ServiceAccount
from shared.governance.accounts.keys import hash_of, new_secret
from shared.governance.delegations.commands import GiveDelegation
from shared.governance.delegations.domain import Delegation, DelegationGiven
from shared.governance.disclosure.commands import DeclareExempt, ReleaseExemption
from shared.governance.disclosure.domain import Exemption
from shared.governance.disclosure.exemptible_fields import contents
from shared.governance.people.commands import ConfirmLink, LinkPersons
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.governance.retention.commands import DisposeOfRecord, ScheduleRetention
from shared.governance.retention.domain import DISPOSALS, SCHEDULE_ID, Disposal, Line, RetentionSchedule
from shared.governance.scheme.commands import AdoptScheme, ConfirmScheme
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Command
from shared.web.access.claims import Scope

ADA, AMIR, LARS = "ada-admin", "amir-admin", "lars-legal"
SECOND_ACCOUNT, ITS_PERSON = "hana-registrars", "hana-head"
LONG_AGO = timedelta(days=8 * 365)
KEPT = Line(years=6, ground="Retention schedule of a fictional council, line 4")
ESTIMATES = ["estimate_pence", "estimate_with_vat_pence"]


def begin_long_ago(stage: Storyboard, start: datetime) -> Thing:
    """Adopt a scheme eight years ago, and let two delegations by it have come and gone since."""
    at = start - LONG_AGO
    scheme = Thing(SCHEME_ID, Scheme())
    values = SCHEME.model_copy(update={"effective_from": day_in_london(at)})
    adopt_by_two(stage, scheme, AdoptScheme(values=values, reason="First scheme."), at)
    for number in range(2):
        at += timedelta(days=30)
        give = GiveDelegation(
            delegate="dora-deputy",
            limit_pence=1_000_000,
            first_day=day_in_london(at),
            last_day=day_in_london(at + timedelta(days=20)),
            reason="Recovering from an operation.",
        )
        stage.decide(_old_delegation(stage, number), give, "dev-director", at)
    return scheme


def adopt_by_two(stage: Storyboard, scheme: Thing, command: AdoptScheme, at: datetime) -> None:
    """Let one administrator propose a scheme, and another confirm it."""
    stage.decide(scheme, command, ADA, at, **FOUR_EYES)
    confirm = ConfirmScheme(proposal=scheme.state.proposed)
    stage.decide(scheme, confirm, AMIR, at + timedelta(minutes=2), **FOUR_EYES)


def delegate(stage: Storyboard, start: datetime, until: datetime) -> None:
    """The director lets her deputy decide while she is away, for less than she may decide herself."""
    delegation = stage.thing("delegation", Delegation())
    give = GiveDelegation(
        delegate="dora-deputy",
        limit_pence=DEPUTY_LIMIT_PENCE,
        first_day=day_in_london(start),
        last_day=day_in_london(until),
        reason="Away on the transition board.",
    )
    stage.decide(delegation, give, "dev-director", start + timedelta(minutes=5))
    given = stage.scenes[-1].event
    assert isinstance(given, DelegationGiven)
    stage.delegations.append(given)


def tell_of_governing(stage: Storyboard, start: datetime) -> Thing:
    """Tell what administrators and legal decided in this year; return the directory of people."""
    directory = _link_accounts(stage, start + timedelta(hours=2))
    _let_a_program_ask(stage, start + timedelta(hours=3))
    _keep_no_longer_than_needed(stage, start + timedelta(hours=4))
    _keep_exempt(stage)
    return directory


def _link_accounts(stage: Storyboard, at: datetime) -> Thing:
    link = LinkPersons(
        person=SECOND_ACCOUNT,
        same_as=ITS_PERSON,
        reason="She kept her account of the Registrars when she became head of service.",
    )
    people: list[JsonValue] = [SECOND_ACCOUNT, ITS_PERSON]
    directory = Thing(DIRECTORY_ID, Directory())
    stage.decide(directory, link, ADA, at, people=people, **FOUR_EYES)
    confirm = ConfirmLink(person=SECOND_ACCOUNT)
    stage.decide(directory, confirm, LARS, at + timedelta(minutes=10), **FOUR_EYES)
    return directory


def _let_a_program_ask(stage: Storyboard, at: datetime) -> None:
    """Open an account whose key is replaced in time; the secrets are shown to nobody, and lost."""
    account = stage.thing("intranet account", ServiceAccount())
    opening = OpenServiceAccount(name="Intranet front end", owner=ADA, scopes=[Scope.READ])
    stage.decide(account, opening, ADA, at, **FOUR_EYES)
    stage.decide(account, ConfirmServiceAccount(), AMIR, at + timedelta(minutes=2), **FOUR_EYES)
    keys: list[tuple[Command[ServiceAccount], int]] = [
        (IssueApiKey(key_name="first", days=300), 0),
        (RotateApiKey(replaces="first", key_name="second", days=300, overlap_hours=336), 280),
    ]
    for command, days in keys:
        when = at + timedelta(days=days, minutes=5)
        made = stage.decide(account, command, ADA, when, secret_hash=hash_of(new_secret()), **FOUR_EYES)
        if made:
            confirm = ConfirmApiKey(key_name=list(account.state.keys)[-1])
            stage.decide(account, confirm, AMIR, when + timedelta(minutes=2), **FOUR_EYES)


def _keep_no_longer_than_needed(stage: Storyboard, at: datetime) -> None:
    """Fix how long records are kept; of two old delegations one is disposed of, one is still due."""
    schedule = Thing(SCHEDULE_ID, RetentionSchedule())
    for kind in ("delegation", "rfp"):
        line = ScheduleRetention(record_kind=kind, years=KEPT.years, ground=KEPT.ground)
        stage.decide(schedule, line, ADA, at)
    old = _old_delegation(stage, 0).id
    last = next(scene.at for scene in stage.scenes if scene.stream_id == old)
    record: JsonValue = {
        "kind": "delegation",
        "last_decision_at": last.isoformat(),
        "line": KEPT.model_dump(),
    }
    dispose = DisposeOfRecord(record_id=old, reason="Yearly round; nothing is pending.")
    disposal = Thing(uuid5(DISPOSALS, str(old)), Disposal())
    stage.decide(disposal, dispose, ADA, at + timedelta(days=30), record=record)


def _keep_exempt(stage: Storyboard) -> None:
    """Keep an estimate and the reason of one decision exempt; an estimate that was is released."""
    contracted = [
        recommended
        for concluded in _scenes(stage, "ContractConcluded")
        for recommended in _scenes(stage, "AwardRecommended")
        if recommended.stream_id == concluded.stream_id
    ]
    ended = {scene.stream_id for scene in contracted}
    *_, asked = (s for s in _scenes(stage, "ApprovalRequested") if s.stream_id not in ended)
    declare_exempt(stage, "ceiling", asked, ESTIMATES, whole=True)
    if not contracted:  # the year was too short
        return
    declare_exempt(stage, "award", contracted[-1], ["reason"], whole=False)
    released = declare_exempt(stage, "released", contracted[0], ESTIMATES, whole=True)
    signed = next(_scenes(stage, "ContractConcluded"))
    release = ReleaseExemption(reason="The contract is signed: the price is public.")
    stage.decide(released, release, LARS, signed.at + timedelta(minutes=2))


def declare_exempt(stage: Storyboard, name: str, scene: Scene, fields: list[str], *, whole: bool) -> Thing:
    """Declare what an RFP says in some fields exempt: everywhere, or in one decision."""
    at = scene.at + timedelta(minutes=1)
    declare = DeclareExempt(
        matter_id=scene.stream_id,
        matter_version=0 if whole else scene.version,
        fields=fields,
        paragraph=3,
        reason="It would show a supplier how far the council would go.",
        public_interest="The council pays less while bidders don't know it; it is released later.",
        review_on=day_in_london(at + timedelta(days=500)),
    )
    found = {
        field
        for other in stage.scenes
        if other.stream_id == scene.stream_id and (whole or other.version == scene.version)
        for field in contents(type(other.event))
    }
    exemption = stage.thing(f"exemption {name}", Exemption())
    matter: JsonValue = {"kind": "rfp", "fields": list[JsonValue](sorted(found))}
    stage.decide(exemption, declare, LARS, at, matter=matter)
    return exemption


def _scenes(stage: Storyboard, event: str) -> Iterator[Scene]:
    """Yield the scenes of one kind of event, in the order of time."""
    found = (scene for scene in stage.scenes if type(scene.event).__name__ == event)
    yield from sorted(found, key=lambda scene: scene.at)


def _old_delegation(stage: Storyboard, number: int) -> Thing:
    return stage.thing(f"delegation long ago {number}", Delegation())
