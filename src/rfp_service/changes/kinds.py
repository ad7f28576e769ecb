"""Which right it takes to see each kind of thing; of a kind without a row, nobody is told that it changed."""

from collections.abc import Mapping

SEEN_WITH: Mapping[str, str] = {
    "rfp": "read-rfps",
    "catalogue-check": "read-catalogue",
    "catalogue-item": "read-catalogue",
    "catalogue-order": "read-catalogue",
    "catalogue-synonyms": "read-catalogue",
    "contract": "read-contracts",
    "review-round": "read-contracts",
    "project": "read-projects",
    "batch": "read-projects",
    "register": "read-projects",
    "register-mapping": "read-projects",
    "team-capacity": "read-projects",
    "programme": "read-outcomes",
    "outcome": "read-outcomes",
    "milestone": "read-outcomes",
    "promised-data": "read-outcomes",
    "consultation": "read-outcomes",
    "strategy": "read-outcomes",
    "paper": "read-outcomes",
    "scheme": "read-scheme",
    "delegation": "read-scheme",
    "import": "read-imports",
    "document": "read-documents",
    "comment": "read-comments",
    "exemption": "read-exemptions",
    "directory": "read-people",
    "hand-over": "read-hand-overs",
    "service-account": "read-service-accounts",
    "webhook-endpoint": "read-webhook-endpoints",
    "retention-schedule": "read-retention",
    "disposal": "read-retention",
    "log-history": "read-audit",
}
# Rows of somebody else's log, of which the import tells; what was sent to whom; how one person is told,
# and what they follow; how far the record is indexed.
NEVER_TOLD = frozenset(
    {"historic-case", "approval-turn", "attempts-log", "notification-choice", "contract-feed", "record-index"}
)
