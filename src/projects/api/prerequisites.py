"""How a project stands, for whatever waits for it: it ends with its forecast and contingency."""

from projects.views.register import projects
from shared.web.offers.prerequisites import Prerequisites
from shared.web.reads.prerequisite_states import expected_in

PREREQUISITES = (
    Prerequisites(
        "project",
        "read-projects",
        expected_in(
            projects,
            "is_open",
            "latest_end",
            "finished_on",
            ends=lambda row: (not row["is_open"], row["finished_on"] or row["latest_end"]),
            by_days=("forecast_end", "contingency_days", "finished_on"),
        ),
    ),
)
