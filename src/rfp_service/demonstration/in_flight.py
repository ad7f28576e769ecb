"""RFPs that the outgoing supplier had in flight, taken over by its register at several stages."""

from datetime import date, datetime, timedelta
from typing import Any

from rfp_service.demonstration.storyboard import Storyboard, Thing, working_day
from rfp_service.rfps.commands.takeover import TakeOverRfp
from rfp_service.rfps.commands.takeover_confirmation import ConfirmTakeover
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.takeover_events import taken_over_id
from shared.kernel.calendar import day_in_london

OFFICER, CONFIRMS = "paul-procurement", "hana-head"
SUPPLIER = "Imaginary Networks plc"
IN_FLIGHT = timedelta(days=16)  # before the year is over
WAITED = timedelta(days=47)  # before that
# Its reference, what is asked for by which service, how far it had come, and its value without VAT.
TOLD: tuple[tuple[str, str, str, Stage, int], ...] = (
    ("SR-2041", "Label printers for the archive", "Archives", Stage.TRIAGE, 310_000),
    ("SR-2042", "Booking screens for the registrars", "Registrars", Stage.OPEN, 1_640_000),
    ("SR-2043", "Backup lines for the coroner", "Coroner", Stage.EVALUATION, 2_050_000),
    ("SR-2044", "Handhelds for parking wardens", "Highways", Stage.CONTRACTING, 1_980_000),
    ("SR-2045", "Telephones for the libraries", "Libraries", Stage.CONTRACTING, 940_000),
)
CONFIRMED = "SR-2045"
LED = {"regime": Regime.BELOW_THRESHOLD, "route": Route.QUOTATIONS, "lead": "priya-procurement"}


def tell_of_in_flight(stage: Storyboard, ends: datetime) -> None:
    """Tell how one register was handed in, and what was awarded before it confirmed in one of two cases."""
    at = working_day(ends - IN_FLIGHT)
    for number, told in enumerate(TOLD):
        rfp = Thing(taken_over_id(told[0]), Rfp())
        stage.decide(rfp, _row(told, day_in_london(at)), OFFICER, at + timedelta(seconds=number))
        if told[0] == CONFIRMED:
            confirm = ConfirmTakeover(reason="Our own minutes of that month say the same.")
            stage.decide(rfp, confirm, CONFIRMS, working_day(at + timedelta(days=2)))


def _row(told: tuple[str, str, str, Stage, int], day: date) -> TakeOverRfp:
    reference, title, area, reached, value = told
    said: dict[str, Any] = {} if reached is Stage.TRIAGE else dict(LED)
    if reached is Stage.OPEN:
        said |= {"ends_on": day + timedelta(days=30), "ends_at": "12:00"}
    if reached is Stage.CONTRACTING:
        said |= {"supplier": SUPPLIER, "award_value_pence": value * 95 // 100, "waiting_on": Party.LEGAL}
    return TakeOverRfp(
        reference=reference,
        title=title,
        description=f"{title}, as handed over.",
        service_area=area,
        requester="leo-libraries" if area in ("Libraries", "Archives") else "rita-requester",
        stage=reached,
        since=day - WAITED,
        estimate_pence=value,
        documents=f"Handover folder, {reference}.",
        **said,
    )
