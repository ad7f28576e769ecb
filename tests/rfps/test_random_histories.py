"""What holds for every history that the rules allow."""

from hypothesis import given

from rfp_service.rfps.domain.approval_events import ApprovalGranted, ApprovalRefused
from rfp_service.rfps.domain.events import RfpSubmitted
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import ENDS, Party, Stage
from rfp_service.rfps.views.board import BOARD
from shared.kernel.messages import Stream
from shared.record.projecting.views import STILL_VALID
from tests.rfps.examples import CHECK
from tests.support.histories import History, histories


@given(histories())
def test_folding_never_raises_and_keeps_the_invariants(history: History) -> None:
    rfp = Rfp()
    for event, stamp in history:
        before, rfp = rfp, event.apply(rfp)
        assert rfp.stage is not Stage.ABSENT
        assert (rfp.waiting_on is Party.NOBODY) == (rfp.stage in ENDS)
        assert rfp.raised_by == "ann"
        if isinstance(event, ApprovalGranted | ApprovalRefused):
            assert stamp.by not in (before.raised_by, before.lead)
            assert event.tier == before.approval.waiting_for
        if isinstance(event, RfpSubmitted):
            assert before.check.answered
        assert before.stage not in ENDS or rfp.stage in (before.stage, Stage.DRAFT)


@given(histories())
def test_every_state_has_a_row_on_the_board(history: History) -> None:
    rfp = Rfp()
    for number, (event, stamp) in enumerate(history, start=1):
        rfp = event.apply(rfp)
        stream = Stream(CHECK, rfp, number, 1, number, stamp.at, stamp.at)
        assert len(BOARD.values(stream, STILL_VALID)) == len(BOARD.table.columns)
