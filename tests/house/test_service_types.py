"""The service is typed wherever a request meets it: each wing says what it knows of it, and it fits."""

import re
from pathlib import Path

from projects.api.project_service import ProjectService
from rfp_service.inbox.inbox_service import InboxService
from rfp_service.readiness.readiness_service import ReadinessService
from rfp_service.rfps.api.rfp_service import RfpService
from rfp_service.service import Service
from shared.flow.flow_service import FlowService
from shared.flow.imports.import_service import ImportService
from shared.governance.notices.notice_service import NoticeService
from shared.governance.notifications.notification_service import NotificationService
from shared.governance.scheme.scheme_service import SchemeService
from shared.web.bulk.batch_service import BatchService
from shared.web.core_service import CoreService
from shared.web.decisions.deciding_service import DecidingService
from shared.web.jobs.job_service import JobService
from shared.web.security.security_log import WatchedService

MEETS = "app.state.service"
NAMES_ITS_TYPE = re.compile(r"^    service: \w+Service = request\.app\.state\.service$", re.MULTILINE)
Fits = tuple[
    CoreService,
    DecidingService,
    WatchedService,
    JobService,
    BatchService,
    SchemeService,
    ImportService,
    FlowService,
    NoticeService,
    NotificationService,
    ProjectService,
    InboxService,
    ReadinessService,
    RfpService,
]


def fits(it: Service) -> Fits:
    """Return the service as each wing knows it; the type checker refuses this line where it doesn't fit."""
    return it, it, it, it, it, it, it, it, it, it, it, it, it


def test_whoever_meets_the_service_names_its_type() -> None:
    src = Path(__file__).parents[2] / "src"
    sources = {str(path.relative_to(src)): path.read_text() for path in src.rglob("*.py")}
    untyped = {
        name for name, text in sources.items() if text.count(MEETS) != len(NAMES_ITS_TYPE.findall(text))
    }
    assert untyped == {"rfp_service/app.py"}  # where it is put


def test_every_type_of_the_service_is_tried() -> None:
    src = Path(__file__).parents[2] / "src"
    named = {
        each
        for path in src.rglob("*.py")
        for each in re.findall(r"service: (\w+Service) = ", path.read_text())
    }
    assert named == {each.__name__ for each in Fits.__args__}  # type: ignore[attr-defined]
