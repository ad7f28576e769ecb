"""From a need to a contract, with nothing but the client that was generated from the API file."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from council_rfp import AuthenticatedClient
from council_rfp.api.catalogue import check_catalogue
from council_rfp.api.comments import make_comment
from council_rfp.api.inbox import list_inbox
from council_rfp.api.rfps import decide, raise_rfp, see_rfp
from council_rfp.models import (
    AcceptRfp,
    AmendRfp,
    AppointEvaluator,
    Approve,
    ApproveAward,
    CheckCatalogue,
    ConcludeContract,
    ConfirmNoMatch,
    Criterion,
    DeclareInterests,
    FixCriteria,
    InboxRow,
    MakeComment,
    Problem,
    PublishAwardNotice,
    PublishTenderNotice,
    RaiseRfp,
    RecommendAward,
    RecordResponse,
    RecordScore,
    Regime,
    RequestApproval,
    RfpSeen,
    Route,
    SearchCatalogue,
    SelectRoute,
    SendSummaries,
    SubmitRfp,
)

SERVED = json.loads(Path("served.json").read_text())
OPEN_FOR = timedelta(hours=1)  # whoever runs the journey ends it sooner
WHY = "As it should be."

# Every decision that this journey takes.
Body = (
    AcceptRfp
    | AmendRfp
    | AppointEvaluator
    | Approve
    | ApproveAward
    | CheckCatalogue
    | ConcludeContract
    | ConfirmNoMatch
    | DeclareInterests
    | FixCriteria
    | PublishAwardNotice
    | PublishTenderNotice
    | RecommendAward
    | RecordResponse
    | RecordScore
    | RequestApproval
    | SelectRoute
    | SendSummaries
    | SubmitRfp
)


class Somebody:
    """Somebody who has signed in, and the RFP that all of them work on."""

    position = int(SERVED["position"])
    rfp = UUID(SERVED["rfp"])

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = AuthenticatedClient(base_url=SERVED["address"], token=SERVED["tokens"][name])

    def sees(self) -> RfpSeen:
        seen = see_rfp.sync(self.rfp, client=self.client, after=Somebody.position)
        assert isinstance(seen, RfpSeen), seen
        return seen

    def decides(self, body: Body) -> None:
        """Decide, on the version that is seen just now; a clock may be faster once."""
        while True:
            seen = self.sees()
            said = decide.sync_detailed(self.rfp, client=self.client, body=body, if_match=f'"{seen.version}"')
            if said.status_code != HTTPStatus.PRECONDITION_FAILED:
                break
        assert said.parsed is not None
        assert not isinstance(said.parsed, Problem), said.parsed
        Somebody.position = said.parsed.position

    def waiting(self) -> list[InboxRow]:
        page = list_inbox.sync(client=self.client, after=Somebody.position)
        assert page is not None
        assert not isinstance(page, Problem | str), page
        return page.items


RITA, PRIYA, HANA, EVE, EVAN, LARS = map(Somebody, ("rita", "priya", "hana", "eve", "evan", "lars"))


def raise_a_need() -> None:
    need = RaiseRfp(title="Laptops", description="Forty of them.", service_area="Registrars")
    raised = raise_rfp.sync(client=RITA.client, body=need, idempotency_key="need-1")
    again = raise_rfp.sync(client=RITA.client, body=need, idempotency_key="need-1")
    assert raised is not None
    assert not isinstance(raised, Problem), raised
    assert raised == again, "asked twice under one key, it is raised once"
    Somebody.rfp, Somebody.position = raised.id, raised.position
    seen = RITA.sees()
    assert (seen.stage, seen.version, seen.supplier, seen.lead) == ("draft", 1, None, None)


def have_it_approved() -> None:
    amended = AmendRfp(
        cost_centre="CC-1",
        needed_by=date(2027, 1, 1),
        estimate_pence=2_000_000,
        estimate_with_vat_pence=2_400_000,
    )
    RITA.decides(amended)
    stale = decide.sync_detailed(RITA.rfp, client=RITA.client, body=amended, if_match='"1"')
    assert isinstance(stale.parsed, Problem)
    assert (stale.status_code, stale.parsed.type_) == (412, "/problems/out-of-date")
    checked = check_catalogue.sync(client=RITA.client, body=SearchCatalogue(query="laptop"))
    assert checked is not None
    assert not isinstance(checked, Problem), checked
    RITA.decides(CheckCatalogue(check_id=checked.id))
    RITA.decides(ConfirmNoMatch())
    RITA.decides(SubmitRfp())
    PRIYA.decides(AcceptRfp())
    PRIYA.decides(SelectRoute(regime=Regime.BELOW_THRESHOLD, route=Route.OPEN_TENDER, lead="priya"))
    RITA.decides(RequestApproval(budget_code="IT-1", options_considered="None", conflicts="None"))
    assert [(item.id, item.kind, item.unread) for item in HANA.waiting()] == [(RITA.rfp, "approval", True)]
    HANA.decides(Approve(reason=WHY))
    assert HANA.waiting() == []


def ask_the_market() -> None:
    criteria = [Criterion(name="Price", weight=60), Criterion(name="Quality", weight=40)]
    PRIYA.decides(FixCriteria(criteria=criteria))
    for judge in (EVE, EVAN):
        PRIYA.decides(AppointEvaluator(evaluator=judge.name))
    PRIYA.decides(PublishTenderNotice(reference="T-1", responses_by=datetime.now(UTC) + OPEN_FOR))
    asked_at = PRIYA.sees().changed_at
    for bid in ("A", "B"):
        PRIYA.decides(RecordResponse(reference=bid, sha256="ab" * 32, received_at=asked_at))
    early = next(each for each in PRIYA.sees().next_ or [] if each.decision == "recommend-award")
    assert early.allowed is False
    print(Somebody.rfp)


def judge_and_award() -> None:
    for judge in (EVE, EVAN):
        judge.decides(DeclareInterests(conflict=False, statement="I know none of them."))
    for judge in (EVE, EVAN):
        for bid, score in (("A", 90), ("B", 80)):
            for criterion in ("Price", "Quality"):
                judge.decides(RecordScore(bid=bid, criterion=criterion, score=score, comment="Read."))
    PRIYA.decides(
        RecommendAward(bid="A", supplier="Fictional Systems Ltd", value_pence=2_000_000, reason=WHY)
    )
    HANA.decides(ApproveAward(reason=WHY))
    PRIYA.decides(SendSummaries(told=["A", "B"]))
    PRIYA.decides(PublishAwardNotice(reference="UK6-1"))


def conclude() -> None:
    said = MakeComment(case_id=RITA.rfp, text="Signed tomorrow at ten.")
    assert not isinstance(make_comment.sync(client=LARS.client, body=said), Problem)
    today = datetime.now(UTC).date()
    LARS.decides(ConcludeContract(reference="C-1", signed_on=today, starts_on=today, ends_on=today))
    seen = RITA.sees()
    assert (seen.supplier, seen.waits is not None) == ("Fictional Systems Ltd", True)
    print(seen.stage)


PARTS = {"ask": (raise_a_need, have_it_approved, ask_the_market), "award": (judge_and_award, conclude)}
for step in PARTS[sys.argv[1]]:
    step()
