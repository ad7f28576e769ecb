"""What the demonstration says when it is ready: where to look, and how to act as whom."""

from ctypes.util import find_library
from datetime import UTC, datetime
from shlex import quote

from rfp_service.demonstration.outcomes import PAPERS_APART, TRANSITION
from shared.settings import Settings

TEXT = """
Ready at {base}  (Ctrl-C stops it; data stays in {data_dir})

Open it in a browser, and choose whom to be: hana-head has decisions to take.

See RFPs as a requester:
  TOKEN=$({env}.venv/bin/rfp-service token requester)
  curl -H "Authorization: Bearer $TOKEN" "{base}/v1/rfps?limit=5"
See where they wait:
  curl -H "Authorization: Bearer $TOKEN" {base}/v1/rfps/bottlenecks
Raise one:
  curl -X POST -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{{"title":"Laptops","description":"Forty of them","service_area":"Registrars"}}' {base}/v1/rfps
See every decision as a scrutiny member:
  curl -H "Authorization: Bearer $({env}.venv/bin/rfp-service token scrutiny_member)" \\
    "{base}/v1/audit/decisions?limit=5"
See which projects will miss the transition date, as the programme office:
  curl -H "Authorization: Bearer $({env}.venv/bin/rfp-service token programme_officer)" \\
    "{base}/v1/projects/at-risk?limit=5"
Read the committee's paper, and what became of the promises of half a year ago, in a browser:
  curl -H "Authorization: Bearer $({env}.venv/bin/rfp-service token scrutiny_member)" -o paper.{paper_form} \
    "{base}/v1/outcomes/report?programme={programme}&since={since}&form={paper_form}"{without_pdf}
Take a part of the record away, and check it with no database and no network; two witnesses,
(fictional) neighbouring councils, have countersigned it:
  {env}.venv/bin/rfp-service audit keys --out keys.txt
  {env}.venv/bin/rfp-service audit bundle year.zip --from 2020-01-01T00:00Z --to 2099-01-01T00:00Z
  .venv/bin/rfp-service audit verify year.zip --keys keys.txt
{telling}Roles: requester procurement_officer approver scrutiny_member administrator …
       (`rfp-service token --help`; `--person hana-head` acts as one of several approvers)
The API file: {base}/openapi.json
"""

WITHOUT_PDF = "\n  (no PDF here, for the system has no Pango library; form=odt is the other one)"


TELLING = """What people and programs are told is printed here: bring an RFP to an approval, and watch.
"""


def guide(settings: Settings, *, tells: bool = False) -> str:
    """Return the guide for a service that runs by these settings."""
    default = settings.data_dir.as_posix() == ".data"
    has_pango = find_library("pango-1.0") is not None
    return TEXT.format(
        programme=TRANSITION,
        since=f"{datetime.now(UTC) - PAPERS_APART:%Y-%m-%dT%H:%MZ}",
        paper_form="pdf" if has_pango else "html",
        without_pdf="" if has_pango else WITHOUT_PDF,
        telling=TELLING if tells else "",
        base=f"http://{settings.host}:{settings.port}",
        data_dir=settings.data_dir,
        env="" if default else f"DATA_DIR={quote(str(settings.data_dir))} ",
    ).strip()
